"""S1 and S2 by keys: the glance at 07:30, and the page at 02:10 from the red verdict to numbers that have come down again."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.ui.screens.confirm import ConfirmDialog
from tests.acceptance.console import Shell
from tests.acceptance.keys import sitting

pytestmark = pytest.mark.timeout(300)
RATE = "API errors"


async def test_a_glance_names_what_waits_and_what_it_costs_and_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:20")
    before = len(world.read()["effects"])
    async with sitting(world) as founder:
        await founder.until(lambda: founder.console.facts().costs["railway"].value is not None)
        await founder.sees("✔ Production healthy", "3 commits wait on staging", "CI green", "31.25")
        seen = founder.app.screen.query_one("#verdict").render().plain  # type: ignore[attr-defined]
        await founder.press("q")
    assert len(world.read()["effects"]) == before
    told = shell.run("--world", str(world.folder), "glance", "--json")
    assert told.code == 0
    assert told.json["verdict"].rstrip(".") in seen
    assert world.read()["violations"] == []
    world.close()


async def test_paged_at_night_the_numbers_come_down_after_the_rollback(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="bad-deploy", clock="fast:60")
    served = dict(world.read()["live"]["production"])
    async with sitting(world) as founder:
        await founder.sees(RATE)
        before, began = len(founder.effects()), founder.pressed
        await founder.press("d")
        await founder.sees("What changed in production", "before it", "Migrations none", "roll back to")
        await founder.press("b")
        await founder.sees("provider rollback level 3", "0 migr.")
        candidate = founder.app.screen.candidate  # type: ignore[attr-defined]
        wanted = {part.component: part.deployment_id for part in candidate.components}
        await founder.press("enter")
        await founder.dialog(ConfirmDialog)
        assert len(founder.effects()) == before, "nothing before the typed word"
        await founder.consent("production")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        assert founder.pressed - began <= 12
        made = founder.effects()[before:]
        assert len(made) == 2, made
        assert wanted["web"] in made[0]
        assert dict(world.read()["live"]["production"]) != served
        await founder.press("escape", "escape")
        await founder.sees("pinned")
        for _ in range(30):
            await founder.press("R")
            await founder.pilot.pause(1.0)
            if RATE not in founder.screen:
                break
        await founder.sees("✔ errors", "pinned")
        assert RATE not in founder.screen
    async with sitting(world, size=(80, 24), sees="pinned"):
        pass
    assert world.read()["violations"] == []
    world.close()
