"""Railway's limits, errors beside data, and variables whose values stay where they are."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from strideiq_console.sandbox.belongings import PLANTED_SECRET
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts import railway_asker as place
from tests.sandbox_hosts.railway_asker import Asker, nodes

NOW = 1_800_000_000.0
HOBBY = {"limit": 1000, "window": 3600.0, "second": 10}


@pytest.fixture
def asker(client: httpx.AsyncClient, world: World) -> Asker:
    return Asker(client, world)


async def test_a_field_that_may_be_null_fails_alone(asker: Asker, world: World) -> None:
    with world.change() as state:
        state["railway"] = {"fails": [{"field": "ServiceInstance.latestDeployment", "operation": "EnvironmentDetail", "times": 1}]}
    answer = (await asker.raw("environment_detail", environmentId=place.PRODUCTION)).json()
    services = nodes(answer["data"]["environment"]["serviceInstances"])
    assert [service["latestDeployment"] is None for service in services] == [True, False, False]
    assert answer["errors"] == [
        {
            "message": "Problem processing request",
            "path": ["environment", "serviceInstances", "edges", "node", "latestDeployment"],
        }
    ]
    assert (await asker.raw("environment_detail", environmentId=place.PRODUCTION)).json().keys() == {"data"}, "once"


async def test_a_field_that_is_never_null_takes_the_answer_along(asker: Asker, world: World) -> None:
    with world.change() as state:
        state["railway"] = {"fails": [{"field": "Query.httpDurationMetrics", "message": "metrics are late"}]}
    measured = {"measurements": ["CPU_USAGE"], "sampleRateSeconds": 60, "stepSeconds": 3600, "healthPath": "/health"}
    here = {"environmentId": place.PRODUCTION, "serviceId": place.SERVICE}
    for _ in range(2):
        assert await asker.refusal("environment_metrics", **here, **measured, **asker.period(1)) == "metrics are late"
    assert await asker.ask("service_limits", **here), "every other document is answered"


def test_ten_in_any_one_second_and_a_thousand_in_an_hour() -> None:
    allowance = Allowance("railway", **HOBBY)  # type: ignore[arg-type]
    passed = [allowance.spend({}, NOW + n / 100) for n in range(12)]
    assert [spent.wait for spent in passed] == [None] * 10 + [1, 1]
    assert passed[-1].headers["retry-after"] == "1"
    assert passed[-1].remaining == 990, "what is refused costs nothing"
    assert allowance.spend({}, NOW + 1.0).wait is None
    assert [allowance.spend({}, NOW + 1 + n / 10).wait for n in range(1, 980)] == [None] * 979
    assert [allowance.spend({}, NOW + 200.0 + n).wait is None for n in range(11)] == [True] * 10 + [False]
    refused = allowance.spend({}, NOW + 300)
    assert (refused.remaining, refused.wait) == (0, 3300)
    assert allowance.spend({}, NOW + 3600).remaining == 999


async def test_a_clock_turned_by_hand_has_no_seconds_to_count_but_hours(asker: Asker, world: World) -> None:
    answers = [await asker.raw("platform_status") for _ in range(15)]
    assert {answer.status_code for answer in answers} == {200}
    with world.change() as state:
        assert state["limits"]["railway"] == {"burst": False}
        state["limits"]["railway"]["burst"] = True
    answers = [await asker.raw("platform_status") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].headers["x-ratelimit-remaining"] == "975"
    world.advance(1)
    assert (await asker.raw("platform_status")).status_code == 200


def test_a_world_whose_time_passes_counts_seconds(tmp_path: Path) -> None:
    opened = World.open(tmp_path / "world", clock="fast")
    assert opened.read()["limits"]["railway"] == {"burst": True}
    opened.close()


async def test_variables_tell_names_to_all_and_values_where_they_are_asked_for(asker: Asker, world: World) -> None:
    found = {}
    for name, identity in (("production", place.PRODUCTION), ("staging", place.STAGING)):
        listed = nodes((await asker.ask("variable_names", environmentId=identity))["variables"])
        mine = {v["name"]: v for v in listed if v["serviceId"] == place.SERVICE}
        assert set(mine) == {
            "DATABASE_URL",
            "REDIS_URL",
            "SECRET_KEY",
            "STRAVA_CLIENT_ID",
            "STRAVA_CLIENT_SECRET",
            "OPENAI_API_KEY",
            "ENCRYPTION_KEY",
        }
        assert [v["name"] for v in listed if v["serviceId"] is None] == ["ENVIRONMENT"]
        assert [v["name"] for v in listed if v["isSealed"]] == ["ENCRYPTION_KEY"]
        assert mine["DATABASE_URL"]["references"] == ["Postgres.DATABASE_URL"]
        asked = {"projectId": RAILWAY_PROJECT, "environmentId": identity}
        found[name] = await asker.ask("variables_with_values", **asked, serviceId=place.SERVICE)
        assert set(mine) - set(found[name]) == {"ENCRYPTION_KEY"}, "what is sealed never comes back"
        assert found[name]["STRAVA_CLIENT_SECRET"] == f"{PLANTED_SECRET}-{name}"
        assert await asker.ask("variables_with_values", **asked) == {"ENVIRONMENT": name}
        plain = await asker.ask("variables_with_values", **asked, serviceId=place.SERVICE, unrendered=True)
        assert plain["DATABASE_URL"] == "${{Postgres.DATABASE_URL}}"
    differ = {key for key in found["staging"] if found["staging"][key] != found["production"][key]}
    assert differ == set(found["staging"]) - {"RAILWAY_PROJECT_NAME", "RAILWAY_SERVICE_NAME"}
    assert not world.read()["effects"]


async def test_domains_follow_the_records_of_the_zone(asker: Asker, world: World) -> None:
    async def status() -> dict[str, object]:
        detail = await asker.ask("environment_detail", environmentId=place.PRODUCTION)
        domains = nodes(detail["serviceInstances"])[0]["domains"]
        found: dict[str, object] = domains["customDomains"][0]["status"]
        return found

    good = await status()
    assert (good["verified"], good["certificateStatus"]) == (True, "CERTIFICATE_STATUS_TYPE_VALID")
    with world.change() as state:
        state["cloudflare"] = {"content": {"api.strideiq.run": "elsewhere.example"}}
        state["railway"]["domains"] = {"api.strideiq.run": {"certificate": "ISSUE_FAILED", "error": "CAA forbids it"}}
    wrong = await status()
    assert (wrong["verified"], wrong["certificates"], wrong["certificateErrorMessage"]) == (False, [], "CAA forbids it")
    assert wrong["dnsRecords"] == [
        {
            "fqdn": "api.strideiq.run",
            "recordType": "DNS_RECORD_TYPE_CNAME",
            "requiredValue": "api-production.up.railway.app",
            "currentValue": "elsewhere.example",
            "status": "DNS_RECORD_STATUS_REQUIRES_UPDATE",
            "purpose": "DNS_RECORD_PURPOSE_TRAFFIC_ROUTE",
        }
    ]


async def test_an_incident_of_railway_is_told_by_its_api_and_its_page_alike(asker: Asker, world: World) -> None:
    with world.change() as state:
        state["status_pages"] = {"railway": {"incident": "Builds are slow", "maintenance": "Disks are changed"}}
    told = await asker.ask("platform_status")
    assert (told["isStable"], told["incident"]["message"], told["incident"]["status"]) == (
        False,
        "Builds are slow",
        "INVESTIGATING",
    )
    assert told["maintenance"]["status"] == "NOTSTARTEDYET"


async def test_the_journal_tells_deployments_and_changes_newest_first(asker: Asker, world: World) -> None:
    where = {"projectId": RAILWAY_PROJECT, "environmentId": place.STAGING, "serviceId": place.SERVICE}
    await asker.ask("service_auto_deploy_set", input=where | {"enabled": False})
    listed = nodes(await asker.ask("activity_events", projectId=RAILWAY_PROJECT, first=100))
    assert (listed[0]["action"], listed[0]["object"]) == ("updated", "autoDeploy")
    assert {row["action"] for row in listed} >= {"deployed", "removed", "updated"}
    times = [row["createdAt"] for row in listed]
    assert times == sorted(times, reverse=True)
    mine = nodes(await asker.ask("activity_events", projectId=RAILWAY_PROJECT, environmentId=place.STAGING, first=100))
    assert {row["environmentId"] for row in mine} == {place.STAGING}
    assert len(mine) < len(listed)
