"""SIGKILL at every point of every step of the hotfix, then resume: no effect twice, no commit lost (RELIABILITY R1).

One world a point; in it the process is killed at that point of each step, one after another, and each time a new one resumes.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.services.record import Point
from tests.contracts import ROOT
from tests.crash.child import LOST

STEPS = [step.id for step in RUNBOOKS["hotfix"].steps]
POINTS = [*(str(point) for point in Point), LOST]
LOOKING = {"fix", "checks", "staging-live", "checks-main", "gates", "production-live"}
BRANCH = "hotfix/fix-auth-crash"
EFFECTS = Counter(
    {
        ("git", "PUSH", f"refs/heads/{BRANCH}"): 1,
        ("github", "POST", "pulls"): 3,
        ("github", "PATCH", "pulls"): 2,
        ("github", "POST", "labels"): 1,
        ("github", "PATCH", "issues"): 2,
        ("github", "PUT", "merge"): 2,
        ("github", "PUT", "update-branch"): 1,
        ("github", "POST", "statuses"): 1,
        ("github", "POST", "reviews"): 1,
        ("github", "DELETE", "refs"): 1,
    }
)


def start(world: Path) -> str:
    async def plan() -> str:
        async with wiring.Wiring().live(Options(world=world, clock="fast:300")) as console:
            assert console.engine is not None
            return (await console.engine.start(await console.engine.plan("hotfix", {"slug": "fix-auth-crash"}))).id

    return asyncio.run(plan())


def run_child(world: Path, execution_id: str, point: str, step: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tests.crash.child", str(world), execution_id, point, step]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def kind(effect: dict[str, str]) -> tuple[str, str, str]:
    path = effect["path"]
    for word in ("update-branch", "merge", "reviews", "statuses", "labels", "issues", "refs", "pulls"):
        if effect["provider"] == "github" and f"/{word}" in path:
            return effect["provider"], effect["method"], word
    return effect["provider"], effect["method"], path


def git(clone: Path, *argv: str) -> str:
    return subprocess.run(["git", "-C", str(clone), *argv], capture_output=True, text=True, check=True).stdout


def move_main(world: World) -> None:
    """Somebody else's work reaches main, so that the hotfix falls behind and has to be brought up to date."""
    with world.change() as state:
        old = state["refs"]["main"]
        bare = world.origin
        identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@strideiq.example"]
        new = git(bare, *identity, "commit-tree", f"{old}^{{tree}}", "-p", old, "-m", "chore: something else").strip()
        state["ref_updates"].append({"branch": "main", "old": old, "new": new})
        state["refs"]["main"] = new


@pytest.mark.crash
@pytest.mark.timeout(600)
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_this_point_of_every_step(tmp_path: Path, point: str) -> None:
    folder = tmp_path / "world"
    world = World.open(folder, clock="fast:300")
    reachable = set(git(world.clone, "rev-list", "--all").split())
    before = len(world.read()["effects"])
    execution_id = start(folder)
    deeds_only = point in (Point.AFTER_INTENT, Point.AFTER_EFFECT, LOST)
    for step in STEPS:
        # A step that only looks has no intention and no effect.
        if deeds_only and step in LOOKING:
            continue
        if step == "update":
            move_main(world)
        child = run_child(folder, execution_id, point, step)
        assert child.returncode == -signal.SIGKILL, (step, child.returncode, child.stdout[-2000:], child.stderr[-2000:])
    child = run_child(folder, execution_id, "none", "none")
    assert child.returncode == 0, (child.stdout, child.stderr)

    state = world.read()
    seen = Counter(kind(effect) for effect in state["effects"][before:])
    assert seen == EFFECTS, json.dumps(state["effects"][before:], indent=1)
    assert not any(effect["forced"] for effect in state["effects"])
    assert state["violations"] == []
    after = set(git(world.clone, "rev-list", "--all").split())
    assert reachable <= after, "a commit was lost"
    assert git(world.clone, "status", "--porcelain") == ""
    assert not list((world.clone / ".git").rglob("*.lock"))

    with wiring.Wiring().stored(Options(world=folder)) as console:
        (execution,) = console.executions()
        assert execution.state is ExecutionState.DONE
        assert console._store is not None
        assert console._store.audit.verify() is None
    world.close()
