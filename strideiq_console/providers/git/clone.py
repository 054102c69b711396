"""The founder's clone as the console's ports see it: the reads, and writes one at a time, async over worker threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from strideiq_console.domain.policy.promotion import PERMANENT_BRANCHES
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.domain.ports import Clock
from strideiq_console.providers.git import committing, network, pins, tags, takeback, writing
from strideiq_console.providers.git.reader import GitReader

T = TypeVar("T")

LOCK_SECONDS = 10.0


class GitClone(GitReader):
    """Implements ``CloneReader`` and ``CloneWriter`` for the clone around ``path``, which may be any folder inside it.

    Nothing is run or read when it is made. ``patience`` is how many seconds another git's lock is waited for. A cancelled call goes
    on in its thread to its end: a git write is never cut in the middle.
    """

    def __init__(
        self, path: Path, *, clock: Clock, main: str, staging: str, redact: Callable[[str], str], patience: float = LOCK_SECONDS
    ) -> None:
        super().__init__(path, clock=clock, main=main, staging=staging, redact=redact)
        self._permanent = (*PERMANENT_BRANCHES, main, staging)
        self._patience = patience
        self._writing = threading.Lock()

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

    async def commit_files(self, path: str, branch: str, files: Sequence[str], message: str) -> str:
        """Commit exactly these unsaved files where ``branch`` is checked out; the founder's hooks run."""
        return await self._write(lambda: committing.commit_files(self._git, path, branch, files, message, patience=self._patience))

    async def revert(self, branch: str, expected: str, revert: Revert, *, keep: Sequence[str], message: str) -> str:
        """Take a commit back on a branch that stands at ``expected``; no work tree is touched and no hook runs."""
        return await self._write(
            lambda: takeback.revert(
                self._git, branch, expected, revert,
                keep=keep, message=message, permanent=self._permanent, patience=self._patience,
            )
        )  # fmt: skip

    async def restore(self, branch: str, expected: str, target: str, *, keep: Sequence[str], message: str) -> str:
        """Commit the files of ``target``, but ``keep``, on a branch that stands at ``expected``; no hook runs."""
        return await self._write(
            lambda: takeback.restore(
                self._git, branch, expected, target,
                keep=keep, message=message, permanent=self._permanent, patience=self._patience,
            )
        )  # fmt: skip

    async def create_tag(self, name: str, sha: str, message: str) -> str:
        """Create an annotated tag and return its object; one of that name that differs is a CloneError."""
        return await self._write(lambda: tags.create_tag(self._git, name, sha, message, patience=self._patience))

    async def delete_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        """Delete a tag of the clone only while it is that object, after pinning it."""
        await self._write(lambda: tags.delete_tag(self._git, name, object, patience=self._patience))

    async def push_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        """Push a tag to origin, never over another, and read back."""
        await self._write(lambda: tags.push_tag(self._git, name, object))

    async def expire_pins(self, before: datetime) -> tuple[str, ...]:
        """Drop pins made before then and return their names; one without a date is kept."""
        return await self._write(lambda: pins.expire_pins(self._git, self._clock, before, patience=self._patience))

    async def _write(self, deed: Callable[[], T]) -> T:
        def alone() -> T:
            with self._writing:
                return deed()

        return await asyncio.to_thread(alone)
