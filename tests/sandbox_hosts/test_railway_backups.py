"""Backups appear as the world's days pass, are made by hand, kept, and brought back; each job takes its time."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.world import World
from tests.sandbox_hosts import railway_asker as place
from tests.sandbox_hosts.railway_asker import Asker, nodes, token

DAY = 86_400.0
VOLUME = {"volumeInstanceId": place.VOLUME}
HERE = {"environmentId": place.PRODUCTION}


@pytest.fixture
def asker(client: httpx.AsyncClient, world: World) -> Asker:
    return Asker(client, world)


async def backups(asker: Asker, **volume: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await asker.ask("volume_backups", **volume or VOLUME))["volumeInstanceBackupList"]
    return found


def at(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


async def test_scheduled_backups_appear_daily_and_expire(asker: Asker, world: World) -> None:
    for days in (0.0, 1.0, 1.0, 40.0):
        world.advance(days * DAY)
        now = world.clock.seconds()
        found = await backups(asker)
        schedules = (await asker.ask("volume_backups", **VOLUME))["volumeInstanceBackupScheduleList"]
        kinds = {schedule["id"]: schedule["kind"] for schedule in schedules}
        assert sorted(kinds.values()) == ["DAILY", "WEEKLY"]
        daily = [b for b in found if kinds[b["scheduleId"]] == "DAILY"]
        assert len(daily) == 6, "kept for six days"
        assert 0 <= now - at(daily[0]["createdAt"]) <= DAY
        assert [at(a["createdAt"]) - at(b["createdAt"]) for a, b in pairwise(daily)] == [DAY] * 5
        assert all(at(b["expiresAt"]) > now for b in found)
        assert len(found) - len(daily) in (4, 5), "a month of weekly ones"
    assert len({b["id"] for b in found}) == len(found)


async def test_looking_often_or_once_makes_the_same_backups(asker: Asker, world: World) -> None:
    for _ in range(9):
        await backups(asker)
        world.advance(DAY / 3)
    often = await backups(asker)
    with world.change() as state:
        del state["railway"]["backups"]
        del state["railway"]["schedules"]
    assert await backups(asker) == often


async def test_a_backup_by_hand_takes_its_time_and_stays(asker: Asker, world: World) -> None:
    before = await backups(asker)
    job = await asker.ask("volume_backup_create", **VOLUME, name="before the schema change")
    assert await asker.ask("workflow_status", **job) == {"status": "Running", "error": None}
    assert await backups(asker) == before
    world.advance(21)
    assert await asker.ask("workflow_status", **job) == {"status": "Complete", "error": None}
    mine = (await backups(asker))[0]
    assert (mine["name"], mine["scheduleId"], mine["expiresAt"]) == ("before the schema change", None, None)
    oldest = (await backups(asker))[-1]
    assert await asker.ask("volume_backup_lock", **VOLUME, volumeInstanceBackupId=oldest["id"]) is True
    world.advance(120 * DAY)
    assert {b["id"] for b in await backups(asker) if b["expiresAt"] is None} == {mine["id"], oldest["id"]}
    assert await asker.ask("workflow_status", workflowId="nobody") == {"status": "NotFound", "error": None}


async def test_a_restore_is_staged_and_takes_effect_when_it_is_applied(asker: Asker, world: World) -> None:
    target = (await backups(asker))[2]
    database = {"serviceId": place.POSTGRES, **HERE}
    first = nodes(await asker.ask("deployments_list", input=database))
    none = await asker.ask("environment_staged_changes", **HERE)
    assert none["status"] == "COMMITTED"
    assert "No staged changes" in await asker.refusal("environment_commit_staged", **HERE)
    job = await asker.ask("volume_backup_restore", **VOLUME, volumeInstanceBackupId=target["id"])
    assert (await asker.ask("volume_backups", **VOLUME))["volumeInstance"]["state"] == "RESTORING"
    world.advance(46)
    assert (await asker.ask("workflow_status", **job))["status"] == "Complete"
    staged = await asker.ask("environment_staged_changes", **HERE)
    assert staged["status"] == "STAGED"
    assert (await asker.ask("environment_detail", **HERE))["unmergedChangesCount"] == 1
    assert nodes(await asker.ask("deployments_list", input=database)) == first, "nothing happens before it is applied"
    applied = await asker.ask("environment_commit_staged", **HERE, commitMessage="back to before")
    assert (await asker.ask("environment_staged_changes", **HERE))["status"] == "APPLYING"
    world.advance(31)
    assert (await asker.ask("workflow_status", workflowId=applied))["status"] == "Complete"
    done = await asker.ask("environment_staged_changes", **HERE)
    assert (done["status"], done["message"]) == ("COMMITTED", "back to before")
    assert (await asker.ask("environment_detail", **HERE))["unmergedChangesCount"] == 0
    assert (await backups(asker))[0]["id"] == target["id"], "younger backups are lost"
    after = nodes(await asker.ask("deployments_list", input=database))
    assert [d["status"] for d in after] == ["SUCCESS", "REMOVED"]
    assert after[1]["id"] == first[0]["id"]


async def test_a_job_that_fails_says_why_and_changes_nothing(asker: Asker, world: World) -> None:
    before = await backups(asker)
    with world.change() as state:
        state["railway"]["job_fails"] = "no space left on the snapshot device"
    job = await asker.ask("volume_backup_create", **VOLUME)
    world.advance(30)
    assert await asker.ask("workflow_status", **job) == {"status": "Error", "error": "no space left on the snapshot device"}
    assert await backups(asker) == before
    assert (await asker.raw("workflow_status", token("staging"), **job)).json()["errors"][0]["message"] == "Not Authorized"


async def test_backups_are_of_the_environment_s_database_alone(asker: Asker, world: World) -> None:
    other = await backups(asker, volumeInstanceId=place.STAGING_VOLUME)
    assert not {b["id"] for b in other} & {b["id"] for b in await backups(asker)}
    wrong = {"volumeInstanceId": place.STAGING_VOLUME, "volumeInstanceBackupId": (await backups(asker))[0]["id"]}
    assert await asker.refusal("volume_backup_restore", **wrong) == "Backup not found"
    assert "not enabled" in await asker.refusal(
        "volume_backup_create", volumeInstanceId=place.made("volume instance Redis staging")
    )
