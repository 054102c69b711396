"""Commits that take work back on a branch of their own: revert a commit, or restore an older one's files (R96, R97, T3, T5)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import BlockedError, CloneError, DivergedError
from strideiq_console.domain.policy.rollback.reverts import Revert, reverted_in, same_commit
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet


class Committing(Action):
    """An action that adds one commit to a branch which stands at ``expected``. Gives ``sha`` (the commit) and ``before``."""

    least_level = 1
    recovery = "the branch is put back to where it stood; the commit stays pinned in the clone"

    @abstractmethod
    def made_by_us(self, ask: Ask, message: str) -> bool:
        """Say whether a commit's message is that of this step's commit."""

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt the commit where it is there; stop where the branch holds something else."""
        branch, expected = ask.need("branch"), ask.need("expected")
        seen = await self._look(ports, ask)
        if isinstance(seen, str):
            return Findings(already={"sha": seen, "before": expected})
        tip = await ports.clone.tip(f"refs/heads/{branch}")
        if tip is None:
            return Findings(reasons=(f"{branch} does not exist in the clone any more",))
        if tip != expected:
            raise DivergedError(
                f"planned: {branch} gets a commit on {short_sha(expected)} · expected: it stands there · actual: it stands at"
                f" {short_sha(tip)}",
                consequence="nothing is committed",
                next_step="look at its commits, move them to another branch, then retry",
            )
        return Findings(observed={"before": expected})

    async def _look(self, ports: Ports, ask: Ask) -> str | None:
        """Return the step's commit where the branch stands at it, else None."""
        tip = await ports.clone.tip(f"refs/heads/{ask.need('branch')}")
        if tip is None or tip == ask.need("expected"):
            return None
        newest = (await ports.clone.history(tip, limit=1))[0]
        if newest.parents[:1] != (ask.need("expected"),) or len(newest.parents) != 1:
            return None
        return tip if self.made_by_us(ask, await ports.clone.message(tip)) else None

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the commit by what it says it does and where it stands."""
        branch, expected = ask.need("branch"), ask.need("expected")
        seen = await self._look(ports, ask)
        if isinstance(seen, str):
            return happened(sha=seen, before=expected)
        tip = await ports.clone.tip(f"refs/heads/{branch}")
        if tip is None or tip == expected:
            return not_yet(f"{branch} stands at {short_sha(tip)}: nothing was committed")
        return lost(f"{branch} stands at {short_sha(tip)}, which is not this step's commit")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Put the branch back to where it stood."""
        branch, sha, before = ask.need("branch"), str(record.result["sha"]), str(record.result["before"])
        return (Effect(f"put {branch} back to {short_sha(before)}", f"git update-ref refs/heads/{branch} {before} {sha}"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Put it back unless it has moved on; deleted and made again, for nothing here moves a branch backwards."""
        branch, sha, before = ask.need("branch"), str(record.result["sha"]), str(record.result["before"])
        tip = await ports.clone.tip(f"refs/heads/{branch}")
        if tip == before:
            return f"{branch} stands at {short_sha(before)} already"
        if tip not in (None, sha):
            return f"{branch} is kept: it holds more commits ({short_sha(tip)})"
        status = await ports.clone.status()
        if status.branch == branch:
            return f"{branch} is kept: it is checked out"
        if tip is not None:
            await ports.clone.pin(f"{ask.execution}/{branch}", sha)
            await ports.clone.delete_branch(branch, sha)
        await ports.clone.create_branch(branch, before)
        return f"{branch} stands at {short_sha(before)} again; pinned {short_sha(sha)} in the clone"


class RevertCommit(Committing):
    """Take ``commit`` back on ``branch``, against ``parent`` for a merge; the files in ``keep`` (one a line) stay."""

    verb = Verb.REVERT_COMMIT
    precondition = "the branch stands where it was made, and is checked out nowhere"
    end_state = "one commit on it that undoes the named one and says so"
    natural_key = "the branch, its parent commit, and the line 'This reverts commit …' of its message"

    def made_by_us(self, ask: Ask, message: str) -> bool:
        """Say whether the message reverts the step's commit."""
        return any(same_commit(name, ask.need("commit")) for name in reverted_in(message))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is taken back, with git's own words."""
        commit, parent, keep = ask.get("commit"), ask.get("parent"), _lines(ask.get("keep"))
        words = Revert(commit, ask.get("branch"), int(parent) if parent else None).words
        against = f", against its parent {parent}" if parent else ""
        effects = [Effect(f"take {_short(commit)} back on {ask.get('branch')}{against}", f"git {' '.join(words)}")]
        if keep:
            effects.append(Effect(f"keep as they are: {', '.join(keep[:8])}{_more(keep)}"))
        effects.append(Effect("your work tree and index are not touched: it is made in a private one"))
        return tuple(effects)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Revert in a private work tree; a conflict leaves everything as it was, and names the paths."""
        commit, parent = ask.need("commit"), ask.get("parent")
        revert = Revert(commit, ask.need("branch"), int(parent) if parent else None)
        message = _revert_message(commit, await ports.clone.message(commit))
        keep = _lines(ask.get("keep"))
        try:
            await ports.clone.revert(revert.branch, ask.need("expected"), revert, keep=keep, message=message)
        except CloneError as error:
            raise _conflict(error) from error


class RestoreFiles(Committing):
    """Make all files on ``branch`` what they are in ``target``, but those in ``keep``. ``reverts``: the commits this takes back."""

    verb = Verb.RESTORE_FILES
    precondition = "the branch stands where it was made, and is checked out nowhere"
    end_state = "one commit on it whose files are the target's, but for the kept ones"
    natural_key = "the branch, its parent commit, and the line 'This restores the files of …' of its message"

    def made_by_us(self, ask: Ask, message: str) -> bool:
        """Say whether the message restores the step's target."""
        return f"This restores the files of commit {ask.need('target')}" in message

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what becomes what, and what stays."""
        target, keep = ask.get("target"), _lines(ask.get("keep"))
        return (
            Effect(
                f"make every file on {ask.get('branch')} what it is in {_short(target)}",
                f"git read-tree {target}, but with the kept files of {ask.get('expected')}",
            ),
            Effect(f"keep {len(keep)} migration files as they are: {', '.join(keep[-3:])}{_more(keep, 3)}"),
            Effect("your work tree and index are not touched: it is made in a private one"),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Commit the older files."""
        target, reverts = ask.need("target"), ask.get("reverts").split()
        lines = [f"revert: go back to the files of {short_sha(target)}", "", f"This restores the files of commit {target},"]
        lines += ["with the migration files as they are.", ""]
        # Each line tells later runbooks that this work is taken back and must be landed again (T4).
        lines += [f"This reverts commit {sha}." for sha in reverts]
        keep = _lines(ask.get("keep"))
        try:
            await ports.clone.restore(ask.need("branch"), ask.need("expected"), target, keep=keep, message="\n".join(lines))
        except CloneError as error:
            raise _conflict(error) from error


def _revert_message(commit: str, original: str) -> str:
    subject = original.split("\n", 1)[0]
    return f'revert: "{subject}"\n\nThis reverts commit {commit}.'


def _conflict(error: CloneError) -> BlockedError:
    return BlockedError(
        error.cause,
        consequence=error.consequence or "nothing was committed; work tree, index and branch are as they were",
        next_step=error.next_step or "take it back by hand on that branch with your own tools, then mark the step as done",
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)


def _more(paths: tuple[str, ...], shown: int = 8) -> str:
    return f" and {len(paths) - shown} more" if len(paths) > shown else ""


def _short(sha: str) -> str:
    return short_sha(sha) if is_sha(sha) else sha
