"""A provider that refuses for a while is asked once a silence, and each silence is twice the last (N2)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.providers.http import Governor
from strideiq_console.providers.http.limits import wait_of
from tests.acceptance.turned_loop import run
from tests.providers.http.fakes import START, FakeClock, LoopClock, Wire, client, ok

REFUSALS = {
    "429 with nothing": lambda: httpx.Response(429),
    "429 with 0 seconds": lambda: httpx.Response(429, headers={"retry-after": "0"}),
    "429 with 10 seconds": lambda: httpx.Response(429, headers={"retry-after": "10"}),
    "403 secondary": lambda: httpx.Response(403, json={"message": "You have exceeded a secondary rate limit."}),
    "used up, reset in the past": lambda: httpx.Response(
        429, headers={"x-ratelimit-remaining": "0", "x-ratelimit-limit": "100", "x-ratelimit-reset": "1000000001"}
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_an_hour_of_storm_costs_a_handful_of_hits(name: str) -> None:
    clock = FakeClock()
    storm = True
    wire = Wire(lambda _: REFUSALS[name]() if storm else ok())
    http, _, _ = client(wire, clock=clock)
    times: list[float] = []
    while clock.monotonic() < 3600:
        before = len(wire.requests)
        with pytest.raises(OutsideError) as caught:
            await http.get("/x")
        assert caught.value.fault.retry_at is not None
        times += [clock.monotonic()] * (len(wire.requests) - before)
        clock.at += timedelta(seconds=5)
    assert len(times) <= 7, times
    gaps = [later - before for before, later in pairwise(times[1:])]
    assert all(later >= 1.8 * before for before, later in pairwise(gaps)), gaps
    storm = False
    clock.at += timedelta(hours=1)
    await http.get("/x")
    assert http.governor.limited(None) == clock.now() + timedelta(seconds=60), "the next storm begins from the start"


def test_a_reset_that_is_over_names_no_wait() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START.timestamp()) - 60)}
    assert wait_of(headers, START) is None
    assert wait_of(headers | {"retry-after": "5"}, START) == 5


async def test_what_was_under_way_makes_a_silence_no_longer() -> None:
    governor = Governor("github", FakeClock())
    first = governor.limited(None)
    assert [governor.limited(None) for _ in range(5)] == [first] * 5
    assert governor.limited(30) == first
    assert governor.limited(90) == START + timedelta(seconds=90), "unless it names a longer wait"
    governor.heard("a", {}, answered=True)
    with pytest.raises(OutsideError):
        await governor.admit("a", write=False)


def test_after_a_silence_one_request_tries_and_the_others_wait_for_it() -> None:
    async def main() -> None:
        governor = Governor("github", LoopClock())
        governor.limited(60)
        await asyncio.sleep(60)
        await governor.admit("a", write=False)
        herd = [asyncio.create_task(governor.admit("a", write=False)) for _ in range(5)]
        await asyncio.sleep(2)
        assert not any(task.done() for task in herd)
        governor.heard("a", {}, answered=True)
        await asyncio.gather(*herd)

    run(main)


async def test_a_herd_is_shed_when_the_one_that_tries_is_slow_and_another_tries_when_it_is_lost() -> None:
    clock = FakeClock()
    governor = Governor("github", clock)
    governor.limited(60)
    clock.at += timedelta(seconds=60)
    await governor.admit("a", write=False)
    with pytest.raises(OutsideError) as caught:
        await governor.admit("a", write=True)
    assert caught.value.fault.retry_at is not None
    assert caught.value.known_not_done is True
    clock.at += timedelta(seconds=30)
    await governor.admit("a", write=False)
    assert governor.limited(None) == clock.now() + timedelta(seconds=120)


async def test_the_silence_of_a_refusal_without_a_time_is_the_provider_s() -> None:
    clock = FakeClock()
    governor = Governor("cloudflare", clock, silence=300.0)
    assert governor.limited(None) == START + timedelta(minutes=5)
    clock.at += timedelta(minutes=5)
    assert governor.limited(None) == clock.now() + timedelta(minutes=10)
    clock.at += timedelta(minutes=10)
    assert governor.limited(7200) == clock.now() + timedelta(hours=2), "a longer one that is named counts"
