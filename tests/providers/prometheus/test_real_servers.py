"""A real Prometheus 2 and Alertmanager read an exporter's page; the console reads them, and the page itself."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from strideiq_console.domain.alert import AlertState, RuleState, SilenceState, TargetHealth
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.prometheus import Alertmanager, Prometheus, Scrape
from strideiq_console.providers.prometheus.api import Api
from strideiq_console.providers.prometheus.quantiles import quantile
from strideiq_console.providers.prometheus.scrape import ACCEPT
from strideiq_console.providers.prometheus.tally import Counted, bounds
from strideiq_console.services.clock import SystemClock
from tests.providers.prometheus.stack import Stack, stack, until

pytestmark = [pytest.mark.xdist_group("prometheus"), pytest.mark.timeout(180)]
T = TypeVar("T")
WINDOW = timedelta(seconds=20)
ENVIRONMENTS = {"production": "production", "staging": "staging"}
LATENCIES = [0.02] * 60 + [0.2] * 36 + [1.2] * 4  # p50 0.01-0.025 s, p95 0.1-0.25 s, p99 1-1.5 s


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack(tmp_path_factory.mktemp("prometheus")) as made:
        yield made


Open = Callable[..., HttpClient]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    made: list[HttpClient] = []

    def make(source: str, base: str, **more: Any) -> HttpClient:
        clock = SystemClock()
        made.append(HttpClient(source=source, base_url=base, clock=clock, governor=Governor(source, clock), auth=None, **more))
        return made[-1]

    yield make
    for client in made:
        await client.close()


async def eventually(read: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Read until it is good, for at most a minute."""
    deadline = time.monotonic() + 60
    while True:
        found = await read()
        if good(found):
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.2)


def requests_behind(found: Metrics) -> int:
    """Return how many requests stand behind the percentiles."""
    return max((series.n or 0 for series in found.of(Quantity.P99)), default=0)


async def test_percentiles_errors_and_gauges(real: Stack, opened: Open) -> None:
    prometheus = Prometheus(client=opened("prometheus", real.prometheus), environments=ENVIRONMENTS)
    seconds = round(WINDOW.total_seconds())
    until(lambda: real.value(f'up{{job="api"}} offset {seconds}s'), "the page is known for longer than the window")
    quiet = await prometheus.metrics("production", WINDOW)
    assert quiet.value(Quantity.P99) is None
    assert quiet.of(Quantity.ERROR_RATE)[0].note.startswith("n/a")
    for latency in LATENCIES:
        real.exporter.duration.observe(latency)
        real.exporter.requests.labels("/v1/activities", "GET", "2xx").inc()
    real.exporter.requests.labels("/v1/activities/{activity_id}", "POST", "5xx").inc()  # a series born with its first error
    real.exporter.requests.labels("/health", "GET", "5xx").inc(50)
    real.exporter.syncs.labels("success").inc(30)
    real.exporter.syncs.labels("failure").inc(10)
    found = await eventually(
        lambda: prometheus.metrics("production", WINDOW),
        # Each value is a query of its own, so a scrape may lie between two of them.
        lambda m: bool(m.endpoints) and (m.value(Quantity.STRAVA_SYNC_ATTEMPTS) or 0) > 35 and requests_behind(m) >= 85,
    )
    assert found.complete, found.note
    for quantity, low, high in ((Quantity.P50, 10, 25), (Quantity.P95, 100, 250), (Quantity.P99, 1000, 1500)):
        value = found.value(quantity)
        assert value is not None, quantity
        assert low <= value <= high, quantity
    one = found.of(Quantity.P99)[0]
    assert one.n is not None
    assert 85 <= one.n <= 125
    assert not one.too_few
    rate = found.value(Quantity.ERROR_RATE)
    assert rate is not None
    assert 0.005 < rate < 0.015
    assert found.endpoints == (EndpointErrors("POST", "/v1/activities/{activity_id}", 1, 1),)
    assert found.value(Quantity.CONNECTIONS) == 18
    assert found.value(Quantity.CONNECTIONS_MAX) == 100
    assert {(s.part, s.value) for s in found.of(Quantity.POOL_USED)} == {("41", 4), ("42", 6)}
    assert {(s.part, s.value) for s in found.of(Quantity.QUEUE_DEPTH)} == {("celery", 3), ("sync", 250)}
    assert found.of(Quantity.REDIS_MEMORY_MAX)[0].note == "no maxmemory set"
    assert found.value(Quantity.DAILY_ACTIVE_USERS) is None  # the page says NaN
    sync = found.value(Quantity.STRAVA_SYNC_SUCCESS)
    assert sync is not None
    assert 0.7 < sync < 0.8
    missing = dict(found.missing)
    assert "celery_worker_up" in missing[Quantity.WORKERS]
    assert "[metric_names] workers" in missing[Quantity.WORKERS]


@pytest.mark.parametrize("q", [0.0, 0.3, 0.5, 0.9, 0.95, 0.99, 1.0])
async def test_percentiles_are_those_of_prometheus(real: Stack, opened: Open, q: float) -> None:
    for latency in (0.004, 0.03, 0.3, 0.8, 6.0, 12.0):
        real.exporter.duration.observe(latency)
    name = "http_request_duration_highr_seconds_bucket"

    def both() -> tuple[dict[float, float], float]:
        rows = [Counted(row["metric"], float(row["value"][1])) for row in real.value(f"sum by (le) ({name})")]
        theirs = real.value(f"histogram_quantile({q}, sum by (le) ({name}))")
        return bounds(rows), float(theirs[0]["value"][1]) if theirs else math.nan

    def agreed() -> bool:  # a scrape may lie between the two queries
        buckets, theirs = both()
        ours = quantile(q, buckets)
        return ours is not None and math.isclose(ours.value, theirs, rel_tol=1e-9, abs_tol=1e-12)

    until(agreed, f"the {q} quantile of both agrees", seconds=20)


async def test_what_another_environment_exports_is_said(real: Stack, opened: Open) -> None:
    until(lambda: real.value('celery_queue_length{queue_name="sync"}'), "the page is scraped")
    prometheus = Prometheus(client=opened("prometheus", real.prometheus), environments=ENVIRONMENTS)
    found = await eventually(lambda: prometheus.metrics("staging", WINDOW), lambda m: bool(m.note))
    assert found.series == ()
    assert not found.complete
    assert "1 of 1 targets down: gone 127.0.0.1:" in found.note
    assert 'not with environment="staging" (there is: production)' in dict(found.missing)[Quantity.QUEUE_DEPTH]


async def test_history_has_gaps_where_there_was_nothing(real: Stack, opened: Open) -> None:
    until(lambda: real.value('celery_queue_length{queue_name="sync"}'), "the page is scraped")
    prometheus = Prometheus(client=opened("prometheus", real.prometheus), environments=ENVIRONMENTS)
    found = await prometheus.history("production", Quantity.QUEUE_DEPTH, timedelta(hours=1), points=13)
    assert [series.part for series in found] == ["celery", "sync"]
    assert len(found[1].samples) == 13
    assert [sample.value for sample in found[1].samples][:2] == [None, None]
    assert found[1].value == 250
    latency = await prometheus.history("production", Quantity.P99, timedelta(hours=1), points=13)
    assert latency[0].samples[0].value is None
    assert await prometheus.history("production", Quantity.CPU, timedelta(hours=1)) == ()


async def test_a_firing_rule_reaches_alertmanager_and_can_be_silenced(real: Stack, opened: Open) -> None:
    prometheus = Prometheus(client=opened("prometheus", real.prometheus), environments=ENVIRONMENTS)
    firing = await eventually(prometheus.alerts, lambda found: any(a.state is AlertState.FIRING for a in found.items))
    alert = firing.items[0]
    assert (alert.name, alert.environment, alert.severity, alert.value) == ("QueueLong", "production", "warning", 250)
    assert alert.summary == "the queue sync holds 250 messages"
    rules = await prometheus.rules()
    assert [(r.name, r.state, r.alerting, r.healthy) for r in rules.items] == [
        ("QueueLong", RuleState.FIRING, True, True),
        ("NeverFires", RuleState.INACTIVE, True, True),
        ("strideiq:queue", RuleState.INACTIVE, False, True),
    ]
    manager = Alertmanager(client=opened("alertmanager", real.alertmanager), environments=ENVIRONMENTS)
    there = await eventually(manager.alerts, lambda found: bool(found.items))
    assert (there.items[0].name, there.items[0].environment) == ("QueueLong", "production")
    made = real.silence("QueueLong")
    hidden = await eventually(manager.alerts, lambda found: found.items[0].state is AlertState.SILENCED)
    assert hidden.items[0].silenced_by == (made,)
    silence = (await manager.silences()).items[0]
    assert (silence.id, silence.state, silence.by) == (made, SilenceState.ACTIVE, "founder")
    assert silence.matchers == ('alertname="QueueLong"',)
    status = await manager.status()
    assert status.ready
    assert status.version


async def test_a_target_that_is_down_is_named(real: Stack, opened: Open) -> None:
    prometheus = Prometheus(client=opened("prometheus", real.prometheus), environments=ENVIRONMENTS)
    found = await eventually(prometheus.targets_down, lambda seen: [t.health for t in seen.items] == [TargetHealth.DOWN])
    target = found.items[0]
    assert (target.job, target.environment) == ("gone", "staging")
    assert "refused" in target.error
    assert found.note == "2 targets are watched"


@pytest.mark.parametrize("query", ["sum(", "rate(up)", "label_replace(up, 'job', 'same', '', '')"])
async def test_a_refused_query_carries_prometheus_own_words(real: Stack, opened: Open, query: str) -> None:
    until(lambda: len(real.value("up")) == 2, "both targets are known")
    if query.startswith("label_replace"):
        query = "label_replace(label_replace(up, 'job', 'x', '', ''), 'instance', 'x', '', '') * on() up"
    with pytest.raises(OutsideError) as caught:
        await Api(opened("prometheus", real.prometheus)).instant(query)
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert caught.value.status in (400, 422)
    assert "bad_data" in caught.value.fault.cause or "execution" in caught.value.fault.cause


async def test_the_same_page_is_read_straight(real: Stack, opened: Open) -> None:
    client = opened("metrics", f"http://127.0.0.1:{real.page}", headers={"Accept": ACCEPT})
    scrape = Scrape(client=client, clock=SystemClock(), environment="production")
    found = await scrape.metrics("production", WINDOW)
    assert found.value(Quantity.CONNECTIONS) == 18
    assert {(s.part, s.value) for s in found.of(Quantity.QUEUE_DEPTH)} == {("celery", 3), ("sync", 250)}
    assert found.of(Quantity.REQUESTS)[0].note == "since the process began"
