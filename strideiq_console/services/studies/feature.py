"""What a feature's plan stands on: the clone, fetched or not, and where the work is to be edited (R30, S6)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strideiq_console.domain.fault import BlockedError
from strideiq_console.services.action import Ports
from strideiq_console.services.studies.ground import ground, hosting_notes
from strideiq_console.services.study import Study

_SHOWN = 5


async def study_feature(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the clone and the branches. Raises BlockedError with the three choices where unsaved work stands in the way."""
    facts = await ground(ports, values, "a feature starts from staging and is judged against main")
    notes: list[str] = []
    where, slug = values["where"], values["slug"]
    branch = f"feature/{slug}"
    status = await ports.clone.status()
    unsaved = facts["worktree"] != "none" and status.branch != branch
    if unsaved and where == "auto":
        files = ", ".join(status.changed[:_SHOWN]) + (", …" if len(status.changed) > _SHOWN else "")
        raise BlockedError(
            f"the clone has unsaved changes on {status.branch or 'a detached HEAD'} ({files})",
            consequence="a feature is not begun on top of them, and nothing was touched",
            next_step="commit them first; or give the feature a second work tree (--where worktree); or stop here",
        )
    if unsaved and where == "clone":
        notes.append(f"the clone has unsaved changes: the step 'check out' will wait until they are committed on {status.branch}")
    if where == "worktree":
        folder = Path(status.path)
        facts["worktree"] = str(folder.parent / f"{folder.name}.worktrees" / slug)
        notes.append(f"the clone is left alone: the work is edited in {facts['worktree']}")
    else:
        facts["worktree"] = "none"
    here = await ports.clone.tip(f"refs/heads/{branch}")
    if here is not None:
        notes.append(f"{branch} exists in the clone and is taken over with its commits; another slug begins a new one")
    return Study(facts, (*notes, *hosting_notes(ports)))
