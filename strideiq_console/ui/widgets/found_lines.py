"""Which lines of a log hold a word: found once for all of them, and asked for each line that is drawn."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence


class FoundLines:
    """The lines that hold a word in any case. ``indices`` is sorted; ``word`` is ``""`` while nothing is looked for."""

    def __init__(self) -> None:
        self.word = ""
        self.indices: list[int] = []
        self._lines: Sequence[str] = ()
        self._folded: list[str] = []
        self._pattern: re.Pattern[str] | None = None

    def __contains__(self, index: int) -> bool:
        at = bisect_left(self.indices, index)
        return at < len(self.indices) and self.indices[at] == index

    def search_in(self, lines: Sequence[str]) -> None:
        """Look in these lines from now on."""
        self._lines, self._folded = lines, []
        self._find()

    def look_for(self, word: str) -> None:
        """Look for this word from now on; ``""`` for nothing."""
        self.word = word
        self._pattern = re.compile(re.escape(word), re.IGNORECASE) if word else None
        self._find()

    def _find(self) -> None:
        if not self.word:
            self.indices, self._folded = [], []
            return
        if len(self._folded) != len(self._lines):
            self._folded = [line.casefold() for line in self._lines]
        word = self.word.casefold()
        self.indices = [i for i, line in enumerate(self._folded) if word in line]

    def rank(self, index: int) -> int:
        """Return the place of a line among those found, counted from 1; 0 for a line that is none of them."""
        return bisect_left(self.indices, index) + 1 if index in self else 0

    def after(self, index: int) -> int:
        """Return the first line found below ``index``, round at the end; there must be one."""
        at = bisect_right(self.indices, index)
        return self.indices[at if at < len(self.indices) else 0]

    def before(self, index: int) -> int:
        """Return the last line found above ``index``, round at the beginning; there must be one."""
        return self.indices[bisect_left(self.indices, index) - 1]

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the word stands in a text, for it to be highlighted."""
        for match in self._pattern.finditer(text) if self._pattern else ():
            yield match.span()
