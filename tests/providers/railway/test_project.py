"""Railway: the board, domains with their certificates, the journal, and Railway's word on itself."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import DnsRecord
from strideiq_console.domain.fault import OutsideError, UsageError
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE, SHA_A
from tests.providers.railway.examples import custom_domain, detail, instance, page
from tests.providers.railway.fake import FakeRailway, operations, railway
from tests.providers.railway.places import PRODUCTION, PROJECT, SERVICE


async def test_every_service_is_on_the_board() -> None:
    port, wire = railway(FakeRailway())
    board = await port.project.board("production")
    assert operations(wire) == ["ProjectTopology", "EnvironmentDetail"]
    assert [(s.name, s.component, s.state, s.running) for s in board.services] == [
        ("api", "api", DeploymentState.READY, True),
        ("Postgres", "database", DeploymentState.READY, True),
        ("Redis", "redis", DeploymentState.SLEEPING, False),
    ]
    api, database, redis = board.services
    assert (api.source, api.health_path, api.health_timeout, api.sha) == ("acme/strideiq", "/health", 300, SHA_A)
    assert (api.pre_deploy_command, api.start_command) == ("alembic upgrade head", "uvicorn main:app")
    assert (api.replicas, api.region, api.sleeping, api.may_sleep) == (1, "us-west2", False, False)
    assert database.source == "postgres:16"
    assert (redis.sleeping, redis.may_sleep) == (True, True)
    (volume,) = board.volumes
    assert (volume.component, volume.used, volume.size, volume.state) == ("database", 812_400_000, 5_000_000_000, "ready")
    assert volume.share == pytest.approx(0.16248)
    (trigger,) = board.triggers
    assert (trigger.branch, trigger.component, trigger.waits_for_ci) == ("main", "api", False)
    assert (board.unmerged, board.complete) == (2, True)
    assert board.service("redis") is redis


@pytest.mark.parametrize("part", ["serviceInstances", "volumeInstances"])
async def test_a_cut_page_makes_the_board_incomplete(part: str) -> None:
    found = detail()
    found["environment"][part]["pageInfo"] = {"hasNextPage": True, "endCursor": "x"}
    assert not (await railway(FakeRailway(EnvironmentDetail=found))[0].project.board("production")).complete


async def test_a_full_list_of_triggers_may_be_cut() -> None:
    found = detail()
    found["environment"]["deploymentTriggers"]["edges"] *= 50
    assert not (await railway(FakeRailway(EnvironmentDetail=found))[0].project.board("production")).complete


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("alembic upgrade head", "alembic upgrade head"),
        (["a", "b"], "a && b"),
        (None, ""),
        ({"x": 1}, ""),
        ([1, None, "c\x1b"], "c␛"),
    ],
)
async def test_a_pre_deploy_command_is_untyped(command: Any, shown: str) -> None:
    found = detail()
    found["environment"]["serviceInstances"] = page([instance("api", SERVICE, preDeployCommand=command, latestDeployment=None)])
    (api,) = (await railway(FakeRailway(EnvironmentDetail=found))[0].project.board("production")).services
    assert (api.pre_deploy_command, api.state) == (shown, DeploymentState.UNKNOWN)


async def test_hostile_names_come_out_clean() -> None:
    found = detail()
    source = {"repo": HOSTILE, "image": None}
    found["environment"]["serviceInstances"] = page([instance(HOSTILE, "s", source=source, region=HOSTILE, startCommand=HOSTILE)])
    (one,) = (await railway(FakeRailway(EnvironmentDetail=found))[0].project.board("production")).services
    assert all(is_clean(text) for text in (one.name, one.component, one.source, one.region, one.start_command))


async def test_domains_show_the_certificate_and_what_dns_must_say() -> None:
    custom, given = await railway(FakeRailway())[0].domains("production")
    assert (custom.name, custom.environment, custom.verified, custom.configured) == ("api.strideiq.run", "production", True, True)
    assert custom.certificate == "valid"
    assert custom.certificate_ends is not None
    assert custom.certificate_ends.isoformat() == "2026-03-01T04:00:00+00:00"
    assert custom.wanted == (DnsRecord("api.strideiq.run", "CNAME", "x.up.railway.app"),)
    assert (given.name, given.verified, given.certificate_ends) == ("api-production.up.railway.app", True, None)


@pytest.mark.parametrize(
    ("change", "configured"),
    [
        ({"dnsRecords": []}, None),
        ({"record": "DNS_RECORD_STATUS_REQUIRES_UPDATE"}, False),
        ({"record": "DNS_RECORD_STATUS_NEW"}, None),
        ({"certificates": None, "certificateErrorMessage": "rate\x1blimit"}, True),
    ],
)
async def test_a_domain_that_is_not_right_is_not_called_configured(change: dict[str, Any], configured: bool | None) -> None:
    domain = custom_domain()
    word = change.pop("record", None)
    if word:
        domain["status"]["dnsRecords"][0]["status"] = word
    domain["status"] |= change
    found = detail()
    domains = {"serviceDomains": [], "customDomains": [domain]}
    found["environment"]["serviceInstances"] = page([instance("api", SERVICE, domains=domains)])
    (one,) = await railway(FakeRailway(EnvironmentDetail=found))[0].domains("production")
    assert one.configured is configured
    assert is_clean(one.note)


def entry(minute: int, **more: Any) -> dict[str, Any]:
    base = {"id": str(minute), "action": "deployed", "object": "deployment", "severity": "WARNING", "environmentId": PRODUCTION}
    return {**base, "createdAt": f"2026-01-09T10:{minute:02d}:00Z", "activityPayload": {"commitMessage": "feat: x"}, **more}


async def test_the_journal_is_newest_first_and_untyped() -> None:
    entries = [
        entry(1),
        entry(2, activityPayload=[1], environmentId=None),
        entry(3, action=HOSTILE, activityPayload={"a": 1, "b\x1b": HOSTILE}),
    ]
    port, wire = railway(FakeRailway(ActivityEvents={"events": page(entries)}))
    found = await port.project.activity("production", limit=2)
    assert [a.at.minute for a in found] == [3, 2]
    assert (found[1].environment, found[1].severity, found[1].detail) == (None, "warning", "")
    assert is_clean(found[0].action)
    assert is_clean(found[0].detail)
    assert wire.calls[-1].body["variables"] == {"projectId": PROJECT, "first": 2, "environmentId": PRODUCTION}


async def test_an_environment_that_is_gone_is_looked_for_once() -> None:
    entries = [entry(n, environmentId="gone") for n in range(5)]
    port, wire = railway(FakeRailway(ActivityEvents={"events": page(entries)}))
    for _ in range(3):
        assert {a.environment for a in await port.project.activity()} == {None}
    assert operations(wire).count("ProjectTopology") == 1


@pytest.mark.parametrize(
    ("answer", "level", "count"),
    [
        ({"isStable": True, "incident": None, "maintenance": None}, Level.OK, 0),
        ({"isStable": False, "incident": None, "maintenance": None}, Level.CRITICAL, 0),
        ({"isStable": True, "incident": {"status": "MONITORING"}, "maintenance": None}, Level.WARNING, 1),
        ({"isStable": True, "incident": {"status": "RESOLVED"}, "maintenance": None}, Level.OK, 0),
        ({"isStable": True, "incident": None, "maintenance": {"status": "INPROGRESS"}}, Level.WARNING, 1),
        ({"isStable": True, "incident": None, "maintenance": {"status": "NOTSTARTEDYET"}}, Level.OK, 1),
    ],
)
async def test_railway_s_word_on_itself(answer: dict[str, Any], level: Level, count: int) -> None:
    for part in ("incident", "maintenance"):
        if answer[part]:
            answer[part] |= {
                "id": "i",
                "message": "slow\x1bbuilds",
                "url": "javascript:x",
                "createdAt": None,
                "start": "2026-01-09T10:00:00Z",
            }
    found = await railway(FakeRailway(PlatformStatus={"platformStatus": answer}))[0].project.status()
    assert (found.level, len(found.incidents)) == (level, count)
    assert all(is_clean(one.name) and one.url == "" for one in found.incidents)


async def test_an_environment_of_another_provider_is_a_usage_error() -> None:
    port, wire = railway(FakeRailway())
    for deed in (port.project.board, port.variables, port.backups, port.pin, port.rollback_targets, port.project.deploy):
        with pytest.raises(UsageError):
            await deed("local")
    assert wire.calls == []


async def test_the_newest_deployment_is_deployed_without_a_sha() -> None:
    port, wire = railway(FakeRailway())
    assert await port.project.deploy("staging") == "new"
    assert "commitSha" not in wire.calls[-1].body["variables"]
    with pytest.raises(OutsideError):
        await railway(FakeRailway(ServiceInstanceDeploy={"serviceInstanceDeployV2": ""}))[0].project.deploy("staging")
