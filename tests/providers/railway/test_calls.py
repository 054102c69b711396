"""Railway: what each look costs once the names are known; Hobby allows 1,000 requests an hour, the dashboard spends 60 at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.providers.hosting import SHA_A
from tests.providers.railway.everything import END, READS, START
from tests.providers.railway.examples import measured, statuses
from tests.providers.railway.fake import FakeRailway, deployment, operations, railway, two_tokens
from tests.providers.railway.places import STAGING

COSTS = {
    "recent": 1,
    "of_commit": 1,
    "rollback_targets": 1,
    "pin": 1,
    "events": 1,
    "build_log": 1,
    "runtime_log": 1,
    "request_log": 1,
    "environment_log": 1,
    "metrics": 1,
    "service_metrics": 1,
    "variables": 1,
    "digests": 1,
    "board": 1,
    "domains": 1,
    "auto_deploy": 1,
    "activity": 1,
    "status": 1,
    "account": 1,
    "backups": 1,
    "staged": 1,
    "charges": 1,
    "projection": 2,
}


def calm() -> FakeRailway:
    pair = [deployment("p0", 1, SHA_A), deployment("s0", 1, SHA_A, environment=STAGING)]
    return FakeRailway(pair, EnvironmentMetrics=measured() | {"statuses": statuses(_200=100)})


@pytest.mark.parametrize("name", sorted(COSTS))
async def test_a_second_look_costs(name: str) -> None:
    port, wire = railway(calm())
    await port.recent()
    await READS[name](port)
    wire.calls.clear()
    await READS[name](port)
    assert len(wire.calls) == COSTS[name], operations(wire)


async def test_an_idle_hour_of_the_dashboard_fits_its_budget() -> None:
    """Deployments every 2 min, measurements of both environments every 10, the rest slower: 55 requests."""
    port, wire = railway(calm())
    for minute in range(0, 60, 2):
        await port.recent()
        if minute % 10 == 0:
            for environment in ("production", "staging"):
                await port.metrics(environment, timedelta(minutes=10))
        if minute % 30 == 0:
            for environment in ("production", "staging"):
                await port.project.board(environment)
                await port.pin(environment)
        if minute == 0:
            await port.backups("production")
            await port.charges(START, END)
            await port.project.status()
    assert len(wire.calls) <= 60, len(wire.calls)


async def test_environments_in_pairs_and_alone() -> None:
    for count, asked in ((1, ["DeploymentsList"]), (2, ["Overview"]), (3, ["Overview", "DeploymentsList"])):
        names = {f"e{n}": name for n, name in enumerate(["production", "staging", "production"][:count])}
        port, wire = railway(calm(), names)
        assert len(await port.recent()) == count
        assert operations(wire) == ["ProjectTopology", *asked]
    port, wire = two_tokens(calm())
    await port.recent()
    assert operations(wire).count("DeploymentsList") == 2
