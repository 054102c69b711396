"""Steady reads use half of a limit at most, whatever clocks, limits and answers do (RELIABILITY rule 22)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.providers.http import Governor, asked, urgent
from strideiq_console.providers.http.governor import SHORT_WAIT
from tests.acceptance.turned_loop import run
from tests.providers.http.fakes import START, FakeClock, LoopClock, client, ok

LIMIT = 100


class Asking:
    """Asks a governor as fast as it is let, in the time of a fake clock."""

    def __init__(self, **more) -> None:
        self.clock = FakeClock()
        self.governor = Governor("railway", self.clock, **more)
        self.sent: list[float] = []

    async def once(self, account: str = "a", *, write: bool = False) -> OutsideError | None:
        try:
            await self.governor.admit(account, write=write)
        except OutsideError as error:
            return error
        self.sent.append(self.clock.monotonic())
        return None

    async def burst(self, times: int, account: str = "a") -> int:
        """Ask so often; return how many were let through without a wait."""
        before, begun = len(self.sent), self.clock.monotonic()
        for _ in range(times):
            if await self.once(account) is not None or self.clock.monotonic() > begun:
                break
        return sum(at == begun for at in self.sent[before:])

    def most_in(self, seconds: float) -> int:
        return max(sum(at - seconds < other <= at for other in self.sent) for at in self.sent)

    def hear(self, account: str = "a", *, remaining: int, limit: int, reset: int | None) -> None:
        headers = {"x-ratelimit-remaining": str(remaining), "x-ratelimit-limit": str(limit)}
        if reset is not None:
            headers["x-ratelimit-reset"] = str(reset)
        self.governor.heard(account, headers, answered=True)


@pytest.mark.parametrize("limit", [10, 100, 1000])
async def test_no_hour_sees_more_than_half_of_the_limit(limit: int) -> None:
    asking = Asking(limit=limit)
    while asking.clock.monotonic() < 3 * 3600:
        error = await asking.once()
        assert len(asking.sent) <= 3 * limit
        if error is not None:
            assert error.fault.kind is FaultKind.RATE_LIMITED
            assert error.fault.retry_at is not None
            wait = error.fault.retry_at - asking.clock.now()
            assert wait > timedelta(seconds=SHORT_WAIT)
            assert "half of the request limit" in str(error)
            asking.clock.at = error.fault.retry_at
    assert asking.most_in(3600) <= max(limit / 2, 5)
    assert len(asking.sent) >= round(3 * 0.4 * limit), "and what is allowed is used"


async def test_a_short_wait_is_waited_and_a_long_one_shed() -> None:
    asking = Asking(limit=5000)
    assert await asking.burst(10_000) == 500, "what a console that opens needs goes at once"
    assert await asking.once() is None
    assert 1 < sum(asking.clock.slept[-2:]) < 4
    slow = Asking(limit=LIMIT)
    assert await slow.burst(100) == 10
    assert (await slow.once()) is not None
    assert slow.clock.slept == []


def test_many_at_once_wait_for_a_bounded_time() -> None:
    async def main() -> None:
        asking = Asking(limit=5000)
        asking.clock = LoopClock()
        asking.governor = Governor("github", asking.clock, limit=5000)
        await asking.burst(500)
        errors = [e for e in await asyncio.gather(*(asking.once() for _ in range(50))) if e is not None]
        assert len(asking.sent) == 502, "two more trickle in within the time that one may wait"
        assert all(e.fault.retry_at is not None for e in errors)
        assert asking.clock.monotonic() <= SHORT_WAIT

    run(main)


async def test_the_founder_and_an_execution_are_not_paced_and_steady_reads_pay_it_back() -> None:
    asking = Asking(limit=LIMIT)
    await asking.burst(10)
    with asked():
        assert [await asking.once() for _ in range(20)] == [None] * 20
    with urgent():
        assert [await asking.once() for _ in range(20)] == [None] * 20
    assert await asking.once(write=True) is None
    assert asking.clock.slept == []
    error = await asking.once()
    assert error is not None
    assert error.fault.retry_at is not None
    assert (error.fault.retry_at - START) <= timedelta(seconds=(11 / (0.4 * LIMIT)) * 3600), "never more than a burst's worth"


async def test_the_reserve_is_not_the_founders() -> None:
    asking = Asking()
    asking.hear(remaining=19, limit=LIMIT, reset=600)
    with asked():
        assert await asking.once() is not None
        with urgent():
            assert await asking.once() is None
            with asked():
                assert await asking.once() is None, "what serves an execution goes on doing so"


async def test_an_unknown_limit_paces_nobody() -> None:
    asking = Asking()
    assert await asking.burst(10_000) == 10_000


async def test_an_unknown_window_is_what_the_answers_reset_tells() -> None:
    asking = Asking()
    asking.hear(remaining=500, limit=500, reset=60)
    assert await asking.burst(100) == 50
    assert await asking.once() is None
    assert asking.clock.slept == pytest.approx([0.3, 0.3]), "200 a minute"
    asking.hear(remaining=400, limit=500, reset=1800)
    await asking.burst(100)
    asking.clock.slept.clear()
    assert await asking.once() is not None or sum(asking.clock.slept) > 4


async def test_a_limit_that_shrinks_takes_effect_at_once() -> None:
    asking = Asking(limit=5000)
    await asking.burst(1)
    asking.hear(remaining=99, limit=100, reset=3600)
    assert await asking.burst(100) == 10
    asking.hear(remaining=4000, limit=5000, reset=3600)
    assert await asking.burst(100) <= 1, "one that grows fills by and by"


@pytest.mark.parametrize("limit", [0, 1, 2])
async def test_a_tiny_limit_still_lets_one_through(limit: int) -> None:
    asking = Asking()
    asking.hear(remaining=1, limit=limit, reset=3600)
    assert await asking.once() is None


async def test_accounts_have_their_own_pace_and_share_the_silence() -> None:
    asking = Asking(limit=LIMIT)
    assert await asking.burst(100, "founder") == 10
    assert await asking.burst(100, "bot") == 10
    asking.governor.limited(120)
    for account in ("founder", "bot", "another"):
        error = await asking.once(account)
        assert error is not None
        assert error.fault.retry_at == asking.clock.now() + timedelta(seconds=120)


@pytest.mark.parametrize("jump", [-600, 600])
async def test_a_clock_that_is_set_neither_empties_nor_floods(jump: int) -> None:
    asking = Asking(limit=LIMIT)
    await asking.burst(10)
    asking.hear(remaining=60, limit=LIMIT, reset=3600)
    asking.clock.at += timedelta(seconds=jump)  # FakeClock's monotonic clock goes with it: the harder of both cases
    assert await asking.burst(100) <= 10
    await asking.clock.sleep(3600 - jump if jump < 0 else 3600)
    assert await asking.burst(100) >= 1


async def test_a_clock_that_is_set_back_makes_no_silence_longer() -> None:
    class Real(FakeClock):
        """A wall that can be set, and a monotonic clock that cannot."""

        offset = timedelta()

        def now(self):
            return super().now() + self.offset

    clock = Real()
    governor = Governor("github", clock)
    governor.limited(60)
    governor.heard("a", {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "100", "x-ratelimit-reset": "60"}, answered=False)
    clock.offset = timedelta(minutes=-10)
    with pytest.raises(OutsideError) as caught:
        await governor.admit("a", write=False)
    assert caught.value.fault.retry_at == clock.now() + timedelta(seconds=60)
    clock.at += timedelta(seconds=61)
    await governor.admit("a", write=False)


async def test_a_burst_limit_holds_for_everybody() -> None:
    asking = Asking(bursts=[(10, 1.0)])
    with urgent():
        for number in range(35):
            assert await asking.once(str(number % 2), write=number % 3 == 0) is None
    assert asking.most_in(1.0) == 10
    assert 3 <= asking.clock.monotonic() <= 5
    minute = Asking(bursts=[(3, 60.0)])
    with urgent():
        assert [await minute.once() for _ in range(3)] == [None] * 3
        error = await minute.once(write=True)
    assert error is not None
    assert error.known_not_done is True
    assert error.fault.retry_at == START + timedelta(seconds=60)


async def test_a_client_s_reads_are_paced_and_its_writes_are_not() -> None:
    clock = FakeClock()
    http, wire, _ = client(lambda _: ok(), clock=clock, governor=Governor("railway", clock, limit=LIMIT, write_spacing=0.0))
    for _ in range(10):
        await http.get("/x")
    with pytest.raises(OutsideError) as caught:
        await http.query("", {"query": "{a}"})
    assert caught.value.fault.retry_at is not None
    await http.write("POST", "/x", {})
    assert len(wire.requests) == 11
    assert httpx.URL(str(wire.requests[-1].url)).path == "/x"
