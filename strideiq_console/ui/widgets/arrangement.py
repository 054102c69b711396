"""What a person has made of a table: which rows are shown, in which order, and which are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from strideiq_console.presentation.cell import Column, Row, Table
from strideiq_console.presentation.kept_rows import PerRow
from strideiq_console.ui.widgets.filtering import passing, words_of
from strideiq_console.ui.widgets.sorting import Sorting, Worth, arranged, place_in, worth_in


class Preview(StrEnum):
    """Where the preview of a row stands."""

    BESIDE = "beside"
    BELOW = "below"
    OFF = "off"

    def after(self) -> Preview:
        """Return the next place."""
        places = tuple(Preview)
        return places[(places.index(self) + 1) % len(places)]


@dataclass(frozen=True, slots=True)
class _Made:
    """The rows of a table as they were arranged last, and what for."""

    rows: Sequence[Row] = ()
    titles: tuple[str, ...] = ()
    query: str = ""
    sorting: Sorting = field(default_factory=Sorting)
    shown: tuple[Row, ...] = ()

    def answers(self, table: Table, query: str, sorting: Sorting) -> bool:
        """Say whether these are the rows that are asked for."""
        return self.rows is table.rows and (self.query, self.sorting) == (query, sorting) and self.titles == _titles(table.columns)


def _titles(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.title for column in columns)


@dataclass
class Arrangement:
    """Filter, order and marks. They outlive each reading: marks hold on to keys, the order to a column's title.

    Of thousands of rows few change from one table to the next: what each is filtered and sorted by is kept as long as the row.
    """

    query: str = ""
    sorting: Sorting = field(default_factory=Sorting)
    marks: set[str] = field(default_factory=set)
    _words: PerRow[str] = field(default_factory=PerRow, repr=False)
    _worths: dict[int, PerRow[Worth | None]] = field(default_factory=dict, repr=False)
    _made: _Made = field(default_factory=_Made, repr=False)

    def of(self, table: Table) -> tuple[Row, ...]:
        """Return the rows of a table that pass, in order. May be asked on a thread before it is asked where no key may wait."""
        query, sorting, made = self.query, self.sorting, self._made
        if not made.answers(table, query, sorting):
            made = _Made(table.rows, _titles(table.columns), query, sorting, self._arranged(table, query, sorting))
            self._made = made
        return made.shown

    def _arranged(self, table: Table, query: str, sorting: Sorting) -> tuple[Row, ...]:
        rows: Sequence[Row] = table.rows
        if query:
            rows = passing(rows, query, table.columns, self._words.of(rows, words_of))
        place = place_in(table.columns, sorting)
        if place is None:
            return arranged(rows, sorting, None)
        kept = self._worths.get(place)
        if kept is None:
            self._worths = {place: (kept := PerRow())}  # of another column nothing is asked meanwhile
        worths = kept.of(table.rows, lambda row: worth_in(row, place))
        if rows is not table.rows:
            passed = {id(row) for row in rows}
            worths = [one for row, one in zip(table.rows, worths, strict=True) if id(row) in passed]
        return arranged(rows, sorting, worths)

    def forget_all_but(self, table: Table) -> None:
        """Take away the marks of rows that are gone. A table that holds no rows at all has failed, and takes none away."""
        if self.marks and table.rows:
            self.marks &= {row.key for row in table.rows}


@dataclass
class Memory:
    """What a person has made of the panels since the console was opened: each one's arrangement, and where previews stand.

    ``panels`` are the names of the dashboard's panels, in the order of their numbers.
    """

    preview: Preview | None = None
    panels: tuple[str, ...] = ()
    arrangements: dict[str, Arrangement] = field(default_factory=dict)

    def of(self, panel: str) -> Arrangement:
        """Return the arrangement of a panel; the dashboard and the opened panel share it."""
        return self.arrangements.setdefault(panel, Arrangement())


def place_of(rows: Sequence[Row], key: str, near: int) -> int | None:
    """Return where the row of this key stands; looked for around ``near`` first, for rows seldom go far."""
    for place in range(max(near - 4, 0), min(near + 5, len(rows))):
        if rows[place].key == key:
            return place
    return next((place for place, row in enumerate(rows) if row.key == key), None)
