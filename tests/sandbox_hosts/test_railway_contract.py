"""Every document that the console ships, and every other one of the pack, is answered in the shape of the schema."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.railway import fields, graphql
from strideiq_console.sandbox.railway.ids import WORKSPACE
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.world import World
from tests.contracts import pack, validator
from tests.sandbox_hosts import railway_asker as place
from tests.sandbox_hosts.conftest import newest, push
from tests.sandbox_hosts.railway_asker import Asker, nodes, token

BILLED = ["CPU_USAGE", "MEMORY_USAGE_GB", "DISK_USAGE_GB", "NETWORK_TX_GB", "BACKUP_USAGE_GB"]
MEASURED = [*BILLED[:4], "CPU_LIMIT", "MEMORY_LIMIT_GB", "NETWORK_RX_GB", "EPHEMERAL_DISK_USAGE_GB"]
PROJECT = {"projectId": RAILWAY_PROJECT}
EVERY = {"production": place.PRODUCTION, "staging": place.STAGING}
STREAM = "stream_deployment_logs.graphql"


async def look_everywhere(asker: Asker) -> None:
    """Read all that can be read of the present state."""
    for name in ("account_whoami", "api_token_whoami", "platform_status", "projects_list"):
        await asker.ask(name)
    await asker.ask("project_topology", **PROJECT)
    await asker.ask("project_token_whoami", token("staging"))
    await asker.ask("workspace_billing", workspaceId=WORKSPACE)
    await asker.ask("activity_events", **PROJECT, first=5)
    await asker.ask("activity_events", **PROJECT, environmentId=place.STAGING)
    await asker.ask("usage", **PROJECT, measurements=BILLED, groupBy=["ENVIRONMENT_ID", "SERVICE_ID"], **asker.period(96))
    await asker.ask("usage", workspaceId=WORKSPACE, measurements=BILLED)
    await asker.ask("estimated_usage", **PROJECT, measurements=BILLED)
    inputs = {
        f"{key}{part}": PROJECT | {"environmentId": identity, "serviceId": place.SERVICE} | status
        for key, identity in (("one", place.PRODUCTION), ("other", place.STAGING))
        for part, status in (("Newest", {}), ("Serving", {"status": {"in": ["SUCCESS", "SLEEPING"]}}))
    }
    await asker.ask("overview", first=5, **inputs)
    await asker.ask("deployments_list", input=PROJECT, first=100)
    for name, identity in EVERY.items():
        await look_at(asker, name, identity)


async def look_at(asker: Asker, name: str, identity: str) -> None:
    """Read all of one environment."""
    here = {"environmentId": identity}
    await asker.ask("environment_detail", **here, **PROJECT)
    await asker.ask("variable_names", **here, first=3)
    await asker.ask("variables_with_values", **PROJECT, **here, serviceId=place.SERVICE)
    await asker.ask("environment_logs", **here, beforeLimit=40)
    await asker.ask("environment_staged_changes", **here)
    volume = place.VOLUME if name == "production" else place.STAGING_VOLUME
    await asker.ask("volume_backups", volumeInstanceId=volume)
    edge = here | {"serviceId": place.SERVICE} | asker.period(1)
    await asker.ask("service_limits", **here, serviceId=place.SERVICE)
    await asker.ask("service_auto_deploy_status", **PROJECT, **here, serviceId=place.SERVICE)
    measured = {"measurements": MEASURED, "sampleRateSeconds": 60, "stepSeconds": 3600, "healthPath": "/health"}
    await asker.ask("environment_metrics", **edge, **measured)
    for document in ("http_duration_metrics", "http_metrics", "http_metrics_by_status"):
        await asker.ask(document, **edge, stepSeconds=300)
    grouped = {"groupBy": ["SERVICE_ID", "ENVIRONMENT_ID"], "sampleRateSeconds": 240}
    await asker.ask("metrics", **here, measurements=MEASURED, **grouped, **asker.period(6))
    for service in (place.SERVICE, place.POSTGRES, place.REDIS):
        listed = await asker.ask("deployments_list", input=PROJECT | here | {"serviceId": service}, first=3)
        for one in nodes(listed):
            await asker.ask("deployment_get", id=one["id"])
            await asker.ask("deployment_logs", deploymentId=one["id"], limit=20)
            if service == place.SERVICE:
                await asker.ask("build_logs", deploymentId=one["id"], limit=20)
                await asker.ask("deployment_events", id=one["id"])
                await asker.ask("http_logs", deploymentId=one["id"], beforeLimit=30)


async def order_everything(asker: Asker, world: World) -> None:
    """Give every order once, and look again in between."""
    with world.change() as state:
        state.setdefault("railway", {})["approval"] = {"production": True}
    push(world, "main", "feat: x", "c" * 40)
    waiting = newest(world.read(), "railway", "main")["id"]
    assert (await asker.ask("deployment_get", id=waiting))["status"] == "NEEDS_APPROVAL"
    await asker.ask("deployment_approve", id=waiting)
    world.advance(150)
    old = [d for d in world.read()["deployments"] if d["provider"] == "railway" and d["state"] == "removed"][-1]
    await asker.ask("deployment_redeploy", id=old["id"], usePreviousImageTag=False)
    await asker.ask("deployment_cancel", id=newest(world.read(), "railway", old["branch"])["id"])
    await asker.ask("deployment_restart", id=waiting)
    await asker.ask("deployment_rollback", id=old["id"])
    world.advance(60)
    await look_at(asker, "production", place.PRODUCTION)
    target = {"environmentId": place.STAGING, "serviceId": place.SERVICE}
    await asker.ask("service_auto_deploy_set", input=PROJECT | target | {"enabled": False})
    identity = await asker.ask("service_instance_deploy", **target)
    world.advance(150)
    await asker.ask("deployment_stop", id=identity)
    await look_everywhere(asker)
    await asker.ask("deployment_remove", id=identity)
    await order_variables_and_backups(asker, world)


async def order_variables_and_backups(asker: Asker, world: World) -> None:
    where = PROJECT | {"environmentId": place.STAGING, "serviceId": place.SERVICE}
    await asker.ask("variable_upsert", input=where | {"name": "LOG_LEVEL", "value": "planted-value"})
    several: dict[str, Any] = {"variables": {"LOG_LEVEL": "planted-value", "FLAG": "planted-value"}, "skipDeploys": True}
    await asker.ask("variable_collection_upsert", input=where | several)
    await asker.ask("variable_delete", input=where | {"name": "FLAG"})
    volume = {"volumeInstanceId": place.VOLUME}
    await asker.ask("volume_backup_schedule_set", **volume, kinds=["DAILY", "MONTHLY"])
    made = await asker.ask("volume_backup_create", **volume, name="before")
    world.advance(25)
    assert (await asker.ask("workflow_status", **made))["status"] == "Complete"
    backup = (await asker.ask("volume_backups", **volume))["volumeInstanceBackupList"][0]["id"]
    await asker.ask("volume_backup_lock", **volume, volumeInstanceBackupId=backup)
    await asker.ask("volume_backup_restore", **volume, volumeInstanceBackupId=backup)
    await look_at(asker, "production", place.PRODUCTION)
    world.advance(60)
    await look_at(asker, "production", place.PRODUCTION)
    await asker.ask("environment_commit_staged", environmentId=place.PRODUCTION, commitMessage="back to yesterday")
    world.advance(60)
    await look_everywhere(asker)


@pytest.mark.contract
async def test_every_document_is_answered_in_the_shape_of_the_schema(client: httpx.AsyncClient, world: World) -> None:
    asker = Asker(client, world, pack() / "railway", validator().railway())
    push(world, "staging", "feat: x [break deploy]", "b" * 40)
    push(world, "main", "feat: x [crash]")
    for seconds in (6, 150):
        world.advance(seconds)
        await look_everywhere(asker)
    await order_everything(asker, world)
    shipped = {file.name for file in place.DOCUMENTS.glob("*.graphql")}
    offered = {file.name for file in (pack() / "railway").glob("*.graphql")}
    assert len(shipped) == 38
    assert len(offered) == 47
    assert asker.answered == (shipped | offered) - {STREAM}, "logs as they come need a socket, which the world does not have"
    effects = [e["what"] for e in world.read()["effects"] if e["provider"] == "railway"]
    assert len(effects) == 17, effects
    assert "planted-value" not in str(effects), "no value is written down"
    assert "planted-value" not in str(world.read()["railway"]["journal"])


@pytest.mark.contract
def test_fields_that_may_be_null_are_those_of_the_schema() -> None:
    schema = validator().railway().schema
    for name in graphql.NULLABLE:
        kind, _, field = name.partition(".")
        assert not str(schema.type_map[kind].fields[field].type).endswith("!"), name


@pytest.mark.contract
def test_the_world_has_the_root_fields_of_the_schema_and_no_other() -> None:
    schema = validator().railway().schema
    for offered, kind in ((fields.QUERIES, schema.query_type), (fields.MUTATIONS, schema.mutation_type)):
        assert set(offered) == set(kind.fields)
