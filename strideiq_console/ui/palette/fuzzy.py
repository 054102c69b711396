"""How well a line fits what was typed: every word of it must be found, as a piece or letter by letter in its order."""

from __future__ import annotations

from collections.abc import Sequence

_PIECE, _START, _END, _LETTER = 10.0, 6.0, 3.0, 2.0
_SCATTERED = 24
"""Letters that may stand between those that were typed; more is chance. A longer query can only have more of them."""
_BREAKS = frozenset(" /-_.#:([")


def weigh(query: Sequence[str], sought: str) -> float:
    """Return how well ``sought`` fits the words of a query, all in lower case; 0 when one of them is not there at all.

    A piece that stands together weighs more than scattered letters, one at the start of a word more than one inside, and a short
    line more than a long one.
    """
    total = 0.0
    for word in query:
        found = _one(word, sought)
        if found <= 0:
            return 0.0
        total += found
    return total + 1.0 / (1 + len(sought)) if query else 0.0


def _one(word: str, sought: str) -> float:
    at = sought.find(word)
    if at >= 0:
        if at and sought[at - 1] not in _BREAKS:  # the same piece may stand at the start of a later word
            better = next((i for i in _places(word, sought, at + 1) if sought[i - 1] in _BREAKS), at)
            at = better
        begins, end = at == 0 or sought[at - 1] in _BREAKS, at + len(word)
        return _PIECE * len(word) + begins * _START + (_END if end == len(sought) or sought[end] in _BREAKS else 0.0)
    at, weight, gaps, first = 0, 0.0, 0, -1
    for letter in word:
        here = sought.find(letter, at)
        if here < 0:
            return 0.0
        first = here if first < 0 else first
        gaps += here - at if at else 0
        weight += _LETTER if here == 0 or sought[here - 1] in _BREAKS else _LETTER / 2
        at = here + 1
    return weight / (1 + gaps / len(word)) if gaps <= _SCATTERED else 0.0


def _places(word: str, sought: str, start: int) -> list[int]:
    found: list[int] = []
    at = sought.find(word, start)
    while at >= 0 and len(found) < 8:
        found.append(at)
        at = sought.find(word, at + 1)
    return found
