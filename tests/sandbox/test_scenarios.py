"""The beginnings in which something went wrong hold what they promise; every one of them is a whole world."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.sandbox import deploy_orders, deploys, traffic
from strideiq_console.sandbox.incidents import HOTFIX, ONE_HEAD, TWO_HEADS
from strideiq_console.sandbox.railway import backups
from strideiq_console.sandbox.railway.call import Call, Scope
from strideiq_console.sandbox.scenarios import SCENARIOS
from strideiq_console.sandbox.world import World

VERSIONS = "apps/api/alembic/versions"


def live(world: World, component: str) -> dict[str, Any]:
    found = deploys.live(world.read(), "production", component)
    assert found is not None
    return found


def newest_backup(world: World) -> float:
    """Return the age of production's newest backup in minutes."""
    with world.change() as state:
        kept = backups.kept(Call(state, world.repository, world.clock.seconds(), Scope(account=True)), "production")
        return (world.clock.seconds() - max(float(entry["at"]) for entry in kept)) / 60


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_is_a_whole_world(make_world, git, name):
    world = make_world(scenario=name)
    assert git(world.origin, "fsck", "--strict").returncode == 0
    assert git(world.clone, "status", "--porcelain").stdout == ""
    assert git(world.clone, "symbolic-ref", "--short", "HEAD").stdout.strip() == SCENARIOS[name].checked_out
    state = world.read()
    assert set(state["schema"]) == {"production", "staging", "local"}
    assert not state["effects"], "what happened before the world began was nobody's deed in it"
    branches = {b: s for b, s in state["refs"].items() if b in ("main", "staging")}
    assert branches == {b: git(world.origin, "rev-parse", b).stdout.strip() for b in ("main", "staging")}


def test_a_bad_deployment_is_14_minutes_old_and_can_be_taken_back(make_world, git):
    world = make_world(scenario="bad-deploy")
    state, now = world.read(), world.clock.seconds()
    for component in ("web", "api"):
        entry = live(world, component)
        assert entry["sha"] == state["refs"]["main"]
        assert 12 <= (now - entry["live_from"]) / 60 <= 15
    before = traffic.knobs_at(state, "production", live(world, "api")["live_from"] - 1)[1]
    after = traffic.knobs_at(state, "production", now)[1]
    assert (before["p99_ms"], before["error_rate"]) == (640.0, 0.004)
    assert after["p99_ms"] == 2400
    assert after["error_rate"] > 0.05
    (web,) = deploy_orders.rollback_candidates(state)
    images = [e for e in state["deployments"] if e["environment"] == "production" and deploys.can_roll_back(e, now)]
    assert images[-1]["sha"] == web["sha"], "both go back to the same commit"
    crossed = git(world.origin, "diff", "--name-only", web["sha"], "main").stdout.split()
    assert crossed
    assert not [path for path in crossed if path.startswith(VERSIONS)], "no migration is crossed"
    assert git(world.origin, "rev-list", "--parents", "-1", "main").stdout.count(" ") == 2, "it came by a merge"


def test_a_schema_rollback_crosses_one_migration_and_has_a_fresh_backup(make_world, git):
    world = make_world(scenario="schema-rollback")
    state = world.read()
    (web,) = deploy_orders.rollback_candidates(state)
    crossed = git(world.origin, "diff", "--name-only", web["sha"], "main").stdout.split()
    assert [path for path in crossed if path.startswith(VERSIONS)] == [f"{VERSIONS}/0042_drop_legacy_pace.py"]
    database = state["schema"]["production"]
    assert database["rows"] == ["0042_drop_legacy_pace"]
    assert "legacy_paces" not in database["tables"]
    assert database["tables"]["pace_models"]["rows"] > 0
    assert newest_backup(world) <= 20.1
    world.age_backup("production", 90)
    assert 89 <= newest_backup(world) <= 91


def test_the_diverged_hotfix_stands_differently_here_and_there(make_world, git):
    world = make_world(scenario="diverged")
    state = world.read()
    here = git(world.clone, "rev-parse", HOTFIX).stdout.strip()
    known = git(world.clone, "rev-parse", f"refs/remotes/origin/{HOTFIX}").stdout.strip()
    there = git(world.origin, "rev-parse", HOTFIX).stdout.strip()
    assert len({here, known, there}) == 3
    assert state["refs"][HOTFIX] == there == state["pulls"]["44"]["head_sha"]
    assert state["pulls"]["43"]["head_sha"] == known
    assert state["pulls"]["43"]["merged_at"]
    pushed = git(world.clone, "push", "origin", f"refs/heads/{HOTFIX}:refs/heads/{HOTFIX}")
    assert pushed.returncode != 0
    assert "rejected" in pushed.stderr
    assert git(world.origin, "log", "-1", "--format=%an", there).stdout.strip() == "StrideIQ Bot"


def test_two_heads_stand_on_one_branch_and_one_on_another(make_world, git):
    world = make_world(scenario="two-heads")
    names = git(world.clone, "ls-tree", "--name-only", TWO_HEADS, f"{VERSIONS}/").stdout
    assert {"0042_pace_targets.py", "0042_race_goals.py", "0043_draft.py", "sentinel.py"} <= {
        name.rpartition("/")[2] for name in names.split()
    }
    one = git(world.clone, "diff", "--name-only", "origin/staging", ONE_HEAD, "--", VERSIONS).stdout.split()
    assert one == [f"{VERSIONS}/0042_gear.py"]
    assert world.read()["schema"]["local"]["rows"] == ["0041_intervals"]


def test_behind_means_that_main_has_what_staging_lacks(make_world, git):
    world = make_world(scenario="behind")
    counts = git(world.clone, "rev-list", "--left-right", "--count", "origin/main...origin/staging").stdout.split()
    assert counts == ["1", "4"]
    assert git(world.origin, "rev-list", "--merges", "--count", "staging..main").stdout.strip() == "1"
