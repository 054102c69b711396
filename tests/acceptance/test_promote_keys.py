"""S7 and S8 by keys: a promotion that an unmet gate holds, and a release whose version a person names."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.ui.screens.planned import PlanDialog
from strideiq_console.ui.screens.reading import ReadDialog
from tests.acceptance.keys import sitting
from tests.acceptance.promote_run import commit_on

REASON = "the fix is not out upstream, and we never parse such text"
pytestmark = pytest.mark.timeout(240)


async def test_a_promotion_waits_for_a_verification_and_for_a_reason_of_ten_letters(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    with world.change() as state:
        state["alerts"]["dependabot"][0]["scope"] = "runtime"
    async with sitting(world) as founder:
        before = len(founder.effects())
        await founder.press("W", "p")
        await founder.dialog(PlanDialog)
        await founder.sees("feat(plan): interval builder (#39) (not verified)")
        assert "squash" not in founder.screen
        await founder.press("y")
        await founder.form("verify")
        assert not [one for one in founder.effects()[before:] if one.endswith("/merge")], (
            "nothing is merged before staging was tried"
        )
        await founder.send()
        await founder.confirm("pr")
        await founder.confirm("approve")
        await founder.form("gates", "o")
        await founder.sees("postcss (low)")
        await founder.write("short")
        await founder.send()
        await founder.sees("10 characters")
        await founder.form("gates", "o")
        await founder.write(REASON)
        await founder.send()
        await founder.confirm("merge-main", "production")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        gates = next(record for record in founder.execution.records if record.step.id == "gates")
        assert gates.result["override"] == REASON, "the journal keeps it"
        state = world.read()
        parents = world.repository.git("log", "-1", "--format=%P", state["refs"]["main"]).split()
        assert len(parents) == 2, "a merge commit, never a squash"
        assert state["violations"] == []
    world.close()


async def test_staging_behind_main_is_merged_back_first(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    commit_on(world, "main", "fix(api): by hand, straight on main")
    async with sitting(world) as founder:
        before = len(founder.effects())
        await founder.press("W", "p")
        await founder.dialog(PlanDialog)
        await founder.press("y")
        await founder.until(lambda: founder.execution.current is not None and founder.execution.current.step.level == 2)
        await founder.confirm(founder.execution.current.step.id)  # type: ignore[union-attr]
        await founder.until(lambda: len(founder.effects()) > before)
        assert founder.effects()[before] == "POST pulls"
        pull = list(world.read()["pulls"].values())[-1]
        assert (pull["head"], pull["base"]) == ("main", "staging"), "the first effect is the back-merge"
    world.close()


async def test_without_a_tag_a_release_asks_for_the_version_and_keeps_what_was_typed(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    for name in ("v1.0.0", "v1.1.0"):
        world.repository.git("update-ref", "-d", f"refs/tags/{name}")
    with world.change() as state:
        state["releases"] = []
    async with sitting(world, size=(80, 24)) as founder:
        before = len(founder.effects())
        await founder.press("W", "r", "enter", "enter")
        await founder.dialog(ReadDialog)
        await founder.sees("no tag names a version yet")
        assert len(founder.effects()) == before
        await founder.press("escape")
        await founder.until(lambda: founder.app.focused is not None and founder.app.focused.id == "field-version")
        await founder.write("v0.10.0")
        await founder.press("enter", "enter")
        await founder.dialog(PlanDialog)
        await founder.sees("release v0.10.0")
        await founder.press("y")
        await founder.form("verify")
        await founder.send()
        for step in ("push", "pr", "approve"):
            await founder.confirm(step)
        await founder.stands_at("merge-main")
        assert not world.repository.git("tag", "--list").strip(), "no tag before health is good"
        await founder.confirm("merge-main", "production")
        for step in ("push-tag", "publish"):
            await founder.confirm(step)
        await founder.stands_at("back-merge")
        state = world.read()
        tag = world.repository.git("rev-parse", "refs/tags/v0.10.0^{commit}").strip()
        assert world.repository.git("merge-base", "--is-ancestor", tag, state["refs"]["main"]) == ""
        assert [one["tag"] for one in state["releases"]] == ["v0.10.0"]
        assert state["violations"] == []
    world.close()


async def test_a_version_that_is_tagged_already_changes_nothing(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    async with sitting(world) as founder:
        before, refs = len(founder.effects()), world.read()["refs"]
        await founder.press("W", "r")
        await founder.write("v1.1.0")
        await founder.press("enter", "enter")
        await founder.dialog(ReadDialog)
        await founder.sees("v1.1.0 exists already")
        assert (len(founder.effects()), world.read()["refs"]) == (before, refs)
    world.close()
