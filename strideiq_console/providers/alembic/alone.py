"""Knows whether an alembic that a console started still runs, even when that console was killed: never a second one beside it.

The child inherits an open file that is locked as long as any process has it open. Windows has no such locks: there the sessions
that the server shows are the only sign.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from strideiq_console.domain.fault import BlockedError, StoreError
from strideiq_console.domain.untrusted import clean_line

_PATIENCE = 0.5  # seconds, for another console that is only looking
_LONGEST = 500


@asynccontextmanager
async def alone(place: Path | None, words: str) -> AsyncIterator[tuple[int, ...]]:
    """Hold the file around a move; yields the descriptors that the child must inherit. ``words`` tell others what runs.

    Raises BlockedError while an earlier alembic holds it, StoreError when the file cannot be made.
    """
    if place is None or sys.platform == "win32":
        yield ()
        return
    descriptor = _open(place)
    try:
        ends = time.monotonic() + _PATIENCE
        while not _take(descriptor, shared=False):
            if time.monotonic() > ends:
                raise _still_running(_said(descriptor))
            await asyncio.sleep(0.02)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{words} (console process {os.getpid()})".encode()[:_LONGEST], 0)
        yield (descriptor,)
    finally:
        os.close(descriptor)  # never unlocked: the lock is the child's too, and ends with the last who has it open


def running(place: Path | None) -> str:
    """Return what an earlier console started and still runs, ``""`` when nothing does."""
    if place is None or sys.platform == "win32" or not place.exists():
        return ""
    descriptor = _open(place)
    try:
        return "" if _take(descriptor, shared=True) else _said(descriptor) or "an alembic"
    finally:
        os.close(descriptor)


def _open(place: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(place, flags, 0o600)
    except OSError as error:
        raise StoreError(
            f"{clean_line(str(place), limit=300)} cannot be opened: {error.strerror or error}",
            consequence="nothing was run: whether an earlier alembic still runs is not known",
            next_step="repair the folder's permissions, then try again",
        ) from error


def _take(descriptor: int, *, shared: bool) -> bool:
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            return True
    return False


def _said(descriptor: int) -> str:
    return clean_line(os.pread(descriptor, _LONGEST, 0).decode("utf-8", "replace"), limit=300)


def _still_running(words: str) -> BlockedError:
    return BlockedError(
        f"an alembic that was started earlier still runs: {words}",
        consequence="nothing was run: two at once could apply a revision twice",
        next_step="wait until it has ended, then look again",
    )
