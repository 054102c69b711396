"""Walks along the audit log: each row against its own hash, the row before it, and the journal entry it was written with."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from strideiq_console.domain.audit import Chain, Difference
from strideiq_console.store import codec

COLUMNS = "seq, at, who, execution, step, kind, data, previous, hash"
_HASHED = ("seq", "at", "who", "execution", "step", "kind", "data")
_SHARED = ("at", "step", "kind", "data")
_CHANGED = "was changed after it was written"


def row_hash(previous: str, row: tuple[Any, ...]) -> str:
    """Return the hash of a row (``COLUMNS`` without the last two) that follows the row with the hash ``previous``."""
    return hashlib.sha256(previous.encode() + codec.canonical(dict(zip(_HASHED, row, strict=True)))).hexdigest()


def walk(connection: sqlite3.Connection, audited: Collection[str], noted: str = "") -> Chain:
    """Walk the whole log at one moment and stop at the first row that does not fit.

    ``audited`` are the kinds of journal entries that must have a row. ``noted`` is a hash that was written down before, or its
    beginning: only that shows an end that was cut off together with the journal.
    """
    with _one_moment(connection):
        return _Walk(connection, frozenset(audited), noted).go()


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all statements see the same rows, whatever another console writes meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")  # nothing was written


class _Walk:
    def __init__(self, connection: sqlite3.Connection, audited: frozenset[str], noted: str) -> None:
        self._connection = connection
        self._audited = audited
        self._noted = noted
        self._entries: dict[str, Iterator[tuple[Any, ...]]] = {}
        self._rows = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._head = ""
        self._noted_row: int | None = None

    def go(self) -> Chain:
        for *row, before, digest in self._connection.execute(f"SELECT {COLUMNS} FROM audit ORDER BY seq"):  # noqa: S608
            stopped = self._judge(tuple(row), before, digest)
            if stopped is not None:
                return stopped
            self._rows, self._head = self._rows + 1, digest
            self._last = time_of(row[1])
            self._first = self._last if self._rows == 1 else self._first
            if self._noted and digest.startswith(self._noted):
                self._noted_row = self._rows
        return self._missing() or self._unnoted() or self._chain()

    def _chain(self, broken: str = "", row: int | None = None, *differences: Difference) -> Chain:
        return Chain(self._rows, self._first, self._last, self._head, broken, row, differences, self._noted_row)

    def _judge(self, row: tuple[Any, ...], before: Any, digest: Any) -> Chain | None:
        number, expected = row[0], self._rows + 1
        if number != expected:
            found = Difference("row", str(expected), str(number))
            return self._chain(f"audit row {expected} is missing", expected, found)
        wrong = _unequal("previous", self._head, before)
        right = row_hash(self._head, row)
        if wrong or digest != right:
            wrong += _unequal("hash", right, digest)
            wrong += self._against_journal(row)
            return self._chain(f"audit row {number} does not fit the row before it: it {_CHANGED}", number, *wrong)
        wrong = self._against_journal(row)
        if wrong:
            names = ", ".join(difference.what for difference in wrong)
            return self._chain(f"audit row {number} is not what the journal says ({names}): one of them {_CHANGED}", number, *wrong)
        return None

    def _against_journal(self, row: tuple[Any, ...]) -> tuple[Difference, ...]:
        """Compare a row with the entry of the same transaction: the n-th audited entry has the n-th row of its execution."""
        _, at, _, execution, step, kind, data = row
        if kind not in self._audited:
            return ()
        entry = next(self._journal(execution), None)
        if entry is None:
            return (Difference("journal entry", "one", "none"),)
        pairs = zip(_SHARED, entry, (at, step, kind, data), strict=True)
        return tuple(difference for what, wanted, found in pairs for difference in _unequal(what, wanted, found))

    def _journal(self, execution: str) -> Iterator[tuple[Any, ...]]:
        if execution not in self._entries:
            kinds = sorted(self._audited)
            marks = ", ".join("?" * len(kinds))
            query = f"SELECT at, step, kind, data FROM entries WHERE execution = ? AND kind IN ({marks}) ORDER BY seq"  # noqa: S608
            self._entries[execution] = iter(self._connection.execute(query, (execution, *kinds)).fetchall())
        return self._entries[execution]

    def _missing(self) -> Chain | None:
        """Rows cut off at the end leave entries without one."""
        kinds = sorted(self._audited)
        marks = ", ".join("?" * len(kinds))
        query = (
            "SELECT e.execution, count(*) AS wanted, (SELECT count(*) FROM audit a WHERE a.execution = e.execution "  # noqa: S608
            f"AND a.kind IN ({marks})) AS found FROM entries e WHERE e.kind IN ({marks}) "
            "GROUP BY e.execution HAVING wanted != found"
        )
        row = self._connection.execute(query, (*kinds, *kinds)).fetchone()
        if row is None:
            return None
        execution, wanted, found = row
        words = f"execution {execution} has {wanted} audited entries but {found} audit rows"
        return self._chain(words, None, Difference(f"rows of {execution}", str(wanted), str(found)))

    def _unnoted(self) -> Chain | None:
        if not self._noted or self._noted_row is not None:
            return None
        words = "no row has the hash that was noted: rows at the end were removed, or the whole log was written anew"
        return self._chain(words, None, Difference("hash noted before", self._noted, self._head or "no row at all"))


def _unequal(what: str, expected: Any, found: Any) -> tuple[Difference, ...]:
    return () if expected == found else (Difference(what, str(expected), str(found)),)


def time_of(value: Any) -> datetime | None:
    """Return a stored time, None when it is none."""
    try:
        at = codec.time_of(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None
