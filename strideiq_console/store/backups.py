"""Copies of the store beside it: the last five, each of another hour, so that a corrupt file does not take the journal with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from strideiq_console.domain.fault import StoreError
from strideiq_console.store import files

FOLDER = "backups"
KEPT = 5
APART = timedelta(hours=1)
_STAMP = "%Y%m%dT%H%M%SZ"
_LARGEST = 256_000_000


def keep_copy(connection: sqlite3.Connection, path: Path, changed: datetime, *, always: bool = False) -> Path | None:
    """Copy the open store, which last changed at ``changed``, unless the newest copy is of the same hour.

    ``always``, before an upgrade, copies whatever has changed. Returns the copy, None when there was nothing to do or no room
    for it: a store without a copy is still a store.
    """
    known = copies(path)
    if known and (_of(known[0]) == changed or (not always and changed - _of(known[0]) < APART)):
        return None
    if path.stat().st_size > _LARGEST or not _anything(connection):
        return None
    target = path.parent / FOLDER / f"{path.stem}-{changed.strftime(_STAMP)}.db"
    try:
        _copy(connection, target)
        for old in copies(path)[KEPT:]:
            old.unlink()
    except (OSError, sqlite3.Error, StoreError):
        with suppress(OSError):
            target.with_suffix(".part").unlink(missing_ok=True)
        return None
    return target


def copies(path: Path) -> tuple[Path, ...]:
    """Return the copies of a store, newest first."""
    found = (path.parent / FOLDER).glob(f"{path.stem}-*.db")
    return tuple(sorted((one for one in found if _stamp(one) is not None), key=lambda one: one.name, reverse=True))


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    """Write the copy under another name first: a name that ends in .db is a copy that is whole."""
    files.private_folder(target.parent)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    files.private_file(part)
    with closing(sqlite3.connect(part, isolation_level=None)) as made:
        connection.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")
        if made.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the copy is not whole")
    part.replace(target)


def _anything(connection: sqlite3.Connection) -> bool:
    """Say whether anything was ever carried out: readings alone are read again from outside."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "executions" in tables and connection.execute("SELECT 1 FROM executions LIMIT 1").fetchone() is not None


def last_change(path: Path) -> datetime:
    """Return when a store that nobody has opened yet last changed, in whole seconds: the file or its log, whichever is later."""
    times = [one.stat().st_mtime for one in (path, path.with_name(path.name + "-wal")) if one.exists()]
    return datetime.fromtimestamp(int(max(times)), UTC)


def _stamp(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.stem.rpartition("-")[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _of(path: Path) -> datetime:
    return _stamp(path) or datetime.fromtimestamp(0, UTC)
