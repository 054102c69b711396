"""A clone in memory over the shared state: commits are names with parents, a message and, where a test gives them, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from strideiq_console.domain.branch import CloneStatus, Promotion
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.domain.worktree import ChangeKind, FileChange, LoggedTag
from tests.services.fake_branches import FakeBranchReads
from tests.services.fake_outside import BEGIN, FakeOutside


class FakeReader(FakeBranchReads):
    """Implements ``CloneReader``."""

    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def status(self) -> CloneStatus:
        head = self.o.local.get(self.o.head)
        return CloneStatus("/clone", self.o.head, head, self.o.changed, remote="file:///origin.git")

    async def promotion(self) -> Promotion:
        return Promotion(0, 1, 0)

    async def tip(self, ref: str) -> str | None:
        try:
            return self._sha(ref)
        except CloneError:
            return None

    async def remote_tip(self, branch: str) -> str | None:
        return self.o.origin.get(branch)

    async def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        return self._sha(ancestor) in self.o.ancestors(self._sha(descendant))

    async def divergence(self, left: str, right: str) -> Divergence:
        one, two = self.o.ancestors(self._sha(left)), self.o.ancestors(self._sha(right))
        return Divergence(len(one - two), len(two - one))

    async def commits(self, base: str, head: str, *, limit: int = 100) -> tuple[Commit, ...]:
        new = sorted(self.o.ancestors(self._sha(head)) - self.o.ancestors(self._sha(base)), reverse=True)[:limit]
        return tuple(Commit(s, self.o.subjects[s], "founder", BEGIN, self.o.parents[s]) for s in new)

    async def history(self, head: str, *, limit: int = 50) -> tuple[Commit, ...]:
        shas = sorted(self.o.ancestors(self._sha(head)), reverse=True)
        return tuple(Commit(s, self.o.subjects[s], "founder", BEGIN, self.o.parents[s]) for s in shas)

    async def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        return ("apps/api/auth.py",)

    async def same_tree(self, left: str, right: str) -> bool:
        return left == right

    def _touched(self, sha: str) -> set[str]:
        before = self.files(self.o.parents[sha][0]) if self.o.parents[sha] else {}
        after = self.files(sha)
        return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}

    async def unsaved(self, path: str) -> tuple[FileChange, ...]:
        listed = list(self.o.unsaved.get(path, ()))
        if path == "/clone":
            listed += [FileChange(name, ChangeKind.MODIFIED, 1, False, ()) for name in self.o.changed]
        return tuple(sorted(listed, key=lambda change: change.path))

    async def changes(self, start: str, end: str, *, folder: str = "", limit: int = 2000) -> tuple[Change, ...] | None:
        new = self.o.ancestors(self._sha(end)) - self.o.ancestors(self._sha(start))
        if len(new) > limit:
            return None
        found = []
        for sha in sorted(new, reverse=True):
            commit = Commit(sha, self.o.subjects[sha], "founder", BEGIN, self.o.parents[sha])
            files = tuple(sorted(path for path in self._touched(sha) if path.startswith(f"{folder}/"))) if folder else None
            found.append(Change(commit, await self.message(sha), files))
        return tuple(found)

    async def message(self, sha: str) -> str:
        return self.o.messages.get(sha, self.o.subjects[self._sha(sha)])

    async def tags(self) -> tuple[LoggedTag, ...]:
        return tuple(self.o.tags[name] for name in sorted(self.o.tags))

    async def remote_tags(self) -> tuple[LoggedTag, ...]:
        return tuple(self.o.origin_tags[name] for name in sorted(self.o.origin_tags))

    async def conflicts(self, ours: str, theirs: str) -> tuple[str, ...]:
        one, two = self._sha(ours), self._sha(theirs)
        return () if two in self.o.ancestors(one) or one in self.o.ancestors(two) else self.o.clashes

    async def file_at(self, sha: str, path: str) -> bytes | None:
        return self.files(self._sha(sha)).get(path)

    async def files_at(self, sha: str, folder: str) -> Mapping[str, bytes]:
        return {path: body for path, body in self.files(self._sha(sha)).items() if not folder or path.startswith(f"{folder}/")}

    async def patch(self, base: str, head: str, *, limit: int = 400) -> tuple[str, ...]:
        before, after = self.files(self._sha(base)), self.files(self._sha(head))
        paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return tuple(f"diff --git a/{path} b/{path}" for path in paths)[:limit]


class FakeClone(FakeReader):
    """Implements ``CloneWriter`` too; every change of the clone or of origin is an effect."""

    async def fetch(self) -> None:
        self.o.tracking = dict(self.o.origin)
        self.o.did("git fetch")

    async def create_branch(self, name: str, sha: str) -> None:
        if name in self.o.local:
            raise CloneError(f"{name} exists")
        self.o.local[name] = sha
        self.o.did(f"git create {name}")

    async def delete_branch(self, name: str, sha: str) -> None:
        if self.o.local.get(name) != sha:
            raise CloneError(f"{name} moved")
        del self.o.local[name]
        self.o.did(f"git delete {name}")

    async def switch(self, name: str) -> None:
        if self.o.changed:
            raise CloneError("dirty")
        self.o.head = name
        self.o.did(f"git switch {name}")

    async def add_worktree(self, path: str, branch: str) -> None:
        self.o.did(f"git worktree add {path}")

    async def remove_worktree(self, path: str) -> None:
        self.o.did(f"git worktree remove {path}")

    async def push(self, branch: str, sha: str) -> None:
        before = self.o.origin.get(branch)
        if before is not None and before not in self.o.ancestors(sha):
            raise CloneError("non-fast-forward")
        self.o.push(branch, sha)
        self.o.did(f"git push {branch}")

    async def pin(self, name: str, sha: str) -> None:
        self.o.pins[name] = sha
        self.o.pinned_at.setdefault(name, self.o.clock.now())

    def _move(self, branch: str, expected: str, files: Mapping[str, bytes], keep: Sequence[str], message: str, effect: str) -> str:
        if self.o.local.get(branch) != expected:
            raise CloneError(f"{branch} moved")
        here = self.files(expected)

        def kept(path: str) -> bool:
            return any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in keep)

        tree = {path: body for path, body in files.items() if not kept(path)} | {p: b for p, b in here.items() if kept(p)}
        if tree == here:
            raise CloneError("already reverted")
        self.o.pins[f"moved/{expected}"] = expected
        self.o.local[branch] = self.saved(message, tree, expected)
        self.o.did(f"git {effect} {branch}")
        return self.o.local[branch]

    def saved(self, message: str, tree: Mapping[str, bytes], *parents: str) -> str:
        """Make a commit of files."""
        sha = self.o.commit(message.partition("\n")[0], *parents)
        self.o.messages[sha] = message
        self.o.trees[sha] = dict(tree)
        return sha

    async def commit_files(self, path: str, branch: str, files: Sequence[str], message: str) -> str:
        listed = self.o.unsaved.get(path, [])
        picked = [change for change in listed if change.path in files]
        if not picked or len(picked) != len(set(files)):
            raise CloneError("nothing to commit")
        tree = self.files(self.o.local[branch])
        for change in picked:
            tree.pop(change.before or change.path, None)
            if change.kind is not ChangeKind.DELETED:
                tree[change.path] = "".join(f"{line}\n" for line in change.added or ()).encode()
        self.o.unsaved[path] = [change for change in listed if change not in picked]
        self.o.local[branch] = self.saved(message, tree, self.o.local[branch])
        self.o.did(f"git commit {branch}")
        return self.o.local[branch]

    async def revert(self, branch: str, expected: str, revert: Revert, *, keep: Sequence[str], message: str) -> str:
        """Take back whole files: one that changed again since conflicts."""
        parents = self.o.parents[self._sha(revert.sha)]
        before, theirs, here = self.files(parents[(revert.parent or 1) - 1]), self.files(revert.sha), self.files(expected)
        tree, clashes = dict(here), []
        for path in sorted(before.keys() | theirs.keys()):
            if before.get(path) == theirs.get(path) or here.get(path) == before.get(path):
                continue
            if here.get(path) != theirs.get(path):
                clashes.append(path)
            tree.pop(path, None)
            if path in before:
                tree[path] = before[path]
        if [path for path in clashes if path not in keep]:
            raise CloneError(f"conflicts in {', '.join(clashes)}")
        return self._move(branch, expected, tree, keep, message, "revert")

    async def restore(self, branch: str, expected: str, target: str, *, keep: Sequence[str], message: str) -> str:
        return self._move(branch, expected, self.files(self._sha(target)), keep, message, "restore")

    async def create_tag(self, name: str, sha: str, message: str) -> str:
        here = self.o.tags.get(name)
        if here is None:
            here = LoggedTag(name, self._sha(sha), f"{len(self.o.tags) + 1:039x}a", annotated=True)
            self.o.tags[name] = here
            self.o.messages[here.object] = message
            self.o.did(f"git tag {name}")
        if here.sha != sha or self.o.messages.get(here.object) != message:
            raise CloneError(f"the tag {name} exists already")
        return here.object

    async def delete_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        here = self.o.tags.get(name)
        if here is None:
            return
        if here.object != object:
            raise CloneError(f"the tag {name} is another")
        self.o.pins[f"deleted-tag/{object}"] = object
        del self.o.tags[name]
        self.o.did(f"git delete tag {name}")

    async def push_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        if name not in self.o.tags or self.o.tags[name].object != object:
            raise CloneError(f"the tag {name} is another")
        there = self.o.origin_tags.get(name)
        if there is not None and there.object != object:
            raise CloneError(f"origin has another tag {name}")
        if there is None:
            self.o.origin_tags[name] = self.o.tags[name]
            self.o.did(f"git push tag {name}")

    async def expire_pins(self, before: datetime) -> tuple[str, ...]:
        gone = tuple(sorted(name for name, made in self.o.pinned_at.items() if made < before))
        for name in gone:
            del self.o.pinned_at[name]
            self.o.pins.pop(name, None)
        return gone
