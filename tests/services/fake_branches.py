"""The fake clone's branches, what they change, and whether their work has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strideiq_console.domain.branch import Branch, classify
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.comparison import MOST_FILES, MOST_LINES, Comparison, FileCount
from strideiq_console.domain.fault import CloneError
from tests.services.fake_outside import BEGIN, FakeOutside


class FakeBranchReads:
    """A part of the fake ``CloneReader``."""

    o: FakeOutside

    def _sha(self, ref: str) -> str:
        for prefix, table in (("refs/heads/", self.o.local), ("refs/remotes/origin/", self.o.tracking)):
            if ref.startswith(prefix) and ref.removeprefix(prefix) in table:
                return table[ref.removeprefix(prefix)]
        if ref not in self.o.parents:
            raise CloneError(f"{ref} is not in the clone")
        return ref

    def files(self, sha: str) -> dict[str, bytes]:
        """The files of a commit: its own where a test gave them, else those of its first parent."""
        while sha not in self.o.trees:
            if not self.o.parents[sha]:
                return {}
            sha = self.o.parents[sha][0]
        return dict(self.o.trees[sha])

    async def branches(self) -> tuple[Branch, ...]:
        names = dict.fromkeys((*self.o.local, *self.o.tracking))
        return tuple(self._branch(name) for name in names)

    def _branch(self, name: str) -> Branch:
        local, remote = self.o.local.get(name), self.o.tracking.get(name)
        tip = local or remote or ""

        def against(base: str) -> Divergence | None:
            there = self.o.tracking.get(base)
            if there is None:
                return None
            one, two = self.o.ancestors(tip), self.o.ancestors(there)
            return Divergence(len(one - two), len(two - one))

        commit = Commit(tip, self.o.subjects[tip], "founder", BEGIN, self.o.parents[tip])
        sides = (against("main"), against("staging"))
        return Branch(name, classify(name), commit, local, remote, *sides, checked_out=name == self.o.head)

    def _fork(self, left: str, right: str) -> str:
        return max(self.o.ancestors(left) & self.o.ancestors(right))

    async def comparison(self, base: str, head: str, *, files: int = MOST_FILES, lines: int = MOST_LINES) -> Comparison:
        tip = self._sha(head)
        start = self._fork(self._sha(base), tip) if base else next(iter(self.o.parents[tip]), "")
        before, after = self.files(start) if start else {}, self.files(tip)
        paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        counted = tuple(FileCount(path, int(path in after), int(path in before)) for path in paths)
        shown = tuple(f"diff --git a/{path} b/{path}" for path in paths)
        return Comparison(counted[:files], shown[:lines], max(len(counted) - files, 0))

    async def absorbed(self, base: str, heads: Sequence[str]) -> Mapping[str, bool]:
        """Whole files: those that a head changed since the fork are in the base as it has them."""
        there, found = self._sha(base), {}
        for head in heads:
            start, after, here = self.files(self._fork(there, head)), self.files(head), self.files(there)
            changed = [path for path in start.keys() | after.keys() if start.get(path) != after.get(path)]
            found[head] = bool(changed) and all(here.get(path) == after.get(path) for path in changed)
        return found
