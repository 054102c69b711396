"""The console's own Railway reads and orders everything in this world: the two sides share no code, only the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from strideiq_console.domain.hosting import JobState
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.railway import Railway
from strideiq_console.sandbox.belongings import PLANTED_SECRET
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import push
from tests.sandbox_hosts.railway_asker import API

SAME = {"production": "production", "staging": "staging"}
KEY = b"k" * 32


@pytest.fixture
async def railway(world: World) -> AsyncIterator[Railway]:
    client = HttpClient(
        source="railway",
        base_url=API,
        clock=world.clock,
        governor=Governor("railway", world.clock),
        auth=("Authorization", "Bearer ", Secret(world.tokens["railway"])),
        transport=WorldTransport(world),
    )
    yield Railway(client=client, project=RAILWAY_PROJECT, service="api", environments=SAME)
    await client.close()


async def test_everything_that_can_be_read_is_there(railway: Railway, world: World) -> None:
    world.advance(7200)
    board = await railway.project.board("production")
    assert board.complete
    assert {service.component for service in board.services} == {"api", "database", "redis"}
    assert all(service.running for service in board.services)
    assert [domain.name for domain in await railway.domains("staging") if domain.certificate] == ["api-staging.strideiq.run"]
    found = await railway.metrics("production", timedelta(hours=1))
    assert {series.quantity for series in found.series if series.samples} >= {Quantity.CPU_LIMIT, Quantity.MEMORY_LIMIT}
    live = next(d for d in await railway.recent() if d.live and d.environment == "production")
    for log in (await railway.build_log(live.id), await railway.runtime_log(live.id), await railway.request_log("production")):
        assert log.lines
    assert (await railway.events(live.id)).complete
    assert len(await railway.project.activity("staging")) > 3
    report = await railway.inspect()
    assert all(permission.held for permission in report.permissions)
    backups = await railway.backups("production")
    assert len(backups.backups) > 6
    now = world.clock.now()
    charges = await railway.charges(now - timedelta(days=5), now)
    assert {(line.environment, line.component) for line in charges.lines} >= {("production", "api"), ("staging", "database")}
    assert (await railway.project.account()) is not None


async def test_values_are_compared_without_being_told(railway: Railway) -> None:
    names = ["DATABASE_URL", "STRAVA_CLIENT_SECRET", "ENCRYPTION_KEY"]
    ours, theirs = await railway.digests("production", names, KEY), await railway.digests("staging", names, KEY)
    assert [digest.digest is None for digest in ours] == [False, False, True]
    assert all(a.digest != b.digest for a, b in list(zip(ours, theirs, strict=True))[:2])
    assert PLANTED_SECRET not in f"{ours} {theirs}"


async def test_a_rollback_and_a_restore_from_order_to_end(railway: Railway, world: World) -> None:
    push(world, "main")
    world.advance(150)
    target = (await railway.rollback_targets("production"))[0]
    assert target.rollback_until is not None
    await railway.rollback(target.id)
    world.advance(60)
    live = next(d for d in await railway.recent() if d.live and d.environment == "production")
    assert live.sha == target.sha
    assert (await railway.project.set_auto_deploy("production", False)).enabled is False
    assert (await railway.pin("production")).pinned
    backup = (await railway.backups("production")).backups[1]
    job = await railway.volumes.restore("production", backup.id)
    assert (await railway.volumes.workflow(job)).state is JobState.RUNNING
    world.advance(60)
    assert (await railway.volumes.staged("production")).status == "staged"
    job = await railway.volumes.commit("production", "back")
    world.advance(60)
    assert (await railway.volumes.workflow(job)).state is JobState.DONE
    assert (await railway.backups("production")).backups[0].id == backup.id
