"""One line with something at its left and something at its right: header, verdict, tabs, footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from strideiq_console.presentation.cell import Cell, Line
from strideiq_console.presentation.draw import ELLIPSIS, cut, width
from strideiq_console.presentation.folding import folded
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe


class EdgeLine(Widget):
    """A line of one row. The right side is kept whole as long as it leaves half of the line; the left one is cut."""

    DEFAULT_CSS = """
    EdgeLine { height: 1; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._left: tuple[Cell, ...] = ()
        self._right: tuple[Cell, ...] = ()

    def show(self, left: Sequence[Cell], right: Sequence[Cell] = ()) -> None:
        """Draw these cells; nothing happens when they are drawn already."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def cell_at(self, x: int) -> int | None:
        """Return the place of the cell of the left side that stands at this column of the line, None where there is none."""
        for place, cell in enumerate(self._left):
            if 0 <= x < width(cell.text):
                return place
            x -= width(cell.text)
        return None

    def render(self) -> Content:
        """Return both sides, fitted to the width."""
        return safe.cells(fitted(self._left, self._right, self.content_size.width))


class WholeLine(EdgeLine):
    """The same with nothing cut: what does not fit one line takes another, at most :data:`MOST` in all."""

    DEFAULT_CSS = """
    WholeLine { height: auto; }
    """
    _high = 0

    def show(self, left: Sequence[Cell], right: Sequence[Cell] = ()) -> None:
        """Draw these cells, in as many lines as they take."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            before, room = self._high, self.content_size.width
            self._left, self._right = tuple(left), tuple(right)
            self._high = len(whole(self._left, self._right, room))
            self.refresh(layout=not room or before != self._high)  # the screen is laid out again only for another size

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines it takes."""
        self._high = len(whole(self._left, self._right, width))
        return self._high

    def render(self) -> Content:
        """Return all lines, the right side at the end of the last one."""
        return safe.lines(whole(self._left, self._right, self.content_size.width))


MOST = 3
"""Lines that are enough for any verdict; what is longer is cut."""


def whole(left: Sequence[Cell], right: Sequence[Cell], room: int) -> tuple[Line, ...]:
    """Return both sides in as many lines of ``room`` columns as they take."""
    if wide(left) + wide(right) + 2 <= room or room < 1:
        return (fitted(left, right, room),)
    *before, last = folded(tuple(left), room)
    ends = [(last, right)] if wide(last) + wide(right) + 2 <= room else [(last, ()), ((), right)]
    lines = (*before, *(fitted(*end, room) for end in ends))
    if len(lines) <= MOST:
        return lines
    return (*lines[: MOST - 2], shortened((*lines[MOST - 2], Cell(ELLIPSIS)), room), lines[-1])


def fitted(left: Sequence[Cell], right: Sequence[Cell], room: int) -> tuple[Cell, ...]:
    """Return both sides in exactly ``room`` columns."""
    right = shortened(right, min(max(room // 2 + 1, room - wide(left) - 2), room))
    tail = wide(right)
    left = shortened(left, room - tail - (1 if tail else 0))
    return (*left, Cell(" " * max(room - wide(left) - tail, 0)), *right)


def shortened(cells: Sequence[Cell], room: int) -> tuple[Cell, ...]:
    """Return cells cut to ``room`` columns, with an ellipsis where something is missing."""
    if wide(cells) <= room:
        return tuple(cells)
    kept: list[Cell] = []
    for cell in cells:
        if width(cell.text) >= room:  # even if it fits, what follows does not: the ellipsis must stand here
            kept.append(Cell(cut(cell.text + ELLIPSIS, room), cell.tone))
            break
        kept.append(cell)
        room -= width(cell.text)
    return tuple(kept)


def wide(cells: Sequence[Cell]) -> int:
    """Return how many columns cells take together."""
    return sum(width(cell.text) for cell in cells)


def plainly(lines: Iterable[Line], glyphs: Glyphs) -> list[Line]:
    """Return lines with the console's own marks in the set of glyphs that this terminal can draw."""
    return [tuple(replace(cell, text=glyphs.plain(cell.text)) for cell in line) for line in lines]
