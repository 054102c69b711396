"""What Railway measures of the world: counts, logs and the bill tell the same story, and knobs change all of them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import deploys, traffic
from strideiq_console.sandbox.railway.ids import WORKSPACE
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts import railway_asker as place
from tests.sandbox_hosts.conftest import push
from tests.sandbox_hosts.railway_asker import Asker, nodes, stamp

HERE = {"environmentId": place.PRODUCTION, "serviceId": place.SERVICE}
MEASURED = ["CPU_USAGE", "CPU_LIMIT", "MEMORY_USAGE_GB", "MEMORY_LIMIT_GB", "DISK_USAGE_GB", "NETWORK_TX_GB", "NETWORK_RX_GB"]


@pytest.fixture
def asker(client: httpx.AsyncClient, world: World) -> Asker:
    return Asker(client, world)


async def hour(asker: Asker, **more: Any) -> Any:
    asked = HERE | {"measurements": MEASURED, "sampleRateSeconds": 60, "stepSeconds": 3600, "healthPath": "/health"}
    return await asker.ask("environment_metrics", **asked | asker.period(1) | more)


def totals(rows: list[Any]) -> Counter[int]:
    return Counter({row["statusCode"]: int(sum(sample["value"] for sample in row["samples"])) for row in rows})


async def test_the_access_log_holds_exactly_the_requests_that_were_counted(asker: Asker, world: World) -> None:
    world.advance(2 * 3600)
    period = asker.period(0.5)
    counted = totals((await hour(asker, **period, stepSeconds=300))["statuses"])
    assert counted[200] > 1000
    assert counted[500] > 0
    serving = deploys.live(world.read(), "production", "api")
    assert serving is not None
    asked = {"deploymentId": serving["id"], "anchorDate": period["endDate"], "beforeDate": period["startDate"]}
    logged = await asker.ask("http_logs", **asked, beforeLimit=5000)
    assert Counter(line["httpStatus"] for line in logged) == counted
    assert [line["timestamp"] for line in logged] == sorted(line["timestamp"] for line in logged)
    assert len({line["requestId"] for line in logged}) == len(logged)
    again = await asker.ask("http_logs", **asked, beforeLimit=7)
    assert again == logged[-7:], "the same requests each time, the newest of them"
    wrong = await asker.ask("http_logs", **asked, beforeLimit=5000, filter="@status:500")
    assert len(wrong) == counted[500]


async def test_a_bad_deploy_shows_in_every_measurement_from_its_minute_on(asker: Asker, world: World) -> None:
    world.advance(7200)
    calm = await hour(asker)
    with world.change() as state:
        traffic.set_knobs(state, "production", world.clock.seconds(), p99_ms=4200.0, error_rate=0.11)
        state["railway"]["resources"] = {"production": [{"service": "api", "from": world.clock.seconds(), "cpu": 7.1}]}
    world.advance(840)
    period = asker.period(840 / 3600)
    bad = await hour(asker, **period, stepSeconds=840)
    assert calm["durations"]["samples"][0]["p99"] == pytest.approx(640, rel=0.05)
    assert bad["durations"]["samples"][0]["p99"] == pytest.approx(4200, rel=0.1)
    statuses, health = totals(bad["statuses"]), totals(bad["health"])
    assert statuses[500] / (statuses.total() - health.total()) == pytest.approx(0.11, abs=0.005)
    assert health == {200: 56}, "four a minute"
    processor = next(row for row in bad["resources"] if row["measurement"] == "CPU_USAGE")["values"]
    assert processor[-1]["value"] == 7.1
    lines = await asker.ask("environment_logs", environmentId=place.PRODUCTION, filter="@level:error", beforeLimit=50)
    assert len(lines) == 50
    assert all(line["severity"] == "error" for line in lines)


async def test_while_nothing_answers_every_request_is_a_502_and_nothing_is_measured(asker: Asker, world: World) -> None:
    push(world, "main", "feat: x [crash]")
    world.advance(200)
    serving = deploys.live(world.read(), "production", "api")
    assert serving is not None
    assert serving["state"] == "crashed"
    began = deploys.time_of(serving, "crashed")
    assert began is not None
    world.advance(600)
    dates = {"startDate": stamp(began), "endDate": stamp(began + 600)}
    found = await hour(asker, **dates, stepSeconds=600)
    assert set(totals(found["statuses"])) == {502}
    assert totals(found["statuses"])[502] > 300
    lines = await asker.ask("http_logs", deploymentId=serving["id"], beforeLimit=5)
    assert {line["upstreamErrors"] for line in lines} == {"connection refused"}


async def test_measurements_have_units_limits_and_gaps(asker: Asker, world: World) -> None:
    rows = {row["measurement"]: row["values"] for row in (await hour(asker))["resources"]}
    assert set(rows) == set(MEASURED) - {"DISK_USAGE_GB"}, "the API has no volume"
    assert {row["value"] for row in rows["CPU_LIMIT"]} == {8.0}
    assert all(0 < row["value"] < 8 for row in rows["MEMORY_USAGE_GB"])
    assert [b["ts"] - a["ts"] for a, b in pairwise(rows["CPU_USAGE"])] == [60] * 59
    grouped = await asker.ask(
        "metrics",
        projectId=RAILWAY_PROJECT,
        measurements=["DISK_USAGE_GB"],
        groupBy=["SERVICE_ID"],
        sampleRateSeconds=3600,
        **asker.period(2),
    )
    assert {row["tags"]["serviceId"] for row in grouped} == {place.POSTGRES, place.REDIS}
    assert {row["tags"]["environmentId"] for row in grouped} == {None}
    too_many = HERE | {"measurements": ["CPU_USAGE"], "sampleRateSeconds": 1}
    assert "Too many" in await asker.refusal("metrics", **too_many, **asker.period(24))
    database = HERE | {"serviceId": place.POSTGRES, "measurements": MEASURED, "sampleRateSeconds": 60, "stepSeconds": 3600}
    silent = await asker.ask("environment_metrics", **database, healthPath="/health", **asker.period(1))
    assert (silent["durations"]["samples"], silent["statuses"]) == ([], []), "no request from outside reaches a database"
    assert await asker.ask("service_limits", **HERE) == {"containers": {"cpu": 8, "memoryBytes": 8 * 1024**3}}


async def test_usage_adds_up_however_it_is_cut_and_grouped(asker: Asker, world: World) -> None:
    kinds = ["CPU_USAGE", "MEMORY_USAGE_GB", "DISK_USAGE_GB", "NETWORK_TX_GB", "BACKUP_USAGE_GB"]
    asked = {"projectId": RAILWAY_PROJECT, "measurements": kinds}
    whole = {row["measurement"]: row["value"] for row in await asker.ask("usage", **asked, **asker.period(48))}
    split = await asker.ask("usage", **asked, groupBy=["ENVIRONMENT_ID", "SERVICE_ID"], **asker.period(48))
    assert set(whole) == set(kinds)
    for kind in kinds:
        parts = [row["value"] for row in split if row["measurement"] == kind]
        assert sum(parts) == pytest.approx(whole[kind], rel=1e-4)
    memory = [r for r in split if r["measurement"] == "MEMORY_USAGE_GB" and r["tags"]["serviceId"] == place.SERVICE]
    assert max(row["value"] for row in memory) == pytest.approx(0.42 * 48 * 60, rel=0.1), "GB-minutes"
    world.advance(20 * 86_400)
    estimated = {row["measurement"]: row["estimatedValue"] for row in await asker.ask("estimated_usage", **asked)}
    so_far = {row["measurement"]: row["value"] for row in await asker.ask("usage", **asked)}
    assert all(estimated[kind] >= so_far[kind] > 0 for kind in kinds)
    paid = (await asker.ask("workspace_billing", workspaceId=WORKSPACE))["customer"]
    prices = {"MEMORY_USAGE_GB": 10 / 43200, "CPU_USAGE": 20 / 43200, "NETWORK_TX_GB": 0.05}
    prices |= {"DISK_USAGE_GB": 0.15 / 43200, "BACKUP_USAGE_GB": 0.15 / 43200}
    assert paid["currentUsage"] == pytest.approx(sum(so_far[kind] * prices[kind] for kind in kinds), rel=0.01)
    assert all(i["total"] == round(i["amountDue"] * 100) and i["total"] >= 500 for i in paid["invoices"])


async def test_logs_page_by_limit_and_by_anchor(asker: Asker, world: World) -> None:
    world.advance(3600)
    serving = deploys.live(world.read(), "production", "api")
    assert serving is not None
    whole = await asker.ask("deployment_logs", deploymentId=serving["id"], limit=60)
    assert len(whole) == 60
    assert whole[-10:] == await asker.ask("deployment_logs", deploymentId=serving["id"], limit=10)
    here = {"environmentId": place.PRODUCTION}
    lines = await asker.ask("environment_logs", **here, beforeLimit=80)
    middle = lines[40]["timestamp"]
    around = await asker.ask("environment_logs", **here, anchorDate=middle, beforeLimit=5, afterLimit=5)
    assert around == lines[36:46]
    services = {line["tags"]["serviceId"] for line in await asker.ask("environment_logs", **here, beforeLimit=2000)}
    assert services == {place.SERVICE, place.POSTGRES, place.REDIS}
    only = await asker.ask("environment_logs", **here, filter=f"@service:{place.REDIS}", beforeLimit=5)
    assert {line["tags"]["serviceId"] for line in only} == {place.REDIS}
    assert "between 0 and 5000" in await asker.refusal("deployment_logs", deploymentId=serving["id"], limit=5001)
    push(world, "main", "feat: x [break deploy]")
    world.advance(200)
    failed = nodes(await asker.ask("deployments_list", input={"environmentId": place.PRODUCTION}))[0]
    assert failed["status"] == "FAILED"
    assert (await asker.ask("build_logs", deploymentId=failed["id"]))[-1]["severity"] == "error"
    assert await asker.ask("deployment_logs", deploymentId=failed["id"]) == []
    steps = nodes(await asker.ask("deployment_events", id=failed["id"]))
    assert steps[-1]["payload"]["error"]
