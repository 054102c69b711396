"""Railway: backups of the database's volume, and the jobs that make and restore them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.hosting import JobState
from tests.providers.railway.examples import VOLUME, answers, detail, instance, page
from tests.providers.railway.fake import FakeRailway, operations, railway
from tests.providers.railway.places import PRODUCTION, REDIS


async def test_backups_are_newest_first_with_their_schedules() -> None:
    found = answers()["VolumeBackups"]
    old, new = found["volumeInstanceBackupList"][0], {"id": "b2", "createdAt": "2026-01-09T11:00:00Z", "usedMB": 7, "name": None}
    found["volumeInstanceBackupList"] = [
        old,
        new,
        {"id": "b0", "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-07T00:00:00Z"},
    ]
    port, wire = railway(FakeRailway(VolumeBackups=found))
    board = await port.backups("production")
    assert [b.id for b in board.backups] == ["b2", "b1", "b0"]
    assert [b.size for b in board.backups] == [7_000_000, 812_000_000, None]
    assert (board.backups[1].schedule, board.backups[0].schedule, board.backups[0].name) == ("DAILY", None, "")
    assert board.backups[2].expires_at is not None
    (schedule,) = board.schedules
    assert (schedule.kind, schedule.every, schedule.retention) == ("DAILY", timedelta(days=1), timedelta(days=6))
    assert board.volume == VOLUME
    await port.backups("production")
    assert operations(wire) == ["ProjectTopology", "EnvironmentDetail", "VolumeBackups", "VolumeBackups"]


@pytest.mark.parametrize(
    ("kind", "seconds", "every", "kept"),
    [
        ("WEEKLY", None, 7, 30),
        ("MONTHLY", None, 31, 90),
        ("DAILY", 86400, 1, 1),
        ("HOURLY", None, None, None),
        ("HOURLY", 86400, None, 1),
    ],
)
async def test_schedules(kind: str, seconds: int | None, every: int | None, kept: int | None) -> None:
    found = answers()["VolumeBackups"]
    found["volumeInstanceBackupScheduleList"][0] |= {"kind": kind, "retentionSeconds": seconds}
    (schedule,) = (await railway(FakeRailway(VolumeBackups=found))[0].backups("production")).schedules
    assert schedule.every == (timedelta(days=every) if every else None)
    assert schedule.retention == (timedelta(days=kept) if kept else None)


async def test_jobs_are_started_and_followed() -> None:
    port, wire = railway(FakeRailway())
    assert await port.volumes.create("production", "before migration") == "w1"
    assert wire.calls[-1].body["variables"] == {"volumeInstanceId": VOLUME, "name": "before migration"}
    await port.volumes.lock("production", "b1")
    assert await port.volumes.restore("production", "b1") == "w2"
    assert wire.calls[-1].body["variables"] == {"volumeInstanceId": VOLUME, "volumeInstanceBackupId": "b1"}
    staged = await port.volumes.staged("production")
    assert (staged.status, staged.waiting, staged.message, staged.error) == ("staged", True, "restore", "")
    assert await port.volumes.commit("production", "restore b1") == "w3"
    assert wire.calls[-1].body["variables"] == {"environmentId": PRODUCTION, "commitMessage": "restore b1"}
    assert (await port.volumes.workflow("w3")).state is JobState.DONE
    assert operations(wire).count("EnvironmentDetail") == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [("Running", JobState.RUNNING), ("Error", JobState.FAILED), ("NotFound", JobState.UNKNOWN), ("New", JobState.UNKNOWN)],
)
async def test_states_of_a_job(status: str, state: JobState) -> None:
    answer = {"workflowStatus": {"status": status, "error": "disk\x1bfull"}}
    found = await railway(FakeRailway(WorkflowStatus=answer))[0].volumes.workflow("w")
    assert (found.state, found.error) == (state, "disk␛full")


@pytest.mark.parametrize("answer", [{"workflowId": None}, {"workflowId": " "}, {}])
async def test_a_job_without_an_id_must_be_read_back(answer: dict[str, Any]) -> None:
    port, _ = railway(FakeRailway(VolumeBackupCreate={"volumeInstanceBackupCreate": answer}))
    with pytest.raises(OutsideError) as caught:
        await port.volumes.create("production")
    assert not caught.value.known_not_done
    assert "read back" in caught.value.fault.consequence


async def test_a_lock_that_is_refused_is_a_failure() -> None:
    port, _ = railway(FakeRailway(VolumeBackupLock={"volumeInstanceBackupLock": False}))
    with pytest.raises(OutsideError):
        await port.volumes.lock("production", "b1")


async def test_the_database_can_be_named_and_is_never_guessed_between_two() -> None:
    found = detail()
    volumes = found["environment"]["volumeInstances"]
    other = {**volumes["edges"][0]["node"], "id": "redis-volume", "serviceId": REDIS}
    volumes["edges"].append({"node": other})
    port, wire = railway(FakeRailway(EnvironmentDetail=found), database="Redis")
    await port.backups("production")
    assert wire.calls[-1].body["variables"] == {"volumeInstanceId": "redis-volume"}
    found["environment"]["serviceInstances"] = page([instance("postgres-a", REDIS), instance("postgres-b", "x")])
    volumes["edges"] += [{"node": {**other, "id": "b", "serviceId": "x"}}]
    for world in (FakeRailway(EnvironmentDetail=found), FakeRailway(EnvironmentDetail=detail())):
        port, wire = railway(world, database="" if world.answers["EnvironmentDetail"] is found else "elsewhere")
        with pytest.raises(OutsideError) as caught:
            await port.volumes.create("production")
        assert (caught.value.fault.kind, caught.value.known_not_done) == (FaultKind.MISSING, True)
        assert "[railway] database" in caught.value.fault.next_step
        assert operations(wire) == ["ProjectTopology", "EnvironmentDetail"]
