"""Railway: units, worst steps instead of averages, errors without health checks, and one request for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.metric import Metrics, Quantity, collapse_path
from tests.providers.hosting import NOW, SHA_A
from tests.providers.railway.examples import measured, request, statuses
from tests.providers.railway.fake import FakeRailway, deployment, operations, railway, refusal
from tests.providers.railway.places import DATABASE, PRODUCTION

HOUR = timedelta(hours=1)
STEPS = [(HOUR, 30), (HOUR * 6, 60), (HOUR * 24, 240), (HOUR * 168, 3600), (HOUR * 720, 14400)]


async def read(window: timedelta = HOUR, world: FakeRailway | None = None, **changes: Any) -> tuple[Metrics, list[str]]:
    world = world or FakeRailway([deployment("p1", 1, SHA_A)])
    world.answers["EnvironmentMetrics"] = measured() | changes
    port, wire = railway(world)
    return await port.metrics("production", window), operations(wire)


async def test_units_are_the_domain_s() -> None:
    found, _ = await read()
    assert found.value(Quantity.CPU) == 0.5
    assert found.value(Quantity.CPU_LIMIT) == 8
    assert found.value(Quantity.MEMORY) == pytest.approx(410_000_000)
    assert found.value(Quantity.MEMORY_LIMIT) == 8_000_000_000
    assert found.value(Quantity.DISK) == pytest.approx(810_000_000)
    assert found.value(Quantity.NETWORK_TX) == pytest.approx(4_000_000)
    (cpu,) = found.of(Quantity.CPU)
    assert [sample.value for sample in cpu.samples] == [0.25, 0.5], "oldest first"
    assert cpu.window == timedelta(seconds=30)
    assert (found.missing, found.source, found.environment) == ((), "railway", "production")


async def test_everything_comes_in_one_request_while_nothing_fails() -> None:
    found, asked = await read(statuses=statuses(_200=100, _404=4))
    assert asked == ["ProjectTopology", "EnvironmentMetrics"]
    assert found.endpoints == ()
    assert found.complete


async def test_one_step_is_the_window_and_several_give_the_worst() -> None:
    found, _ = await read()
    assert (found.value(Quantity.P50), found.value(Quantity.P95), found.value(Quantity.P99)) == (41, 210.5, 830)
    (p95,) = found.of(Quantity.P95)
    assert (p95.window, p95.n, "worst" in p95.note) == (HOUR, 349, False)
    steps = [{"ts": 1767956100 + n, "p50": 40 + n, "p95": 300 - n, "p99": 900} for n in range(3)]
    found, _ = await read(durations={"samples": steps})
    (p95,) = found.of(Quantity.P95)
    assert (p95.value, found.value(Quantity.P50)) == (300, 42)
    assert p95.note.startswith("the worst of 3 steps")


async def test_no_request_is_a_gap_and_never_zero() -> None:
    found, _ = await read(statuses=[], health=[], durations={"samples": []})
    (p99,), (rate,), (requests,) = (found.of(q) for q in (Quantity.P99, Quantity.ERROR_RATE, Quantity.REQUESTS))
    assert (p99.value, p99.n, p99.note) == (None, 0, "no request in this window")
    assert (rate.value, rate.n, requests.value) == (None, 0, 0.0)


async def test_the_error_rate_leaves_health_checks_out_and_4xx_apart() -> None:
    found, _ = await read(statuses=statuses(_200=140, _404=6, _500=3, _503=1), health=statuses(_200=50, _503=1))
    (rate,) = found.of(Quantity.ERROR_RATE)
    assert (rate.value, rate.n) == (3 / 99, 99)
    assert "6 were refused (4xx)" in rate.note
    assert found.value(Quantity.REQUESTS) == 99


async def test_the_worst_endpoints_are_read_when_something_fails() -> None:
    requests = [request(1, f"/v1/activities/{n}", 500) for n in range(3)] + [request(2, "/v1/activities/9?x=1", 200)]
    requests += [request(3, "/health", 503), request(4, "/v1/me", 502), request(5, "/v1/me", 404), request(6, "/v1/fine", 200)]
    old = deployment("p1", 1, SHA_A, statusUpdatedAt="2026-01-09T10:05:00Z")
    found, asked = await read(world=FakeRailway([old], HttpLogs={"httpLogs": requests}))
    assert asked == ["ProjectTopology", "EnvironmentMetrics", "DeploymentsList", "HttpLogs"]
    assert found.endpoints is not None
    assert [(e.method, e.path, e.requests, e.errors, e.refused) for e in found.endpoints] == [
        ("GET", "/v1/activities/{id}", 4, 3, 0),
        ("GET", "/v1/me", 2, 1, 1),
    ]
    assert found.complete


async def test_endpoints_of_a_younger_deployment_or_a_cut_log_are_not_whole() -> None:
    young = deployment("p1", 1, SHA_A, createdAt="2026-01-09T11:30:00Z", statusUpdatedAt="2026-01-09T11:31:00Z")
    found, _ = await read(world=FakeRailway([young]))
    assert found.complete
    assert not found.endpoints_complete
    world = FakeRailway([deployment("p1", 1, SHA_A)], HttpLogs={"httpLogs": [request(1, "/a", 500)] * 1001})
    assert not (await read(world=world))[0].endpoints_complete
    refused = FakeRailway([deployment("p1", 1, SHA_A)], HttpLogs=refusal("Problem processing request"))
    found, _ = await read(world=refused)
    assert (found.endpoints, found.endpoints_complete, found.value(Quantity.CPU)) == (None, False, 0.5)
    assert (await read(world=FakeRailway()))[0].endpoints is None


async def test_limits_that_are_not_measured_come_from_the_service() -> None:
    some = [m for m in measured()["resources"] if "LIMIT" not in m["measurement"]]
    world = FakeRailway([deployment("p1", 1, SHA_A)])
    world.answers["EnvironmentMetrics"] = measured() | {"resources": some, "statuses": []}
    port, wire = railway(world)
    for _ in range(2):
        found = await port.metrics("production", HOUR)
        assert (found.value(Quantity.CPU_LIMIT), found.value(Quantity.MEMORY_LIMIT)) == (8, 8_000_000_000)
    assert operations(wire).count("ServiceLimits") == 1


@pytest.mark.parametrize("limits", [None, [], "x", {"containers": None}, {"containers": {"cpu": True, "memoryBytes": "8"}}])
async def test_limits_are_untyped_and_may_be_missing(limits: Any) -> None:
    some = [m for m in measured()["resources"] if "LIMIT" not in m["measurement"]]
    world = FakeRailway([deployment("p1", 1, SHA_A)], ServiceLimits={"serviceInstanceLimits": limits})
    found, _ = await read(world=world, resources=some)
    assert {quantity for quantity, _ in found.missing} == {Quantity.CPU_LIMIT, Quantity.MEMORY_LIMIT}


@pytest.mark.parametrize(
    ("window", "step"), [(HOUR, 30), (HOUR * 6, 60), (HOUR * 24, 240), (HOUR * 168, 3600), (HOUR * 720, 14400)]
)
async def test_steps_are_those_of_railway_s_own_charts(window: timedelta, step: int) -> None:
    port, wire = railway(FakeRailway([deployment("p1", 1, SHA_A)]))
    await port.metrics("production", window)
    sent = next(c.body["variables"] for c in wire.calls if c.body["operationName"] == "EnvironmentMetrics")
    assert (sent["sampleRateSeconds"], sent["stepSeconds"]) == (step, window.total_seconds())
    assert (sent["environmentId"], sent["endDate"], sent["healthPath"]) == (PRODUCTION, "2026-01-09T12:00:00.000Z", "/health")
    assert sent["startDate"] == (NOW - window).strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def test_another_service_is_named_by_its_component() -> None:
    port, wire = railway(FakeRailway())
    found = await port.measures.service("production", "Postgres", HOUR)
    assert {series.part for series in found.series} == {"database"}
    assert wire.calls[-1].body["variables"]["serviceId"] == DATABASE
    assert found.endpoints is None


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/v1/activities/12345?page=2", "/v1/activities/{id}"),
        ("/v1/users/6f1b2c3d-1111-4222-8333-444455556666/plan", "/v1/users/{id}/plan"),
        ("/v1/files/deadbeef01/", "/v1/files/{id}"),
        ("/v1/feedback/cafebabe", "/v1/feedback/cafebabe"),
        ("/v1/coach/conversations", "/v1/coach/conversations"),
        ("/v1/t/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/v1/t/{id}"),
        ("/v1/days/2026-01-09", "/v1/days/{id}"),
        ("/u/someone@example.org", "/u/{id}"),
        ("/u/someone%40example.org", "/u/{id}"),
        ("//a//b/", "/a/b"),
        ("", "/"),
        ("/1/2/3/4/5/6/7/8/9/10/11/12/13", "/" + "{id}/" * 12 + "…"),
    ],
)
def test_paths_collapse(path: str, short: str) -> None:
    assert collapse_path(path) == short


def test_a_collapsed_path_is_bounded() -> None:
    assert len(collapse_path("/" + "a" * 100_000)) == 200
