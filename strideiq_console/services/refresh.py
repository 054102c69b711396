"""Refreshing: one task a feed, each with its own period, jitter and back-off, so that a slow source holds up nobody else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import timedelta

from strideiq_console.domain.fault import ConsoleError, Fault, FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.services.board import Board
from strideiq_console.services.source import Source

READ_LIMIT = 45.0
SOON, LATE = 0.5, 5.0
"""Seconds from which on a read is worth telling of: one that is waited for, and one of the regular round."""
SLOWEST = 900.0
BACK_OFF = 2.0
SHORTEST = 1.0
JITTER = 0.1
HERD = 30.0
"""Feeds that wait for the end of one limit come back spread over so many seconds at most."""
APART = 2.0
"""Seconds between two reads of a feed that the founder asks for: a key held down is one wish."""
_RESTLESS = ("git", "probe")
_RESTLESS_KINDS = ("metrics", "history", "costs")
"""Sources and kinds of feed whose values differ from one read to the next although nothing has happened: they tell the time."""
LIVELY = 1800.0
"""Something unfinished that has not moved for so many seconds is no reason to look every few seconds any more."""


MOVABLE = timedelta(seconds=60)
"""A feed that a busy console reads at least so often tells of things that a runbook moves."""


class Refresh:
    """Renews the board's readings. ``pace`` multiplies every period (real seconds); below 1 in a world that runs fast.

    ``busy`` says whether something is under way. ``asked`` gives the block in which a read counts as the founder's own wish.
    """

    def __init__(
        self,
        board: Board,
        sources: Iterable[Source],
        clock: Clock,
        *,
        busy: Callable[[], bool],
        pace: float = 1.0,
        jitter: random.Random | None = None,
        asked: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._board = board
        self._sources = {source.feed.name: source for source in sources}
        self._clock = clock
        self._busy = busy
        self._pace = pace
        self._random = jitter or random.Random()  # noqa: S311 - spreads requests over time, hides nothing
        self._wake = {name: asyncio.Event() for name in self._sources}
        self._failures = dict.fromkeys(self._sources, 0)
        self._asked = asked
        self._wished: set[str] = set()
        self._ended: dict[str, float] = {}
        self._moved: float | None = None
        self._attended = True
        self._tasks: list[asyncio.Task[None]] = []
        self._under_way: dict[str, tuple[float, float]] = {}

    def start(self) -> None:
        """Begin; returns at once."""
        for source in self._sources.values():
            if source.reader is None:
                self._say_missing(source)
            else:
                self._tasks.append(asyncio.create_task(self._run(source), name=f"feed {source.feed.name}"))

    async def stop(self) -> None:
        """Cancel every read and wait until all have ended."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    def now(self, *names: str) -> None:
        """Renew these feeds now (all when none is named) because the founder asks for it; returns at once."""
        self._moved = None
        for name in names or tuple(self._sources):
            source = self._sources.get(name)
            if source is None:
                continue
            self._wished.add(name)
            if source.forget is not None:
                source.forget()
        self._rouse(names or tuple(self._sources))

    def _rouse(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._wake:
                self._failures[name] = 0
                self._wake[name].set()

    def moved(self) -> None:
        """Renew soon what an execution that has just ended may have moved: from now on nothing is under way, and looks are rare."""
        self._rouse(name for name, source in self._sources.items() if source.feed.busy <= MOVABLE)

    def attend(self, focused: bool) -> None:
        """Poll only while somebody looks; coming back renews what is older than a busy console would show it."""
        came_back = focused and not self._attended
        self._attended = focused
        if came_back:
            self._moved = None
            self._rouse(name for name, source in self._sources.items() if self._aged(source))

    def reading(self, names: Collection[str]) -> float:
        """Return how many real seconds the longest read of these feeds (all when none is named) lasts, 0.0 for none worth saying.

        One that the founder waits for is worth saying from half a second on, one of the regular round when it is slow.
        """
        chosen = (at for name, at in self._under_way.items() if not names or name in names)
        lasts = ((_time() - since, worth) for since, worth in chosen)
        return max((seconds for seconds, worth in lasts if seconds >= worth), default=0.0)

    def _aged(self, source: Source) -> bool:
        ended = self._ended.get(source.feed.name)
        return ended is None or _time() - ended >= source.feed.busy.total_seconds() * self._pace

    async def once(self, *, deadline: float) -> None:
        """Read every feed once, at most for ``deadline`` real seconds; what is not in by then is a timeout fault."""

        async def one(source: Source) -> None:
            if source.reader is None:
                self._say_missing(source)
                return
            try:
                async with asyncio.timeout(deadline):
                    await self.read(source)
            except TimeoutError:
                self._board.fail(source.feed, self._timeout(source, deadline), self._clock.now())

        await asyncio.gather(*(one(source) for source in self._sources.values()))
        await asyncio.to_thread(self._save_all)

    def _save_all(self) -> None:
        for source in self._sources.values():
            self._board.save(source.feed)

    def _say_missing(self, source: Source) -> None:
        if source.missing is not None:
            self._board.fail(source.feed, source.missing, self._clock.now())

    async def _run(self, source: Source) -> None:
        name = source.feed.name
        while True:
            self._wake[name].clear()
            wished = name in self._wished
            self._wished.discard(name)
            self._under_way[name] = (_time(), SOON if wished or name not in self._ended else LATE)
            try:
                # Not wait_for: until Python 3.12 it swallows a cancellation that arrives together with the result.
                async with asyncio.timeout(READ_LIMIT):
                    with self._asked() if wished else nullcontext():
                        await self.read(source)
            except TimeoutError:
                self._failures[name] += 1
                self._board.fail(source.feed, self._timeout(source, READ_LIMIT), self._clock.now())
            finally:
                self._under_way.pop(name, None)
            await asyncio.to_thread(self._board.save, source.feed)
            self._ended[name] = _time()
            if wished:
                await asyncio.sleep(APART * min(self._pace, 1.0))
            await self._rest(source)

    async def _rest(self, source: Source) -> None:
        name = source.feed.name
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(source).total_seconds()):
                    await self._wake[name].wait()
            if self._attended or self._wake[name].is_set():
                return

    def _pause(self, source: Source) -> timedelta:
        feed, failures = source.feed, self._failures[source.feed.name]
        period = feed.busy if self._lively() else feed.idle
        seconds = max(period.total_seconds() * self._pace, SHORTEST)
        if failures:
            seconds = min(seconds * BACK_OFF ** min(failures, 8), SLOWEST)
        retry_at = self._retry_at(source)
        if retry_at:
            retry_at += self._random.uniform(0.0, min(retry_at * JITTER, HERD))
        return timedelta(seconds=max(seconds * (1 + self._random.uniform(-JITTER, JITTER)), retry_at))

    def _lively(self) -> bool:
        """Say whether something is under way that still moves: a job that hangs over night is looked at as seldom as none."""
        if not self._busy():
            self._moved = None
            return False
        if self._moved is None:
            self._moved = _time()
        return _time() - self._moved < LIVELY * self._pace

    def _retry_at(self, source: Source) -> float:
        fault = self._board.reading(source.feed).fault
        if fault is None or fault.retry_at is None:
            return 0.0
        return max((fault.retry_at - self._clock.now()).total_seconds() * self._pace, 0.0)

    async def read(self, source: Source) -> None:
        """Read one feed and publish it, or the fault. Never raises for the outside's fault."""
        assert source.reader is not None, "a source without a reader is never read"  # noqa: S101
        name = source.feed.name
        try:
            value = await source.reader()
        except OutsideError as error:
            if error.fault.retry_at is None:  # else it is known when to come back, and no guess is added to it
                self._failures[name] += 1
            self._board.fail(source.feed, error.fault, self._clock.now())
        except ConsoleError as error:
            self._failures[name] += 1
            fault = Fault(FaultKind.LOCAL, source.feed.source, error.cause, error.consequence, error.next_step)
            self._board.fail(source.feed, fault, self._clock.now())
        except Exception as error:  # noqa: BLE001 - one feed's bug must not take the other panels down; it is shown as what it is
            self._failures[name] += 1
            words = f"reading {name} failed: {type(error).__name__}"
            fault = Fault(FaultKind.INTERNAL, source.feed.source, words, next_step="report it with the output of strideiq doctor")
            self._board.fail(source.feed, fault, self._clock.now())
        else:
            self._failures[name] = 0
            restless = source.feed.source in _RESTLESS or name.partition("/")[0] in _RESTLESS_KINDS
            if not restless and value != self._board.reading(source.feed).value:
                self._moved = None
            self._board.publish(source.feed, value, self._clock.now())

    def _timeout(self, source: Source, limit: float) -> Fault:
        words = f"no answer within {limit:g} s"
        return Fault(FaultKind.TIMEOUT, source.feed.source, words, "the last good value is shown", "press r to try again")


def _time() -> float:
    return asyncio.get_running_loop().time()
