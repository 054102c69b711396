"""The reads of the founder's clone as the console's ports see them: async over worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.comparison import MOST_FILES, MOST_LINES, Comparison
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.worktree import FileChange, LoggedTag
from strideiq_console.providers.git import absorbing, branches, comparing, log, merging, network, refs, status, tags, trees, unsaved
from strideiq_console.providers.git.command import Git


class GitReader:
    """Implements ``CloneReader`` for the clone around ``path``, any folder inside it. Nothing is run when it is made."""

    def __init__(self, path: Path, *, clock: Clock, main: str, staging: str, redact: Callable[[str], str]) -> None:
        self._git = Git(path, redact=redact)
        self._clock = clock
        self._main = main
        self._staging = staging
        self._absorption = absorbing.Absorption()

    async def status(self) -> CloneStatus:
        """Return where HEAD stands and what is unsaved."""
        return await asyncio.to_thread(status.read_status, self._git, self._clock)

    async def branches(self) -> tuple[Branch, ...]:
        """Return local and remote branches with their divergence, newest commit first."""

        def look() -> tuple[Branch, ...]:
            return self._absorption.told(self._git, branches.read_branches(self._git, main=self._main, staging=self._staging))

        return await asyncio.to_thread(look)

    async def promotion(self) -> Promotion:
        """Return what waits on each rung of the ladder."""
        return await asyncio.to_thread(branches.read_promotion, self._git, main=self._main, staging=self._staging)

    async def tip(self, ref: str) -> str | None:
        """Return the SHA of a full ref, None when it does not exist."""
        return await asyncio.to_thread(refs.ref_tip, self._git, ref)

    async def remote_tip(self, branch: str) -> str | None:
        """Ask origin itself for the tip of a branch; OutsideError when it does not answer."""
        return await asyncio.to_thread(network.remote_tip, self._git, branch)

    async def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Say whether one commit is reachable from another; CloneError when the clone cannot tell."""
        return await asyncio.to_thread(refs.is_ancestor, self._git, ancestor, descendant)

    async def divergence(self, left: str, right: str) -> Divergence:
        """Count the commits of two SHAs or full refs against each other."""
        return await asyncio.to_thread(refs.divergence, self._git, left, right)

    async def commits(self, base: str, head: str, *, limit: int = 100) -> tuple[Commit, ...]:
        """Return commits reachable from ``head`` and not from ``base``, newest first."""
        return await asyncio.to_thread(refs.commits, self._git, base, head, limit=limit)

    async def history(self, head: str, *, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits reachable from ``head``, newest first."""
        return await asyncio.to_thread(refs.history, self._git, head, limit=limit)

    async def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        """Return the paths that differ between the merge base of both and ``head``."""
        return await asyncio.to_thread(refs.changed_files, self._git, base, head)

    async def same_tree(self, left: str, right: str) -> bool:
        """Say whether two commits hold the same files."""
        return await asyncio.to_thread(refs.same_tree, self._git, left, right)

    async def files_at(self, sha: str, folder: str) -> Mapping[str, bytes]:
        """Return the files under a folder at a commit, or one file, by path from the top; a link holds where it leads to."""
        return await asyncio.to_thread(trees.files_at, self._git, sha, folder)

    async def unsaved(self, path: str) -> tuple[FileChange, ...]:
        """Return what a commit could take from one of the clone's work trees, sorted by path."""
        return await asyncio.to_thread(unsaved.unsaved, self._git, path)

    async def changes(self, start: str, end: str, *, folder: str = "", limit: int = 2000) -> tuple[Change, ...] | None:
        """Return the commits of ``start..end`` newest first, with whole messages; None: more than ``limit``."""
        return await asyncio.to_thread(log.changes, self._git, start, end, folder=folder, limit=limit)

    async def message(self, sha: str) -> str:
        """Return the whole message of a commit, clean."""
        return await asyncio.to_thread(log.message, self._git, sha)

    async def tags(self) -> tuple[LoggedTag, ...]:
        """Return the clone's tags that lead to a commit, by name."""
        return await asyncio.to_thread(tags.read_tags, self._git)

    async def remote_tags(self) -> tuple[LoggedTag, ...]:
        """Ask origin itself for its tags; OutsideError when it does not answer."""
        return await asyncio.to_thread(tags.remote_tags, self._git)

    async def conflicts(self, ours: str, theirs: str) -> tuple[str, ...]:
        """Return the paths that would conflict if ``theirs`` were merged into ``ours``."""
        return await asyncio.to_thread(merging.conflicts, self._git, ours, theirs)

    async def file_at(self, sha: str, path: str) -> bytes | None:
        """Return a file as a commit has it; None when it has no such file."""
        return await asyncio.to_thread(log.file_at, self._git, sha, path)

    async def patch(self, base: str, head: str, *, limit: int = 400) -> tuple[str, ...]:
        """Return the difference from ``base`` to ``head`` as clean lines to read."""
        return await asyncio.to_thread(log.patch, self._git, base, head, limit=limit)

    async def comparison(self, base: str, head: str, *, files: int = MOST_FILES, lines: int = MOST_LINES) -> Comparison:
        """Return what ``head`` brings since it left ``base``; ``base`` ``""``: since its parent."""
        return await asyncio.to_thread(comparing.compare, self._git, base, head, files=files, lines=lines)

    async def absorbed(self, base: str, heads: Sequence[str]) -> Mapping[str, bool]:
        """Say of each commit whether merging it into ``base`` would change nothing."""
        return await asyncio.to_thread(absorbing.absorbed, self._git, base, heads)
