"""Ahead and behind for thousands of branches in one walk of the history.

Asking git for each branch costs 17-45 ms a branch, and GitPython's own objects cost more. Here ``rev-list --topo-order --parents``
lists each commit once, children first. A commit carries a number with one bit per tip that reaches it, and hands it on to its
parents. Counting bits by position over all commits gives every branch's figures at once, with vertical counters: number *i* of a
counter holds bit *i* of every branch's count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strideiq_console.domain.commit import Divergence


@dataclass(frozen=True, slots=True)
class Tips:
    """The two ends of one branch as full SHAs; None where it does not exist."""

    local: str | None
    remote: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of one branch. A list per base, in the order of the bases; ``unpushed`` is None without both ends."""

    local: tuple[Divergence | None, ...]
    remote: tuple[Divergence | None, ...]
    unpushed: int | None


class _Vertical:
    """Counts how often each bit position was set, for thousands of positions at once.

    ``_sums[i]`` holds bit *i* of every count. ``_held[i]`` is one number of that weight that waits for a second, so that both are
    added in one go: a carry then travels two levels on average instead of all of them.
    """

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._held: list[int] = []

    def add(self, mask: int, times: int) -> None:
        """Add ``times`` at each set bit of ``mask``."""
        level = 0
        while times:
            if times & 1:
                self._carry(mask, level)
            times >>= 1
            level += 1

    def _carry(self, mask: int, level: int) -> None:
        sums, held = self._sums, self._held
        while mask:
            while len(sums) <= level:
                sums.append(0)
                held.append(0)
            second = held[level]
            if not second:
                held[level] = mask
                return
            held[level] = 0
            either = sums[level] ^ second
            carry = (sums[level] & second) | (either & mask)
            sums[level] = either ^ mask
            mask = carry
            level += 1

    def totals(self, size: int) -> list[int]:
        """Return the counts at positions 0 to ``size`` - 1."""
        for level, waiting in enumerate(self._held):
            self._held[level] = 0
            mask = waiting
            for place in range(level, len(self._sums)):
                self._sums[place], mask = self._sums[place] ^ mask, self._sums[place] & mask
            if mask:
                self._sums.append(mask)
                self._held.append(0)
        rows = [f"{number:0{size}b}" for number in reversed(self._sums)] or ["0" * size]
        return [int("".join(column), 2) for column in zip(*rows, strict=True)][::-1]


def count(lines: Iterable[str], tips: Sequence[Tips], bases: Sequence[str | None]) -> list[Counts]:
    """Count every branch against every base.

    ``lines`` are those of ``rev-list --topo-order --parents`` over all tips and bases: a SHA and its parents, children first.
    A base of None gives None in its place.
    """
    size = len(tips)
    masks = _masks(lines, tips, bases)
    low = (1 << size) - 1
    everywhere, unshared = _Vertical(), _Vertical()
    inside = [_Vertical() for _ in bases]
    totals = [0 for _ in bases]
    for mask, times in masks.items():
        ends = mask & ((1 << (2 * size)) - 1)
        everywhere.add(ends, times)
        unshared.add(ends & low & ~(ends >> size), times)
        for number in range(len(bases)):
            if (mask >> (2 * size + number)) & 1:
                inside[number].add(ends, times)
                totals[number] += times

    have = everywhere.totals(2 * size)
    shared = [counter.totals(2 * size) for counter in inside]
    unpushed = unshared.totals(size)

    def against(position: int) -> tuple[Divergence | None, ...]:
        return tuple(
            None if base is None else Divergence(have[position] - shared[n][position], totals[n] - shared[n][position])
            for n, base in enumerate(bases)
        )

    nothing: tuple[Divergence | None, ...] = tuple(None for _ in bases)
    return [
        Counts(
            local=against(place) if end.local else nothing,
            remote=against(size + place) if end.remote else nothing,
            unpushed=unpushed[place] if end.local and end.remote else None,
        )
        for place, end in enumerate(tips)
    ]


def _masks(lines: Iterable[str], tips: Sequence[Tips], bases: Sequence[str | None]) -> Counter[int]:
    """Return how many commits are reached by exactly which ends: bits 0..n-1 local, n..2n-1 remote, then one per base."""
    size = len(tips)
    waiting: dict[str, int] = {}

    def start(sha: str | None, position: int) -> None:
        if sha is not None:
            waiting[sha] = waiting.get(sha, 0) | (1 << position)

    for place, end in enumerate(tips):
        start(end.local, place)
        start(end.remote, size + place)
    for number, base in enumerate(bases):
        start(base, 2 * size + number)
    masks: Counter[int] = Counter()
    for line in lines:
        sha, *parents = line.split(" ")
        mask = waiting.pop(sha, 0)
        masks[mask] += 1
        for parent in parents:
            waiting[parent] = waiting.get(parent, 0) | mask
    return masks
