"""Searches the palette's lines in slices, so that no key waits for it; a newer search ends an older one."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable

from strideiq_console.ui.palette.entry import Entry
from strideiq_console.ui.palette.fuzzy import weigh

SLICE = 250
"""Lines between two moments in which keys are heard: about a millisecond of weighing."""
MOST = 40
"""Lines that are offered; who does not find his among them types one letter more."""


class Search:
    """The lines of one opening of the palette. :meth:`fill` gathers them; :meth:`best` weighs them against a query."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._turn = 0
        self._before: tuple[str, list[Entry]] = ("", [])

    async def fill(self, entries: Iterable[Entry]) -> None:
        """Add lines, in slices."""
        for number, entry in enumerate(entries, start=1):
            self._entries.append(entry)
            if number % SLICE == 0:
                await asyncio.sleep(0)

    async def best(self, query: str) -> list[tuple[float, Entry]]:
        """Return the lines that fit best, best first, each with its weight; nothing when a newer search has begun meanwhile.

        A query that only grew longer is weighed among what the shorter one had found.
        """
        self._turn += 1
        turn, words = self._turn, query.casefold().split()
        if not words:
            return []
        shorter, found = self._before
        pool = found if shorter and query.casefold().startswith(shorter) else self._entries
        fitting: list[Entry] = []
        best: list[tuple[float, int]] = []
        for number, entry in enumerate(pool):
            weight = weigh(words, entry.sought)
            if weight > 0:
                weight += entry.rank
                fitting.append(entry)
                heapq.heappush(best, (weight, -number)) if len(best) < MOST else heapq.heappushpop(best, (weight, -number))
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
                if turn != self._turn:
                    return []
        self._before = (query.casefold(), fitting)
        return [(weight, pool[-place]) for weight, place in sorted(best, reverse=True)]
