"""What went wrong, as one sentence and an exit code (DESIGN section 8); an unexpected fault leaves a report without locals."""

from __future__ import annotations

import os
import secrets
import traceback
from collections.abc import Callable
from pathlib import Path

from strideiq_console.domain.fault import ConsoleError, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean

DONE, FAILED, BLOCKED, DIVERGED = 0, 1, 4, 5
USAGE, SOFTWARE, UNFINISHED, NOT_AUTHORISED, CONFIGURATION, INTERRUPTED = 64, 70, 75, 77, 78, 130

_BY_KIND = {
    FaultKind.UNAUTHORISED: NOT_AUTHORISED,
    FaultKind.FORBIDDEN: NOT_AUTHORISED,
    FaultKind.NOT_CONFIGURED: CONFIGURATION,
}


def exit_code(error: ConsoleError) -> int:
    """Return the exit code of an expected fault."""
    if isinstance(error, OutsideError):
        return _BY_KIND.get(error.fault.kind, FAILED)
    return error.exit_code


def crash_report(error: BaseException, redact: Callable[[str], str], state: Path) -> Path | None:
    """Write a redacted report (0600, in a 0700 folder) of an unexpected fault; None when it cannot be written.

    It says where in the code it happened and holds no values of variables (RELIABILITY rule 16).
    """
    trace = traceback.TracebackException.from_exception(error, capture_locals=False, compact=True)
    text = clean(redact("".join(trace.format())))
    folder = state / "reports"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            return None
        path = folder / f"crash-{secrets.token_hex(4)}.txt"
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        return None
    return path
