"""What a person has made of a table: which rows are shown, in which order, and which are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from strideiq_console.presentation.cell import Row, Table
from strideiq_console.ui.widgets.filtering import passing
from strideiq_console.ui.widgets.sorting import Sorting, Worth, arranged


class Preview(StrEnum):
    """Where the preview of a row stands."""

    BESIDE = "beside"
    BELOW = "below"
    OFF = "off"

    def after(self) -> Preview:
        """Return the next place."""
        places = tuple(Preview)
        return places[(places.index(self) + 1) % len(places)]


@dataclass
class Arrangement:
    """Filter, order and marks. They outlive each reading: marks hold on to keys, the order to a column's title."""

    query: str = ""
    sorting: Sorting = field(default_factory=Sorting)
    marks: set[str] = field(default_factory=set)
    _worths: dict[str, Worth | None] = field(default_factory=dict, repr=False)

    def of(self, table: Table) -> tuple[Row, ...]:
        """Return the rows of a table that pass, in order."""
        rows = passing(table.rows, self.query, table.columns)
        return arranged(rows, table.columns, self.sorting, self._worths)

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
