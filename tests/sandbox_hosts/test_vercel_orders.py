"""The console's own Vercel orders in the world, and reads back what came of it: the two sides share no code, only the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.deployment import DeploymentState, live_of
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.hosting import Hosting, JobState
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.vercel import Vercel
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import VERCEL, newest, push
from tests.sandbox_hosts.test_with_providers import ENVIRONMENTS


class Recording(httpx.AsyncBaseTransport):
    """Hands every request on to the world and keeps it."""

    def __init__(self, world: World) -> None:
        self._world = WorldTransport(world)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._world.handle_async_request(request)


@pytest.fixture
def wire(world: World) -> Recording:
    return Recording(world)


@pytest.fixture
async def vercel(world: World, wire: Recording) -> AsyncIterator[Vercel]:
    client = HttpClient(
        source="vercel",
        base_url="https://api.vercel.com",
        clock=world.clock,
        governor=Governor("vercel", world.clock, write_spacing=0.0),
        auth=("Authorization", "Bearer ", Secret(world.tokens["vercel"])),
        transport=wire,
    )
    yield Vercel(client=client, project="strideiq-web", team="team_acme", environments=ENVIRONMENTS, stream_seconds=1.0)
    for request in wire.requests:
        free = request.url.path.startswith(("/v2/user", "/v2/teams"))
        assert ("teamId" in request.url.params) != free, request.url
    assert not world.read()["violations"]
    await client.close()


async def serving(vercel: Vercel) -> str:
    found = live_of(await vercel.recent(), "production", "web")
    assert found is not None
    return found.id


async def test_rollback_pins_production_until_a_build_is_promoted(vercel: Vercel, world: World) -> None:
    port: Hosting = vercel
    push(world, "main", "feat: bad", "a" * 40)
    world.advance(200)
    bad = await serving(vercel)
    before = await port.pin("production")
    assert (before.pinned, before.deployment_id) == (False, bad)
    assert "previous production deployment" in before.note
    (target,) = await port.rollback_targets("production")
    await port.rollback(target.id)
    states = []
    for _ in range(4):
        pin = await port.pin("production")
        assert pin.job is not None
        assert (pin.job.kind, pin.job.to_id, pin.job.from_id) == ("rollback", target.id, bad)
        states.append(pin.job.state)
        world.advance(2)
    assert states == [JobState.PENDING, JobState.RUNNING, JobState.RUNNING, JobState.DONE]
    held = await port.pin("production")
    assert (held.pinned, held.deployment_id) == (True, target.id)
    assert await serving(vercel) == target.id
    push(world, "main", "fix: good", "b" * 40)
    world.advance(200)
    assert await serving(vercel) == target.id, "a new push does not take the domain"
    fixed = newest(world.read(), "vercel", "main")["id"]
    assert (await vercel.promote(fixed)).state is JobState.RUNNING
    world.advance(10)
    free = await port.pin("production")
    assert (free.pinned, free.deployment_id) == (False, fixed)
    assert free.job is not None
    assert (free.job.kind, free.job.state) == ("promote", JobState.DONE)
    push(world, "main", "feat: next", "c" * 40)
    world.advance(200)
    assert await serving(vercel) == newest(world.read(), "vercel", "main")["id"]


async def test_a_failed_job_names_what_did_not_move(vercel: Vercel, world: World) -> None:
    with world.change() as state:
        state["vercel"]["alias_fails"] = True
    before = await serving(vercel)
    (target,) = await vercel.rollback_targets("production")
    await vercel.rollback(target.id)
    world.advance(10)
    pin = await vercel.pin("production")
    assert pin.job is not None
    assert pin.job.state is JobState.FAILED
    assert "failed for strideiq.run" in pin.note
    assert (pin.pinned, await serving(vercel)) == (False, before)


async def test_hobby_goes_back_one_step_and_says_so(vercel: Vercel, world: World) -> None:
    (target,) = await vercel.rollback_targets("production")
    older = [d for d in await vercel.recent(limit=50) if d.environment == "production" and d.created_at and target.created_at]
    oldest = min(older, key=lambda d: d.created_at or target.created_at)  # type: ignore[arg-type, return-value]
    assert oldest.id != target.id
    with pytest.raises(OutsideError) as caught:
        await vercel.rollback(oldest.id)
    assert (caught.value.status, caught.value.known_not_done) == (402, True)
    assert "Hobby" in caught.value.fault.next_step


async def test_a_preview_is_refused_and_its_commit_built_for_production(vercel: Vercel, world: World) -> None:
    preview = newest(world.read(), "vercel", "staging")
    with pytest.raises(OutsideError) as caught:
        await vercel.promote(preview["id"])
    assert caught.value.fault.kind is FaultKind.REFUSED
    made = await vercel.redeploy(preview["id"], production=True)
    assert (made.environment, made.sha, made.branch) == ("production", preview["sha"], "staging")
    world.advance(200)
    assert await serving(vercel) == made.id
    again = await vercel.redeploy(preview["id"])
    assert again.environment == "staging"
    await vercel.cancel(again.id)
    assert (await vercel.get(again.id)).state is DeploymentState.CANCELLED
    with pytest.raises(OutsideError):
        await vercel.cancel(again.id)


async def test_a_queued_promotion_and_its_release(vercel: Vercel, world: World) -> None:
    assert await vercel.rolling_release() is None
    target = newest(world.read(), "vercel", "main")["id"]
    with world.change() as state:
        state["vercel"]["rolling"] = {"from": target, "to": target, "started": world.clock.seconds(), "percentage": 10}
    assert (await vercel.promote(target)).state is JobState.PENDING
    release = await vercel.rolling_release()
    assert release is not None
    assert (release.state, release.to_id) == (JobState.RUNNING, target)


async def test_a_pause_blocks_production_and_holds_its_domains(vercel: Vercel, world: World, client: httpx.AsyncClient) -> None:
    await vercel.set_paused(True)
    pin = await vercel.pin("production")
    assert pin.pinned is True
    assert "paused" in pin.note
    assert (await client.get("https://strideiq.run/")).status_code == 503
    await vercel.set_paused(False)
    assert (await vercel.pin("production")).pinned is False
    assert (await client.get("https://strideiq.run/")).status_code == 200


async def test_logs_of_a_build_that_fails_and_of_what_serves(vercel: Vercel, world: World) -> None:
    push(world, "main", "feat: x [break deploy]", "d" * 40)
    failing = newest(world.read(), "vercel", "main")["id"]
    world.advance(12)
    early = await vercel.build_log(failing)
    world.advance(200)
    log = await vercel.build_log(failing)
    assert early.lines == log.lines[: len(early.lines)], "what was written stays"
    assert 0 < len(early.lines) < len(log.lines)
    assert log.complete
    assert ("exited with 1" in log.lines[-2].text + log.lines[-1].text) is True
    assert "fatal" in [line.level for line in log.lines]
    tail = await vercel.build_log(failing, lines=3)
    assert (tail.lines, tail.complete) == (log.lines[-3:], False)
    timeline = await vercel.events(failing)
    assert [line.text.split(":")[0] for line in timeline.lines] == ["queued", "building", "check Lighthouse", "failed"]
    live = await serving(vercel)
    runtime = await vercel.runtime_log(live, lines=5)
    assert len(runtime.lines) == 5
    assert runtime.lines[0].fields["domain"] == "strideiq.run"
    assert not runtime.complete
    (check,) = await vercel.checks(live)
    assert check.state is CheckState.SUCCESS


async def test_names_and_domains(vercel: Vercel, world: World) -> None:
    live = await vercel.variables("production")
    assert [(v.name, v.sealed, v.secret) for v in live] == [
        ("NEXT_PUBLIC_API_URL", False, False),
        ("NEXT_PUBLIC_BASE_URL", False, False),
        ("REVALIDATE_TOKEN", False, True),
        ("SENTRY_AUTH_TOKEN", True, True),
    ]
    assert {v.branch for v in await vercel.variables("staging")} == {"staging", None}
    with world.change() as state:
        state["vercel"]["domains"] = {"staging.strideiq.run": {"verified": False, "misconfigured": True}}
    (stage,) = await vercel.domains("staging")
    assert (stage.name, stage.verified, stage.configured) == ("staging.strideiq.run", False, False)
    assert [r.type for r in stage.wanted] == ["TXT", "CNAME"]
    assert [d.name for d in await vercel.domains("production")] == [
        "strideiq.run",
        "www.strideiq.run",
        "strideiq-web-acme.vercel.app",
    ]


async def test_asking_for_decrypted_values_is_held_against_a_client(client: httpx.AsyncClient, world: World) -> None:
    path = "https://api.vercel.com/v10/projects/strideiq-web/env"
    params = {"teamId": "team_acme", "decrypt": "true"}
    found = (await client.get(path, params=params, headers=VERCEL)).json()["envs"]
    assert {e["type"]: e["value"] for e in found}["sensitive"] == ""
    assert "decrypted" in world.read()["violations"][-1]["what"]


async def test_costs_are_assumed_on_hobby_and_told_on_pro(vercel: Vercel, world: World) -> None:
    now = world.clock.now()
    (line,) = (await vercel.charges(now - timedelta(days=30), now)).lines
    assert line.kind is CostKind.ASSUMED
    with world.change() as state:
        state["vercel"]["plan"] = "pro"
    told = await vercel.charges(now - timedelta(days=35), now)
    assert told.complete
    amounts = {line.what: line.amount for line in told.lines}
    assert amounts["Function Invocations"] == Decimal("0.0026") * 36
    assert amounts["Pro Plan Seat (purchase)"] in (Decimal(20), Decimal(40))
    report = await vercel.inspect()
    assert "Plan: pro" in report.notes
    assert not report.lacks
