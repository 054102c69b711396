"""A table that paints itself from presentation's cells; cursor and scroll stay with the row's key when news arrive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from strideiq_console.domain.reading import Look
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import fit, widths, wrap
from strideiq_console.presentation.glyphs import Glyphs

EMPTY = Table((), (), Look.NEVER_SEEN)
_NOTICE_TONES = {Look.FAILED: Tone.WARNING, Look.STALE: Tone.WARNING}
NOTICE_LINES = 2
CURSOR = "›"


class TableView(ScrollView, can_focus=True):
    """Rows of a :class:`Table`. A notice stands above rows that could not be renewed, and fills a table without rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in Tone} | {"tone--cursor", "tone--heading"}
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
    class Chosen(Message):
        """The person opened a row; ``row`` is None in a table without rows."""

        table: TableView
        row: Row | None

        @property
        def control(self) -> TableView:
            """Return the table, for selectors."""
            return self.table

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        table: TableView
        row: Row | None

        @property
        def control(self) -> TableView:
            """Return the table, for selectors."""
            return self.table

    def __init__(self, glyphs: Glyphs, *, headings: bool = True, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self._headings = headings
        self._table = EMPTY
        self._rows: tuple[Row, ...] = ()
        self._word = ""
        self._cursor = 0
        self._notice: tuple[str, ...] = ()

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows that pass the filter."""
        return self._rows

    def show(self, table: Table) -> None:
        """Draw another table. The cursor stays on its row by key, or where it was when that row is gone."""
        if table != self._table:
            self._table = table
            self._refill()

    def stand_on(self, key: str) -> None:
        """Put the cursor on the row of this key, if there is one."""
        keys = [row.key for row in self._rows]
        if key in keys:
            self._to(keys.index(key))

    def narrow_to(self, word: str) -> None:
        """Show only rows that hold ``word``, in any case; ``""`` shows all."""
        if word != self._word:
            self._word = word
            self._refill()

    def _refill(self) -> None:
        before = self.row.key if self.row else None
        word = self._word.casefold()
        kept = (row for row in self._table.rows if not word or any(word in cell.text.casefold() for cell in row.cells))
        self._rows = tuple(kept)
        keys = [row.key for row in self._rows]
        self._cursor = keys.index(before) if before in keys else min(self._cursor, max(len(keys) - 1, 0))
        self._measure()
        self._tell(before)

    def _tell(self, before: str | None) -> None:
        if (self.row.key if self.row else None) != before:
            self.post_message(self.Moved(self, self.row))

    def _measure(self) -> None:
        room = self._room()
        notice = self._table.notice if not self._word or self._rows else f"No row holds {self._word!r}."
        text = self._glyphs.plain(clean_line(notice))
        wrapped = wrap(text, room) if text and room else ()
        if self._rows and self._word == "" and len(wrapped) > NOTICE_LINES:
            wrapped = (*wrapped[: NOTICE_LINES - 1], fit(" ".join(wrapped[NOTICE_LINES - 1 :]), room))
        self._notice = wrapped
        self.virtual_size = Size(max(self.content_size.width, 1), max(self._top + len(self._rows), 1))
        self._keep_in_sight()
        self.refresh(layout=self.styles.height is not None and self.styles.height.is_auto)

    @property
    def _top(self) -> int:
        """Return how many lines stand fixed above the rows."""
        return len(self._notice) + (1 if self._headings and self._rows and any(c.title for c in self._table.columns) else 0)

    def _room(self) -> int:
        return max(self.content_size.width - 1, 0)  # the first column is the cursor's

    def _keep_in_sight(self) -> None:
        body = max(self.content_size.height - self._top, 1)
        first = round(self.scroll_y)
        if self._cursor < first:
            first = self._cursor
        elif self._cursor >= first + body:
            first = self._cursor - body + 1
        self.scroll_to(y=max(first, 0), animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the columns out again."""
        self._measure()

    def _to(self, index: int) -> None:
        if self._rows:
            before = self.row.key if self.row else None
            self._cursor = min(max(index, 0), len(self._rows) - 1)
            self._keep_in_sight()
            self.refresh()
            self._tell(before)

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self._to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._to(self._cursor + by * max(self.content_size.height - self._top - 1, 1))

    def action_edge(self, side: int) -> None:
        """Move the cursor to the first or the last row."""
        self._to(0 if side < 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        self.post_message(self.Chosen(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row; a second click opens it."""
        index = event.y - self._top + round(self.scroll_y)
        if event.y >= self._top and index < len(self._rows):
            self._to(index)
            if event.chain == 2:
                self.action_choose()

    def render_line(self, y: int) -> Strip:
        """Return one line: notice and headings stand fixed, rows scroll below them."""
        room = self.size.width
        notices = len(self._notice)
        index = y - self._top + round(self.scroll_y)
        if y < notices:
            tone = _NOTICE_TONES.get(self._table.look, Tone.MUTED)
            pieces = [Segment(f" {self._notice[y]}", self._style(tone))]
        elif y < self._top:
            heads = tuple(Cell(column.title, Tone.MUTED) for column in self._table.columns)
            pieces = self._paint(" ", heads, self._style("heading"))
        elif 0 <= index < len(self._rows):
            here = index == self._cursor and self.has_focus
            mark = self._glyphs.plain(CURSOR) if here else " "
            pieces = self._paint(mark, self._rows[index].cells, self._style("cursor") if here else None)
        else:
            pieces = []
        return Strip(pieces).adjust_cell_length(room, self.rich_style).apply_style(self.rich_style) if room else Strip.blank(0)

    def _paint(self, mark: str, cells: tuple[Cell, ...], over: Style | None) -> list[Segment]:
        columns = self._table.columns
        table = replace(self._table, columns=columns[: len(cells)])
        sizes = fitting(table, self._room())
        pieces = [Segment(mark, self._style(Tone.ACCENT) + over if over else self._style(Tone.ACCENT))]
        for column, cell, size in zip(columns, cells, sizes, strict=False):
            blank = 1 if size > 1 and column is not columns[-1] else 0
            text = fit(self._glyphs.plain(clean_line(cell.text)), size - blank, right=column.right) + " " * blank
            style = self._style(cell.tone)
            if over:
                style = over + Style(color=style.color) if cell.tone is not Tone.PLAIN and over.color is None else style + over
            pieces.append(Segment(text, style))
        used = 1 + sum(sizes)
        return [*pieces, Segment(" " * max(self.size.width - used, 0), over)]

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"tone--{tone}", partial=True)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()


def fitting(table: Table, room: int) -> tuple[int, ...]:
    """Return the columns' widths in ``room``; what does not fit at the right is cut, then left out."""
    answer = []
    for size in widths(table, room):
        size = max(min(size, room), 0)
        answer.append(size)
        room -= size
    return tuple(answer)


def plain_columns(*sizes: int | None) -> tuple[Column, ...]:
    """Return columns without titles, for lists such as menus and help."""
    return tuple(Column("", size) for size in sizes)
