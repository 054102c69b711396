"""What is read of a branch on demand, as a test sets it."""

from __future__ import annotations

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.comparison import BranchWork, Comparison

from .made_facts import ago


class FakeBranchReads:
    """Gives every branch the same commits and the same changes. ``calls`` are the reads in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.commits = (Commit("1a" * 20, "feat: the newest", "founder", ago(hours=3)),)
        self.comparison = Comparison((), ())

    async def work(self, name: str) -> BranchWork:
        self.calls.append(("work", name))
        return BranchWork(name, "main", self.commits)

    async def changes(self, name: str, sha: str = "") -> Comparison:
        self.calls.append(("changes", name, sha))
        return self.comparison
