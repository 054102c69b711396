"""Lines of a log, painted one by one as they come into sight: a hundred thousand of them stay quick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from strideiq_console.domain.log_extract import LineLevel, level_of, shown
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.widgets.found_lines import FoundLines

_TONES = {
    LineLevel.PLAIN: Tone.PLAIN,
    LineLevel.HEADING: Tone.ACCENT,
    LineLevel.QUIET: Tone.MUTED,
    LineLevel.WARNING: Tone.WARNING,
    LineLevel.ERROR: Tone.CRITICAL,
}
SIDE_STEP = 16
"""Columns that one step to the side scrolls by: nothing is wrapped, so that a line stays a line."""


class LogView(ScrollView, can_focus=True):
    """Numbered lines with a cursor, a search, and the end kept in sight while somebody follows.

    Every line must be clean already; :meth:`show` takes them as they are. The gutter (number and mark) stays when the text scrolls
    to the side.
    """

    DEFAULT_CSS = """
    LogView { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; background: $background; }
    LogView > .tone--plain { color: $foreground; }
    LogView > .tone--warning { color: $tone-warning; }
    LogView > .tone--critical { color: $tone-critical; text-style: bold; }
    LogView > .tone--muted { color: $tone-muted; }
    LogView > .tone--accent { color: $tone-accent; text-style: bold; }
    LogView > .log--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    LogView > .log--match { background: $tone-active; color: $background; text-style: underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"tone--{tone}" for tone in set(_TONES.values())), "log--cursor", "log--match"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False, id="move.down"),
        Binding("up,k", "move(-1)", "up", show=False, id="move.up"),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False, id="move.page-down"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False, id="move.page-up"),
        Binding("home,g", "edge(-1)", "first line", show=False, id="move.first"),
        Binding("end,G", "edge(1)", "last line", show=False, id="move.last"),
        Binding("right", "aside(1)", "to the right", show=False, id="log.right", tooltip="scroll long lines to the right"),
        Binding("left", "aside(-1)", "to the left", show=False, id="log.left"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another line, or there are other lines."""

        view: LogView

        @property
        def control(self) -> LogView:
            """Return the view, for selectors."""
            return self.view

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._lines: Sequence[str] = ()
        self._first = 1
        self._digits = 1
        self._widest = 0
        self._cursor = 0
        self.found = FoundLines()
        self._styles_of: dict[str, Style] = {}
        self._base: Style | None = None

    @property
    def lines(self) -> Sequence[str]:
        """Return the lines that are shown."""
        return self._lines

    @property
    def cursor(self) -> int:
        """Return the index of the line under the cursor."""
        return self._cursor

    @property
    def number(self) -> int:
        """Return the number of the line under the cursor, as the gutter says it."""
        return self._first + self._cursor

    @property
    def at_end(self) -> bool:
        """Say whether the cursor stands on the last line: only then does following move it."""
        return self._cursor >= len(self._lines) - 1

    @property
    def line(self) -> str:
        """Return the line under the cursor, ``""`` when there is none."""
        return self._lines[self._cursor] if self._cursor < len(self._lines) else ""

    def show(self, lines: Sequence[str], *, first: int = 1) -> None:
        """Draw these lines, numbered from ``first``; the cursor keeps its number, and stays on the last line if it stood there.

        Lines that begin with those already shown are taken for a log that has grown.
        """
        at, was_last = self.number, self.at_end and bool(self._lines)
        grown = first == self._first and len(lines) >= len(self._lines) and _begins(lines, self._lines)
        fresh = lines[len(self._lines) :] if grown else lines
        widest = max((len(line) if line.isascii() else width(line) for line in fresh), default=0)
        self._widest = max(self._widest, widest) if grown else widest
        self._lines, self._first = lines, first
        self._digits = len(str(first + max(len(lines) - 1, 0)))
        self.found.search_in(lines)
        self._measure()
        self.refresh()
        self.stand_on(len(lines) - 1 if was_last and grown else at - first)

    def stand_on(self, index: int, *, middle: bool = False) -> None:
        """Put the cursor on a line and bring it into sight, with ``middle`` to the middle of the screen."""
        before, self._cursor = self._cursor, min(max(index, 0), max(len(self._lines) - 1, 0))
        page = max(self.scrollable_content_region.height, 1)
        top = round(self.scroll_y)
        if middle:
            top = max(self._cursor - page // 2, 0)
        elif self._cursor < top:
            top = self._cursor
        elif self._cursor >= top + page:
            top = self._cursor - page + 1
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh_line(before)  # scrolling paints all by itself
        self.refresh_line(self._cursor)
        self.post_message(self.Moved(self))

    def search(self, word: str) -> None:
        """Look for ``word`` in any case and go to the first line that holds it at or below the cursor; ``""`` ends the search."""
        self.found.look_for(word)
        self.refresh()
        if self.found.indices and self._cursor not in self.found:
            self.stand_on(self.found.after(self._cursor - 1), middle=True)
        else:
            self.post_message(self.Moved(self))

    def next_match(self, by: int) -> None:
        """Go to the next line that holds the word, or to the previous one; round at the ends."""
        if self.found.indices:
            self.stand_on(self.found.after(self._cursor) if by > 0 else self.found.before(self._cursor), middle=True)

    def _measure(self) -> None:
        self.virtual_size = Size(self._gutter + self._widest + 1, max(len(self._lines), 1))

    @property
    def _gutter(self) -> int:
        return self._digits + 3

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self.stand_on(self._cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the cursor along when the wheel or the bar moves the lines away from it."""
        super().watch_scroll_y(old_value, new_value)
        top, page = round(new_value), max(self.scrollable_content_region.height, 1)
        within = min(max(self._cursor, top), top + page - 1, max(len(self._lines) - 1, 0))
        if within != self._cursor:
            self._cursor = within
            self.post_message(self.Moved(self))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked line."""
        self.stand_on(round(self.scroll_y) + event.y)

    def action_move(self, by: int) -> None:
        """Move the cursor by so many lines."""
        self.stand_on(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self.stand_on(self._cursor + by * max(self.scrollable_content_region.height - 1, 1))

    def action_edge(self, side: int) -> None:
        """Move the cursor to the first or the last line."""
        self.stand_on(0 if side < 0 else len(self._lines) - 1)

    def action_aside(self, by: int) -> None:
        """Scroll long lines to the side."""
        self.scroll_to(x=max(self.scroll_x + by * SIDE_STEP, 0), animate=False)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen: number, mark, and the part of the text that is in sight."""
        room = self.size.width
        index = y + round(self.scroll_y)
        if not 0 <= index < len(self._lines) or room <= 0:
            return Strip.blank(room, self._ground)
        line = self._lines[index]
        level = level_of(line)
        here = index == self._cursor
        over = self._style("log--cursor") if here and self.has_focus else None
        mark = {LineLevel.ERROR: self._glyphs.bad, LineLevel.WARNING: self._glyphs.warn}.get(level, " ")
        pointer = self._glyphs.plain("›") if here else " "
        tone = self._style(f"tone--{_TONES[level]}")
        gutter = [
            Segment(f"{pointer}{self._first + index:>{self._digits}}", over or self._style(f"tone--{Tone.MUTED}")),
            Segment(f"{mark} ", over or tone),
        ]
        text = Strip(self._text(line, index, tone, over)).crop(round(self.scroll_x), round(self.scroll_x) + room - self._gutter)
        return Strip([*gutter, *text]).adjust_cell_length(room, over or self._ground).apply_style(self._ground)

    @property
    def _ground(self) -> Style:
        """Return the style below every line, which to find walks through all that stands above the view."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def notify_style_update(self) -> None:
        """Forget other colours."""
        super().notify_style_update()
        self._styles_of.clear()
        self._base = None

    def _text(self, line: str, index: int, tone: Style, over: Style | None) -> list[Segment]:
        # Nothing beyond the right edge is looked at: one character takes no less than no column, so twice the edge is enough.
        text = shown(line)[: 2 * (round(self.scroll_x) + self.size.width)]
        text = self._glyphs.plain(clean_line(text, limit=None)) if self._glyphs.name == "ascii" else clean_line(text, limit=None)
        style = over or tone
        if index not in self.found:
            return [Segment(text, style)]
        pieces, done = [], 0
        for start, end in self.found.places(text):
            pieces += [Segment(text[done:start], style), Segment(text[start:end], self._style("log--match"))]
            done = end
        return [*pieces, Segment(text[done:], style)]

    def _style(self, name: str) -> Style:
        found = self._styles_of.get(name)  # Textual forgets its own with each refresh
        if found is None:
            found = self._styles_of[name] = self.get_component_rich_style(name, partial=True)
        return found

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()


def _begins(lines: Sequence[str], old: Sequence[str]) -> bool:
    """Say whether a log has grown; its first and last known lines decide, for comparing a hundred thousand takes long."""
    return not old or (lines[0] == old[0] and lines[len(old) - 1] == old[-1])
