"""S5 by keys: a hotfix carried to production in the terminal console, on a world, as DESIGN section 7 says what to press."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.sandbox.world import World
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.planned import PlanDialog
from tests.acceptance.keys import Founder, sitting

BRANCH = "hotfix/fix-auth-crash"


def merges(founder: Founder) -> list[str]:
    """Return every merge that GitHub was asked for."""
    return [one for one in founder.effects() if one.endswith("/merge")]


@pytest.mark.timeout(300)
async def test_from_the_dashboard_to_production_by_keys(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    async with sitting(world, sees="Production healthy") as founder:
        await founder.press("W", "h")
        await founder.write("fix-auth-crash")
        await founder.press("enter", "enter")
        await founder.dialog(PlanDialog)
        await founder.sees("nothing is done yet")
        await founder.press("y")

        await founder.answer("fix", "y")  # too early: nothing is committed
        await founder.sees("no commit beyond main")
        world.write_fix(BRANCH)
        await founder.answer("fix", "y")
        for step in ("push", "pr-staging", "pr-main", "link", "merge-staging"):
            assert merges(founder) == []
            await founder.confirm(step)

        await founder.form("verify")
        await founder.press("escape")
        await founder.stands_at("verify")
        assert len(merges(founder)) == 1, "without a verification main is locked"
        await founder.form("verify")
        await founder.send()
        await founder.confirm("approve")
        await typed_at_last(founder)

        await founder.answer("back-merge", "y")
        await founder.confirm("back-merge-in")
        await founder.confirm("clean-up")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        assert len(merges(founder)) == 3
        state = world.read()
        assert BRANCH not in state["refs"]
        assert any(p["head"] == "main" and p["base"] == "staging" for p in state["pulls"].values())
        assert state["violations"] == []
        await founder.press("escape")
        founder.console.refresh()
        await founder.sees(state["refs"]["main"][:7])
    world.close()


async def typed_at_last(founder: Founder) -> None:
    """Come to the merge to main: by Enter alone, by the wrong word, and by the right one."""
    await founder.stands_at("merge-main")
    await founder.press("enter")
    await founder.dialog(ConfirmDialog)
    await founder.press("enter")
    assert len(merges(founder)) == 1, "enter cancels"
    await founder.stands_at("merge-main")
    await founder.press("enter")
    await founder.dialog(ConfirmDialog)
    await founder.write("prod")
    await founder.press("enter")
    await founder.pilot.pause()
    assert len(merges(founder)) == 1, "the wrong word merges nothing"
    await founder.press("escape")
    await founder.stands_at("merge-main")
    assert BRANCH in founder.world.read()["refs"], "the branch lives until both pull requests are merged"
    await founder.confirm("merge-main", "production")


@pytest.mark.timeout(300)
async def test_main_is_inert_when_staging_moves_after_it_was_verified(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:300")
    async with wiring.Wiring().live(Options(world=world.folder)) as console:
        engine = console.engine
        assert engine is not None
        plan = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
        execution = await engine.start(plan)
        headless = Consent(plan=plan.fingerprint)
        await engine.advance(execution.id, headless, wait=0)
        world.write_fix(BRANCH)
        await engine.advance(execution.id, Consent(plan=plan.fingerprint, answer="yes"), wait=60)
        standing = await engine.advance(execution.id, Consent(plan=plan.fingerprint, answer="yes"), wait=60)
        assert standing.record is not None
        assert standing.record.step.id == "merge-main"
        with world.change() as state:
            old = state["refs"]["staging"]
            new = state["refs"]["feature/pace-chart"]
            state["ref_updates"].append({"branch": "staging", "old": old, "new": new})
            state["refs"]["staging"] = new
    async with sitting(world, sees="waits for you") as founder:
        await founder.press("u")
        await founder.sees("staging moved from")
        await founder.idle()
        await founder.press("enter")
        await founder.idle()
        assert not isinstance(founder.app.screen, ConfirmDialog)
        assert "gate staging verified by hand" in founder.screen
        assert len(merges(founder)) == 1
    world.close()
