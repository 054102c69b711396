"""Another git's lock: waited for, its owner named, never removed (RELIABILITY section 3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from strideiq_console.providers.git.command import Output
from strideiq_console.providers.git.faults import lock_in, locked

_STEP_SECONDS = 0.25


def patiently(deed: Callable[[], Output], seconds: float) -> Output:
    """Do a local change; while another git holds a lock in its way, try again for ``seconds``. CloneError names lock and owner.

    Safe to repeat: git takes the lock before it changes anything. Runs on a worker thread, so waiting blocks nobody.
    """
    left = int(seconds / _STEP_SECONDS)
    while True:
        output = deed()
        lock = lock_in(output.words) if output.code else None
        if lock is None:
            return output
        if left <= 0:
            raise locked(lock, _owner(Path(lock)))
        left -= 1
        time.sleep(_STEP_SECONDS)


def _owner(lock: Path) -> str:
    """Return who holds the lock file open, as words; where the system does not say, nothing is claimed."""
    folder = Path("/proc")
    if not folder.is_dir():
        return ""
    try:
        wanted = lock.resolve()
        for process in folder.glob("[0-9]*"):
            if _holds(process, wanted):
                return f" by process {process.name}"
    except OSError:
        return ""
    return " by no process that can be seen"


def _holds(process: Path, wanted: Path) -> bool:
    try:
        return any(descriptor.resolve() == wanted for descriptor in (process / "fd").iterdir())
    except OSError:
        # The process has ended, or belongs to somebody else.
        return False
