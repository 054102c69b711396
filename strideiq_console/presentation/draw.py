"""Tables as lines of cells of a given width, for the command line and for whoever wants the exact layout."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from strideiq_console.presentation.cell import Cell, Line, Table, Tone

ELLIPSIS = "…"


def width(text: str) -> int:
    """Return how many terminal columns a clean text takes."""
    return len(text) if text.isascii() else _width(text)


@lru_cache(maxsize=20_000)
def _width(text: str) -> int:
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """Return ``text`` cut to so many columns, with an ellipsis when something is missing."""
    if width(text) <= columns:
        return text
    if columns <= 0:
        return ""
    kept, used = [], 0
    for char in text:
        used += _char_width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ELLIPSIS


def fit(text: str, columns: int, *, right: bool = False) -> str:
    """Return ``text`` cut or filled to exactly so many columns."""
    text = cut(text, columns)
    blank = " " * max(columns - width(text), 0)
    return blank + text if right else text + blank


def widths(table: Table, total: int) -> tuple[int, ...]:
    """Return the width of each column in ``total`` columns, flexible ones sharing what is left (at least 6 each)."""
    fixed = sum(column.width or 0 for column in table.columns)
    flexible = [i for i, column in enumerate(table.columns) if column.width is None]
    left = max(total - fixed, 6 * len(flexible))
    answer = [column.width or 0 for column in table.columns]
    for n, i in enumerate(flexible):
        share = left // (len(flexible) - n)
        answer[i] = share
        left -= share
    return tuple(answer)


def table_lines(table: Table, total: int, *, titles: bool = True, limit: int | None = None) -> tuple[Line, ...]:
    """Return a table as lines of exactly ``total`` columns: titles, rows, and the notice as a last line of its own."""
    sizes = widths(table, total)
    rights = [column.right for column in table.columns]
    lines: list[Line] = []
    shown = table.rows if limit is None else table.rows[:limit]
    if titles and shown:
        lines.append(_row([Cell(column.title, Tone.MUTED) for column in table.columns], sizes, rights, total))
    lines.extend(_row(row.cells, sizes, rights, total) for row in shown)
    if table.notice:
        lines.extend((Cell(part, Tone.MUTED),) for part in wrap(table.notice, total))
    return tuple(lines)


def _row(cells: Sequence[Cell], sizes: Sequence[int], rights: Sequence[bool], total: int) -> Line:
    drawn: list[Cell] = []
    room = total
    for i, (cell, size, right) in enumerate(zip(cells, sizes, rights, strict=True)):
        size = min(size, room)
        last = i == len(sizes) - 1
        inner = size if last else max(size - 1, 0)
        drawn.append(Cell(fit(cell.text, inner, right=right) + ("" if last else " " * (size - inner)), cell.tone))
        room -= size
    return tuple(drawn)


def wrap(text: str, columns: int, *, indent: str = "") -> tuple[str, ...]:
    """Return a sentence as lines of at most so many columns; a word longer than a line is cut into pieces."""
    lines: list[str] = []
    current = ""
    room = max(columns, 8)
    for word in text.split(" "):
        while width(word) > room - width(indent):
            piece = word[: max(room - width(indent), 1)]
            if current:
                lines.append(current)
                current = ""
            lines.append((indent if lines else "") + piece)
            word = word[len(piece) :]
        candidate = f"{current} {word}" if current else (indent if lines else "") + word
        if current and width(candidate) > room:
            lines.append(current)
            candidate = indent + word
        current = candidate
    if current or not lines:
        lines.append(current)
    return tuple(lines)
