"""The console's own providers read this world: the two sides share no code, only the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from strideiq_console.domain.deployment import DeploymentState, live_of
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.ports import Deployments
from strideiq_console.domain.reading import Level
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.probe import HttpProber
from strideiq_console.providers.railway import Railway
from strideiq_console.providers.vercel import Vercel
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import SHA, push

ENVIRONMENTS = (
    Environment("production", "https://strideiq.run", "https://api.strideiq.run", "/health", "main", production=True),
    Environment("staging", "https://staging.strideiq.run", "https://api-staging.strideiq.run", "/health", "staging"),
)


@pytest.fixture(params=["vercel", "railway"])
async def provider(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Deployments]:
    name = request.param
    base = {"vercel": "https://api.vercel.com", "railway": "https://backboard.railway.com/graphql/v2"}[name]
    client = HttpClient(
        source=name,
        base_url=base,
        clock=world.clock,
        governor=Governor(name, world.clock),
        auth=("Authorization", "Bearer ", Secret(world.tokens[name])),
        transport=WorldTransport(world),
    )
    if name == "vercel":
        yield Vercel(client=client, project="prj_strideiq_web", team="team_acme", environments=ENVIRONMENTS)
    else:
        same = {"production": "production", "staging": "staging"}
        yield Railway(client=client, project=RAILWAY_PROJECT, service="api", environments=same)
    await client.close()


async def test_a_commit_is_followed_until_it_is_live(provider: Deployments, world: World) -> None:
    assert await provider.of_commit("staging", SHA) is None
    push(world, "staging")
    seen: list[DeploymentState] = []
    for _ in range(25):
        found = await provider.of_commit("staging", SHA)
        assert found is not None
        if found.state not in seen:
            seen.append(found.state)
        live = live_of(await provider.recent(), "staging", provider.component)
        assert live is not None
        assert (live.sha == SHA) == (found.state is DeploymentState.READY)
        world.advance(5)
    deploying = [DeploymentState.DEPLOYING] if provider.component == "api" else []
    assert seen == [DeploymentState.QUEUED, DeploymentState.BUILDING, *deploying, DeploymentState.READY]


async def test_the_prober_reads_health_and_version(world: World) -> None:
    push(world, "main")
    world.advance(200)
    prober = HttpProber(clock=world.clock, transport=WorldTransport(world))
    api = await prober.probe("https://api.strideiq.run/health", health=True)
    assert (api.level, api.version) == (Level.OK, SHA)
    local = await prober.probe("http://localhost:3000", health=False)
    assert local.running is False
