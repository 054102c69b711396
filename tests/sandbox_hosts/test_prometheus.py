"""The console's own clients read the world's Prometheus, Alertmanager and metrics page; the two sides share no code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from strideiq_console.domain.alert import AlertState, RuleState, SilenceState
from strideiq_console.domain.metric import Quantity
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.prometheus import Alertmanager, Prometheus, Scrape
from strideiq_console.sandbox import traffic
from strideiq_console.sandbox.site_metrics import CONTENT_TYPE, metrics_page
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World

SAME = {"production": "production", "staging": "staging"}
WINDOW = timedelta(minutes=5)
Open = Callable[[str], HttpClient]


@pytest.fixture
async def opened(world: World) -> AsyncIterator[Open]:
    made: list[HttpClient] = []

    def make(host: str) -> HttpClient:
        source = host.partition(".")[0]
        governor = Governor(source, world.clock)
        made.append(
            HttpClient(
                source=source,
                base_url=f"https://{host}",
                clock=world.clock,
                governor=governor,
                auth=None,
                transport=WorldTransport(world),
            )
        )
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def prometheus(opened: Open) -> Prometheus:
    return Prometheus(client=opened("prometheus.strideiq.run"), environments=SAME)


async def test_a_calm_world_has_every_quantity(prometheus: Prometheus) -> None:
    found = await prometheus.metrics("production", timedelta(hours=1))
    assert found.complete, found.note
    assert found.missing == ()
    p50, p95, p99 = (found.value(q) or 0.0 for q in (Quantity.P50, Quantity.P95, Quantity.P99))
    assert 50 < p50 < 100 < p95 < p99
    assert 500 < p99 < 750
    assert (found.value(Quantity.ERROR_RATE) or 0) < 0.012
    assert 3000 < (found.value(Quantity.REQUESTS) or 0) < 8000
    assert {series.part for series in found.of(Quantity.QUEUE_DEPTH)} == {"celery", "sync"}
    assert found.value(Quantity.WORKERS) == 2
    assert found.value(Quantity.CONNECTIONS) == 23
    assert found.value(Quantity.ACTIVITIES_SYNCED) in (411, 412, 413)
    assert 0.98 < (found.value(Quantity.STRAVA_SYNC_SUCCESS) or 0) < 0.99
    assert found.endpoints
    assert found.endpoints[0].path == "/v1/coach/messages"
    staging = await prometheus.metrics("staging", WINDOW)
    assert staging.of(Quantity.REDIS_MEMORY_MAX)[0].note == "no maxmemory set"
    assert staging.value(Quantity.ERROR_RATE) == 0


async def test_a_knob_turned_is_seen_when_the_window_has_passed(prometheus: Prometheus, world: World) -> None:
    with world.change() as state:
        traffic.set_knobs(state, "production", world.clock.seconds(), p99_ms=3200.0, error_rate=0.12)
    world.advance(400)
    found = await prometheus.metrics("production", WINDOW)
    assert 0.1 < (found.value(Quantity.ERROR_RATE) or 0) < 0.14
    assert 2500 <= (found.value(Quantity.P99) or 0) <= 4000
    other = await prometheus.metrics("staging", WINDOW)
    assert other.value(Quantity.ERROR_RATE) == 0
    past = await prometheus.history("production", Quantity.ERROR_RATE, timedelta(hours=1), points=13)
    values = [sample.value or 0.0 for sample in past[0].samples]
    assert values[0] < 0.01 < 0.05 < values[-1]


async def test_a_week_of_users_makes_a_sparkline(prometheus: Prometheus) -> None:
    for quantity in (Quantity.DAILY_ACTIVE_USERS, Quantity.ACTIVITIES_SYNCED, Quantity.STRAVA_SYNC_SUCCESS, Quantity.QUEUE_DEPTH):
        past = await prometheus.history("production", quantity, timedelta(days=7), points=15)
        assert past, quantity
        assert all(len(series.samples) == 15 and series.value is not None for series in past), quantity


async def test_an_api_that_is_down_is_a_target_down_and_no_zero(prometheus: Prometheus, world: World) -> None:
    assert (await prometheus.targets_down()).items == ()
    with world.change() as state:
        state["site"] = {"production": {"api": "down"}}
    down = await prometheus.targets_down()
    assert [(t.job, t.environment) for t in down.items] == [("api", "production")]
    found = await prometheus.metrics("production", WINDOW)
    assert not found.complete
    assert found.value(Quantity.P99) is None
    assert Quantity.P99 in dict(found.missing)
    assert found.value(Quantity.CONNECTIONS) == 23


async def test_rules_fire_and_reach_alertmanager(prometheus: Prometheus, opened: Open, world: World) -> None:
    manager = Alertmanager(client=opened("alertmanager.strideiq.run"), environments=SAME)
    assert (await prometheus.alerts()).items == (await manager.alerts()).items == ()
    assert {rule.state for rule in (await prometheus.rules()).items} == {RuleState.INACTIVE}
    with world.change() as state:
        traffic.set_knobs(state, "production", world.clock.seconds(), p99_ms=2500.0, queue_sync=240.0)
    pending = await prometheus.alerts()
    assert {alert.state for alert in pending.items} == {AlertState.PENDING}
    assert (await manager.alerts()).items == ()
    world.advance(61)
    firing = await manager.alerts()
    assert [(a.name, a.environment, a.state) for a in firing.items] == [
        ("QueueLong", "production", AlertState.FIRING),
        ("SlowRequests", "production", AlertState.FIRING),
    ]
    now = world.clock.seconds()
    silence = {
        "id": "s-1",
        "alert": "QueueLong",
        "environment": "",
        "by": "founder",
        "comment": "import",
        "starts": now,
        "ends": now + 600,
    }
    with world.change() as state:
        state["silences"] = [silence]
    assert [(a.name, a.silenced_by) for a in (await manager.alerts()).items][-1] == ("QueueLong", ("s-1",))
    assert [s.state for s in (await manager.silences()).items] == [SilenceState.ACTIVE]
    assert (await manager.status()).ready


async def test_the_page_of_the_api_is_read_straight(world: World) -> None:
    async def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=await metrics_page(world, "production"), headers={"content-type": CONTENT_TYPE})

    client = HttpClient(
        source="metrics",
        base_url="https://api.strideiq.run",
        clock=world.clock,
        governor=Governor("metrics", world.clock),
        auth=None,
        transport=httpx.MockTransport(answer),
    )
    scrape = Scrape(client=client, clock=world.clock, environment="production")
    first = await scrape.metrics("production", WINDOW)
    assert first.of(Quantity.P99)[0].note == "since the process began"
    with world.change() as state:
        traffic.set_knobs(state, "production", world.clock.seconds(), error_rate=0.12)
    world.advance(300)
    found = await scrape.metrics("production", WINDOW)
    assert found.of(Quantity.ERROR_RATE)[0].window == WINDOW
    assert 0.1 < (found.value(Quantity.ERROR_RATE) or 0) < 0.14
    assert 500 < (found.value(Quantity.P99) or 0) < 750
    assert found.value(Quantity.POOL_USED) == 4
    assert Quantity.CONNECTIONS in dict(found.missing)
    await client.close()


async def test_without_a_process_there_is_no_page(world: World) -> None:
    with world.change() as state:
        state["site"] = {"production": {"api": "down"}}
    assert await metrics_page(world, "production") == ""


async def test_a_query_that_nobody_knows_is_refused(client: httpx.AsyncClient) -> None:
    for query in ("", "sum(", "rate(up[5m])", "{bad}"):
        response = await client.get("https://prometheus.strideiq.run/api/v1/query", params={"query": query})
        assert (response.status_code, response.json()["errorType"]) == (400, "bad_data"), query
    response = await client.get(
        "https://prometheus.strideiq.run/api/v1/query_range", params={"query": "up{}", "start": 0, "end": 1e9, "step": 1}
    )
    assert response.status_code == 400
