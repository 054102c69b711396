"""Deployments meet the schema: what starts migrates, what lacks the revision in effect crashes (T5), a restart undoes (T6)."""

from __future__ import annotations

from typing import Any

import httpx

from strideiq_console.sandbox import deploy_orders, deploys
from strideiq_console.sandbox.site import app
from strideiq_console.sandbox.world import World
from tests.sandbox.schema.conftest import Opened
from tests.sandbox.schema.project import rows, run


def api(world: World, environment: str = "production") -> dict[str, Any]:
    found = deploys.live(world.read(), environment, "api")
    assert found is not None
    return found


def before(world: World) -> dict[str, Any]:
    """Return the deployment that served production before."""
    old = [e for e in world.read()["deployments"] if e["provider"] == "railway" and e["environment"] == "production"]
    found: dict[str, Any] = old[-2]
    return found


async def health(world: World) -> int:
    transport = httpx.ASGITransport(app(world))
    async with httpx.AsyncClient(transport=transport, base_url="https://api.strideiq.run") as client:
        return (await client.get("/health")).status_code


def roll_back(world: World) -> str:
    with world.change() as state:
        made = deploy_orders.roll_back_api(state, before(world)["id"], world.clock.seconds())
        return str(made["id"])


async def test_code_from_before_a_migration_crashes_on_the_migrated_database(opened: Opened) -> None:
    world = opened("schema-rollback")
    assert await health(world) == 200
    identity = roll_back(world)
    world.advance(120)
    found = api(world)
    assert (found["id"], found["state"]) == (identity, "crashed")
    assert await health(world) == 503
    words = [text for _, level, text in found["said"] if level == "error"]
    assert words == ["FAILED: Can't locate revision identified by '0042_drop_legacy_pace'", "exit status 255"]
    assert rows(world) == ["0042_drop_legacy_pace"]
    assert not [e for e in world.read()["effects"] if e["provider"] == "database"], "nobody ordered a migration"


async def test_without_a_migration_between_a_rollback_serves(opened: Opened) -> None:
    world = opened("bad-deploy")
    sha = before(world)["sha"]
    roll_back(world)
    world.advance(120)
    assert (api(world)["sha"], api(world)["state"]) == (sha, "ready")
    assert await health(world) == 200


async def test_schema_first_with_the_new_code_then_the_old_code_serves(opened: Opened) -> None:
    world = opened("schema-rollback")
    assert run(world, world.clone / "apps/api", "downgrade", "0041_intervals").code == 0
    roll_back(world)
    world.advance(120)
    assert await health(world) == 200
    assert rows(world) == ["0041_intervals"]


async def test_a_restart_of_the_new_code_undoes_a_downgrade(opened: Opened) -> None:
    world = opened("schema-rollback")
    assert run(world, world.clone / "apps/api", "downgrade", "0041_intervals").code == 0
    with world.change() as state:
        deploy_orders.restart_api(state, api(world)["id"], world.clock.seconds())
    world.advance(20)
    assert rows(world) == ["0042_drop_legacy_pace"]
    last = world.read()["schema"]["production"]["history"][-1]
    assert (last["direction"], last["by"]) == ("upgrade", api(world)["id"])
    assert any("Running upgrade 0041_intervals -> 0042_drop_legacy_pace" in text for _, _, text in api(world)["said"])
    assert await health(world) == 200


async def test_a_crashed_start_comes_back_once_the_schema_fits(opened: Opened) -> None:
    world = opened("schema-rollback")
    roll_back(world)
    world.advance(120)
    assert run(world, world.clone / "apps/api", "downgrade", "0041_intervals").code == 0
    with world.change() as state:
        deploy_orders.restart_api(state, api(world)["id"], world.clock.seconds())
    world.advance(20)
    assert api(world)["state"] == "ready"
    assert await health(world) == 200


async def test_without_the_migration_at_the_start_old_code_serves_whatever_the_schema(opened: Opened) -> None:
    world = opened("schema-rollback")
    with world.change() as state:
        state["schema"]["production"]["upgrade_at_start"] = False
    roll_back(world)
    world.advance(120)
    assert await health(world) == 200


def test_a_merge_carries_its_migration_to_the_database_when_it_serves(opened: Opened) -> None:
    world = opened("calm")
    with world.change() as state:
        staging = state["refs"]["staging"]
        deploy_orders.deploy_api(state, "production", staging, "release: by hand", world.clock.seconds())
    assert rows(world) == ["0040_shoes"]
    world.advance(200)
    assert rows(world) == ["0041_intervals"]
    assert world.read()["schema"]["production"]["tables"]["intervals"]["rows"] == 0


def test_a_world_of_an_older_version_gets_its_databases_when_it_is_opened(opened: Opened) -> None:
    world = opened("calm")
    with world.change() as state:
        whole = state.pop("schema")
        state.pop("code")
    world.settle()
    assert {name: found["rows"] for name, found in world.read()["schema"].items()} == {n: f["rows"] for n, f in whole.items()}
