"""What a provider turns back besides the code, how far back it goes, and what it writes when a start fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from strideiq_console.sandbox import deploy_orders, deploys
from strideiq_console.sandbox.railway import backups, jobs, memory, variable_sets, variables
from strideiq_console.sandbox.railway.call import Call, Scope
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, PROJECT, SERVICES, made
from strideiq_console.sandbox.railway.logs import deployment_logs
from strideiq_console.sandbox.railway.orders import MUTATIONS
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import push

HOUR = 3600.0


def ids(name: str) -> dict[str, str]:
    environment = next(i for i, known in ENVIRONMENTS.items() if known == name)
    service = next(i for i, known in SERVICES.items() if known == "api")
    return {"projectId": PROJECT, "environmentId": environment, "serviceId": service}


def asked(world: World, state: dict[str, Any]) -> Call:
    return Call(state, world.repository, world.clock.seconds(), Scope(account=True))


def change(world: World, **values: str) -> None:
    with world.change() as state:
        variables.upsert_all(asked(world, state), {"input": {**ids("production"), "variables": values}})


def now_set(world: World) -> dict[str, str]:
    with world.change() as state:
        return variables.values(asked(world, state), ids("production"))


def roll_back(world: World, identity: str) -> None:
    with world.change() as state:
        MUTATIONS["deploymentRollback"](asked(world, state), {"id": identity})


def api(world: World) -> dict[str, Any]:
    found = deploys.live(world.read(), "production", "api")
    assert found is not None
    return found


def test_a_rollback_brings_back_the_variables_of_its_deployment(world: World) -> None:
    old, before = api(world)["id"], now_set(world)
    world.advance(60)
    change(world, STRAVA_CLIENT_ID="9999", FEATURE_TONE="on")
    world.advance(300)
    assert api(world)["id"] != old
    assert now_set(world)["FEATURE_TONE"] == "on"
    roll_back(world, old)
    assert now_set(world) == before
    state = world.read()
    entry = memory.memory(state)["journal"][-2]
    assert (entry["object"], entry["payload"]) == ("variable", {"names": ["FEATURE_TONE", "STRAVA_CLIENT_ID"]})
    assert "9999" not in str(memory.memory(state)["journal"]), "names alone, never values"
    world.advance(120)
    assert api(world)["reason"] == "rollback"


def test_a_rollback_forward_again_brings_the_newer_variables(world: World) -> None:
    old = api(world)["id"]
    world.advance(60)
    change(world, FEATURE_TONE="on")
    world.advance(300)
    newer = api(world)["id"]
    roll_back(world, old)
    world.advance(120)
    assert "FEATURE_TONE" not in now_set(world)
    roll_back(world, newer)
    assert now_set(world)["FEATURE_TONE"] == "on"


def test_where_no_variable_was_ever_changed_a_rollback_changes_none(world: World) -> None:
    push(world, "main")
    world.advance(200)
    assert variable_sets.restore(world.read(), "production", 0.0, 1.0) == []
    before = now_set(world)
    roll_back(world, next(e["id"] for e in world.read()["deployments"] if deploys.can_roll_back(e, world.clock.seconds())))
    assert now_set(world) == before
    assert [e["object"] for e in memory.memory(world.read())["journal"]] == ["deployment"]


def test_an_image_is_gone_after_72_hours(world: World) -> None:
    old = api(world)["id"]
    push(world, "main")
    world.advance(200)
    ended = next(e for e in world.read()["deployments"] if e["id"] == old)["live_until"]
    world.advance(ended + 72 * HOUR - world.clock.seconds() - 1)
    entry = next(e for e in world.read()["deployments"] if e["id"] == old)
    assert deploys.can_roll_back(entry, world.clock.seconds())
    world.advance(2)
    assert not deploys.can_roll_back(entry, world.clock.seconds())


@pytest.mark.parametrize(("plan", "depth"), [("hobby", 1), ("pro", 2)])
def test_how_far_vercel_goes_back_depends_on_the_plan(world: World, plan: str, depth: int) -> None:
    for number in (1, 2):
        push(world, "main", sha=str(number) * 40)
        world.advance(300)
    with world.change() as state:
        deploys.vercel(state)["plan"] = plan
        candidates = deploy_orders.rollback_candidates(state)
        assert len(candidates) == depth or (plan == "pro" and len(candidates) >= depth)
        farther = [e for e in state["deployments"] if e["provider"] == "vercel" and e["environment"] == "production"][-3]
        if plan == "hobby":
            with pytest.raises(deploy_orders.RefusedOrderError, match="previous production deployment"):
                deploy_orders.roll_back_web(state, farther["id"], world.clock.seconds())
        else:
            deploy_orders.roll_back_web(state, farther["id"], world.clock.seconds())


def test_the_log_of_a_start_that_failed_has_alembics_own_words(tmp_path: Path) -> None:
    world = World.open(tmp_path / "w", scenario="schema-rollback", clock="manual")
    state = world.read()
    old = [e for e in state["deployments"] if e["provider"] == "railway" and e["environment"] == "production"][-2]
    roll_back(world, old["id"])
    world.advance(120)
    assert api(world)["state"] == "crashed"
    with world.change() as state:
        lines = deployment_logs(asked(world, state), {"deploymentId": api(world)["id"]})
    texts = [str(line["message"]) for line in lines if line["severity"] == "error"]
    assert "FAILED: Can't locate revision identified by '0042_drop_legacy_pace'" in texts
    assert not [text for text in texts if "session store" in text]
    world.close()


def test_a_restored_backup_brings_back_the_rows_that_a_migration_dropped(tmp_path: Path) -> None:
    world = World.open(tmp_path / "w", scenario="schema-rollback", clock="manual")
    assert "legacy_paces" not in world.read()["schema"]["production"]["tables"]
    with world.change() as state:
        call = asked(world, state)
        place = {"volumeInstanceId": made("volume instance Postgres production")}
        mine = next(node for node in backups.listing(call, place) if node["name"] == "Before the pace models")
        jobs.restore(call, place | {"volumeInstanceBackupId": mine["id"]})
    world.advance(60)
    with world.change() as state:
        jobs.settle(asked(world, state))
        jobs.commit(asked(world, state), {"environmentId": ids("production")["environmentId"]})
    world.advance(60)
    with world.change() as state:
        jobs.settle(asked(world, state))
    found = world.read()["schema"]["production"]
    assert found["rows"] == ["0041_intervals"]
    assert found["tables"]["legacy_paces"]["rows"] == 31_877
    assert "pace_models" not in found["tables"]
    world.close()
