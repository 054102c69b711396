"""One sqlite connection behind a lock, with transactions that end whole or not at all and errors of the drawn family."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from strideiq_console.domain.fault import StoreError
from strideiq_console.store import files

BUSY_MS = 5000
_NO_EFFECT = "Nothing was written, and nothing is carried out"


class Database:
    """The connection that all parts of the store share; callers may stand in any thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, who: str = "", read_only: bool = False) -> None:
        self.path = path
        self.who = who
        self.read_only = read_only
        self._connection: sqlite3.Connection | None = connection
        self._lock = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for statements that only read."""
        with self._lock:
            connection = self._open()
            try:
                yield connection
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def version(self) -> int:
        """Return a number that changes when another connection, of this process or another, has written to the file."""
        with self.reading() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Give the connection inside a transaction that holds the write lock from its first moment.

        Leaving normally commits and, with ``durable``, waits until the disk has it; any exception takes everything back. What can
        be fetched again (readings, ETags) is not durable: it survives a crash of the console, a power cut may take the last of it.
        """
        if self.read_only:
            raise StoreError("this store was opened to be read only", consequence=_NO_EFFECT)
        with self._lock:
            connection = self._open()
            try:
                if not durable:
                    connection.execute("PRAGMA synchronous = NORMAL")
                try:
                    yield from self._transaction(connection)
                finally:
                    if not durable:
                        connection.execute("PRAGMA synchronous = FULL")
            except sqlite3.Error as error:
                raise self._fault(error) from error

    @staticmethod
    def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _fault(self, error: sqlite3.Error) -> StoreError:
        if is_corrupt(error) and not self.read_only:
            files.private_file(suspicion(self.path))  # the next opening looks through the whole file, however large
        return fault_of(error, self.path)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreError("the store is closed", consequence=_NO_EFFECT)
        return self._connection

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def suspicion(path: Path) -> Path:
    """Return the mark beside a store in which sqlite has met damage."""
    return path.with_name(path.name + ".suspect")


def is_corrupt(error: sqlite3.Error) -> bool:
    """Say whether sqlite itself calls the file corrupt or no database."""
    return _primary(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def fault_of(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the store's error for one of sqlite's, with what a person can do about it."""
    cause, next_step = _WORDS.get(_primary(error), ("cannot be used", "Start the console again; if it stays, move the file away"))
    return StoreError(f"the store {path} {cause} (sqlite: {error})", consequence=_NO_EFFECT, next_step=next_step)


def _primary(error: sqlite3.Error) -> int:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


_PERMISSIONS = "Check that you may write the file and its folder"
_WORDS = {
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "Free some space, then go on with: strideiq resume"),
    sqlite3.SQLITE_READONLY: ("cannot be written", _PERMISSIONS),
    sqlite3.SQLITE_PERM: ("cannot be opened", _PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", _PERMISSIONS),
    sqlite3.SQLITE_AUTH: ("cannot be opened", _PERMISSIONS),
    sqlite3.SQLITE_BUSY: ("is busy: another console has been writing for 5 seconds", "Try again"),
    sqlite3.SQLITE_LOCKED: ("is busy: another console has been writing for 5 seconds", "Try again"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk failed", "Check the disk and its free space"),
    sqlite3.SQLITE_CORRUPT: ("is corrupt", "Start the console again: it sets the file aside and makes a new one"),
    sqlite3.SQLITE_NOTADB: ("is no database", "Start the console again: it sets the file aside and makes a new one"),
}
