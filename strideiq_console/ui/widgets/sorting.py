"""Sorting of a table's rows by one of its columns: numbers with their units, durations and money as what they are worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from strideiq_console.presentation.cell import Column, Row, Table
from strideiq_console.presentation.glyphs import Glyphs

Worth = tuple[int, float, tuple[tuple[int, float, str], ...]]
"""What is compared: numbers before words, then the number, then the words with the numbers in them counted."""

_UNITS = {
    "ms": 0.001,
    "s": 1.0,
    "min": 60.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "": 1.0,
    "%": 1.0,
    "k": 1e3,
    "K": 1e3,
    "kB": 1e3,
    "KB": 1e3,
    "M": 1e6,
    "MB": 1e6,
    "G": 1e9,
    "GB": 1e9,
    "B": 1.0,
}
_NUMBER = re.compile(r"[^\w+−-]*([+−-]?)[$€£#]?(\d+(?:[ \u00a0\u202f]\d{3})*(?:\.\d+)?)(\s?)([A-Za-z]+\b|%?)")
_CLOCK = re.compile(r"\W*(\d+):(\d\d)(?::(\d\d))?(?!\d)")
_PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Sorting:
    """``column`` is the title of the column that sorts, ``""`` for the order that the table itself has."""

    column: str = ""
    reverse: bool = False

    def turned(self) -> Sorting:
        """Return the same column the other way round."""
        return replace(self, reverse=not self.reverse)

    def words(self, glyphs: Glyphs) -> str:
        """Say how the rows are sorted; ``""`` in the table's own order."""
        if not self.column:
            return "turned round" if self.reverse else ""
        return f"by {self.column} {glyphs.falling if self.reverse else glyphs.rising}"


def titles(table: Table) -> tuple[str, ...]:
    """Return the titles of the columns that can sort: those that have one."""
    return tuple(dict.fromkeys(column.title for column in table.columns if column.title.strip()))


def after(sorting: Sorting, table: Table) -> Sorting:
    """Return the next column's sorting; the table's own order after the last one."""
    known = ("", *titles(table))
    place = known.index(sorting.column) if sorting.column in known else 0
    return Sorting(known[(place + 1) % len(known)])


def place_in(columns: Sequence[Column], sorting: Sorting) -> int | None:
    """Return the place of the column that sorts; None for the table's own order, or where there is no such column by now."""
    return next((i for i, column in enumerate(columns) if sorting.column and column.title == sorting.column), None)


def arranged(rows: Sequence[Row], sorting: Sorting, worths: Sequence[Worth | None] | None) -> tuple[Row, ...]:
    """Return the rows in order. What has no value stands last, whichever way round; equals keep the table's own order.

    ``worths`` are what each row is worth in the column that sorts (:func:`worth_in`); None for the table's own order.
    """
    if worths is None:
        return tuple(reversed(rows)) if sorting.reverse and not sorting.column else tuple(rows)
    present = [(value, row) for value, row in zip(worths, rows, strict=True) if value is not None]
    present.sort(key=itemgetter(0), reverse=sorting.reverse)
    return (*[row for _, row in present], *[row for value, row in zip(worths, rows, strict=True) if value is None])


def worth_in(row: Row, place: int) -> Worth | None:
    """Return what a row is sorted by in one column: what it says itself, else what the words of its cell are worth."""
    given = row.order[place] if place < len(row.order) else None
    if isinstance(given, (int, float)):
        return (0, float(given), ())
    return worth(given if given is not None else row.cells[place].text if place < len(row.cells) else "")


@lru_cache(maxsize=60_000)
def worth(text: str) -> Worth | None:
    """Return what a cell's words are sorted by; None for one that says nothing (``–``, ``?``, a mark alone)."""
    if not text[:1].isalnum() and not any(char.isalnum() for char in text):
        return None
    clock = _CLOCK.match(text)
    if clock:
        first, second, third = (int(part) if part else None for part in clock.groups())
        seconds = (first or 0) * 60 + (second or 0)
        return (0, float(seconds if third is None else seconds * 60 + third), ())
    number = _NUMBER.match(text)
    if number:
        sign, digits, gap, unit = number.groups()
        if unit in _UNITS or gap:  # "77aa012" is a name, "3 on staging" is three
            value = float(re.sub(r"[\s\u00a0\u202f]", "", digits)) * _UNITS.get(unit, 1.0)
            return (0, -value if sign in ("−", "-") else value, _words(text))
    return (1, 0.0, _words(text))


def _words(text: str) -> tuple[tuple[int, float, str], ...]:
    parts = _PARTS.split(text.casefold().strip())
    return tuple((0, float(part), "") if part.isdecimal() else (1, 0.0, part) for part in parts if part)
