"""The last reading of each feed, so that the first frame shows the last known truth before any network (DESIGN section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.fault import Fault
from strideiq_console.store import codec
from strideiq_console.store.database import Database

_COLUMNS = "feed, source, value, seen, fault, tried, complete"


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A feed's reading with its value still encoded: the services know what it is made of."""

    feed: str
    source: str
    value: bytes | None
    seen: datetime | None
    fault: Fault | None
    tried: datetime | None
    complete: bool


class Readings:
    """One row per feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        feed: str,
        *,
        source: str,
        value: bytes | None,
        seen: datetime | None,
        fault: Fault | None,
        tried: datetime | None,
        complete: bool = True,
    ) -> None:
        """Keep a reading. A fault without a value leaves the last good value, its time and its completeness as they are."""
        row = (feed, source, value, _text(seen), codec.fault_text(fault), _text(tried), int(complete))
        keep = value is None and fault is not None
        good = "" if keep else "value = excluded.value, seen = excluded.seen, complete = excluded.complete, "
        with self._database.writing(durable=False) as connection:
            connection.execute(
                f"INSERT INTO readings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET "  # noqa: S608
                f"{good}source = excluded.source, fault = excluded.fault, tried = excluded.tried",
                row,
            )

    def load(self, feed: str) -> StoredReading | None:
        """Return a feed's reading; None when there never was one."""
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM readings WHERE feed = ?", (feed,)).fetchone()  # noqa: S608
        return None if row is None else _reading(row)

    def all(self) -> dict[str, StoredReading]:
        """Return every reading by feed."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM readings").fetchall()  # noqa: S608
        return {row[0]: _reading(row) for row in rows}


def _text(at: datetime | None) -> str | None:
    return None if at is None else codec.time_text(at)


def _time(text: str | None) -> datetime | None:
    return None if text is None else codec.time_of(text)


def _reading(row: tuple[Any, ...]) -> StoredReading:
    feed, source, value, seen, fault, tried, complete = row
    return StoredReading(feed, source, value, _time(seen), codec.fault_of(fault), _time(tried), bool(complete))
