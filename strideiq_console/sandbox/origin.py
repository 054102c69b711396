"""The world's bare repository: real git objects and refs, an ``update`` hook that guards main and staging, real merges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from strideiq_console.sandbox import git
from strideiq_console.sandbox.state import WorldError

UPDATE_HOOK = """#!/bin/sh
# Pushes never reach the permanent branches; they move by merged pull requests alone, which do not pass through here.
case "$1" in
refs/heads/main | refs/heads/staging)
    echo "GH006: Protected branch update failed for $1." >&2
    echo "- Changes must be made through a pull request." >&2
    exit 1
    ;;
esac
exit 0
"""
_FIELDS = "%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, read from the bare repository. Times are epoch seconds."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored: int
    committer: str
    committer_email: str
    committed: int
    message: str

    @property
    def subject(self) -> str:
        """Return the first line of the message."""
        return self.message.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class FileChange:
    """How one file differs between two commits."""

    path: str
    status: str
    additions: int
    deletions: int
    blob: str


class Origin:
    """Reads and moves the bare repository. What depends on SHAs alone never changes, so it is asked of git once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._commits: dict[str, Commit] = {}
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}
        self._trees: dict[tuple[str, str], str | None] = {}
        self._changes: dict[tuple[str, str], tuple[FileChange, ...]] = {}

    @classmethod
    def create(cls, path: Path) -> Origin:
        """Make the empty bare repository with its hook."""
        git.run(path.parent, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(path))
        config = path / "config"
        config.write_text(
            config.read_text() + "[receive]\n\tdenyNonFastForwards = true\n\tautogc = false\n[gc]\n\tauto = 0\n"
            "[core]\n\tlogAllRefUpdates = true\n",
            encoding="utf-8",
        )
        hooks = path / "hooks"
        hooks.mkdir(exist_ok=True)
        hook = hooks / "update"
        hook.write_text(UPDATE_HOOK, encoding="utf-8", newline="\n")
        hook.chmod(0o755)
        return cls(path)

    def branches(self) -> dict[str, str]:
        """Return the tip of every branch, read from the ref files themselves because every answer needs it."""
        found: dict[str, str] = {}
        packed = self.path / "packed-refs"
        if packed.exists():
            for line in packed.read_text(encoding="utf-8").splitlines():
                sha, _, name = line.partition(" ")
                if name.startswith("refs/heads/") and len(sha) == 40:
                    found[name.removeprefix("refs/heads/")] = sha
        heads = self.path / "refs" / "heads"
        for file in heads.rglob("*"):
            if file.is_file() and not file.name.endswith(".lock"):
                sha = _read_ref(file)
                if sha:
                    found[file.relative_to(heads).as_posix()] = sha
        return found

    def git(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
        """Run git on the bare repository and return its output."""
        return git.run(self.path, *arguments, ok=ok)[1]

    def commit(self, sha: str) -> Commit:
        """Return one commit. Raises WorldError when there is none of that SHA."""
        if sha not in self._commits:
            self._remember(self.git("log", "-1", "-z", f"--format={_FIELDS}", sha, "--"))
        return self._commits[sha]

    def prefetch(self, shas: Iterable[str]) -> None:
        """Read many commits with one call of git."""
        missing = [sha for sha in dict.fromkeys(shas) if sha not in self._commits]
        if missing:
            self._remember(self.git("log", "--no-walk=unsorted", "-z", f"--format={_FIELDS}", *missing, "--"))

    def find(self, sha: str) -> Commit | None:
        """Return a commit by its full SHA, None when the repository does not hold it."""
        if len(sha) != 40 or any(c not in "0123456789abcdef" for c in sha):
            return None
        try:
            return self.commit(sha)
        except WorldError:
            return None

    def log(self, *revisions: str, limit: int | None = None) -> tuple[Commit, ...]:
        """Return commits newest first, ``revisions`` as git reads them (``^base``, ``head``)."""
        cap = () if limit is None else (f"--max-count={limit}",)
        return self._remember(self.git("log", "-z", "--topo-order", f"--format={_FIELDS}", *cap, *revisions, "--"))

    def count(self, base: str, head: str) -> tuple[int, int]:
        """Return how many commits ``head`` is ahead of and behind ``base``."""
        key = (base, head)
        if key not in self._counts:
            behind, ahead = self.git("rev-list", "--left-right", "--count", f"{base}...{head}", "--").split()
            self._counts[key] = (int(ahead), int(behind))
        return self._counts[key]

    def contains(self, descendant: str, ancestor: str) -> bool:
        """Say whether ``ancestor`` is reachable from ``descendant``."""
        return self.count(descendant, ancestor)[0] == 0

    def merge_base(self, left: str, right: str) -> str:
        """Return the best common ancestor, ``""`` when histories are unrelated."""
        return self.git("merge-base", left, right, ok=(0, 1)).strip()

    def changes(self, base: str, head: str) -> tuple[FileChange, ...]:
        """Return the files that ``head`` changed since its merge base with ``base``."""
        key = (base, head)
        if key not in self._changes:
            start = self.merge_base(base, head) or base
            self._changes[key] = self._diff(start, head)
        return self._changes[key]

    def changes_of(self, sha: str) -> tuple[FileChange, ...]:
        """Return the files of one commit against its first parent; a root commit adds all its files."""
        parents = self.commit(sha).parents
        empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        return self._diff(parents[0] if parents else empty_tree, sha)

    def has_path(self, sha: str, path: str) -> bool:
        """Say whether a file or folder exists in a commit."""
        return git.run(self.path, "cat-file", "-e", f"{sha}:{path}", ok=(0, 1, 128))[0] == 0

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits for real; return the tree, or None when they conflict."""
        key = (ours, theirs)
        if key not in self._trees:
            code, output = git.run(self.path, "merge-tree", "--write-tree", "--no-messages", ours, theirs, ok=(0, 1))
            self._trees[key] = output.split("\n", 1)[0].strip() if code == 0 else None
        return self._trees[key]

    def write_commit(self, tree: str, parents: tuple[str, ...], message: str, *, name: str, email: str, when: float) -> str:
        """Write a commit object without moving any ref."""
        arguments = ["commit-tree", tree]
        for parent in parents:
            arguments += ["-p", parent]
        env = git.environment(name=name, email=email, when=when)
        return git.run(self.path, *arguments, "-F", "-", stdin=message, env=env)[1].strip()

    def move(self, branch: str, old: str | None, new: str | None) -> None:
        """Move, create (``old`` None) or delete (``new`` None) a branch if it still is where ``old`` says; else leave it."""
        if self.branches().get(branch) != old:
            return
        ref = f"refs/heads/{branch}"
        zero = "0" * 40
        if new is None:
            git.run(self.path, "update-ref", "-d", ref, old or zero, ok=(0, 1, 128))
        else:
            git.run(self.path, "update-ref", ref, new, old or zero, ok=(0, 1, 128))

    def _remember(self, output: str) -> tuple[Commit, ...]:
        found = []
        for record in output.split("\0"):
            if record.strip():
                commit = _parse(record)
                self._commits[commit.sha] = commit
                found.append(commit)
        return tuple(found)

    def _diff(self, start: str, end: str) -> tuple[FileChange, ...]:
        raw = self.git("diff-tree", "-r", "--no-renames", "--raw", "--numstat", "--abbrev=40", start, end).splitlines()
        counts: dict[str, tuple[int, int]] = {}
        rows: list[tuple[str, str, str]] = []
        words = {"A": "added", "D": "removed", "M": "modified", "T": "changed"}
        for line in raw:
            if line.startswith(":"):
                head, path = line.split("\t", 1)
                fields = head.split()
                rows.append((path, words[fields[4][0]], fields[3] if fields[4] != "D" else fields[2]))
            elif line:
                added, removed, path = line.split("\t", 2)
                counts[path] = (int(added) if added != "-" else 0, int(removed) if removed != "-" else 0)
        return tuple(FileChange(path, status, *counts.get(path, (0, 0)), blob) for path, status, blob in rows)


def _read_ref(file: Path) -> str:
    try:
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""  # deleted between listing and reading
    return text if len(text) == 40 else ""


def _parse(record: str) -> Commit:
    sha, tree, parents, an, ae, at, cn, ce, ct, message = record.lstrip("\n").split("\x1f", 9)
    return Commit(sha, tree, tuple(parents.split()), an, ae, int(at), cn, ce, int(ct), message.strip("\n"))
