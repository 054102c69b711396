"""Every example of the contract pack is answered to the call that asks for it, and maps without loss of what the domain keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.hosting import JobState
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.reading import Level
from tests.contracts import pack
from tests.providers.hosting import SHA_A, Call
from tests.providers.railway.everything import READS, WRITES, Ask
from tests.providers.railway.fake import FakeRailway, deployment, railway

Check = Callable[[Any], bool]
ASK = READS | WRITES
AT = datetime(2026, 1, 9, 10, tzinfo=UTC)
LIVE = "7233fb36-83f4-498c-a0a8-7413fd8fdef9"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
DEED: Check = lambda found: found is None  # noqa: E731 - a row of the table below

TABLE: dict[str, tuple[str, Ask, Check]] = {
    "account_whoami": ("AccountWhoami", ASK["inspect"], lambda r: (r.kind, r.who) == ("account", "Founder")),
    "activity_events": (
        "ActivityEvents",
        ASK["activity"],
        lambda r: (
            (r[0].action, r[0].at, r[0].environment, r[0].detail) == ("deployed", AT, "production", "commitMessage: feat(calendar)")
        ),
    ),
    "api_token_whoami": ("ApiTokenWhoami", ASK["inspect"], lambda r: r.scope == "workspaces: api"),
    "build_logs": ("BuildLogs", ASK["build_log"], lambda r: r.lines[0].text.startswith("GET /v1") and r.lines[0].level == "info"),
    "deployment_approve": ("DeploymentApprove", ASK["approve"], DEED),
    "deployment_cancel": ("DeploymentCancel", ASK["cancel"], DEED),
    "deployment_events": ("DeploymentEvents", ASK["events"], lambda r: r.lines[0].text == "healthcheck done in 90.0 s"),
    "deployment_get": (
        "DeploymentGet",
        ASK["get"],
        lambda r: (r.id, r.sha, r.branch, r.can_rollback, r.environment) == (LIVE, SHA, "main", True, "production"),
    ),
    "deployment_logs": (
        "DeploymentLogs",
        ASK["runtime_log"],
        lambda r: dict(r.lines[0].fields) == {"instance": "text", "level": "info"},
    ),
    "deployment_redeploy": ("DeploymentRedeploy", ASK["redeploy"], lambda r: (r.id, r.environment) == (LIVE, "production")),
    "deployment_restart": ("DeploymentRestart", ASK["restart"], DEED),
    "deployment_rollback": ("DeploymentRollback", ASK["rollback"], DEED),
    "deployments_list": (
        "DeploymentsList",
        lambda r: r.rollback_targets("production"),
        lambda r: (
            [(d.state, d.subject) for d in r] == [(DeploymentState.REMOVED, "feat: coach")] and r[0].rollback_until is not None
        ),
    ),
    "environment_commit_staged": ("EnvironmentCommitStaged", ASK["commit"], lambda r: r == "apply-e337e685"),
    "environment_detail": (
        "EnvironmentDetail",
        ASK["board"],
        lambda r: (
            [s.component for s in r.services] == ["api", "database", "redis"]
            and r.services[0].pre_deploy_command == "alembic upgrade head"
            and r.volumes[0].used == 812_400_000
            and r.triggers[0].waits_for_ci
            and r.domains[0].certificate_ends == datetime(2026, 1, 15, 4, tzinfo=UTC)
            and r.domains[0].wanted[0].content == "x1y2z3.up.railway.app"
        ),
    ),
    "environment_logs": ("EnvironmentLogs", ASK["environment_log"], lambda r: r.lines[0].at.microsecond == 123456),
    "environment_staged_changes": ("EnvironmentStagedChanges", ASK["staged"], lambda r: r.waiting and r.created_at == AT),
    "estimated_usage": (
        "EstimatedUsage",
        ASK["projection"],
        lambda r: (
            [line.quantity for line in r.lines] == [5184, 17712, Decimal("0.004"), 34992, 8640] and r.total == Decimal("6.65170")
        ),
    ),
    "http_logs": ("HttpLogs", ASK["request_log"], lambda r: r.lines[0].text == "GET /v1/activities 200 41 ms"),
    "platform_status": ("PlatformStatus", ASK["status"], lambda r: r.level is Level.OK and r.incidents == ()),
    "project_topology": ("ProjectTopology", ASK["board"], lambda r: len(r.services) == 3),
    "service_auto_deploy_status": ("ServiceAutoDeployStatus", ASK["auto_deploy"], lambda r: r.enabled and r.can_enable),
    "service_auto_deploy_set": (
        "ServiceAutoDeploySet",
        lambda r: r.project.set_auto_deploy("production", True),
        lambda r: r.enabled,
    ),
    "service_instance_deploy": ("ServiceInstanceDeploy", ASK["deploy"], lambda r: r == "e58e639d-6dee-4624-afbf-e805a487d612"),
    "service_limits": (
        "ServiceLimits",
        ASK["metrics"],
        lambda r: (r.value(Quantity.CPU_LIMIT), r.value(Quantity.MEMORY_LIMIT)) == (8, 8589934592),
    ),
    "metrics": (
        "ResourceMetrics",
        ASK["service_metrics"],
        lambda r: [s.value for s in r.series] == pytest.approx([0.144, 9.6, 492e6, 9.6e9, 2.4e6, 4.8e6, 972e6]),
    ),
    "usage": (
        "Usage",
        ASK["charges"],
        lambda r: len(r.lines) == 5 and {(c.environment, c.component) for c in r.lines} == {("production", "api")},
    ),
    "variable_names": (
        "VariableNames",
        ASK["variables"],
        lambda r: [v.name for v in r if v.sealed] == ["SECRET_KEY", "ENCRYPTION_KEY"] and len(r) == 7,
    ),
    "variables_with_values": (
        "VariablesWithValues",
        lambda r: r.digests("production", ["DATABASE_URL"], b"k" * 16),
        lambda r: r[0].host == "postgres.railway.internal" and len(r[0].digest) == 64,
    ),
    "volume_backup_create": ("VolumeBackupCreate", ASK["create"], lambda r: r == "pitr-backup-78991a54"),
    "volume_backup_lock": ("VolumeBackupLock", ASK["lock"], DEED),
    "volume_backup_restore": ("VolumeBackupRestore", ASK["restore"], lambda r: r == "pitr-backup-78991a54"),
    "volume_backups": (
        "VolumeBackups",
        ASK["backups"],
        lambda r: (
            (r.backups[0].size, r.backups[0].schedule, r.schedules[0].retention, r.schedules[0].cron)
            == (812_000_000, "SCHEDULED", timedelta(days=6), "0 4 * * *")
        ),
    ),
    "workflow_status": ("WorkflowStatus", ASK["workflow"], lambda r: r.state is JobState.DONE and r.error == ""),
    "workspace_billing": (
        "WorkspaceBilling",
        ASK["account"],
        lambda r: (r.plan, r.usage, r.soft_limit, r.invoices[0].due) == ("hobby", Decimal("11.42"), 25, Decimal("16.42")),
    ),
    "project_token_whoami": ("ProjectTokenWhoami", ASK["inspect"], lambda r: r.scope == "project strideiq, environment production"),
}
BATCHED = {"http_duration_metrics", "http_metrics_by_status"}
"""Asked for as a part of ``environment_metrics``; see the test below."""
NOT_ASKED = {
    "deployment_remove": "takes the live service down; no runbook wants it",
    "deployment_stop": "takes the live service down; no runbook wants it",
    "http_metrics": "the counts by status hold it",
    "projects_list": "the project is a setting",
    "stream_deployment_logs": "a web socket; the log is asked for again instead",
    "variable_upsert": "the console writes no variables",
    "variable_collection_upsert": "the console writes no variables",
    "variable_delete": "the console writes no variables",
    "volume_backup_schedule_set": "schedules are changed at Railway",
}


def example(name: str) -> Any:
    return json.loads((pack() / "examples" / "railway" / f"{name}.json").read_text())


@pytest.mark.contract
def test_every_example_is_mapped_or_has_a_reason() -> None:
    names = {file.stem for file in (pack() / "examples" / "railway").glob("*.json")}
    assert {name for name in names if not name.startswith("error.")} == set(TABLE) | BATCHED | set(NOT_ASKED)


@pytest.mark.contract
@pytest.mark.parametrize("name", sorted(TABLE))
async def test_an_example_maps(name: str) -> None:
    operation, ask, check = TABLE[name]
    world = FakeRailway([deployment("p0", 1, SHA_A)])
    if name == "service_limits":
        world.answers["EnvironmentMetrics"]["resources"] = []
    asked = []

    def answering(call: Call) -> tuple[int, Any]:
        asked.append(call.body["operationName"])
        if name == "project_token_whoami" and asked[-1] == "ApiTokenWhoami":
            return 200, example("error.not_authorized")
        return (200, example(name)) if asked[-1] == operation else world(call)

    found = await ask(railway(answering)[0])
    assert operation in asked
    assert check(found), found


@pytest.mark.contract
async def test_the_batched_examples_map() -> None:
    durations = example("http_duration_metrics")["data"]["httpDurationMetrics"]
    counts = example("http_metrics_by_status")["data"]["httpMetricsGroupedByStatus"]
    resources = example("metrics")["data"]["metrics"]
    batch = {"resources": resources, "durations": durations, "statuses": counts, "health": []}
    found = await railway(FakeRailway([deployment("p0", 1, SHA_A)], EnvironmentMetrics=batch))[0].metrics(
        "production", timedelta(hours=1)
    )
    assert (found.value(Quantity.P50), found.value(Quantity.P99), found.value(Quantity.REQUESTS)) == (43, 1030, 1047)
    assert found.value(Quantity.ERROR_RATE) == 9 / 1047
    assert found.value(Quantity.CPU) == 0.144
    assert "worst of 3 steps" in found.of(Quantity.P99)[0].note


@pytest.mark.contract
async def test_the_overview_maps_the_deployments_example() -> None:
    page = example("deployments_list")["data"]["deployments"]
    newest = dict.fromkeys(("oneNewest", "oneServing", "otherNewest", "otherServing"), page)
    world = FakeRailway()

    def answering(call: Call) -> tuple[int, Any]:
        return (200, {"data": newest}) if call.body["operationName"] == "Overview" else world(call)

    found = [d for d in await railway(answering)[0].recent() if d.environment == "production"]
    states = [DeploymentState.BUILDING, DeploymentState.READY, DeploymentState.FAILED, DeploymentState.REMOVED]
    assert [(d.state, d.live) for d in found] == list(zip(states, [False, True, False, False], strict=True))
