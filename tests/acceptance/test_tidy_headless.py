"""Clean-up by the command line, with real git in a world: what goes, what stays, and everything back again (R17, R18)."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell
from tests.crash.happenings import LEFT, leave_branches

REFS = ("for-each-ref", "--format=%(refname) %(objectname)")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World.open(tmp_path / "world", clock="fast:300")
    leave_branches(made)
    return made


def test_merged_and_squashed_branches_go_and_come_back(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    heads = shell.git(*REFS, "refs/heads", cwd=world.clone), dict(world.read()["refs"])
    named = ("runbook", "start", "tidy", "--input", f"branches={', '.join(LEFT)}")
    plan = shell.run(*at, *named, "--plan", "--json")
    assert plan.code == 0, plan
    effects = [effect["sentence"] for step in plan.json["steps"] if step["level"] == 2 for effect in step["effects"]]
    assert len(effects) == 4, "each deletion is an effect of its own"
    assert sum("its commits are in staging" in effect for effect in effects) == 2
    assert sum("all its changes are in staging" in effect for effect in effects) == 2
    done = shell.run(*at, *named, "--plan-hash", plan.json["fingerprint"], "--wait", "60", "--json")
    assert done.code == 0, done
    state = world.read()
    assert not set(LEFT) & set(state["refs"])
    assert state["violations"] == []
    left = shell.git(*REFS, cwd=world.clone)
    assert not any(f"refs/heads/{name} " in left or f"refs/remotes/origin/{name} " in left for name in LEFT)
    assert left.count("refs/console/") >= 2, "the tips stay pinned"
    back = shell.run(*at, "undo", done.json["id"], "--plan-hash", plan.json["fingerprint"], "--json")
    assert back.code == 0, back
    assert (shell.git(*REFS, "refs/heads", cwd=world.clone), dict(world.read()["refs"])) == heads


def test_permanent_and_unmerged_branches_stay(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    shell.git("branch", "feature/mine", "feature/merged", cwd=world.clone)
    world.write_fix("feature/mine")
    for names, why in (("main, feature/merged", "permanent"), ("feature/mine", "is known to hold"), ("feature/none", "no branch")):
        refused = shell.run(*at, "runbook", "start", "tidy", "--input", f"branches={names}", "--plan")
        assert refused.code in (4, 64), refused
        assert why in refused.err
    auto = shell.run(*at, "runbook", "start", "tidy", "--plan", "--json")
    assert auto.code == 0, auto
    assert not any("feature/mine" in effect["command"] for step in auto.json["steps"] for effect in step["effects"])
