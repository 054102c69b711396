"""What a front end draws: cells with a tone, rows with a key, tables with one of the five looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from strideiq_console.domain.reading import Level, Look


class Tone(StrEnum):
    """What a text means; a theme gives each a colour. The words beside it say the same, for those who see no colour."""

    PLAIN = "plain"
    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    ACTIVE = "active"
    MUTED = "muted"
    ACCENT = "accent"
    PRODUCTION = "production"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Cell:
    """A clean single line of text and what it means. It is literal: no markup is ever read in it.

    ``url`` is a page that the text stands for: a terminal that can makes a link of it, if the console knows the host.
    """

    text: str
    tone: Tone = Tone.PLAIN
    url: str = ""


Line = tuple[Cell, ...]
"""Cells drawn one after the other without a gap."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``width`` counts the blank at its right end, so columns are drawn side by side without padding.

    None is flexible: it takes what the others leave (:func:`strideiq_console.presentation.draw.widths`). A longer text is cut
    to ``width - 1`` with an ellipsis.
    """

    title: str
    width: int | None = None
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row. ``key`` is unique in its table and stays the same between two readings; ``url`` is what ``o`` opens.

    ``order`` says what each cell is sorted by where its words do not say it themselves: a number, a text, or None for the words.
    It may be shorter than the cells. Numbers with a unit, durations and money need none (``ui/widgets/sorting.py``).
    """

    key: str
    cells: tuple[Cell, ...]
    url: str = ""
    order: tuple[float | str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A panel's content. ``rows`` stay when a newer reading failed: ``look`` and ``notice`` say so beside them.

    ``notice`` is one line: why there is no newer value and the next step, or why a fresh table is empty. ``footer`` counts
    (``11 branches``); ``age`` is set when the reading is older than two periods.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    look: Look
    notice: str = ""
    footer: str = ""
    age: str = ""


LEVEL_TONES = {
    Level.OK: Tone.OK,
    Level.WARNING: Tone.WARNING,
    Level.CRITICAL: Tone.CRITICAL,
    Level.UNKNOWN: Tone.UNKNOWN,
}


def text(*parts: str | Cell) -> Line:
    """Return a line of plain strings and ready cells."""
    return tuple(part if isinstance(part, Cell) else Cell(part) for part in parts)


def plain(line: Line) -> str:
    """Return the text of a line without its tones."""
    return "".join(cell.text for cell in line)
