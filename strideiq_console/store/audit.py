"""The audit log: one row per deed, each bound to the row before it by its hash (RELIABILITY rule 28)."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import codec
from strideiq_console.store.database import Database

AUDITED = frozenset(EntryKind) - {EntryKind.OFFERED, EntryKind.WAITING, EntryKind.RETRIED}
"""Kinds of journal entries that say who allowed or what was done; they get an audit row in the same transaction."""

_COLUMNS = "seq, at, who, execution, step, kind, data, previous, hash"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row. ``who`` is the login name at the operating system; ``previous`` and ``hash`` are SHA-256 in hex."""

    seq: int
    at: datetime
    who: str
    execution: str
    step: str
    kind: str
    data: Mapping[str, Any]
    previous: str
    hash: str


class Audit:
    """Reads and checks the log. Rows are written by the journal and the leases, inside their own transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, limit: int = 200) -> tuple[AuditRow, ...]:
        """Return the newest rows, newest first."""
        with self._database.reading() as connection:
            found = connection.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?", (limit,)).fetchall()  # noqa: S608
        return tuple(_row(row) for row in found)

    def verify(self) -> str | None:
        """Return None when the chain is whole, else a sentence that names the first broken row.

        Also compares with the journal: each entry of an audited kind must have its row, so rows cut off at the end are noticed.
        """
        with self._database.reading() as connection:
            return _broken_link(connection) or _missing_row(connection)


def write_row(connection: sqlite3.Connection, *, at: datetime, who: str, execution: str, step: str, kind: str, data: str) -> None:
    """Append one row inside the caller's transaction; ``data`` is JSON text."""
    last = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = (1, "") if last is None else (last[0] + 1, last[1])
    row = (seq, codec.time_text(at), who, execution, step, kind, data)
    connection.execute(
        f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
        (*row, previous, _hash(previous, row)),
    )


def _hash(previous: str, row: tuple[int, str, str, str, str, str, str]) -> str:
    names = ("seq", "at", "who", "execution", "step", "kind", "data")
    return hashlib.sha256(previous.encode() + codec.canonical(dict(zip(names, row, strict=True)))).hexdigest()


def _broken_link(connection: sqlite3.Connection) -> str | None:
    previous, expected = "", 1
    for *row, before, digest in connection.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY seq"):  # noqa: S608
        if row[0] != expected:
            return f"audit row {expected} is missing"
        if before != previous or digest != _hash(before, tuple(row)):
            return f"audit row {row[0]} does not fit the row before it: it was changed after it was written"
        previous, expected = digest, expected + 1
    return None


def _missing_row(connection: sqlite3.Connection) -> str | None:
    marks = ", ".join("?" * len(AUDITED))
    query = (
        "SELECT e.execution, count(*) AS wanted, (SELECT count(*) FROM audit a WHERE a.execution = e.execution "  # noqa: S608
        f"AND a.kind IN ({marks})) AS found FROM entries e WHERE e.kind IN ({marks}) GROUP BY e.execution HAVING wanted != found"
    )
    kinds = sorted(AUDITED)
    found = connection.execute(query, (*kinds, *kinds)).fetchone()
    return None if found is None else f"execution {found[0]} has {found[1]} audited entries but {found[2]} audit rows"


def _row(row: tuple[Any, ...]) -> AuditRow:
    seq, at, who, execution, step, kind, data, previous, digest = row
    try:
        decoded = codec.data_of(data, execution)
    except StoreError:
        decoded = {"unreadable": data}  # verify() names the row; the list of the others is still shown
    return AuditRow(seq, codec.time_of(at), who, execution, step, kind, decoded, previous, digest)
