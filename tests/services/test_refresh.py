"""When feeds are renewed: periods, wishes, focus, limits; in turned time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.refresh import APART, LIVELY, Refresh
from strideiq_console.services.source import Source
from tests.acceptance.turned_loop import run
from tests.services.fakes import BEGIN, SETTINGS, FakeClock


class LoopClock(FakeClock):
    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())


class Reading:
    """One feed that is read, and when it was; ``value`` and ``fault`` are what it says."""

    def __init__(self, feed: feeds.Feed[Any] = feeds.RUNS) -> None:
        self.source = Source(feed, self.read)
        self.times: list[float] = []
        self.wished: list[bool] = []
        self.asked = False
        self.fault: Callable[[], Fault | None] = lambda: None
        self.value: Callable[[], Any] = tuple

    async def read(self) -> Any:
        self.times.append(asyncio.get_running_loop().time())
        self.wished.append(self.asked)
        fault = self.fault()
        if fault is not None:
            raise OutsideError(fault)
        return self.value()

    @contextmanager
    def wish(self) -> Iterator[None]:
        self.asked = True
        yield
        self.asked = False

    def refresh(self, *, busy: Callable[[], bool] = lambda: False) -> Refresh:
        board = Board(SETTINGS, [self.source.feed], None)
        jitter = random.Random(1)  # noqa: S311 - jitter
        return Refresh(board, [self.source], LoopClock(), busy=busy, jitter=jitter, asked=self.wish)

    def between(self, begin: float, end: float) -> int:
        return sum(begin <= at < end for at in self.times)


def lived(reading: Reading, live: Callable[[Refresh], Any], **more: Any) -> None:
    """Let a refresher live in turned time."""

    async def main() -> None:
        refresh = reading.refresh(**more)
        refresh.start()
        await live(refresh)
        await refresh.stop()

    run(main)


def test_idle_and_busy_periods() -> None:
    reading, busy = Reading(), []

    async def live(_: Refresh) -> None:
        await asyncio.sleep(3600)
        busy.append(1)
        await asyncio.sleep(1200)

    lived(reading, live, busy=lambda: bool(busy))
    assert 38 <= reading.between(0, 3600) <= 42
    assert 130 <= reading.between(3600, 4800) <= 160


def test_what_an_ended_execution_may_have_moved_is_looked_at_at_once() -> None:
    reading, seldom = Reading(feeds.pins("vercel")), Reading(feeds.costs("vercel"))

    async def live(refresh: Refresh) -> None:
        await asyncio.sleep(100)
        refresh.moved()
        await asyncio.sleep(1)

    for one in (reading, seldom):
        lived(one, live, busy=lambda: False)
    assert reading.between(99, 101) == 1
    assert not any(reading.wished), "nobody asked for it"
    assert seldom.between(99, 101) == 0, "no runbook moves what a month costs"


def test_what_hangs_over_night_is_looked_at_as_seldom_as_nothing() -> None:
    reading = Reading()

    async def live(refresh: Refresh) -> None:
        await asyncio.sleep(4 * 3600)
        refresh.now()
        await asyncio.sleep(1200)

    lived(reading, live, busy=lambda: True)
    assert reading.between(0, LIVELY) > 200
    assert reading.between(LIVELY + 90, 4 * 3600) <= 3.5 * 42, "nothing has moved for half an hour"
    assert reading.between(4 * 3600, 4 * 3600 + 1200) > 130, "the founder is back"


def test_what_moves_stays_lively() -> None:
    reading = Reading()
    reading.value = lambda: (len(reading.times) // 100,)

    async def live(_: Refresh) -> None:
        await asyncio.sleep(2 * 3600)

    lived(reading, live, busy=lambda: True)
    assert reading.between(3600, 7200) > 400


def test_a_key_held_down_is_one_wish() -> None:
    reading = Reading()

    async def live(refresh: Refresh) -> None:
        await asyncio.sleep(10)
        for _ in range(300):
            refresh.now()
            await asyncio.sleep(1 / 30)
        await asyncio.sleep(20)

    lived(reading, live)
    assert reading.wished[0] is False
    assert all(reading.wished[1:])
    assert len(reading.times) <= 2 + 10 / APART + 1
    assert reading.between(19.9, 30) >= 1, "the last press is not forgotten"


@pytest.mark.parametrize("wait", [20.0, 1000.0])
def test_a_limit_is_waited_for_and_nothing_is_added(wait: float) -> None:
    reading = Reading()
    until: list[float] = []

    def limited() -> Fault | None:
        now = asyncio.get_running_loop().time()
        if now < 2400 or (until and now < until[0]):
            until[:] = until or [now + wait]
            at = BEGIN + timedelta(seconds=max(until[0], now + 1))
            return Fault(FaultKind.RATE_LIMITED, "github", "too many requests", retry_at=at)
        return None

    reading.fault = limited

    async def live(_: Refresh) -> None:
        await asyncio.sleep(4000)

    lived(reading, live)
    good = next(at for at in reading.times if at >= 2400)
    assert good <= 2400 + 135, "no back-off on top of what was named"
    if wait == 1000.0:
        assert len([at for at in reading.times if at < 1000]) == 1, "and nobody asks before"


def test_other_faults_back_off() -> None:
    reading = Reading()
    reading.fault = lambda: Fault(FaultKind.TIMEOUT, "github", "no answer")

    async def live(_: Refresh) -> None:
        await asyncio.sleep(7200)

    lived(reading, live)
    assert len(reading.times) <= 13


def test_nobody_looks_and_what_is_young_is_not_read_again() -> None:
    reading = Reading(replace(feeds.RUNS, busy=timedelta(seconds=8)))

    async def live(refresh: Refresh) -> None:
        await asyncio.sleep(1)
        refresh.attend(False)
        await asyncio.sleep(3600)
        assert len(reading.times) == 1
        refresh.attend(True)
        await asyncio.sleep(0.5)
        assert len(reading.times) == 2
        for _ in range(20):
            refresh.attend(False)
            refresh.attend(True)
            await asyncio.sleep(0.1)
        assert len(reading.times) == 2

    lived(reading, live)
