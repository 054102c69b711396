"""The store as one thing: a sqlite file (WAL, synchronous FULL) and its parts, opened with care (RELIABILITY sections 2-4, T10)."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from strideiq_console.domain.fault import StoreError
from strideiq_console.store import files, schema
from strideiq_console.store.audit import Audit
from strideiq_console.store.backups import copies, keep_copy, last_change
from strideiq_console.store.cost_entries import CostEntries
from strideiq_console.store.database import BUSY_MS, Database, fault_of, is_corrupt, suspicion
from strideiq_console.store.etags import Etags
from strideiq_console.store.journal import Journal
from strideiq_console.store.leases import Leases
from strideiq_console.store.readings import Readings
from strideiq_console.store.samples import Samples
from strideiq_console.store.verifications import Verifications

FILE_NAME = "console.db"
_CHECKED_WHOLE = 4_000_000
_NO_EFFECT = "Nothing was touched, and nothing is carried out"


class Store:
    """Everything the console remembers. ``notice`` is a sentence when a corrupt file was set aside at opening, else ``""``."""

    def __init__(self, database: Database, *, notice: str = "") -> None:
        self._database = database
        self.notice = notice
        self.path = database.path
        self.read_only = database.read_only
        self.readings = Readings(database)
        self.journal = Journal(database)
        self.leases = Leases(database)
        self.audit = Audit(database)
        self.verifications = Verifications(database)
        self.etags = Etags(database)
        self.cost_entries = CostEntries(database)
        self.samples = Samples(database)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, who: str = "") -> Store:
        """Open the sqlite file at ``path``, making it and its folder when absent; ``who`` signs the audit rows.

        A file that sqlite calls corrupt is renamed and replaced (see ``notice``). Read only, an absent file is an empty store and
        nothing is ever made, changed or renamed. StoreError: not ours, a newer schema, no permission, disk full, a link.
        """
        if read_only:
            return cls(_open_read_only(path, who))
        files.private_folder(path.parent)
        # One console opens at a time: two must neither make the tables twice nor set the same corrupt file aside twice.
        with files.folder_lock(path.parent):
            try:
                return cls(_open(path, who))
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise fault_of(error, path) from error
                database, notice = _replace_corrupt(path, who, error)
                return cls(database, notice=notice)

    def version(self) -> int:
        """Return a number that changes when another console has written to this store."""
        return self._database.version()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _connect(target: str, *, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(target, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, uri=uri)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _open(path: Path, who: str) -> Database:
    """Open for writing. Raises sqlite3's own errors, since the caller tells a corrupt file from the rest."""
    files.private_file(path)
    files.close_siblings(path)
    changed = last_change(path)
    connection = _connect(str(path))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _check_whole(connection, path)
        present = _known_version(connection, path)
        keep_copy(connection, path, changed, always=present < schema.KNOWN)
        if present < schema.KNOWN:
            _upgrade(connection, path)
        files.close_siblings(path)
    except BaseException:
        connection.close()
        raise
    return Database(connection, path, who=who)


def _check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Let sqlite look through a small file at every start, and through a large one when damage was met in it before."""
    mark = suspicion(path)
    if path.stat().st_size > _CHECKED_WHOLE and not mark.exists():
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    mark.unlink(missing_ok=True)
    if found != "ok":
        error = sqlite3.DatabaseError(str(found).replace("\n", " "))
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another console may have done it while this one waited for the write lock.
        schema.upgrade(connection, _known_version(connection, path))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    present = schema.version(connection)
    if present is None:
        raise StoreError(
            f"{path} is a database, but not one of this console", consequence=_NO_EFFECT, next_step="Set STRIDEIQ_STATE elsewhere"
        )
    if present > schema.KNOWN:
        raise StoreError(
            f"the store {path} was made by a newer console (schema {present}, this one knows {schema.KNOWN})",
            consequence=_NO_EFFECT,
            next_step="Use the newer console, or set STRIDEIQ_STATE to another folder",
        )
    return present


def _open_read_only(path: Path, who: str) -> Database:
    files.check_regular(path)
    try:
        connection = _connect_read_only(path)
        try:
            present = _known_version(connection, path)
            if present == 0:  # an empty file, or none: an empty store
                connection.close()
                connection = _connect(":memory:")
                schema.upgrade(connection, 0)
            elif present < schema.KNOWN:
                raise StoreError(
                    f"the store {path} was made by an older console",
                    consequence=_NO_EFFECT,
                    next_step="Start the console once: strideiq",
                )
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise fault_of(error, path) from error
    return Database(connection, path, who=who, read_only=True)


def _connect_read_only(path: Path) -> sqlite3.Connection:
    if not path.exists():
        return _connect(":memory:")
    address = path.absolute().as_uri()
    connection = _connect(f"{address}?mode=ro", uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        # A folder that cannot be written has no room for sqlite's index of the log; without a log nothing is missed.
        return _connect(f"{address}?mode=ro&immutable=1", uri=True)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _replace_corrupt(path: Path, who: str, found: sqlite3.Error) -> tuple[Database, str]:
    try:
        aside = _set_aside(path)
        database = _open(path, who)
    except OSError as error:
        raise StoreError(f"the corrupt store {path} cannot be set aside ({error.strerror})", consequence=_NO_EFFECT) from error
    except sqlite3.Error as error:
        raise fault_of(error, path) from error
    known = copies(path)
    copy = f" Its newest copy is {known[0]}: with the console closed, it can take the place of {path}." if known else ""
    return database, (
        f"The store was corrupt (sqlite: {found}). It was set aside as {aside}, and a new, empty one was made. "
        f"Unfinished executions are in the old file: look at the outside before you start anew.{copy}"
    )


def _set_aside(path: Path) -> Path:
    """Rename the file and its log, with the time of its last change as suffix, and return the new name."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    number, aside = 1, path.with_name(f"{path.name}.corrupt-{changed}")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{changed}-{number}")
    for suffix in ("-wal", "-shm"):
        sibling = path.with_name(path.name + suffix)
        if sibling.exists():
            sibling.rename(aside.with_name(aside.name + suffix))
    path.rename(aside)
    return aside
