"""What a person has made of a table: which rows are shown, in which order, and which are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from strideiq_console.presentation.cell import Column, Row, Table
from strideiq_console.presentation.kept_rows import PerItem
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
class _Order:
    """The rows of a table as they were sorted last."""

    rows: Sequence[Row] = ()
    titles: tuple[str, ...] = ()
    sorting: Sorting = field(default_factory=Sorting)
    sorted: tuple[Row, ...] = ()


@dataclass
class Arrangement:
    """Filter, order and marks. They outlive each reading: marks hold on to keys, the order to a column's title.

    Of thousands of rows few change from one table to the next: what each is filtered and sorted by is kept as long as the row.
    """

    query: str = ""
    sorting: Sorting = field(default_factory=Sorting)
    marks: set[str] = field(default_factory=set)
    _words: PerItem[Row, str] = field(default_factory=PerItem, repr=False)
    _worths: tuple[int, PerItem[Row, Worth | None]] = field(default_factory=lambda: (0, PerItem()), repr=False)
    _order: _Order = field(default_factory=_Order, repr=False)

    def of(self, table: Table) -> tuple[Row, ...]:
        """Return the rows of a table that pass, in order."""
        rows = self._sorted(table)
        return tuple(passing(rows, self.query, table.columns, self._words.of(rows, words_of))) if self.query else rows

    def prepare(self, table: Table) -> None:
        """Reckon what :meth:`of` wants for any filter, on a thread and while no key waits for it."""
        self._words.of(self._sorted(table), words_of)

    def prepared(self, table: Table) -> bool:
        """Say whether the rows of this table are sorted already as they are wanted now."""
        return self._fits(self._order, table, self.sorting)

    @staticmethod
    def _fits(order: _Order, table: Table, sorting: Sorting) -> bool:
        return order.rows is table.rows and order.sorting == sorting and order.titles == _titles(table.columns)

    def _sorted(self, table: Table) -> tuple[Row, ...]:
        sorting, order = self.sorting, self._order
        if not self._fits(order, table, sorting):
            place = place_in(table.columns, sorting)
            worths = None if place is None else self._worths_in(place).of(table.rows, lambda row: worth_in(row, place))
            order = _Order(table.rows, _titles(table.columns), sorting, arranged(table.rows, sorting, worths))
            self._order = order
        return order.sorted

    def _worths_in(self, place: int) -> PerItem[Row, Worth | None]:
        """Return what is kept of the column that sorts; another thread may ask of another column meanwhile."""
        worths = self._worths
        if worths[0] != place:
            worths = self._worths = (place, PerItem())
        return worths[1]

    def forget_all_but(self, table: Table) -> None:
        """Take away the marks of rows that are gone. A table that holds no rows at all has failed, and takes none away."""
        if self.marks and table.rows:
            self.marks &= {row.key for row in table.rows}


def _titles(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.title for column in columns)


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
