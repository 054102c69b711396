"""Asks the world's other hosts for everything that the console can ask them for."""

from __future__ import annotations

from datetime import timedelta

from strideiq_console.domain.hosting import Hosting
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.outside import Outside
from strideiq_console.providers.prometheus import Prometheus
from strideiq_console.providers.railway import Railway
from strideiq_console.providers.status import StatusPages
from strideiq_console.providers.vercel import Vercel
from strideiq_console.sandbox.world import World

SERVED = ("production", "staging")
HOUR = timedelta(hours=1)


async def hosting(host: Hosting, world: World) -> None:
    """Read whatever both hosting providers offer."""
    now = world.clock.now()
    recent = await host.recent(limit=20)
    live = next(d for d in recent if d.live and d.environment == "production")
    assert live.sha is not None
    assert await host.of_commit("production", live.sha) is not None
    assert (await host.get(live.id)).id == live.id
    for environment in SERVED:
        await host.rollback_targets(environment)
        await host.pin(environment)
        await host.variables(environment)
        await host.domains(environment)
    await host.events(live.id)
    await host.build_log(live.id)
    await host.runtime_log(live.id)
    await host.charges(now - timedelta(days=9), now)
    await host.inspect()


async def vercel(host: Vercel, world: World) -> None:
    """Read what Vercel alone offers, and give every order."""
    live = next(d for d in await host.recent() if d.live and d.environment == "production")
    await host.whoami()
    await host.checks(live.id)
    await host.rolling_release()
    older = (await host.rollback_targets("production"))[0]
    await host.rollback(older.id, "it crashes")
    world.advance(60)
    assert (await host.pin("production")).pinned
    await host.promote(live.id)
    world.advance(60)
    assert (await host.pin("production")).pinned is False
    again = await host.redeploy(live.id)
    await host.cancel(again.id)
    staged = next(d for d in await host.recent() if d.environment == "staging")
    await host.redeploy(staged.id, production=True)
    await host.set_paused(True)
    await host.set_paused(False)
    world.advance(600)
    with world.change() as state:
        state["vercel"]["alias_fails"] = True
    serving = next(d for d in await host.recent() if d.live and d.environment == "production")
    await host.rollback((await host.rollback_targets("production"))[0].id)
    world.advance(60)
    assert (await host.pin("production")).job is not None
    await host.promote(serving.id)
    world.advance(60)


async def railway(host: Railway, world: World) -> None:
    """Read what Railway alone offers, and give every order."""
    for environment in SERVED:
        await host.project.board(environment)
        await host.project.auto_deploy(environment)
        await host.project.activity(environment)
        await host.volumes.backups(environment)
        await host.volumes.staged(environment)
        await host.metrics(environment, HOUR)
        await host.request_log(environment)
    await host.backups("production")
    await host.logs.environment("staging", words="@level:error")
    await host.measures.service("production", "Postgres", HOUR)
    await host.digests("production", ["LOG_LEVEL"], b"k" * 32)
    await host.project.activity()
    await host.project.status()
    await host.project.account()
    await host.projection()


async def railway_orders(host: Railway, world: World) -> None:
    """Give every order that Railway takes."""
    live = next(d for d in await host.recent() if d.live and d.environment == "staging")
    assert live.sha is not None
    older = (await host.rollback_targets("staging"))[0]
    await host.rollback(older.id)
    world.advance(600)
    await host.redeploy(live.id)
    world.advance(600)
    again = await host.project.deploy("staging", live.sha)
    await host.cancel(again)
    now_live = next(d for d in await host.recent() if d.live and d.environment == "staging")
    await host.restart(now_live.id)
    await host.project.set_auto_deploy("staging", False)
    await host.project.set_auto_deploy("staging", True)
    job = await host.volumes.create("staging", "before the walk")
    world.advance(600)
    await host.volumes.workflow(job, "staging")
    backup = (await host.volumes.backups("staging")).backups[0]
    await host.volumes.lock("staging", backup.id)
    await host.volumes.restore("staging", backup.id)
    world.advance(600)
    assert (await host.volumes.staged("staging")).waiting
    await host.volumes.commit("staging", "restored")


async def railway_approval(host: Railway, world: World) -> None:
    """Approve a deployment that waits for it."""
    with world.change() as state:
        state.setdefault("railway", {}).setdefault("approval", {})["staging"] = True
    live = next(d for d in await host.recent() if d.live and d.environment == "staging")
    await host.project.approve(await host.project.deploy("staging", live.sha))


async def others(outside: Outside, world: World) -> None:
    """Read the zone, the status pages, the measurements, the alerts."""
    assert outside.names is not None
    await outside.names.zone()
    await outside.names.registration()
    await outside.names.inspect()
    assert isinstance(outside.status, StatusPages)
    await outside.status.all()
    server = outside.metrics["prometheus"]
    assert isinstance(server, Prometheus)
    for environment in SERVED:
        await server.metrics(environment, HOUR)
    await server.history("production", Quantity.P99, timedelta(hours=24))
    assert outside.watch is not None
    await outside.watch.targets_down()
    await outside.watch.rules()
    for source in outside.alerts:
        await source.alerts()
    assert outside.silences is not None
    await outside.silences.silences()
