"""One line of the palette: what it is called, what kind of thing it is, and where choosing it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strideiq_console.presentation.draw import ELLIPSIS

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

LONGEST = 80
"""Letters of a line; what is longer is cut, wherever it came from."""


@dataclass(frozen=True, slots=True)
class Do:
    """An action that a key has too, such as ``app.resume``. Never made of text from outside."""

    action: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a panel, which is opened on it."""

    panel: str
    key: str


@dataclass(frozen=True, slots=True)
class Carried:
    """An execution, by its id."""

    execution: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration, shown with its value and its origin."""

    key: str


Target = Do | Row | Carried | Setting


class Entry:
    """One line, cleaned only when it is drawn: there may be thousands.

    ``words`` are literal text, ``kind`` says what they name (``""``: no need to); ``sought`` is what a query is compared with, and
    ``rank`` decides between lines that fit about as well.
    """

    __slots__ = ("kind", "rank", "sought", "target", "words")

    def __init__(self, words: str, target: Target, kind: str = "", *, rank: float = 0.0) -> None:
        self.words = words if len(words) <= LONGEST else words[: LONGEST - 1] + ELLIPSIS
        self.kind = kind
        self.target = target
        self.rank = rank
        self.sought = f"{kind} {self.words}".casefold() if kind else self.words.casefold()


Source = Callable[["Console"], Iterable[Entry]]
"""Makes the lines of one kind, one after the other, from what is known at this moment: no network."""
