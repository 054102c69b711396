"""S6 by keys: a feature named by a text, its files picked and its message written in the form, to a verified staging."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.ui import safe
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.planned import PlanDialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.runbook import RunbookScreen
from tests.acceptance.console import Shell
from tests.acceptance.keys import Founder, sitting

BRANCH = "feature/training-calendar"
PAGE = "apps/web/app/calendar.tsx"
pytestmark = pytest.mark.timeout(240)


async def named(founder: Founder) -> None:
    """Choose the runbook, type what is to be built, and go on to the plan."""
    await founder.press("W", "f")
    await founder.write("Training calendar")
    await founder.press("enter")
    await founder.sees("training-calendar")
    await founder.press("enter", "enter")


async def test_unsaved_work_is_refused_with_three_choices_that_stay_on_the_screen(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    (world.clone / "README.md").write_text("# mine\n", encoding="utf-8")
    async with sitting(world, size=(80, 24)) as founder:
        before = len(founder.effects())
        await named(founder)
        await founder.dialog(ReadDialog)
        await founder.sees("commit them", "second work tree", "stop")
        await founder.press("enter")
        await founder.sees("training-calendar")
        assert len(founder.effects()) == before
        assert founder.console.executions() == ()
    world.close()


async def test_a_feature_by_keys_from_its_text_to_a_verified_staging(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:60")
    async with sitting(world) as founder:
        staging = world.read()["refs"]["staging"]
        await named(founder)
        await founder.dialog(PlanDialog)
        await founder.sees("nothing is done yet")
        await founder.press("y")
        await founder.stands_at("commit")
        assert shell.git("rev-parse", BRANCH, cwd=world.clone) == staging, "it starts from what origin's staging is"
        (world.clone / PAGE).parent.mkdir(parents=True, exist_ok=True)
        (world.clone / PAGE).write_text("export default function Calendar() {\n  return null;\n}\n", encoding="utf-8")
        (world.clone / ".env.production").write_text("DATABASE_URL=postgres://x\n", encoding="utf-8")
        await founder.press("r")
        await commit(founder)
        await founder.stands_at("try-here")
        assert shell.git("show", "--name-only", "--format=%s", BRANCH, cwd=world.clone).split() == [
            "feat:",
            "show",
            "the",
            "training",
            "calendar",
            PAGE,
        ]
        await founder.form("try-here")
        await founder.sees("not running")
        await founder.send()
        await founder.confirm("push")
        await founder.confirm("pull-request")
        await founder.confirm("merge")
        head = shell.git("rev-parse", BRANCH, cwd=world.clone)
        await founder.form("verify")
        pull = next(one for one in world.read()["pulls"].values() if one["head"] == BRANCH)
        assert pull["base"] == "staging"
        merged = next(record for record in founder.execution.records if record.step.id == "merge")
        assert any(f"sha={head}" in command for command in merged.commands), "merged with the head that was looked at"
        await founder.send()
        await founder.confirm("clean-up")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        assert world.read()["violations"] == []
        assert (world.clone / ".env.production").exists()
    world.close()


async def commit(founder: Founder) -> None:
    """Fill the form in: the secret file cannot be marked, the page can, and the message is judged."""
    dialog = await founder.form("commit")
    await founder.sees(".env.production", "environment file")
    await founder.press("space")
    assert "files" not in dialog.entry(), "a file with secrets takes no mark"
    await founder.press("a")
    assert dialog.entry()["files"] == PAGE
    while not isinstance(founder.app.focused, safe.PlainEditor):
        await founder.press("tab")
    await founder.write("show the training calendar")
    await founder.send()
    await founder.until(lambda: not isinstance(founder.app.screen, FormDialog))
    assert isinstance(founder.app.screen, RunbookScreen)
