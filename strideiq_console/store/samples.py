"""What was measured, sample by sample, for sources that do not remember: whole for a day, thinned out to 35 days (R102-R107)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from strideiq_console.domain.metric import Quantity, Sample, Series
from strideiq_console.store.database import Database

DAY = 86_400.0
WHOLE = DAY
"""Seconds for which every sample is kept; of older ones the last of each quarter hour is."""
KEPT = 35 * DAY
STEP = 900
APART = 50.0
"""Seconds between two samples of one series at least: a console that is busy reads more often than a chart has points for."""
MOST = 150_000
"""Rows at most: about 14 MB. The oldest go first."""
_THIN_EVERY = 3600.0
_SAME = "o.environment = s.environment AND o.source = s.source AND o.quantity = s.quantity AND o.part = s.part"


_Row = tuple[str, str, str, str, float, float, int | None]


def _newest(series: Iterable[Series]) -> list[_Row]:
    """Return a row for the newest sample of each series that has one with a value: a gap is the absence of a row."""
    found: list[_Row] = []
    for one in series:
        latest = one.latest
        if latest is not None and latest.value is not None:
            n = one.n if latest.n is None else latest.n
            found.append((one.environment, one.source, str(one.quantity), one.part, latest.at.timestamp(), latest.value, n))
    return found


class Samples:
    """The samples of every environment, source, quantity and part. All times are those of the samples; no clock is asked."""

    def __init__(self, database: Database, *, most: int = MOST) -> None:
        self._database = database
        self._most = most
        self._thinned: float | None = None
        self._last: dict[tuple[str, str, str, str], float] = {}

    def keep(self, series: Iterable[Series]) -> None:
        """Keep the newest sample of each series, unless it came sooner than 50 s after its forerunner. StoreError.

        Once in an hour of samples, what is too old or too much goes.
        """
        new = [row for row in _newest(series) if not self._soon(row)]
        if not new:
            return
        newest = max(row[4] for row in new)
        with self._database.writing(durable=False) as connection:
            connection.executemany("INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)", new)
            if self._thinned is None or newest - self._thinned >= _THIN_EVERY:
                self._thin(connection, newest)
                self._thinned = newest
        self._last.update({row[:4]: row[4] for row in new})

    def _soon(self, row: _Row) -> bool:
        last = self._last.get(row[:4])
        return last is not None and 0 <= row[4] - last < APART

    def thin(self, now: float) -> None:
        """Drop what is too old, too dense for its age, or too much, seen from ``now`` in epoch seconds. StoreError."""
        with self._database.writing(durable=False) as connection:
            self._thin(connection, now)

    def _thin(self, connection: sqlite3.Connection, now: float) -> None:
        connection.execute("DELETE FROM samples WHERE at < ?", (now - KEPT,))
        connection.execute(
            f"DELETE FROM samples AS s WHERE s.at < ? AND EXISTS (SELECT 1 FROM samples AS o WHERE {_SAME} "  # noqa: S608
            "AND o.at > s.at AND o.at < (CAST(s.at / ? AS INTEGER) + 1) * ?)",
            (now - WHOLE, STEP, STEP),
        )
        cut = connection.execute("SELECT at FROM samples ORDER BY at DESC LIMIT 1 OFFSET ?", (self._most,)).fetchone()
        if cut is not None:
            connection.execute("DELETE FROM samples WHERE at <= ?", cut)

    def series(self, environment: str, quantities: Sequence[Quantity], since: datetime) -> tuple[Series, ...]:
        """Return what was measured from ``since`` on, oldest first, one series a source and part. StoreError."""
        marks = ", ".join("?" for _ in quantities)
        asked = (environment, *(str(quantity) for quantity in quantities), since.timestamp())
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT source, quantity, part, at, value, n FROM samples "  # noqa: S608
                f"WHERE environment = ? AND quantity IN ({marks}) AND at >= ? ORDER BY source, quantity, part, at",
                asked,
            ).fetchall()
        made = []
        for (source, quantity, part), group in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
            samples = tuple(Sample(datetime.fromtimestamp(at, UTC), value, n) for _, _, _, at, value, n in group)
            made.append(Series(Quantity(quantity), environment, source, samples, part, n=samples[-1].n, note="kept by the console"))
        return tuple(made)

    def count(self) -> int:
        """Return how many samples there are. StoreError."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM samples").fetchone()[0])
