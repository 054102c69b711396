"""The founder's clone as the console's ports see it: async over worker threads, writes one at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.policy.promotion import PERMANENT_BRANCHES
from strideiq_console.domain.ports import Clock
from strideiq_console.providers.git import branches, network, refs, status, writing
from strideiq_console.providers.git.command import Git

T = TypeVar("T")

LOCK_SECONDS = 10.0


class GitClone:
    """Implements ``CloneReader`` and ``CloneWriter`` for the clone around ``path``, which may be any folder inside it.

    Nothing is run or read when it is made. ``patience`` is how many seconds another git's lock is waited for. A cancelled call goes
    on in its thread to its end: a git write is never cut in the middle.
    """

    def __init__(
        self, path: Path, *, clock: Clock, main: str, staging: str, redact: Callable[[str], str], patience: float = LOCK_SECONDS
    ) -> None:
        self._git = Git(path, redact=redact)
        self._clock = clock
        self._main = main
        self._staging = staging
        self._permanent = (*PERMANENT_BRANCHES, main, staging)
        self._patience = patience
        self._writing = threading.Lock()

    async def status(self) -> CloneStatus:
        """Return where HEAD stands and what is unsaved."""
        return await asyncio.to_thread(status.read_status, self._git, self._clock)

    async def branches(self) -> tuple[Branch, ...]:
        """Return local and remote branches with their divergence, newest commit first."""
        return await asyncio.to_thread(branches.read_branches, self._git, main=self._main, staging=self._staging)

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

    async def fetch(self) -> None:
        """Fetch origin's branches into ``refs/remotes/origin/*`` with pruning; OutsideError when origin does not answer."""
        await self._write(lambda: network.fetch(self._git))

    async def create_branch(self, name: str, sha: str) -> None:
        """Create ``refs/heads/name`` at ``sha``; one that is there already is fine, one elsewhere a CloneError."""
        await self._write(lambda: writing.create_branch(self._git, name, sha, patience=self._patience))

    async def delete_branch(self, name: str, sha: str) -> None:
        """Delete ``refs/heads/name`` only while it points at ``sha``, after pinning it; never a permanent branch."""
        await self._write(lambda: writing.delete_branch(self._git, name, sha, permanent=self._permanent, patience=self._patience))

    async def switch(self, name: str) -> None:
        """Switch the clean work tree to a local branch."""
        await self._write(lambda: writing.switch(self._git, name, patience=self._patience))

    async def add_worktree(self, path: str, branch: str) -> None:
        """Check a branch out in a second work tree at an absolute ``path``."""
        await self._write(lambda: writing.add_worktree(self._git, path, branch, patience=self._patience))

    async def remove_worktree(self, path: str) -> None:
        """Remove a second work tree that is clean; CloneError when it is not."""
        await self._write(lambda: writing.remove_worktree(self._git, path, patience=self._patience))

    async def push(self, branch: str, sha: str) -> None:
        """Push ``sha`` to ``refs/heads/branch`` of origin as a fast-forward and read back; never main or staging.

        CloneError: it did not arrive. OutsideError with ``known_not_done`` false: origin could not be asked afterwards.
        """
        await self._write(lambda: network.push(self._git, branch, sha, permanent=self._permanent))

    async def pin(self, name: str, sha: str) -> None:
        """Keep a commit reachable under ``refs/console/name``."""
        await self._write(lambda: writing.pin(self._git, name, sha, patience=self._patience))

    async def _write(self, deed: Callable[[], T]) -> T:
        def alone() -> T:
            with self._writing:
                return deed()

        return await asyncio.to_thread(alone)
