"""What Railway does when something is ordered of it: what serves moves, images run out, freezes hold."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts import railway_asker as place
from tests.sandbox_hosts.conftest import SHA, newest, push
from tests.sandbox_hosts.railway_asker import Asker, nodes, token

HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def asker(client: httpx.AsyncClient, world: World) -> Asker:
    return Asker(client, world)


def live(world: World, environment: str = "production") -> dict[str, Any] | None:
    return deploys.live(world.read(), environment, "api")


def replaced(world: World) -> tuple[str, str]:
    """Push to main until it is live; return the ids of what served before and of what serves now."""
    before = live(world)
    push(world, "main")
    world.advance(150)
    after = live(world)
    assert before is not None
    assert after is not None
    return before["id"], after["id"]


async def test_a_rollback_moves_what_serves_to_the_older_image_without_a_build(asker: Asker, world: World) -> None:
    old, bad = replaced(world)
    assert (await asker.ask("deployment_get", id=old))["canRollback"] is True
    assert (await asker.ask("deployment_get", id=bad))["canRollback"] is False
    assert await asker.ask("deployment_rollback", id=old) is True
    assert (live(world) or {})["id"] == bad, "the old one serves until the new one is ready"
    world.advance(45)
    now = live(world)
    assert now is not None
    assert now["id"] not in (old, bad)
    told = await asker.ask("deployment_get", id=now["id"])
    before = await asker.ask("deployment_get", id=old)
    assert told["meta"]["commitHash"] == before["meta"]["commitHash"] != SHA
    assert (told["status"], told["meta"]["reason"]) == ("SUCCESS", "rollback")
    steps = [n["step"] for n in nodes(await asker.ask("deployment_events", id=now["id"]))]
    assert steps == ["SNAPSHOT_CODE", "PRE_DEPLOY_COMMAND", "HEALTHCHECK"]
    detail = await asker.ask("environment_detail", environmentId=place.PRODUCTION)
    assert [d["id"] for d in nodes(detail["serviceInstances"])[0]["activeDeployments"]] == [now["id"]]
    assert (await asker.ask("deployment_get", id=bad))["status"] == "REMOVED"


@pytest.mark.parametrize(("plan", "hours"), [("free", 24), ("hobby", 72), ("pro", 120)])
async def test_an_image_is_kept_as_long_as_the_plan_says(asker: Asker, world: World, plan: str, hours: int) -> None:
    with world.change() as state:
        state["railway"] = {"plan": plan}
    old, _ = replaced(world)
    world.advance(hours * HOUR - 300)
    assert (await asker.ask("deployment_get", id=old))["canRollback"] is True
    world.advance(600)
    assert (await asker.ask("deployment_get", id=old))["canRollback"] is False
    assert "image" in await asker.refusal("deployment_rollback", id=old)
    assert not [e for e in world.read()["effects"] if e["what"].startswith("deploymentRollback")]


async def test_a_freeze_keeps_pushes_away_and_an_order_still_deploys(asker: Asker, world: World) -> None:
    target = {"projectId": RAILWAY_PROJECT, "environmentId": place.PRODUCTION, "serviceId": place.SERVICE}
    assert await asker.ask("service_auto_deploy_set", input=target | {"enabled": False}) == {"enabled": False}
    assert (await asker.ask("service_auto_deploy_status", **target))["enabled"] is False
    served = live(world)
    push(world, "main")
    world.advance(200)
    assert live(world) == served
    assert newest(world.read(), "vercel", "main")["sha"] == SHA, "Vercel is not frozen with it"
    here = {"environmentId": place.PRODUCTION, "serviceId": place.SERVICE}
    identity = await asker.ask("service_instance_deploy", **here)
    world.advance(150)
    assert (live(world) or {})["id"] == identity
    assert (live(world) or {})["sha"] == world.read()["refs"]["main"]
    assert "Commit not found" in await asker.refusal("service_instance_deploy", **here, commitSha="0" * 40)
    status = await asker.ask("service_auto_deploy_status", **target | {"serviceId": place.POSTGRES})
    assert (status["canEnable"], status["enabled"]) == (False, False)
    assert status["reason"]


async def test_what_needs_an_approval_waits_for_it(asker: Asker, world: World) -> None:
    with world.change() as state:
        state["railway"] = {"approval": {"production": True}}
    push(world, "main")
    waiting = newest(world.read(), "railway", "main")["id"]
    world.advance(DAY)
    assert (await asker.ask("deployment_get", id=waiting))["status"] == "NEEDS_APPROVAL"
    assert await asker.ask("deployment_approve", id=waiting) is True
    world.advance(150)
    assert (live(world) or {})["id"] == waiting
    assert "approval" in await asker.refusal("deployment_approve", id=waiting)


async def test_what_is_stopped_answers_nobody_until_it_is_restarted(asker: Asker, world: World, client: httpx.AsyncClient) -> None:
    serving = (live(world) or {})["id"]
    stop = "mutation($id: String!) { deploymentStop(id: $id) }"
    answer = await client.post(place.API, json={"query": stop, "variables": {"id": serving}}, headers=place.RAILWAY)
    assert answer.json() == {"data": {"deploymentStop": True}}
    told = await asker.ask("deployment_get", id=serving)
    assert (told["status"], told["deploymentStopped"], told["instances"][0]["status"]) == ("SUCCESS", True, "STOPPED")
    assert (await client.get("https://api.strideiq.run/health")).status_code == 404
    await asker.ask("deployment_restart", id=serving)
    world.advance(10)
    assert (await client.get("https://api.strideiq.run/health")).status_code == 200


async def test_orders_that_do_not_fit_are_refused_and_change_nothing(asker: Asker, world: World) -> None:
    serving = (live(world) or {})["id"]
    before = world.read()["effects"]
    for name in ("deployment_cancel", "deployment_rollback", "deployment_approve"):
        assert await asker.refusal(name, id=serving)
        assert await asker.refusal(name, id="nobody") == "Deployment not found"
    database = nodes(await asker.ask("deployments_list", input={"serviceId": place.POSTGRES}))[0]["id"]
    assert await asker.refusal("deployment_restart", id=database) == "Deployment not found"
    assert world.read()["effects"] == before


async def test_a_project_token_reaches_nothing_of_the_other_environment(asker: Asker, world: World) -> None:
    """Every document that names an environment, a deployment, a volume or a workspace, with the other environment's token."""
    header, serving = token("staging"), (live(world) or {})["id"]
    there = {"environmentId": place.PRODUCTION}
    service = there | {"serviceId": place.SERVICE}
    project, volume = {"projectId": RAILWAY_PROJECT}, {"volumeInstanceId": place.VOLUME}
    samples = {"measurements": ["CPU_USAGE"], **asker.period(1)}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("environment_detail", there),
        ("variable_names", there),
        ("variables_with_values", project | service),
        ("environment_logs", there),
        ("environment_staged_changes", there),
        ("environment_commit_staged", there),
        ("service_limits", service),
        ("service_auto_deploy_status", project | service),
        ("service_auto_deploy_set", {"input": project | service | {"enabled": False}}),
        ("service_instance_deploy", service),
        ("metrics", service | samples),
        ("metrics", project | samples),
        ("environment_metrics", service | samples | {"sampleRateSeconds": 60, "stepSeconds": 3600, "healthPath": "/health"}),
        ("activity_events", project | there),
        ("volume_backups", volume),
        ("volume_backup_create", volume),
        ("volume_backup_lock", volume | {"volumeInstanceBackupId": "b"}),
        ("volume_backup_restore", volume | {"volumeInstanceBackupId": "b"}),
        ("workspace_billing", {"workspaceId": "w"}),
        ("usage", {"workspaceId": "w", "measurements": ["CPU_USAGE"]}),
        ("deployments_list", {"input": project | there}),
        ("deployments_list", {"input": project}),
        *((f"deployment_{deed}", {"id": serving}) for deed in ("get", "events", "rollback", "redeploy", "restart", "cancel")),
        *((f"{kind}_logs", {"deploymentId": serving}) for kind in ("build", "deployment", "http")),
        ("account_whoami", {}),
        ("api_token_whoami", {}),
    ]
    before = world.read()["effects"]
    for name, variables in asked:
        assert await asker.refusal(name, header, **variables) == "Not Authorized", name
    assert world.read()["effects"] == before
    # Its own environment it reads, and the bill of a project is that of its environment.
    assert (await asker.ask("environment_detail", header, environmentId=place.STAGING))["name"] == "staging"
    billed = await asker.ask("usage", header, **project, measurements=["CPU_USAGE"], groupBy=["ENVIRONMENT_ID"])
    assert [row["tags"]["environmentId"] for row in billed] == [place.STAGING]


async def test_the_kinds_of_tokens_are_told_apart(asker: Asker, world: World) -> None:
    workspace = {"Authorization": "Bearer sandbox-railway-token-workspace"}
    assert (await asker.ask("api_token_whoami", workspace))["workspaces"][0]["name"] == "StrideIQ"
    assert await asker.refusal("account_whoami", workspace) == "Not Authorized"
    assert (await asker.ask("project_token_whoami", token("production")))["environment"]["name"] == "production"
    assert await asker.refusal("project_token_whoami") == "Project Token not found"
    with world.change() as state:
        state.setdefault("railway", {})["two_factor"] = True
    answer = (await asker.raw("account_whoami")).json()["errors"][0]
    assert answer["message"] == "Two Factor Authentication Required"
    assert answer["extensions"] == {"workspaceName": "StrideIQ"}


async def test_changed_variables_build_the_service_again_unless_told_not_to(client: httpx.AsyncClient, world: World) -> None:
    text = "mutation($input: VariableUpsertInput!) { variableUpsert(input: $input) }"
    where = {"projectId": RAILWAY_PROJECT, "environmentId": place.STAGING, "serviceId": place.SERVICE}
    count = len(world.read()["deployments"])
    for more, made in (({"skipDeploys": True}, 0), ({}, 1)):
        variables = {"input": where | {"name": "LOG_LEVEL", "value": "planted-value"} | more}
        await client.post(place.API, json={"query": text, "variables": variables}, headers=place.RAILWAY)
        assert len(world.read()["deployments"]) == count + made
    assert newest(world.read(), "railway", "staging")["reason"] == "redeploy"
    asker = Asker(client, world)
    values = await asker.ask("variables_with_values", **where)
    assert values["LOG_LEVEL"] == "planted-value"
    names = await asker.ask("variable_names", environmentId=place.STAGING)
    assert "planted-value" not in str(names)
    assert "planted-value" not in str(world.read()["effects"])
