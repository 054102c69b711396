"""The journal: plans as approved and what became of each step, append-only, on disk before the next effect (RELIABILITY rule 2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from strideiq_console.domain.fault import StoreError, UsageError
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.domain.runbook.replay import replay
from strideiq_console.store import codec
from strideiq_console.store.audit import AUDITED, write_row
from strideiq_console.store.database import Database
from strideiq_console.store.leases import Lease, check_fence

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Journal:
    """Executions and their entries. The caller redacts what it hands in: nothing here looks into the data."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, id: str, plan: Plan, created_at: datetime) -> None:  # noqa: A002
        """Keep a new execution with its plan; StoreError when the id is taken."""
        text = codec.plan_text(plan)
        with self._database.writing() as connection:
            if connection.execute("SELECT 1 FROM executions WHERE id = ?", (id,)).fetchone():
                raise StoreError(f"there is an execution {id} already")
            connection.execute(
                "INSERT INTO executions (id, created_at, plan) VALUES (?, ?, ?)", (id, codec.time_text(created_at), text)
            )

    def append(
        self,
        id: str,  # noqa: A002
        kind: EntryKind,
        *,
        step: str = "",
        data: Mapping[str, Any] = _NOTHING,
        at: datetime,
        lease: Lease | None,
    ) -> int:
        """Write one entry, and its audit row where the kind is audited, in one transaction that is on disk on return.

        Returns the entry's number: 1, 2, 3 … without gaps. With a lease, BlockedError when its fence no longer holds; then nothing
        is written.
        """
        text, time = codec.data_text(data), codec.time_text(at)
        with self._database.writing() as connection:
            if lease is not None:
                check_fence(connection, lease, id)
            seq = _next_seq(connection, id)
            connection.execute(
                "INSERT INTO entries (execution, seq, at, kind, step, data) VALUES (?, ?, ?, ?, ?, ?)",
                (id, seq, time, str(kind), step, text),
            )
            if kind in AUDITED:
                write_row(connection, at=at, who=self._database.who, execution=id, step=step, kind=str(kind), data=text)
        return seq

    def entries(self, id: str) -> tuple[Entry, ...]:  # noqa: A002
        """Return the entries of an execution, oldest first."""
        with self._database.reading() as connection:
            _execution(connection, id)
            found = connection.execute("SELECT seq, at, kind, step, data FROM entries WHERE execution = ? ORDER BY seq", (id,))
            rows = found.fetchall()
        return tuple(
            Entry(seq, codec.time_of(at), _kind(kind, id), step, codec.data_of(data, id)) for seq, at, kind, step, data in rows
        )

    def plan(self, id: str) -> Plan:  # noqa: A002
        """Return the plan exactly as it was approved; StoreError when another version wrote what this one cannot read."""
        with self._database.reading() as connection:
            text = _execution(connection, id)[1]
        return codec.plan_of(text, id)

    def created_at(self, id: str) -> datetime:  # noqa: A002
        """Return when the execution was made."""
        with self._database.reading() as connection:
            return codec.time_of(_execution(connection, id)[0])

    def ids(self, *, newest_first: bool = True) -> tuple[str, ...]:
        """Return the ids of all executions in the order in which they were made."""
        order = "DESC" if newest_first else "ASC"
        with self._database.reading() as connection:
            found = connection.execute(f"SELECT id FROM executions ORDER BY number {order}").fetchall()  # noqa: S608
        return tuple(row[0] for row in found)

    def load(self, id: str) -> Execution:  # noqa: A002
        """Return an execution folded from its entries."""
        return replay(id, self.plan(id), self.created_at(id), self.entries(id))

    def find(self, prefix: str) -> str:
        """Return the one id that begins with ``prefix``; UsageError when there is none or more than one."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id FROM executions WHERE substr(id, 1, ?) = ? ORDER BY number DESC", (len(prefix), prefix)
            ).fetchall()
        ids = [row[0] for row in found]
        if prefix in ids:
            return prefix
        if len(ids) == 1 and prefix:
            return str(ids[0])
        cause = (
            f"no execution begins with {prefix!r}" if not ids else f"{prefix!r} fits {len(ids)} executions: {', '.join(ids[:5])}"
        )
        raise UsageError(cause, next_step="List them with: strideiq runs")


def _execution(connection: sqlite3.Connection, id_: str) -> tuple[str, str]:
    row = connection.execute("SELECT created_at, plan FROM executions WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise UsageError(f"there is no execution {id_!r}", next_step="List them with: strideiq runs")
    return str(row[0]), str(row[1])


def _next_seq(connection: sqlite3.Connection, id_: str) -> int:
    _execution(connection, id_)
    row = connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM entries WHERE execution = ?", (id_,)).fetchone()
    return int(row[0])


def _kind(word: str, id_: str) -> EntryKind:
    try:
        return EntryKind(word)
    except ValueError as error:
        raise StoreError(
            f"the journal of execution {id_} holds an entry {word!r} of another version of the console",
            consequence="It is neither shown nor carried out; other executions are untouched",
            next_step="Open it with the version that made it",
        ) from error
