"""The beginning in which everything is nearly used up: it is so at each door, and stays within what the contract says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import creation, levels, railway, shortage
from strideiq_console.sandbox.railway import billing, measures, resources
from strideiq_console.sandbox.railway.call import Call, Scope
from strideiq_console.sandbox.railway.ids import WORKSPACE
from strideiq_console.sandbox.world import World
from tests.sandbox.checked import Checked
from tests.sandbox.hub import Hub

HOUR, DAY = 3_600.0, 86_400.0
PLANNED = 30.0
BILL = "//users/founder/settings/billing/usage"


def at(day: int, hour: int = 10) -> float:
    return datetime(2026, 11, day, hour, 20, tzinfo=UTC).timestamp()


@pytest.fixture
def make_on(make_world, monkeypatch):
    """Make a world that begins on a day of November 2026: what a month has used depends on it."""

    def make(day: int, hour: int = 10) -> World:
        monkeypatch.setattr(creation.time, "time", lambda: at(day, hour))
        made = make_world(f"on-{day}-{hour}", scenario="quota")
        monkeypatch.undo()
        return made

    return make


def call_of(world: World) -> Call:
    return Call(world.read(), world.repository, world.clock.seconds(), Scope(account=True))


def spent(world: World) -> tuple[float, float]:
    """Return Railway's dollars of the running month, and what they are when it goes on like this."""
    call = call_of(world)
    start, end = measures.period(call.now)
    dollars = billing.dollars(call, start, call.now)
    return dollars, dollars * (end - start) / (call.now - start)


@pytest.mark.parametrize("day", [9, 16, 23, 30])
def test_railway_has_overrun_its_plan_and_goes_on(make_on, day):
    world = make_on(day)
    dollars, forecast = spent(world)
    assert dollars == pytest.approx(shortage.DOLLARS, abs=1.5)
    assert forecast > dollars > PLANNED
    limit = billing.workspace(call_of(world), {"workspaceId": WORKSPACE})["customer"](None)["usageLimit"]
    assert 0.85 < dollars / limit["softLimit"] <= 1.0
    assert limit["isOverLimit"] is False
    begin, _ = measures.period(measures.period(world.clock.seconds())[0] - 1)
    before = billing.dollars(call_of(world), begin, measures.period(world.clock.seconds())[0])
    assert 10 < before < PLANNED, "the month before was within its plan"


@pytest.mark.parametrize(("day", "hour"), [(1, 0), (2, 10)])
def test_early_in_a_month_a_machine_does_not_use_more_than_it_has(make_on, day, hour):
    world = make_on(day, hour)
    dollars, forecast = spent(world)
    assert dollars < PLANNED < forecast
    now = world.clock.seconds()
    used = {kind: resources.at(world.read(), "production", "api", kind, now) for kind in ("CPU_USAGE", "MEMORY_USAGE_GB")}
    assert used["CPU_USAGE"] < resources.CPU_LIMIT
    assert used["MEMORY_USAGE_GB"] < resources.MEMORY_LIMIT


async def test_githubs_free_minutes_are_nearly_gone_and_then_cost(make_on):
    world = make_on(23)
    checked = Checked()
    hub = Hub(world, checks=checked)
    month = (await hub.get(f"{BILL}/summary", year=2026, month=11))["usageItems"][0]
    assert 2_800 < month["grossQuantity"] < 3_000
    assert month["netAmount"] == 0
    before = (await hub.get(f"{BILL}/summary", year=2026, month=10))["usageItems"][0]
    assert 300 < before["grossQuantity"] < month["grossQuantity"]
    assert (await hub.get(f"{BILL}/summary", year=2026, month=11, day=22))["usageItems"][0]["grossQuantity"] <= 500
    with world.change() as state:
        state["billed_minutes"]["2026-11-23"] += 400
    more = (await hub.get(f"{BILL}/summary", year=2026, month=11))["usageItems"][0]
    assert more["netAmount"] == pytest.approx((more["grossQuantity"] - 3_000) * 0.008)
    assert checked.problems == []
    await hub.client.aclose()


async def test_githubs_budget_is_nearly_gone_each_hour(make_on):
    world = make_on(23)
    hub = Hub(world)
    for _ in range(2):
        answer = await hub.ask("GET", "/branches")
        left = int(answer.headers["x-ratelimit-remaining"])
        assert 1_000 < left < 1_150, "a little more than the fifth that is kept for what must not wait"
        assert answer.headers["x-ratelimit-limit"] == "5000"
        world.advance(HOUR + 1)
    await hub.client.aclose()


async def test_railways_budget_is_nearly_gone_and_refuses_in_the_end(make_on):
    world = make_on(23)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(railway.app(world)), base_url="https://backboard.railway.com")
    asked: dict[str, Any] = {"query": "query me { me { id } }", "operationName": "me"}
    headers = {"authorization": f"Bearer {world.tokens['railway']}"}
    first = await client.post("/graphql/v2", json=asked, headers=headers)
    assert 200 < int(first.headers["x-ratelimit-remaining"]) < 250
    with world.change() as state:
        state["limits"]["railway"]["limit"] = shortage.RAILWAY_USED + 2
    statuses = [(await client.post("/graphql/v2", json=asked, headers=headers)).status_code for _ in range(2)]
    assert statuses == [200, 429]
    await client.aclose()


def test_the_machines_are_nearly_full_and_the_queue_grows_slowly(make_on):
    world = make_on(23)
    state, now = world.read(), world.clock.seconds()
    stand = levels.at(state, "production", now)
    assert 0.75 <= stand["connections"] / stand["connections_max"] < 0.8
    assert 90 <= stand["queue_sync"] < 100
    queue = [levels.at(state, "production", now + hours * HOUR)["queue_sync"] for hours in range(-20, 12, 2)]
    assert queue == sorted(queue)
    assert queue[0] < 30
    assert queue[-1] > 100, "left alone it goes over its limit"
    disk = resources.at(state, "production", "Postgres", "DISK_USAGE_GB", now)
    assert disk is not None
    assert 0.85 < disk / (resources.VOLUMES["Postgres"][2] / 1000) < 0.9
    earlier = resources.at(state, "production", "Postgres", "DISK_USAGE_GB", now - 5 * DAY)
    assert earlier is not None
    assert earlier < disk
    assert levels.at(state, "staging", now)["queue_sync"] < 5


def test_some_runs_had_stumbled(make_on):
    world = make_on(23)
    assert any(run["attempt"] == 2 and run["conclusion"] == "success" for run in world.read()["runs"])
