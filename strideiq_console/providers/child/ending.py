"""Ends a child with all that it started: gently, and after five seconds by force."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

GRACE_SECONDS = 5.0
_LOOK_SECONDS = 0.05


async def finish(process: asyncio.subprocess.Process) -> None:
    """End the whole group, even while the caller itself is being cancelled."""
    await asyncio.shield(asyncio.ensure_future(_end(process)))


async def _end(process: asyncio.subprocess.Process) -> None:
    _signal(process, gentle=True)
    try:
        for _ in range(round(GRACE_SECONDS / _LOOK_SECONDS)):
            if process.returncode is not None and not _group_lives(process):
                break
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        _signal(process, gentle=False)
        _close(process)
        if process.returncode is None:
            await process.wait()


def _signal(process: asyncio.subprocess.Process, *, gentle: bool) -> None:
    try:
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGTERM if gentle else signal.SIGKILL)
        elif gentle:
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):  # all of the group has ended; macOS says so with the second
        return


def _group_lives(process: asyncio.subprocess.Process) -> bool:
    if sys.platform == "win32":
        return False
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _close(process: asyncio.subprocess.Process) -> None:
    """Close our ends of the pipes, which a runaway grandchild may still hold open at its side."""
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
