"""Rows that are kept from one table to the next: of thousands few change at a time, and only those are made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Generic, TypeVar

from strideiq_console.presentation.cell import Row

Parts = tuple[object, ...]
"""What a row is made of, and nothing else than that. Parts are compared, first by identity, which costs next to nothing."""


K = TypeVar("K")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

GIVES_WAY: ContextVar[Callable[[], None] | None] = ContextVar("gives way", default=None)
"""What is called now and then while many rows are made on a thread; it returns when nothing more urgent waits."""
TOGETHER = 200
"""Rows between two such calls."""


def politely(items: Iterable[T]) -> Iterable[T]:
    """Return the items as they are; on a thread that is to give way, it does so between them."""
    give_way = GIVES_WAY.get()
    return items if give_way is None else _pausing(items, give_way)


def _pausing(items: Iterable[T], give_way: Callable[[], None]) -> Iterator[T]:
    for place, item in enumerate(items):
        if place % TOGETHER == 0:
            give_way()
        yield item


class Same(Generic[T_co]):
    """A value that is the same only when it is the same object: facts are frozen, and comparing ten thousand runs would be dear."""

    __slots__ = ("value",)

    def __init__(self, value: T_co) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


class PerItem(Generic[K, T]):
    """One value for each of many objects, reckoned when one is first seen and kept while it is there. Safe on several threads."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[K, T]] = {}
        self._last: tuple[Sequence[K], list[T]] = ((), [])

    def of(self, items: Sequence[K], make: Callable[[K], T]) -> Sequence[T]:
        """Return the values of the items, in their order; ``make`` is always the same."""
        before, last = self._kept, self._last
        if items is last[0]:
            return last[1]
        found = [(item, make(item)) if (known := before.get(id(item))) is None else known for item in politely(items)]
        self._kept = {id(one[0]): one for one in found}  # each holds its item, so that no other one has its number
        self._last = (items, [value for _, value in found])
        return self._last[1]


class KeptRows:
    """The rows of the last table, by key. Safe on several threads: at worst a row is made twice."""

    def __init__(self) -> None:
        self._common: Parts = ()
        self._kept: dict[str, tuple[Parts, Row]] = {}

    def renewed(self, common: Parts, wanted: Iterable[tuple[str, Parts]], make: Callable[..., Row]) -> tuple[Row, ...]:
        """Return a row for each key and its parts, in their order: the last table's where the parts are equal.

        ``make`` gets the parts. What it reads besides must stand in ``common``: where that has changed, all rows are made anew.
        """
        before = self._kept if self._common == common else {}
        after: dict[str, tuple[Parts, Row]] = {}
        rows = []
        for key, parts in politely(wanted):
            known = before.get(key)
            if known is None or known[0] != parts:
                known = (parts, make(*parts))
            after[key] = known
            rows.append(known[1])
        self._common, self._kept = common, after
        return tuple(rows)
