"""What a hotfix's plan stands on: the clone, both branches, and what speaks for going back instead (R52)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.policy.clocks import budget, typical
from strideiq_console.domain.policy.storm import storm
from strideiq_console.services.action import Ports
from strideiq_console.services.studies.ground import deadlock_notes, ground, hosting_notes
from strideiq_console.services.study import Study

_RECENT = 50


async def study_hotfix(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the clone and the branches, and warn of what the founder should know before it starts."""
    facts = await ground(ports, values, "a hotfix goes through both")
    notes: list[str] = []
    promotion = await ports.clone.promotion()
    if promotion.to_main:
        count = "1 unreleased commit" if promotion.to_main == 1 else f"{promotion.to_main} unreleased commits"
        notes.append(f"staging also contains {count}: what is verified there is not exactly what production gets")
    notes += await _storm(ports)
    notes += await _budget(ports, values["severity"])
    notes += await deadlock_notes(ports)
    if facts["worktree"] != "none":
        notes.append(f"the clone has unsaved work and is left alone: the fix is edited in {facts['worktree']}")
    return Study(facts, (*notes, *hosting_notes(ports)))


async def _storm(ports: Ports) -> list[str]:
    """R52: the third fix in an hour is a reason to go back to the last good commit instead of one more."""
    ref = f"refs/remotes/origin/{ports.settings.main}"
    if await ports.clone.tip(ref) is None:
        return []
    now = ports.clock.now()
    found = storm(await ports.clone.history(ref, limit=_RECENT), now)
    return [f"{found.sentence(now, ports.settings.main)} (W b)"] if found else []


async def _budget(ports: Ports, severity: str) -> list[str]:
    """T13: say what staging first costs by what took how long here lately, and when going back is the faster way."""
    checks, deployments = await asyncio.gather(_checks(ports), _deployments(ports))
    cost = budget(checks, deployments, severity)
    if cost.limit is None:
        return []
    return [cost.sentence() + (" (W b)" if cost.fits is False else "")]


async def _checks(ports: Ports) -> list[timedelta]:
    try:
        runs = await ports.host.workflow_runs.recent(limit=_RECENT)
    except OutsideError:
        # A plan does not fail for want of an estimate: the note says that it is not known.
        return []
    ended = [run for run in runs if run.state is CheckState.SUCCESS]
    return [length for run in ended if (length := run.duration(ports.clock.now()))]


async def _deployments(ports: Ports) -> list[timedelta]:
    """Return how long the slower component's recent deployments took: both are waited for."""
    slowest: list[timedelta] = []
    for host in ports.deployments.values():
        try:
            recent = await host.recent()
        except OutsideError:
            return []
        took = [d.ready_at - d.created_at for d in recent if d.ready_at and d.created_at and d.ready_at > d.created_at]
        if (typical(took) or timedelta(0)) > (typical(slowest) or timedelta(0)):
            slowest = took
    return slowest
