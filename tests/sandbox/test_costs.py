"""What the world's providers charge: by the minute, by environment and service, and of the month before."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from strideiq_console.sandbox import vercel
from strideiq_console.sandbox.railway import billing, measures
from strideiq_console.sandbox.railway.call import Call, Scope
from strideiq_console.sandbox.world import World
from tests.contracts import validator
from tests.sandbox.hub import Hub

MINUTE, DAY = 60.0, 86_400.0
PLACES = [(name, service) for name in ("production", "staging") for service in ("api", "Postgres", "Redis")]
BILL = "//users/founder/settings/billing/usage"


def call_of(world: World) -> Call:
    return Call(world.read(), world.repository, world.clock.seconds(), Scope(account=True))


def month_before(world: World) -> tuple[float, float]:
    return measures.period(measures.period(world.clock.seconds())[0] - 1)


def test_railways_bill_grows_by_the_minute_and_never_shrinks(world):
    seen = []
    for _ in range(12):
        call = call_of(world)
        seen.append(billing.dollars(call, call.now - 20 * DAY - len(seen) * 31 * MINUTE, call.now))
        world.advance(31 * MINUTE)
    assert all(later > earlier for earlier, later in pairwise(seen))
    assert 0.005 < seen[-1] - seen[0] < 0.5


def test_every_service_of_every_environment_has_a_past_of_two_months(world):
    call, (begin, end) = call_of(world), month_before(world)
    for place in PLACES:
        for measurement in ("CPU_USAGE", "MEMORY_USAGE_GB"):
            whole = measures.used(call, place, measurement, begin, end)
            assert whole > 0, (place, measurement)
            third = measures.used(call, place, measurement, begin, begin + 10 * DAY)
            assert whole / 5 < third < whole / 2, "even before the first deployment that is remembered"
    assert measures.used(call, ("production", "api"), "NETWORK_TX_GB", begin, end) > 1
    total = billing.dollars(call, begin, end)
    assert 12 < total < 30


def test_production_costs_more_than_staging(world):
    call, (begin, end) = call_of(world), month_before(world)
    sides = {
        name: sum(
            measures.used(call, place, kind, begin, end) * price
            for place in PLACES
            if place[0] == name
            for kind, price in billing.PRICES.items()
        )
        for name in ("production", "staging")
    }
    assert sides["production"] > 2 * sides["staging"] > 2


async def test_githubs_minutes_have_a_month_before(world):
    hub = Hub(world)
    begin = datetime.fromtimestamp(month_before(world)[0], UTC)
    (row,) = (await hub.get(f"{BILL}/summary", year=begin.year, month=begin.month))["usageItems"]
    assert 200 < row["grossQuantity"] < 3_000
    assert row["netAmount"] == 0
    items = (await hub.get(BILL, year=begin.year, month=begin.month))["usageItems"]
    assert len(items) > 15
    assert len({item["quantity"] for item in items}) > 5, "one day is not like the other"
    await hub.client.aclose()


@pytest.mark.contract
async def test_vercel_charges_the_days_since_the_project_began(world):
    with world.change() as state:
        state.setdefault("vercel", {"pinned": False, "alias_request": None})["plan"] = "pro"
    client = httpx.AsyncClient(transport=httpx.ASGITransport(vercel.app(world)), base_url="https://api.vercel.com")
    headers = {"authorization": f"Bearer {world.tokens['vercel']}"}
    begin, end = (datetime.fromtimestamp(moment, UTC) for moment in month_before(world))

    async def charges(start: datetime, stop: datetime) -> list[str]:
        query = {"from": start.isoformat(), "to": stop.isoformat(), "teamId": "team_acme"}
        answer = await client.get("/v1/billing/charges", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text.splitlines()

    month = [json.loads(line) for line in await charges(begin, end)]
    days = {line["ChargePeriodStart"][:10] for line in month}
    assert len(days) == (end - begin).days
    assert sum(line["BilledCost"] for line in month) == pytest.approx(20 + len(days) * 0.0936)
    contract = validator().openapi("vercel")
    assert [p for line in month[:9] for p in contract.check_response("GET", "/v1/billing/charges", 200, line)] == []
    year = [json.loads(line) for line in await charges(begin - timedelta(days=300), end)]
    first = datetime.fromtimestamp(world.read()["repository"]["created_at"], UTC).strftime("%Y-%m-%d")
    assert min(line["ChargePeriodStart"][:10] for line in year) == first
    await client.aclose()
