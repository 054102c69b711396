"""S9 by keys: a red run down to the failing step's end, run again; what has no run and why; a head gate explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.ui.panels.ci import CiZoom
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.planned import PlanDialog
from tests.acceptance.keys import Founder, sitting
from tests.ui.driving import screen_text

pytestmark = pytest.mark.timeout(240)


async def in_ci(founder: Founder) -> CiZoom:
    """Open the CI panel, and stand in its list."""
    await founder.press("3", "enter")
    await founder.until(lambda: isinstance(founder.app.screen, CiZoom) and bool(founder.app.screen.panel.view.rows))
    assert isinstance(founder.app.screen, CiZoom)
    return founder.app.screen


async def stand_on(founder: Founder, zoom: CiZoom, branch: str) -> None:
    """Go down to the first row of a branch, by keys."""
    await founder.until(lambda: any(row.cells[2].text.startswith(branch) for row in zoom.panel.view.rows))
    await founder.press("g")
    for _ in zoom.panel.view.rows:
        row = zoom.panel.view.row
        if row is not None and row.cells[2].text.startswith(branch):
            return
        await founder.press("j")
    raise AssertionError(f"no row of {branch}")


async def previews(founder: Founder, zoom: CiZoom, *words: str) -> None:
    """Wait until all of these words stand in the preview, line breaks aside."""

    def text() -> str:
        x, y, width, height = zoom.query_one("#preview").region
        lines = screen_text(founder.app).split("\n")[y : y + height]
        return " ".join(" ".join(line[x + 1 : x + width - 1] for line in lines).split())

    await founder.until(lambda: all(word in text() for word in words))


@pytest.fixture
def world(tmp_path: Path):
    made = World.open(tmp_path / "world", scenario="red-ci", clock="fast:20")
    yield made
    made.close()


async def test_a_red_run_is_explained_and_run_again(world: World) -> None:
    async with sitting(world) as founder:
        zoom = await in_ci(founder)
        await stand_on(founder, zoom, "feature/calendar")
        assert zoom.run is not None
        before, attempt = len(founder.effects()), zoom.run.attempt
        await founder.press("enter")
        await previews(founder, zoom, "backend-test: step 5 Run pytest apps/api", "✖ FAILED", "e last 50 lines", "skipped: runs")
        await founder.press("enter")
        await previews(founder, zoom, "backend-test: its steps")
        await founder.press("enter")
        await founder.until(lambda: isinstance(founder.app.screen, LogScreen))
        await founder.sees("› 21 Run pytest apps/api")
        await founder.press("e")
        await founder.sees("last", "of step Run pytest apps/api", "e shows the whole log")
        await founder.press("escape", "escape", "escape")
        await founder.until(lambda: zoom.panel.view.has_focus)
        await founder.press("a", "f")
        await founder.sees("rerun-failed-jobs")
        await founder.dialog(PlanDialog)
        await founder.press("tab", "enter")
        await founder.until(lambda: bool(founder.console.executions()))
        await founder.confirm("rerun")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        made = founder.effects()[before:]
        assert len(made) == 1
        assert made[0].startswith("POST actions/runs/")
        assert made[0].endswith("rerun-failed-jobs")
        assert founder.execution.results["rerun"]["attempt"] == attempt + 1
    assert world.read()["violations"] == []


async def test_a_pull_request_with_skipped_deploy_jobs_is_green_and_counted_once(world: World) -> None:
    async with sitting(world) as founder:
        zoom = await in_ci(founder)
        await stand_on(founder, zoom, "feature/pace-chart")

        def looks() -> list[str]:
            row = zoom.panel.view.row
            return [] if row is None else [row.cells[0].text, row.cells[4].text]

        await founder.until(lambda: looks() == ["✔", "●●●●––"])
        await founder.until(lambda: bool(founder.console.facts().pulls.value))
        summaries = {one.pull.head: one for one in founder.console.facts().pulls.value or ()}
        checks = summaries["feature/pace-chart"].checks
        assert checks is not None
        assert checks.passed == len(checks.required) == 4
        twice = summaries["staging"].checks
        assert twice is not None, "staging has a run of its push and one of its pull request to main, for one commit"
        names = [name for name, _ in twice.required] + [check.name for check in twice.others]
        assert len(names) == len(set(names))


async def test_a_head_gate_is_explained(world: World) -> None:
    async with sitting(world) as founder:
        zoom = await in_ci(founder)
        await stand_on(founder, zoom, "feature/race-goals")
        await founder.press("enter")
        await previews(founder, zoom, "Head gate: expected head 0041_intervals, found 0042_race_goals.")
        await founder.press("e")
        await founder.until(lambda: isinstance(founder.app.screen, LogScreen))
        await founder.sees("expected head 0041_intervals, found 0042_race_goals", "last")


async def test_a_retargeted_pull_request_says_that_it_has_no_run_and_reopening_starts_one(world: World) -> None:
    async with sitting(world) as founder:
        zoom = await in_ci(founder)
        await stand_on(founder, zoom, "feature/goal-badges")
        await previews(founder, zoom, "No CI for this base", "Close it and open it again")
        before = len(founder.effects())
        runs = len(world.read()["runs"])
        await founder.press("a", "n")
        await founder.sees("close it for a moment", "state=open")
        await founder.dialog(PlanDialog)
        await founder.press("tab", "enter")
        await founder.until(lambda: bool(founder.console.executions()))
        await founder.confirm("close")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        assert [effect.split("/")[0] for effect in founder.effects()[before:]] == ["PATCH pulls", "PATCH pulls"]
        assert len(world.read()["runs"]) == runs + 1
    assert world.read()["violations"] == []
