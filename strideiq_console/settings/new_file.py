"""Writes a file that was not there: whole or not at all, readable by its owner alone, never through a link or over another."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def create(path: Path, text: str) -> None:
    """Write ``text`` to a new file (0600). FileExistsError when the name is taken, another OSError when it cannot be written."""
    draft = path.with_name(f".strideiq-{secrets.token_hex(8)}")
    _write(draft, text)
    try:
        _give_name(draft, path, text)
    finally:
        with suppress(OSError):
            draft.unlink()
    _settle(path.parent)


def _write(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)  # an odd umask may have taken bits that the owner needs
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _give_name(draft: Path, path: Path, text: str) -> None:
    """A second name fails where the first is taken, which a rename does not; some file systems know no second names."""
    try:
        os.link(draft, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        _write(path, text)


def _settle(folder: Path) -> None:
    """Bring the new name to the disk where a folder can be opened for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
