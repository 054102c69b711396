"""The audit log: one row per deed, each bound to the row before it by its hash (RELIABILITY rule 28)."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import chain, codec
from strideiq_console.store.chain import COLUMNS
from strideiq_console.store.database import Database

AUDITED = frozenset(EntryKind) - {EntryKind.OFFERED, EntryKind.WAITING, EntryKind.RETRIED}
"""Kinds of journal entries that say who allowed or what was done; they get an audit row in the same transaction."""


class Audit:
    """Reads and checks the log. Rows are written by the journal and the leases, inside their own transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, limit: int = 200) -> tuple[AuditRow, ...]:
        """Return the newest rows, newest first."""
        return self._read("ORDER BY seq DESC LIMIT ?", limit)

    def of(self, execution: str) -> tuple[AuditRow, ...]:
        """Return the rows of one execution, oldest first."""
        return self._read("WHERE execution = ? ORDER BY seq", execution)

    def _read(self, condition: str, value: str | int) -> tuple[AuditRow, ...]:
        with self._database.reading() as connection:
            found = connection.execute(f"SELECT {COLUMNS} FROM audit {condition}", (value,)).fetchall()  # noqa: S608
        return tuple(_row(row) for row in found)

    def walk(self, noted: str = "") -> Chain:
        """Walk along the whole chain, and beside it the journal; ``noted`` is a hash that was written down before."""
        with self._database.reading() as connection:
            return chain.walk(connection, AUDITED, noted)

    def verify(self) -> str | None:
        """Return None when the chain is whole, else a sentence that names the first broken row.

        Also compares with the journal: each entry of an audited kind must have its row, so rows cut off at the end are noticed.
        """
        return self.walk().broken or None


def write_row(connection: sqlite3.Connection, *, at: datetime, who: str, execution: str, step: str, kind: str, data: str) -> None:
    """Append one row inside the caller's transaction; ``data`` is JSON text."""
    last = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = (1, "") if last is None else (last[0] + 1, last[1])
    row = (seq, codec.time_text(at), who, execution, step, kind, data)
    connection.execute(
        f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
        (*row, previous, chain.row_hash(previous, row)),
    )


def _row(row: tuple[Any, ...]) -> AuditRow:
    """Return a row as it stands, also one that somebody has changed: ``walk`` names it, the list still shows the others."""
    seq, at, who, execution, step, kind, data, previous, digest = row
    try:
        decoded = codec.data_of(data, str(execution))
    except (StoreError, TypeError):
        decoded = {"unreadable": str(data)}
    words = (str(who), str(execution), str(step), str(kind))
    return AuditRow(seq, chain.time_of(at), *words, decoded, str(previous), str(digest))
