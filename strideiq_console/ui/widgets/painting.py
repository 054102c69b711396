"""How one line of a table is painted: cells cut to their columns, each in the style of its tone, and the cursor's line over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import cut, fit, width, widths
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.safe import fit_for_link
from strideiq_console.ui.widgets.sorting import Sorting

CURSOR = "›"
StyleOf = Callable[[str, str], Style]
"""Gives the style of a tone in a line that is all in another style (``""`` for none), both by name."""


def fitting(table: Table, room: int) -> tuple[int, ...]:
    """Return the columns' widths in ``room``; what does not fit at the right is cut, then left out."""
    answer = []
    for size in widths(table, room):
        size = max(min(size, room), 0)
        answer.append(size)
        room -= size
    return tuple(answer)


def column_at(x: int, sizes: Sequence[int]) -> int | None:
    """Return the place of the column that stands at ``x``, counted from the first column's left edge."""
    for place, size in enumerate(sizes):
        if 0 <= x < size:
            return place
        x -= size
    return None


def heading_cells(columns: Sequence[Column], sizes: Sequence[int], sorting: Sorting, glyphs: Glyphs) -> tuple[Cell, ...]:
    """Return the titles; the one that sorts has its mark, for which its own words make room."""
    cells = []
    for place, (column, size) in enumerate(zip(columns, sizes, strict=True)):
        title = glyphs.plain(column.title)
        if sorting.column and column.title == sorting.column:
            blank = 0 if place == len(columns) - 1 else 1
            mark = glyphs.falling if sorting.reverse else glyphs.rising
            gap = " " if width(title) + 2 <= size - blank else ""
            title = f"{cut(title, max(size - blank - 1 - len(gap), 0))}{gap}{mark}"
        cells.append(Cell(title, Tone.MUTED))
    return tuple(cells)


def gutter(row: Row, marks: frozenset[str] | set[str], here: bool, glyphs: Glyphs) -> str:
    """Return what stands before a row: the cursor, and as long as any row is marked a column for the marks."""
    cursor = glyphs.plain(CURSOR) if here else " "
    return cursor + (glyphs.marked if row.key in marks else " ") if marks else cursor


@dataclass(frozen=True, slots=True)
class Brush:
    """What all lines of a table are painted with."""

    glyphs: Glyphs
    columns: tuple[Column, ...]
    sizes: tuple[int, ...]
    style_of: StyleOf
    room: int


def mixed(tone: str, own: Style | None, over: Style | None) -> Style:
    """Return the style of a tone with the style of its line over it: a line that has no colour of its own keeps the tone's."""
    if own is None or over is None:
        return own or over or Style()
    return over + Style(color=own.color) if tone != Tone.PLAIN and over.color is None else own + over


def line(brush: Brush, lead: str, cells: Sequence[Cell], over: str) -> list[Segment]:
    """Return the segments of one line, at least ``room`` wide; ``over`` names the style that lies over the whole of it.

    The texts are cleaned here once more: only what is painted is paid for.
    """
    pieces = [Segment(lead, brush.style_of(Tone.ACCENT, over))]
    last = len(brush.columns) - 1
    for place, (column, cell, size) in enumerate(zip(brush.columns, cells, brush.sizes, strict=False)):
        blank = 1 if size > 1 and place != last else 0
        style = brush.style_of(cell.tone, over)
        text = brush.glyphs.plain(fit(clean_line(cell.text), size - blank, right=column.right))
        pieces.extend(_linked(text, cell.url, style) if cell.url else (Segment(text, style),))
        if blank:
            pieces.append(Segment(" ", style))
    used = width(lead) + sum(brush.sizes[: len(cells)])
    return [*pieces, Segment(" " * max(brush.room - used, 0), brush.style_of("", over))]


def _linked(text: str, url: str, style: Style) -> tuple[Segment, ...]:
    """Return a text as a link to ``url``, without its blanks; the guard at the terminal decides whether it stays one."""
    if not fit_for_link(url):
        return (Segment(text, style),)
    words = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - before - len(words)
    return (Segment(" " * before, style), Segment(words, style + Style(link=url)), Segment(" " * after, style))
