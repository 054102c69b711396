"""One write at a time, one second apart, reads shed before the reserve (RELIABILITY rule 22, N2)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, urgent
from strideiq_console.providers.http.governor import pause
from strideiq_console.providers.http.limits import allowance
from tests.providers.http.fakes import START, FakeClock, client, ok


def heard(remaining: int, limit: int = 100, reset: int = 600) -> dict[str, str]:
    return {
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-reset": str(int(START.timestamp()) + reset),
    }


async def test_writes_go_one_at_a_time_and_a_second_apart() -> None:
    clock = FakeClock()
    governor = Governor("github", clock)
    inside: list[int] = []
    times: list[float] = []

    async def answer(_: httpx.Request) -> httpx.Response:
        inside.append(1)
        assert len(inside) == 1
        times.append(clock.monotonic())
        await asyncio.sleep(0)
        inside.pop()
        return ok()

    founder, _, _ = client(answer, clock=clock, governor=governor)
    bot, _, _ = client(answer, clock=clock, governor=governor, auth=("Authorization", "Bearer ", Secret("bot-token-123456")))
    await asyncio.gather(founder.write("POST", "/a", {}), bot.write("POST", "/b", {}), founder.write("POST", "/c", {}))
    assert times == [0.0, 1.0, 2.0]
    clock.at += timedelta(seconds=30)
    await founder.write("POST", "/d", {})
    assert clock.slept == [1.0, 1.0]


async def test_a_failed_write_leaves_the_place_free() -> None:
    http, _, clock = client(lambda _: httpx.Response(422))
    for _ in range(2):
        with pytest.raises(OutsideError):
            await http.write("POST", "/x", {})
    assert clock.slept == [1.0]


async def test_a_world_whose_clock_stands_still_does_not_hang() -> None:
    class Still(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.Event().wait()

    still = Still()
    async with asyncio.timeout(2) as bound:
        await pause(still, 0.01)
    assert not bound.expired()
    assert still.now() == START, "only real time has passed"


async def test_reads_are_shed_below_the_reserve_unless_they_serve_an_execution() -> None:
    http, wire, clock = client(lambda _: ok(None, **{k.replace("-", "_"): v for k, v in heard(19).items()}))
    await http.get("/x")
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert caught.value.fault.retry_at == START + timedelta(seconds=600)
    assert "19 of 100" in str(caught.value)
    with http.governor.urgent():
        await http.get("/x")
    with urgent():
        await asyncio.create_task(http.get("/x"))
    await http.write("POST", "/x", {})
    assert len(wire.requests) == 4
    with pytest.raises(OutsideError):
        await http.get("/x")
    clock.at += timedelta(seconds=700)
    await http.get("/x")


async def test_twenty_percent_itself_is_enough() -> None:
    http, wire, _ = client(lambda _: ok(None, **{k.replace("-", "_"): v for k, v in heard(20).items()}))
    await http.get("/x")
    await http.get("/x")
    assert len(wire.requests) == 2


async def test_nothing_is_sent_once_the_limit_is_used_up() -> None:
    http, wire, _ = client(lambda _: ok(None, **{k.replace("-", "_"): v for k, v in heard(0).items()}))
    await http.get("/x")
    with urgent(), pytest.raises(OutsideError):
        await http.get("/x")
    with pytest.raises(OutsideError) as caught:
        await http.write("POST", "/x", {})
    assert caught.value.known_not_done is True
    assert len(wire.requests) == 1


async def test_the_budget_is_the_tightest_account() -> None:
    clock = FakeClock()
    governor = Governor("github", clock, limit=5000)
    assert (governor.budget().remaining, governor.budget().limit) == (None, 5000)
    governor.heard("founder", heard(80), answered=True)
    governor.heard("bot", heard(60), answered=True)
    governor.heard("search", {**heard(1), "x-ratelimit-resource": "search"}, answered=True)
    assert (governor.budget().provider, governor.budget().remaining, governor.budget().limit) == ("github", 60, 100)
    clock.at += timedelta(seconds=601)
    assert governor.budget().remaining is None


def test_repeated_secondary_limits_wait_longer_each_time() -> None:
    clock = FakeClock()
    governor = Governor("github", clock)
    waits = []
    for _ in range(8):
        until = governor.limited(None)
        waits.append((until - clock.now()).total_seconds())
        clock.at = until
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    governor.heard("a", {}, answered=True)
    assert (governor.limited(None) - clock.now()).total_seconds() == 60


@pytest.mark.parametrize(
    ("reset", "date", "seconds"),
    [
        (str(int(START.timestamp()) + 60), None, 60),
        (str((int(START.timestamp()) + 60) * 1000), None, 60),
        ("60", None, 60),
        (str(int(START.timestamp()) + 3660), "Fri, 09 Jan 2026 13:00:00 GMT", 60),
        (str(int(START.timestamp()) - 60), None, 0),
        ("99999999999", None, 86400),
    ],
)
def test_resets_count_in_the_consoles_time_whatever_the_servers_clock_says(reset: str, date: str | None, seconds: int) -> None:
    headers = {"x-ratelimit-remaining": "1", "x-ratelimit-reset": reset} | ({"date": date} if date else {})
    known = allowance(headers, START)
    assert known is not None
    assert known.resets == START + timedelta(seconds=seconds)


@pytest.mark.parametrize("junk", ["", "x", "-1", "1e9", "９", "9" * 50, "NaN"])
def test_junk_in_limit_headers_is_no_limit(junk: str) -> None:
    assert allowance({"x-ratelimit-remaining": junk}, START) is None
    known = allowance({"x-ratelimit-remaining": "5", "x-ratelimit-limit": junk, "x-ratelimit-reset": junk}, START)
    assert known is not None
    assert (known.limit, known.resets) == (None, None)
