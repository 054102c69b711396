"""A bad deployment is there for as long as it serves: in what is measured, in the site's words, and nowhere before or after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import alertmanager, deploy_orders, deploys, site, traffic, troubles
from strideiq_console.sandbox.prometheus import app as prometheus_app
from strideiq_console.sandbox.world import World

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
BUCKETS = 'sum by (le) (increase(http_request_duration_highr_seconds_bucket{environment="production"}[300s]))'
ANSWERS = 'sum by (status) (increase(http_requests_total{handler!~"/health",environment="production"}[300s]))'


@pytest.fixture
def bad(make_world):
    return make_world(scenario="bad-deploy")


async def asked(world: World, query: str, span: float, points: int) -> list[dict[str, Any]]:
    now = world.clock.seconds()
    client = httpx.AsyncClient(transport=httpx.ASGITransport(prometheus_app(world)), base_url="https://prometheus.strideiq.run")
    grid = {"query": query, "start": str(now - span), "end": str(now), "step": str(span / points)}
    answer = await client.get("/api/v1/query_range", params=grid)
    await client.aclose()
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["result"]


async def error_rates(world: World, span: float, points: int) -> list[float]:
    """Return the share of failed requests at each point, oldest first."""
    rows = {
        row["metric"]["status"]: [float(value) for _, value in row["values"]] for row in await asked(world, ANSWERS, span, points)
    }
    return [
        wrong / max(good + refused + wrong, 1) for good, refused, wrong in zip(rows["2xx"], rows["4xx"], rows["5xx"], strict=True)
    ]


async def slow_share(world: World, span: float, points: int) -> list[float]:
    """Return the share of requests beyond a second at each point, oldest first."""
    rows = {row["metric"]["le"]: [float(value) for _, value in row["values"]] for row in await asked(world, BUCKETS, span, points)}
    return [1 - fast / max(whole, 1) for fast, whole in zip(rows["1.0"], rows["+Inf"], strict=True)]


def roll_back(world: World) -> None:
    with world.change() as state:
        now = world.clock.seconds()
        images = [e for e in state["deployments"] if e["environment"] == "production" and deploys.can_roll_back(e, now)]
        deploy_orders.roll_back_api(state, images[-1]["id"], now)
    world.advance(3 * MINUTE)


async def health(world: World) -> str:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(site.app(world)), base_url="https://api.strideiq.run")
    body = (await client.get("/health")).json()
    await client.aclose()
    return str(body["status"])


@pytest.mark.parametrize("span", [HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY], ids=["1h", "6h", "24h", "7d", "30d"])
async def test_the_past_is_calm_and_then_comes_the_step(bad, span):
    rates, slow = await error_rates(bad, span, 60), await slow_share(bad, span, 60)
    calm = max(1, int(60 * (span - 15 * MINUTE) / span))
    assert max(rates[:calm]) < 0.02
    assert max(slow[:calm]) < 0.01
    assert rates[-1] > 0.05
    assert slow[-1] > 0.05


async def test_users_wait_first_and_requests_fail_some_minutes_later(bad):
    live = deploys.live(bad.read(), "production", "api")
    assert live is not None
    at = (bad.clock.seconds() - live["live_from"]) / MINUTE
    rates, slow = await error_rates(bad, 20 * MINUTE, 80), await slow_share(bad, 20 * MINUTE, 80)
    step = 20 / 80
    slowed = next((len(slow) - 1 - n) * step for n, share in enumerate(slow) if share > 0.012)
    failed = next((len(rates) - 1 - n) * step for n, rate in enumerate(rates) if rate > 0.05)
    assert slowed <= at
    assert 3 <= failed <= 6, "the document's five minutes are over their limit for several minutes"
    assert slowed - failed >= 5


def test_one_endpoint_carries_most_errors(bad):
    now = bad.clock.seconds()
    counted = traffic.between(bad.read(), "production", now - 300, now).requests
    wrong = {handler: count for (handler, _, status), count in counted.items() if status == "5xx"}
    assert sum(counted.values()) >= 20
    assert wrong["/v1/coach/messages"] > sum(wrong.values()) / 2


async def test_a_rollback_ends_it_and_the_same_commit_brings_it_back(bad):
    assert await health(bad) == "degraded"
    before = traffic.knobs_at(bad.read(), "production", bad.clock.seconds())[1]
    assert (before["p99_ms"], before["connections"]) == (2400.0, 41.0)
    roll_back(bad)
    assert await health(bad) == "healthy"
    after = traffic.knobs_at(bad.read(), "production", bad.clock.seconds())[1]
    assert after == traffic.CALM["production"]
    bad.advance(6 * MINUTE)
    assert (await error_rates(bad, HOUR, 60))[-1] < 0.02
    assert max(await error_rates(bad, HOUR, 60)) > 0.05, "what was stays to be seen"
    with bad.change() as state:
        sha = state["refs"]["main"]
        deploy_orders.deploy_api(state, "production", sha, "the same again", bad.clock.seconds())
    bad.advance(11 * MINUTE)
    assert await health(bad) == "degraded"


async def test_staging_and_the_web_have_no_part_in_it(bad):
    now = bad.clock.seconds()
    assert troubles.spells(bad.read(), "staging") == []
    assert traffic.knobs_at(bad.read(), "staging", now)[1] == traffic.CALM["staging"]
    with bad.change() as state:
        (web,) = deploy_orders.rollback_candidates(state)
        deploy_orders.roll_back_web(state, web["id"], now)
    bad.advance(30)
    assert await health(bad) == "degraded", "the API is what is bad"


def test_the_worlds_own_alerts_fire_since_the_limit_was_passed(bad):
    now = bad.clock.seconds()
    firing = {alert["labels"]["alertname"]: alert for alert in alertmanager.raised(bad.read(), now)}
    assert {name: alert["state"] for name, alert in firing.items()} == {"HighErrorRate": "firing", "SlowRequests": "firing"}
    since = {name: now - datetime.fromisoformat(alert["activeAt"]).timestamp() for name, alert in firing.items()}
    assert 3 * MINUTE <= since["HighErrorRate"] < since["SlowRequests"] <= 8 * MINUTE
    assert alertmanager.raised(bad.read(), now - DAY) == []
    roll_back(bad)
    bad.advance(6 * MINUTE)
    assert alertmanager.raised(bad.read(), bad.clock.seconds()) == []


def test_a_calm_world_has_no_trouble(world):
    assert troubles.spells(world.read(), "production") == []
    assert troubles.site(world.read(), "production", world.clock.seconds()) == {}
