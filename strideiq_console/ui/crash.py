"""What is left behind when the console itself breaks: a redacted report, readable by its owner alone, without any local values."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from strideiq_console.domain.untrusted import clean

FOLDER = "reports"


def report_text(error: BaseException, redact: Callable[[str], str], at: datetime) -> str:
    """Return the report: when, what, and where in the code; never the values of variables (RELIABILITY rule 16)."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=False, compact=True)
    body = "".join(trace.format())
    return clean(redact(f"StrideIQ Console stopped at {at.isoformat(timespec='seconds')}\n\n{body}"))


def write_report(text: str, state: Path, at: datetime) -> Path | None:
    """Write the report into the state folder, 0600 in a 0700 folder; None when it cannot be written."""
    folder = state / FOLDER
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            return None
        for number in range(100):
            path = folder / f"crash-{at:%Y%m%d-%H%M%S}-{number:02}.txt"
            try:
                descriptor = os.open(path, flags, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            return path
    except OSError:
        return None
    return None


def farewell(error: BaseException, path: Path | None) -> str:
    """Return the plain words for the terminal; they hold the kind of the error and no message of it."""
    where = f"A redacted report is in {path}" if path else "No report could be written"
    return (
        f"StrideIQ Console stopped because of a fault of its own ({type(error).__name__}).\n"
        f"Nothing is lost: what was begun is in the journal, and `strideiq resume` goes on with it.\n{clean(where)}."
    )
