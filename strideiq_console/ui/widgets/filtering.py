"""The filter of a table: words that a row must hold, ``!word`` it must not hold, ``column:word`` in one column alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strideiq_console.presentation.cell import Column, Row

HINT = "words, !word, column:word; enter keeps it, esc clears it"


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter, in lower case. ``column`` is the place of the column that it is about, None for all."""

    word: str
    column: int | None = None
    excluded: bool = False

    def passes(self, row: Row, words: str) -> bool:
        """Say whether a row passes whose texts are, in lower case and all together, ``words``."""
        if self.column is None:
            return (self.word in words) is not self.excluded
        held = self.column < len(row.cells) and self.word in row.cells[self.column].text.casefold()
        return held is not self.excluded


def terms(query: str, columns: Sequence[Column]) -> tuple[Term, ...]:
    """Return what a row must pass. What stands before a colon is a column only if one's title begins so (``age:``, ``pull:``)."""
    return tuple(term for word in query.casefold().split() for term in _term(word, columns))


def _term(word: str, columns: Sequence[Column]) -> tuple[Term, ...]:
    excluded = word.startswith("!") and len(word) > 1
    word = word.removeprefix("!") if excluded else word
    name, colon, rest = word.partition(":")
    place = next((i for i, c in enumerate(columns) if colon and name and c.title.casefold().startswith(name)), None)
    if place is None:
        return (Term(word, None, excluded),)
    return (Term(rest, place, excluded),) if rest else ()  # the word behind the colon is still being typed


def words_of(row: Row) -> str:
    """Return all texts of a row in lower case, a line each, for :func:`passing`."""
    return "\n".join([cell.text for cell in row.cells]).casefold()


def passing(rows: Sequence[Row], query: str, columns: Sequence[Column], words: Sequence[str] | None = None) -> Sequence[Row]:
    """Return the rows that pass, in their order; all of them for an empty query. ``words`` are :func:`words_of` each row."""
    wanted = terms(query, columns)
    if not wanted:
        return rows
    held = [term.word for term in wanted if term.column is None and not term.excluded]
    others = [term for term in wanted if term.column is not None or term.excluded]
    texts = [words_of(row) for row in rows] if words is None else words
    found: Iterable[tuple[Row, str]] = zip(rows, texts, strict=True)
    for word in held:
        found = [one for one in found if word in one[1]]
    return [row for row, text in found if all(term.passes(row, text) for term in others)]
