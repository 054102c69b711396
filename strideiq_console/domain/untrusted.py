"""Text from outside, and the one function that makes it fit to be drawn (RELIABILITY threat T1, the first wall).

Every adapter passes each remote string through :func:`clean` or :func:`clean_line` before it enters a domain object, so
domain objects hold clean text only. Control characters become visible marks, one cell wide, never nothing: what somebody
tried to hide stays to be seen.
"""

from __future__ import annotations

from typing import NewType

Untrusted = NewType("Untrusted", str)
"""A string as it came from outside: a title, a log line, an error text, a branch name."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"


def _marks() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)}  # C0: control pictures
    table[0x7F] = "\N{SYMBOL FOR DELETE}"
    ranges = (
        (0x80, 0x9F),  # C1
        (0x00AD, 0x00AD),  # soft hyphen
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x061C, 0x061C),  # Arabic letter mark
        (0x115F, 0x1160),  # Hangul fillers: letters that draw nothing
        (0x180E, 0x180E),
        (0x200B, 0x200F),  # zero width and direction marks
        (0x2028, 0x202E),  # line and paragraph separators, bidi embeddings and overrides
        (0x2060, 0x206F),  # word joiner, invisible operators, bidi isolates
        (0x3164, 0x3164),
        (0xD800, 0xDFFF),  # lone surrogates cannot be encoded
        (0xFE00, 0xFE0F),  # variation selectors change the width of the cell before them
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF9, 0xFFFB),  # interlinear annotation
        (0xE0000, 0xE0FFF),  # tags and supplementary variation selectors
    )
    for first, last in ranges:
        table.update(dict.fromkeys(range(first, last + 1), REPLACEMENT))
    return table


_BLOCK = _marks()
_LINE = {**_BLOCK, 0x09: " ", 0x0A: " "}


def clean(text: str, *, limit: int | None = None) -> str:
    """Return ``text`` with every control, bidi and zero-width character as a visible mark; newline and tab stay.

    ``limit`` is a number of characters; a longer text ends in an ellipsis.
    """
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + ELLIPSIS
    return text.translate(_BLOCK)


def clean_line(text: str, *, limit: int | None = 1000) -> str:
    """Return ``text`` as one clean line: as :func:`clean`, and newlines and tabs become spaces."""
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + ELLIPSIS
    return text.translate(_LINE)


def is_clean(text: str) -> bool:
    """Say whether ``text`` is a single line that can be drawn as it is."""
    return text == text.translate(_LINE)


def is_raw(char: str) -> bool:
    """Say whether one character must never reach a terminal from data. Newline and tab count as raw here."""
    return ord(char) in _LINE


def backstop(text: str) -> str:
    """Replace whatever slipped past the first wall. The front ends run it over every run of text that they write."""
    return text.translate(_LINE)
