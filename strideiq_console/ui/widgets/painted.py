"""Paints a table line by line from presentation's cells: only what is in sight is paid for, and each line once."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from strideiq_console.domain.reading import Look
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Cell, Row, Table, Tone
from strideiq_console.presentation.draw import wrap
from strideiq_console.presentation.folding import in_lines
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.widgets import painting
from strideiq_console.ui.widgets.arrangement import Arrangement

EMPTY = Table((), (), Look.NEVER_SEEN)
_NOTICE_TONES = {Look.FAILED: Tone.WARNING, Look.STALE: Tone.WARNING}
NOTICE_LINES = 2
KEPT_LINES = 400
"""Painted lines that are remembered; more than any terminal shows."""
_Drawn = tuple[str, str, Row | tuple[Cell, ...]]
"""All that one line shows: the style that lies over it, the words before its cells, and the cells, or the row that has them."""


class PaintedTable(ScrollView, can_focus=True):
    """The lines of a :class:`Table`: a notice, the headings, and the rows as they are arranged, the cursor on one of them."""

    virtual_size = Reactive(Size(0, 0))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in Tone} | {"tone--cursor", "tone--heading"}

    def __init__(self, glyphs: Glyphs, *, headings: bool = True, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self._headings = headings
        self._table = EMPTY
        self.arrangement = Arrangement()
        self._rows: tuple[Row, ...] = ()
        self._cursor = 0
        self._notice: tuple[str, ...] = ()
        self._top = 0
        self._measuring = False
        self._brush = painting.Brush(glyphs, (), (), self._style, 0)
        self._painted: dict[tuple[int, str], tuple[Row, Strip]] = {}  # each holds its row: the number stays its own
        self._drawn: dict[int, _Drawn] = {}
        self._styles_of: dict[tuple[str, str], Style] = {}
        self._base: Style | None = None

    @property
    def table(self) -> Table:
        """Return what the rows are made of, as it was told."""
        return self._table

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def cell_region(self, title: str) -> Region | None:
        """Return where on the screen the cursor's row holds the cell below a heading; None where it is out of sight."""
        left = self._gutter
        for column, size in zip(self._brush.columns, self._brush.sizes, strict=True):
            if column.title == title:
                top = self._top + self._cursor - round(self.scroll_y)
                seen = self._top <= top < self.content_size.height and size > 0
                return Region(left, top, size, 1).translate(self.content_region.offset) if seen else None
            left += size
        return None

    def _measure(self) -> None:
        """Lay the columns out; once more where that brings the scrollbar or takes it away."""
        if self._measuring:
            return
        self._measuring = True
        try:
            shown = self.show_vertical_scrollbar
            self._lay_out()
            if self.show_vertical_scrollbar != shown:
                self._lay_out()
        finally:
            self._measuring = False

    def _lay_out(self) -> None:
        room = self.room
        # No words where a scrollbar would leave no room for them: they would bring it, and it would take them away again.
        wordless = self.content_size.width - self.styles.scrollbar_size_vertical - self._gutter - 1 < 1
        query = self.arrangement.query
        notice = self._table.notice if not query or self._rows or not self._table.rows else f"No row holds {query!r}."
        text = self._glyphs.plain(clean_line(notice))
        if not text or wordless:
            self._notice = ()
        else:
            lines = in_lines(text, room, NOTICE_LINES) if self._rows and not query else wrap(text, room)
            self._notice = tuple(self._glyphs.plain(line) for line in lines)
        headed = self._headings and bool(self._rows) and any(column.title for column in self._table.columns)
        self._top = len(self._notice) + headed  # the lines that stand fixed above the rows
        sizes = painting.fitting(self._table, room)
        before, columns = self._brush, self._table.columns
        if (sizes, columns, self.size.width) != (before.sizes, before.columns, before.room):
            self._brush = painting.Brush(self._glyphs, columns, sizes, self._style, self.size.width)
            self._painted.clear()  # else a row that is as it was is not painted again
            self._drawn.clear()
        self._become(Size(max(self.content_size.width, 1), max(self._top + len(self._rows), 1)))
        self._repaint()

    def _become(self, size: Size) -> None:
        """Take another size of what scrolls: the screen is laid out only where the table is as high as its rows."""
        if size != self.virtual_size:
            self.virtual_size = size
            if self.styles.auto_dimensions:
                self.refresh(layout=True)
            else:
                self._scroll_update(size)  # which lays out where the scrollbar comes or goes

    def _repaint(self) -> None:
        """Paint the lines anew that are not as they were drawn: among many news few change what is in sight."""
        if not self._drawn:
            self.refresh()
            return
        width = self.size.width
        changed = [Region(0, y, width, 1) for y in range(self.size.height) if self._drawn.get(y) != self._line(y)]
        if changed:
            self.refresh(*changed)

    @property
    def _body(self) -> int:
        """Return how many rows fit."""
        return max(self.content_size.height - self._top, 1)

    @property
    def _gutter(self) -> int:
        """Return how many columns stand before the first one: the cursor's, and the marks' while there are any."""
        return 2 if self.arrangement.marks else 1

    @property
    def room(self) -> int:
        """Return how many columns the cells have together."""
        return max(self.scrollable_content_region.width - self._gutter - 1, 0)  # nothing touches the border or the scrollbar

    def watch_show_vertical_scrollbar(self) -> None:
        """Lay the columns out in what the scrollbar leaves."""
        self._measure()

    def _keep_in_sight(self) -> None:
        first = round(self.scroll_y)
        if self._cursor < first:
            first = self._cursor
        elif self._cursor >= first + self._body:
            first = self._cursor - self._body + 1
        self.scroll_to(y=max(first, 0), animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the columns out again."""
        self._measure()
        self._keep_in_sight()

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        super().notify_style_update()
        self._painted.clear()
        self._drawn.clear()
        self._styles_of.clear()
        self._base = None

    def render_line(self, y: int) -> Strip:
        """Return one line: notice and headings stand fixed, rows scroll below them."""
        if not self.size.width:
            return Strip.blank(0)
        style, lead, shown = self._drawn[y] = self._line(y)
        if isinstance(shown, Row):
            return self._row_strip(style, lead, shown)
        if shown:
            return self._strip(painting.line(self._brush, lead, shown, style))
        return self._strip([Segment(lead, self._style("", style))] if lead else [])

    def _line(self, y: int) -> _Drawn:
        index = y - self._top + round(self.scroll_y)
        if y < len(self._notice):
            return _NOTICE_TONES.get(self._table.look, Tone.MUTED), f" {self._notice[y]}", ()
        if y < self._top:
            brush = self._brush
            heads = painting.heading_cells(brush.columns, brush.sizes, self.arrangement.sorting, self._glyphs)
            return "heading", " " * self._gutter, heads
        if 0 <= index < len(self._rows):
            row, here = self._rows[index], index == self._cursor and self.has_focus
            return "cursor" if here else "", painting.gutter(row, self.arrangement.marks, here, self._glyphs), row
        return "", "", ()

    def _row_strip(self, style: str, lead: str, row: Row) -> Strip:
        known = self._painted.get((id(row), lead))
        if known is not None:
            return known[1]
        if len(self._painted) > KEPT_LINES:
            self._painted.clear()
        strip = self._strip(painting.line(self._brush, lead, row.cells, style))
        self._painted[id(row), lead] = row, strip
        return strip

    def _strip(self, pieces: list[Segment]) -> Strip:
        return Strip(pieces).adjust_cell_length(self.size.width, self._style("", ""))

    def _style(self, tone: str, over: str) -> Style:
        """Return how words of a tone look on this table, in a line that is all in the style ``over``."""
        found = self._styles_of.get((tone, over))  # Textual forgets its own with each refresh
        if found is None:
            if self._base is None:
                self._base = self.rich_style  # which walks through all that stands above the table
            parts = {part: self.get_component_rich_style(f"tone--{part}", partial=True) for part in (tone, over) if part}
            found = self._styles_of[tone, over] = self._base + painting.mixed(tone, parts.get(tone), parts.get(over))
        return found

    def on_focus(self) -> None:
        """Show the cursor."""
        self._repaint()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._repaint()
