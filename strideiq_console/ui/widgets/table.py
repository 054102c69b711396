"""A table that paints itself from presentation's cells; cursor and scroll stay with the row's key when news arrive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from strideiq_console.presentation.cell import Row, Table
from strideiq_console.ui.widgets import painting
from strideiq_console.ui.widgets.arrangement import Arrangement, place_of
from strideiq_console.ui.widgets.painted import PaintedTable
from strideiq_console.ui.widgets.sorting import Sorting, after

MANY = 1000
"""Rows from which on sorting by another column is done on a thread."""
COMPARED = 200
"""Rows up to which a new table is compared with the old one: painting what is in sight is cheaper than comparing more."""


class TableView(PaintedTable):
    """Rows of a :class:`Table`. A notice stands above rows that could not be renewed, and fills a table without rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False, id="move.down"),
        Binding("up,k", "move(-1)", "up", show=False, id="move.up"),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False, id="move.page-down"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False, id="move.page-up"),
        Binding("home,g", "edge(-1)", "first", show=False, id="move.first"),
        Binding("end,G", "edge(1)", "last", show=False, id="move.last"),
        Binding("enter", "choose", "open", id="row.open"),
    ]

    @dataclass
    class Told(Message):
        """Something happened in a table."""

        table: TableView

        @property
        def control(self) -> TableView:
            """Return the table, for selectors."""
            return self.table

    @dataclass
    class Chosen(Told):
        """The person opened a row; ``row`` is None in a table without rows."""

        row: Row | None

    @dataclass
    class Moved(Told):
        """The cursor stands on another row."""

        row: Row | None

    @dataclass
    class Rearranged(Told):
        """Rows were marked, sorted or filtered."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows that pass the filter, as they are sorted."""
        return self._rows

    @property
    def marked(self) -> tuple[str, ...]:
        """Return the keys of the marked rows, in the order of the table; a filter does not take marks away."""
        marks = self.arrangement.marks
        return tuple(row.key for row in self._table.rows if row.key in marks) if marks else ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the keys of the marked rows, else that of the row under the cursor."""
        return self.marked or ((self.row.key,) if self.row else ())

    @property
    def sorting(self) -> Sorting:
        """Return which column sorts, and which way round."""
        return self.arrangement.sorting

    @property
    def query_words(self) -> str:
        """Return the filter's words, ``""`` without one."""
        return self.arrangement.query

    def show(self, table: Table) -> None:
        """Draw another table. The cursor stays on its row by key, or where it was when that row is gone."""
        if len(table.rows) > COMPARED or table != self._table:
            self._table = table
            self.arrangement.forget_all_but(table)
            self._refill()

    def stand_on(self, key: str) -> None:
        """Put the cursor on the row of this key, if there is one."""
        place = place_of(self._rows, key, self._cursor)
        if place is not None:
            self._to(place)

    def narrow_to(self, words: str) -> None:
        """Show only rows that pass these words (:mod:`strideiq_console.ui.widgets.filtering`); ``""`` shows all."""
        if words != self.arrangement.query:
            self.arrangement.query = words
            self.rearrange()

    def sort_by(self, sorting: Sorting) -> None:
        """Sort by another column, or the other way round."""
        if sorting != self.arrangement.sorting:
            self.arrangement.sorting = sorting
            self.rearrange()

    def sort_on(self) -> None:
        """Sort by the next column, after the last one as the table itself is sorted."""
        self.sort_by(after(self.sorting, self._table))

    def mark_row(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go to the next row."""
        if self.row is not None:
            self.arrangement.marks ^= {self.row.key}
            self._measure()
            self._to(self._cursor + 1)
            self.post_message(self.Rearranged(self))

    def unmark(self) -> bool:
        """Take all marks away; says whether there were any."""
        found = bool(self.arrangement.marks)
        if found:
            self.arrangement.marks.clear()
            self._measure()
            self.post_message(self.Rearranged(self))
        return found

    def share(self, arrangement: Arrangement) -> None:
        """Show the rows as they are arranged elsewhere, from now on in common."""
        self.arrangement = arrangement
        self.rearrange()

    def rearrange(self) -> None:
        """Show the rows as they are arranged by now; where sorting them takes its time, as soon as that is done."""
        if len(self._table.rows) < MANY or self.arrangement.prepared(self._table):
            self._rearranged()
        else:
            self.run_worker(self._sort_aside(), group="sorting", exclusive=True, exit_on_error=False)

    async def _sort_aside(self) -> None:
        await asyncio.to_thread(self.arrangement.prepare, self._table)
        if self.is_attached:
            self._rearranged()

    def _rearranged(self) -> None:
        self._refill()
        self.post_message(self.Rearranged(self))

    def _refill(self) -> None:
        before, shown = self.row, self._rows
        first = round(self.scroll_y)
        at_top = shown[first] if 0 < first < len(shown) else None
        line = self._cursor - first  # where the cursor stands in the window
        self._rows = self.arrangement.of(self._table)
        place = place_of(self._rows, before.key, self._cursor) if before else None
        self._cursor = place if place is not None else min(self._cursor, max(len(self._rows) - 1, 0))
        self._measure()
        if at_top is not None:  # at the top, the top stays in sight; elsewhere what is read stays where it is
            seen = 0 <= line < self._body and place is not None
            anchor = self._cursor - line if seen else place_of(self._rows, at_top.key, first)
            if anchor is not None:
                self.scroll_to(y=max(anchor, 0), animate=False)
        elif 0 <= line < self._body:
            self._keep_in_sight()
        if (self.row.key if self.row else None) != (before.key if before else None):
            self.post_message(self.Moved(self, self.row))

    def _to(self, index: int) -> None:
        if self._rows:
            before = self.row.key if self.row else None
            self._cursor = min(max(index, 0), len(self._rows) - 1)
            self._keep_in_sight()
            self._repaint()
            if (self.row.key if self.row else None) != before:
                self.post_message(self.Moved(self, self.row))

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self._to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._to(self._cursor + by * max(self._body - 1, 1))

    def action_edge(self, side: int) -> None:
        """Move the cursor to the first or the last row."""
        self._to(0 if side < 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        self.post_message(self.Chosen(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row; a second click opens it. A click on a heading sorts, the next one turns it round."""
        index = event.y - self._top + round(self.scroll_y)
        if event.y >= self._top and index < len(self._rows):
            self._to(index)
            if event.chain == 2:
                self.action_choose()
        elif event.y == self._top - 1 and event.y >= len(self._notice):
            place = painting.column_at(event.x - self._gutter, self._brush.sizes)
            title = self._table.columns[place].title if place is not None else ""
            if title:
                self.sort_by(self.sorting.turned() if title == self.sorting.column else Sorting(title))
