"""Check a branch out: in the clean clone itself, or in a work tree of its own beside a dirty one (R44)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet


class CheckOut(Action):
    """Check ``branch`` out; ``worktree`` is a folder, or ``none`` for the clone itself. Gives ``path`` and ``before``."""

    verb = Verb.CHECK_OUT
    precondition = "a clean clone, or a folder beside it that does not exist yet"
    end_state = "the branch is checked out, and no file of yours was touched"
    natural_key = "branch and folder"
    recovery = "switch back to the branch that was checked out before, or remove the work tree while it is clean"
    least_level = 1

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Refuse a dirty clone and a taken folder; adopt a branch that is checked out already."""
        branch, place = ask.need("branch"), ask.need("worktree")
        status = await ports.clone.status()
        if place != "none":
            if _is_worktree(place):
                return Findings(already={"path": place, "before": status.branch})
            if Path(place).exists():
                return Findings(reasons=(f"{place} exists and is no work tree: move it away",))
            return Findings(observed={"path": place, "before": status.branch})
        if status.branch == branch:
            return Findings(already={"path": status.path, "before": None})
        if status.operation is not None:
            return Findings(reasons=(f"a {status.operation} is in progress: finish or abort it first",))
        if status.changed:
            files = ", ".join(status.changed[:5]) + (", …" if len(status.changed) > 5 else "")
            choices = "commit them and go on, abandon this and plan again with a second work tree, or stop here"
            return Findings(reasons=(f"the clone has unsaved changes ({files}): {choices}",))
        return Findings(observed={"path": status.path, "before": status.branch or status.head})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is checked out where."""
        branch, place = ask.get("branch"), ask.get("worktree")
        if place != "none":
            sentence = f"check {branch} out in {place}; the clone's own files are left alone"
            return (Effect(sentence, f"git worktree add {place} {branch}"),)
        return (Effect(f"switch the clone to {branch}", f"git switch --no-guess {branch}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Switch, or add the work tree."""
        branch, place = ask.need("branch"), ask.need("worktree")
        if place == "none":
            await ports.clone.switch(branch)
        else:
            await ports.clone.add_worktree(place, branch)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look where the branch is checked out."""
        branch, place = ask.need("branch"), ask.need("worktree")
        if place != "none":
            return happened(**observed) if _is_worktree(place) else not_yet(f"{place} is no work tree")
        status = await ports.clone.status()
        return happened(**observed) if status.branch == branch else not_yet(f"the clone is not on {branch}")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Switch back, or remove the work tree."""
        place, before = ask.need("worktree"), record.result.get("before")
        if place != "none":
            return (Effect(f"remove the work tree {place} if it is clean", f"git worktree remove {place}"),)
        if not before:
            return "the branch was checked out before this step: nothing to switch back to"
        return (Effect(f"switch the clone back to {before}", f"git switch --no-guess {before}"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Go back, unless there is unsaved work."""
        place, before = ask.need("worktree"), record.result.get("before")
        if place != "none":
            if not _is_worktree(place):
                return f"the work tree {place} was gone already"
            await ports.clone.remove_worktree(place)
            return f"removed the work tree {place}"
        status = await ports.clone.status()
        if status.branch == before:
            return f"the clone was on {before} already"
        if status.branch != ask.need("branch"):
            return f"the clone stays on {status.branch or 'a detached HEAD'}: it was switched since"
        if status.changed:
            return f"the clone stays on {status.branch}: it has unsaved changes"
        if await ports.clone.tip(f"refs/heads/{before}") is None:
            return f"the clone stays on {status.branch}: {before} is no branch to switch to"
        await ports.clone.switch(str(before))
        return f"switched the clone back to {before}"


def _is_worktree(place: str) -> bool:
    return (Path(place) / ".git").is_file()
