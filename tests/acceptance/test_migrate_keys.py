"""S10 by keys: two heads are named with their files, no environment can be moved, and nothing of the project is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from strideiq_console.ui.screens.planned import PlanDialog
from strideiq_console.ui.screens.reading import ReadDialog
from tests.acceptance.console import Shell
from tests.acceptance.keys import sitting

HEADS = ("0042_pace_targets", "0042_race_goals")
pytestmark = pytest.mark.timeout(240)


def moved(world: World) -> list[str]:
    """Return every run of alembic that changed a database."""
    return [e["path"] for e in world.read()["effects"] if e["provider"] == "database"]


@pytest.mark.parametrize("environment", ["local", "production"])
async def test_two_heads_are_named_with_their_files_and_nothing_moves(shell: Shell, tmp_path: Path, environment: str) -> None:
    world = World.open(tmp_path / "world", scenario="two-heads", clock="fast:20")
    clone = world.folder / "clone"
    wrong = shell.git("rev-parse", "feature/pace-targets", cwd=clone)
    async with sitting(world) as founder:
        await founder.press("W", "m")
        await founder.write(environment[0])
        await founder.press("enter", "enter", "enter")
        await founder.write(wrong if environment == "production" else "")
        await founder.press("enter")
        await founder.dialog(ReadDialog)
        for head in HEADS:
            await founder.sees(f"{head} (apps/api/alembic/versions/{head}.py)")
        await founder.sees(
            f"alembic merge -m 'merge heads' {' '.join(HEADS)}", "0043_draft.py:8 is unclear", "least of all production's"
        )
        assert founder.console.executions() == ()
    assert list(clone.rglob("*.imported")) == [], "no project code is imported"
    assert moved(world) == []
    world.close()


async def test_the_ladder_is_climbed_from_below(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="two-heads", clock="fast:20")
    clone = world.folder / "clone"
    shell.git("switch", "-q", "feature/gear", cwd=clone)
    gear = shell.git("rev-parse", "HEAD", cwd=clone)
    async with sitting(world) as founder:
        await founder.press("W", "m")
        await founder.write("p")
        await founder.press("enter", "enter", "enter")
        await founder.write(gear)
        await founder.press("enter")
        await founder.dialog(ReadDialog)
        await founder.sees("staging does not have 0042_gear yet")
        await founder.press("escape", "escape")
        await founder.press("W", "m")
        await founder.write("l")
        await founder.press("enter", "enter", "enter", "enter")
        await founder.dialog(PlanDialog)
        await founder.sees("upgrade 0042_gear")
        await founder.press("y")
        await founder.until(lambda: moved(world) == ["local/0042_gear"])
    world.close()
