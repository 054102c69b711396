"""SIGKILL at every point of every step of every runbook, then resume: no effect twice, nothing lost (RELIABILITY R1, R2).

One world for each runbook and point; in it the process is killed at that point of each step, one after another, and each time a
new one resumes. What the outside then saw must be what it sees when nothing is ever killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from tests.contracts import ROOT
from tests.crash import invariants
from tests.crash.driver import LOST, PASSED_BY, POINTS
from tests.crash.practice import PRACTICES

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600), pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
SEEDS = [20261123 + n for n in range(int(os.environ.get("STRIDEIQ_STORMS", "1")))]
KILLS = 15


def carry_out(folder: Path, practice: str, how: str) -> list[dict[str, Any]]:
    argv = [sys.executable, "-m", "tests.crash.driver", str(folder), practice, how]
    child = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
    assert child.returncode == 0, (child.stdout[-2000:], child.stderr[-3000:])
    lives = [json.loads(line) for line in child.stdout.splitlines()]
    stuck = [life for life in lives if life.get("code", 0) not in (0, -signal.SIGKILL, PASSED_BY) or "stuck" in life]
    assert (lives[-1], stuck) == ({"end": 0}, []), (lives[-3:], child.stderr[-3000:])
    return lives[:-1]


@cache
def undisturbed(practice: str, how: str = "undisturbed") -> Counter[tuple[str, str, str]]:
    """Return what the outside sees of a runbook that nothing interrupts; how ``none``: and without what happens on the way."""
    with TemporaryDirectory() as folder:
        carry_out(Path(folder) / "world", practice, how)
        world = World.open(Path(folder) / "world")
        try:
            return invariants.effects(world)
        finally:
            world.close()


def check(folder: Path, practice: str, was: invariants.Before, how: str = "undisturbed") -> None:
    world = World.open(folder)
    try:
        assert invariants.broken(world, was) == []
        assert invariants.effects(world) == undisturbed(practice, how), json.dumps(world.read()["effects"], indent=1)
        with wiring.Wiring({}).stored(Options(world=folder)) as console:
            assert [execution.state for execution in console.executions()] == [ExecutionState.DONE]
    finally:
        world.close()


def prepared(folder: Path, practice: str) -> invariants.Before:
    """Make the world as the practice wants it, and remember it; the driver finds it made."""
    world = World.open(folder, scenario=PRACTICES[practice].scenario, clock=PRACTICES[practice].clock)
    PRACTICES[practice].prepare(world)
    was = invariants.before(world)
    world.close()
    return was


@pytest.mark.parametrize(
    ("practice", "point"), [(name, point) for name, one in PRACTICES.items() for point in POINTS if not one.beside or point == LOST]
)
def test_killed_at_this_point_of_every_step(tmp_path: Path, practice: str, point: str) -> None:
    folder = tmp_path / "world"
    was = prepared(folder, practice)
    lives = carry_out(folder, practice, point)
    assert {life["code"] for life in lives} <= {-signal.SIGKILL, PASSED_BY}, lives
    assert sum(life["code"] == -signal.SIGKILL for life in lives) >= 2, lives
    check(folder, practice, was)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("practice", PRACTICES)
def test_killed_again_and_again_also_while_it_recovers(tmp_path: Path, practice: str, seed: int) -> None:
    folder = tmp_path / "world"
    was = prepared(folder, practice)
    lives = carry_out(folder, practice, f"storm:{seed}:{KILLS}")
    assert sum(life["code"] == -signal.SIGKILL for life in lives) >= 4, (seed, lives)
    check(folder, practice, was, "none")
