"""A line of cells folded into the width that there is: what belongs to a label stays below it, and a number keeps its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from strideiq_console.presentation.cell import Cell, Line, plain
from strideiq_console.presentation.draw import ELLIPSIS, cut, width, wrap

WHOLE = 26
"""Letters up to which a cell is kept in one piece: ``railway 12 min``, ``live 2 h ago``."""
_DEEPER = 2
"""How much farther in a line goes on that stands in from the edge: one sees where the next one begins."""
_UNITS = frozenset(("s", "ms", "min", "h", "d", "%", "B", "kB", "MB", "GB", "vCPU"))
_MARKED = re.compile(r" *[^\w\s(\[\"'/$+.-]+ +(?=\S)")
_CLAUSE = re.compile(r"[.;:,)] ")
_PARTS = re.compile(r"\s+|\S+")

_Word = list[Cell]


def folded(line: Line, columns: int) -> tuple[Line, ...]:
    """Return a line in as many as it takes to keep each within ``columns``; all but the first begin where the text begins."""
    if width(plain(line)) <= columns or columns < 1:
        return (line,)
    margin = min(_margin(line), columns // 2)
    done: list[Line] = []
    current: list[Cell] = []
    used = 0
    for blank, word in _with_units(_words(line)):
        size = sum(width(cell.text) for cell in word)
        gap = width(blank.text) if blank is not None else 0
        if used and used + gap + size > columns:
            done.append(tuple(current))
            current, used, gap, blank = [Cell(" " * margin)], margin, 0, None
        if used + gap + size > columns:
            if blank is not None:  # a line that begins with blanks, and has one word that is too long for it
                blank = replace(blank, text=blank.text[: columns // 2])
                current, used, gap, blank = [*current, blank], used + width(blank.text), 0, None
            *full, word = _pieces(word, columns - used, columns - margin)
            done += [(*current, *first) if n == 0 else (Cell(" " * margin), *first) for n, first in enumerate(full)]
            current, used = ([Cell(" " * margin)], margin) if full else (current, used)
            size = sum(width(cell.text) for cell in word)
        current += [*((blank,) if blank is not None else ()), *word]
        used += gap + size
    return (*done, tuple(current))


def in_lines(text: str, columns: int, count: int) -> tuple[str, ...]:
    """Return a sentence in at most ``count`` lines; what does not fit is left out from the end of a clause, or of a word, on."""
    lines = wrap(text, columns)
    if len(lines) <= count:
        return lines
    kept = " ".join(lines[:count])
    ends = [found.start() for found in _CLAUSE.finditer(kept) if found.start() * 2 > len(kept)]
    ends = ends or [*(place for place, letter in enumerate(kept) if letter == " "), len(kept)]
    for end in reversed(ends):
        shorter = wrap(f"{kept[:end].rstrip(' .;:,')}{ELLIPSIS}", columns)
        if len(shorter) <= count:
            return shorter
    return tuple(cut(line, columns) for line in lines[:count])


def _margin(line: Line) -> int:
    """Return where the text of a line begins: behind its label, else behind its blanks and its mark."""
    first = line[0].text
    if len(line) > 1 and first.endswith(" ") and first.strip():
        return width(first)
    whole = plain(line)
    marked = _MARKED.match(whole)
    lead = len(whole) - len(whole.lstrip(" "))
    return width(marked.group()) if marked else lead + _DEEPER if lead else 0


def _words(line: Line) -> Iterator[tuple[Cell | None, _Word]]:
    """Yield what may not be broken, each with the blanks before it; a word may go on from one cell to the next."""
    blank: Cell | None = None
    word: _Word = []
    for cell in line:
        short = width(cell.text.strip()) <= WHOLE
        for part in _apart(cell.text) if short else _parted(cell.text):
            if part.strip():
                word.append(replace(cell, text=part))
                continue
            if word:
                yield blank, word
                word = []
            blank = replace(cell, text=part)
    if word:
        yield blank, word


def _with_units(words: Iterable[tuple[Cell | None, _Word]]) -> Iterator[tuple[Cell | None, _Word]]:
    """Yield the same words; a number and the unit behind it are one."""
    held: tuple[Cell | None, _Word] | None = None
    for blank, word in words:
        if held is not None and blank is not None and held[1][-1].text[-1].isdigit() and word[0].text.rstrip(".,;:)") in _UNITS:
            held = (held[0], [*held[1], blank, *word])
            continue
        if held is not None:
            yield held
        held = (blank, word)
    if held is not None:
        yield held


def _apart(text: str) -> tuple[str, ...]:
    """Return a short text as its blanks and the whole between them."""
    inner = text.strip()
    before = text[: len(text) - len(text.lstrip())]
    return tuple(part for part in (before, inner, text[len(before) + len(inner) :]) if part)


def _parted(text: str) -> tuple[str, ...]:
    """Return a longer text as blanks and words; what stands before its first colon is one of them where it is short."""
    begun = text.lstrip(" ")
    blank, (label, colon, rest) = text[: len(text) - len(begun)], begun.partition(": ")
    if not colon or width(label) >= WHOLE:
        return tuple(_PARTS.findall(text))
    return tuple(part for part in (blank, f"{label}:", *_PARTS.findall(f" {rest}")) if part)


def _pieces(word: _Word, first: int, others: int) -> list[_Word]:
    """Return a word that is longer than a line in pieces, cut behind a slash where there is one."""
    pieces: list[_Word] = [[]]
    room, others = max(first, 0), max(others, 2)
    for cell in word:
        rest = cell.text
        while width(rest) > room:
            if width(rest[0]) > room:
                pieces.append([])
                room = others
                continue
            cut = _fitting(rest, room)
            pieces[-1].append(replace(cell, text=rest[:cut]))
            pieces.append([])
            rest, room = rest[cut:], others
        pieces[-1].append(replace(cell, text=rest))
        room -= width(rest)
    return pieces


def _fitting(text: str, room: int) -> int:
    """Return how many letters of a text fit, at least one; behind a slash in the second half of them if there is one."""
    count = next((n for n in range(1, len(text)) if width(text[: n + 1]) > room), len(text))
    slash = text.rfind("/", count // 2, count) + 1
    return slash or count
