"""Commits, files and patch of a branch, read from the clone when somebody looks at them."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.comparison import MOST_COMMITS, BranchWork, Comparison
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clone

_TO_MAIN = (BranchKind.STAGING, BranchKind.HOTFIX, BranchKind.RELEASE)


class BranchReads:
    """Reads of one branch. ``branches`` are those that the console knows: what is read is what they stand at, not what moved since.

    Every method raises BlockedError without a clone or for an unknown branch, and CloneError where git cannot tell.
    """

    def __init__(self, outside: Outside, branches: Sequence[Branch]) -> None:
        self._clone = outside.clone
        self._branches = branches

    async def work(self, name: str) -> BranchWork:
        """Return the commits that the branch it goes to lacks: main for a hotfix, a release and staging, staging for others."""
        clone, branch, base = self._asked(name)
        cap = MOST_COMMITS + 1
        if base is None:
            found = await clone.history(branch.tip.sha, limit=cap)
        else:
            found = await clone.commits(_end(base), branch.tip.sha, limit=cap)
        return BranchWork(name, base.name if base else "", found[:MOST_COMMITS], len(found) > MOST_COMMITS)

    async def changes(self, name: str, sha: str = "") -> Comparison:
        """Return what one commit (a full SHA) changes; without one, what the whole branch has changed since it left its base."""
        clone, branch, base = self._asked(name)
        if sha:
            return await clone.comparison("", sha)
        if base is None:
            return await clone.comparison("", branch.tip.sha)
        return await clone.comparison(_end(base), branch.tip.sha)

    def _asked(self, name: str) -> tuple[Clone, Branch, Branch | None]:
        if self._clone is None:
            raise BlockedError("there is no clone here", next_step="start strideiq inside a clone, or set clone in config.toml")
        branch = next((one for one in self._branches if one.name == name), None)
        if branch is None:
            raise BlockedError(f"there is no branch {name} any more", next_step="r reads the branches again")
        return self._clone, branch, self._base(branch)

    def _base(self, branch: Branch) -> Branch | None:
        if branch.kind is BranchKind.MAIN:
            return None
        wanted = (BranchKind.MAIN,) if branch.kind in _TO_MAIN else (BranchKind.STAGING, BranchKind.MAIN)
        found = {one.kind: one for one in self._branches if one.kind.permanent}
        return next((found[kind] for kind in wanted if kind in found), None)


def _end(branch: Branch) -> str:
    """Return where a permanent branch stands: origin's word counts."""
    return branch.remote or branch.local or branch.tip.sha
