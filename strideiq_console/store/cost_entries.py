"""Costs that somebody wrote down (R119): each stays, the newest of a line and month counts; one without amount takes it back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from strideiq_console.domain.cost import CostEntry
from strideiq_console.store import codec
from strideiq_console.store.database import Database

_COLUMNS = "service, environment, month, amount, entered_at, by, note"
_NEWEST = f"""
SELECT {_COLUMNS} FROM cost_entries WHERE number IN (SELECT max(number) FROM cost_entries GROUP BY service, environment, month)
AND amount IS NOT NULL ORDER BY number
"""  # noqa: S608 - the names of columns


class CostEntries:
    """Entries by service (its word in the plan), environment (``""``: the whole service) and month."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> tuple[CostEntry, ...]:
        """Return the entry that counts for each line and month, oldest first; what was taken back is left out."""
        with self._database.reading() as connection:
            rows = connection.execute(_NEWEST).fetchall()
        return tuple(_entry(row) for row in rows)

    def record(self, entry: CostEntry) -> CostEntry:
        """Keep an entry and return it as it was kept: the store's own name signs one that nobody signed."""
        kept = replace(entry, by=entry.by or self._database.who)
        self._write(kept, str(kept.amount))
        return kept

    def take_back(self, entry: CostEntry) -> None:
        """Let an entry's line and month count as never entered, since ``entered_at``; the entries themselves stay."""
        self._write(replace(entry, by=entry.by or self._database.who), None)

    def _write(self, entry: CostEntry, amount: str | None) -> None:
        at = codec.time_text(entry.entered_at)
        row = (entry.service, entry.environment, entry.month, amount, at, entry.by, entry.note)
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO cost_entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def _entry(row: tuple[Any, ...]) -> CostEntry:
    service, environment, month, amount, at, by, note = row
    return CostEntry(service, environment, month, Decimal(amount), codec.time_of(at), by, note)
