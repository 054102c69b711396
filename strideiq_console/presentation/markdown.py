"""Markdown in which every text from elsewhere is taken literally; secrets must be out of a text before it comes here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from strideiq_console.domain.untrusted import backstop, clean

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|!~&$"})
_BEGINS = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_BACKTICKS = re.compile(r"`+")
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~:/?#!$&'*+,;=%-]*")


def literal(words: str) -> str:
    """Return text that Markdown draws as it is, on one line; a branch may be called ``[x](https://…)``.

    A bare address is drawn as it is too, though some readers let you click on it.
    """
    plain = backstop(words).strip().translate(_MARKS)
    return _BEGINS.sub(lambda found: f"\\{found[1]}" if not found[1].isdigit() else f"{found[1]}\\", plain)


def code(words: str) -> str:
    """Return text as a code span on one line; whatever it holds stays inside."""
    plain = backstop(words).strip()
    if not plain:
        return "(empty)"
    fence = "`" * (_longest(plain) + 1)
    room = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{room}{plain}{room}{fence}"


def block(lines: Iterable[str]) -> list[str]:
    """Return lines as a code block; a line may hold newlines, and none of them can end it."""
    inner = [part for line in lines for part in clean(line).split("\n")]
    fence = "`" * max(_longest("\n".join(inner)) + 1, 3)
    return [fence + "text", *inner, fence]


def link(address: str) -> str:
    """Return an https address as a link; anything else that was given as one stays a code span."""
    return f"<{address}>" if _LINK.fullmatch(address) else code(address)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; every cell is taken literally."""
    lines = [titles, ["---"] * len(titles)]
    answer = ["| " + " | ".join(line) + " |" for line in lines]
    return [*answer, *("| " + " | ".join(literal(cell) for cell in row) + " |" for row in rows)]


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
