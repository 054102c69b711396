"""What a hotfix's plan stands on: the clone, both branches, and what speaks for going back instead (R52)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from strideiq_console.domain.commit import short_sha
from strideiq_console.services.action import Ports
from strideiq_console.services.studies.ground import deadlock_notes, ground, hosting_notes
from strideiq_console.services.study import Study

STORM_WINDOW = timedelta(minutes=60)
STORM_FIXES = 3


async def study_hotfix(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the clone and the branches, and warn of what the founder should know before it starts."""
    facts = await ground(ports, values, "a hotfix goes through both")
    notes: list[str] = []
    promotion = await ports.clone.promotion()
    if promotion.to_main:
        count = "1 unreleased commit" if promotion.to_main == 1 else f"{promotion.to_main} unreleased commits"
        notes.append(f"staging also contains {count}: what is verified there is not exactly what production gets")
    notes += await _storm(ports)
    notes += await deadlock_notes(ports)
    if facts["worktree"] != "none":
        notes.append(f"the clone has unsaved work and is left alone: the fix is edited in {facts['worktree']}")
    return Study(facts, (*notes, *hosting_notes(ports)))


async def _storm(ports: Ports) -> list[str]:
    """R52: the fourth fix in an hour is a reason to go back to the last good commit instead."""
    ref = f"refs/remotes/origin/{ports.settings.main}"
    if await ports.clone.tip(ref) is None:
        return []
    since = ports.clock.now() - STORM_WINDOW
    recent = [c for c in await ports.clone.history(ref, limit=50) if c.committed_at >= since]
    fixes = [c for c in recent if c.subject.lower().startswith(("fix", "hotfix", "revert")) and len(c.parents) < 2]
    if len(fixes) < STORM_FIXES:
        return []
    first = fixes[-1]
    before = first.parents[0] if first.parents else first.sha
    return [
        f"{len(fixes)} fixes reached main in the last 60 min; before them it was {short_sha(before)}: consider going back to it"
    ]
