"""S5 by keys: a hotfix carried to production in the terminal console, on a world, as DESIGN section 7 says what to press."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.dialog import Dialog
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.runbook import RunbookScreen
from tests.ui.driving import screen_text

BRANCH = "hotfix/fix-auth-crash"
PATIENCE = 40.0


async def until(pilot: Pilot[int], what: Callable[[], bool]) -> None:
    """Wait until something is so; the screen's text stands in the failure."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not what():
        assert asyncio.get_running_loop().time() < deadline, screen_text(pilot.app)
        await pilot.pause(0.02)


class Founder:
    """Presses keys and reads the screen."""

    def __init__(self, pilot: Pilot[int], console: Console, world: World) -> None:
        self.pilot, self.app, self.console, self.world = pilot, pilot.app, console, world

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)

    async def dialog(self, kind: type[Dialog]) -> Dialog:
        """Wait for a dialog, and for the moment in which its keys are dead to pass."""
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))
        began = self.console.clock.monotonic()
        await until(self.pilot, lambda: self.console.clock.monotonic() - began > 0.5)
        return self.app.screen

    async def stands_at(self, step: str) -> None:
        """Wait until the execution stands at a step and wants a person."""

        def there() -> bool:
            (execution,) = self.console.executions()
            current = execution.current
            standing = self.app.screen
            return current is not None and current.step.id == step and isinstance(standing, RunbookScreen) and self.idle()

        await until(self.pilot, there)

    def idle(self) -> bool:
        return not any(w.is_running and w.group == "execution" for w in self.app.workers)

    async def confirm(self, step: str) -> None:
        await self.stands_at(step)
        await self.press("enter")
        dialog = await self.dialog(ConfirmDialog)
        assert self.app.focused is not None
        assert self.app.focused.id == "cancel", "focus stands on the safe choice"
        assert isinstance(dialog, ConfirmDialog)
        await self.press("y")

    async def answer(self, step: str, key: str) -> None:
        await self.stands_at(step)
        await self.press("enter")
        await self.dialog(AskDialog)
        await self.press(key)

    async def leave(self, step: str) -> None:
        await self.stands_at(step)
        await self.press("enter")
        await self.dialog(FormDialog)
        await self.press("escape")

    async def send(self, step: str) -> None:
        """Send the step's form as it is: nothing in it has to be filled in."""
        await self.stands_at(step)
        await self.press("enter")
        await self.dialog(FormDialog)
        while self.app.focused is None or self.app.focused.id != "go":
            await self.press("tab")
        await self.press("enter")

    def merges(self) -> list[str]:
        return [e["path"] for e in self.world.read()["effects"] if e["method"] == "PUT" and e["path"].endswith("/merge")]


@pytest.mark.timeout(300)
async def test_from_the_dashboard_to_production_by_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    world = World.open(tmp_path / "world", clock="fast:300")
    async with wiring.Wiring().live(Options(world=world.folder)) as console:
        app = ConsoleApp(console)
        async with app.run_test(size=(120, 36)) as pilot:
            founder = Founder(pilot, console, world)
            await until(pilot, lambda: "Production healthy" in screen_text(app))
            await founder.press("W", "h", *"fix-auth-crash", "enter", "enter")
            await until(pilot, lambda: "nothing is done yet" in screen_text(app))
            await founder.dialog(Dialog)
            await founder.press("y")

            await founder.answer("fix", "y")  # too early: nothing is committed
            await until(pilot, lambda: "no commit beyond main" in screen_text(app))
            world.write_fix(BRANCH)
            await founder.answer("fix", "y")
            for step in ("push", "pr-staging", "pr-main", "link", "merge-staging"):
                assert founder.merges() == []
                await founder.confirm(step)

            await founder.leave("verify")
            await founder.stands_at("verify")
            assert len(founder.merges()) == 1, "without a verification main is locked"
            await founder.send("verify")
            await founder.confirm("approve")

            await founder.stands_at("merge-main")
            await founder.press("enter")
            await founder.dialog(ConfirmDialog)
            await founder.press("enter")
            assert len(founder.merges()) == 1, "enter cancels"
            await founder.stands_at("merge-main")
            await founder.press("enter")
            await founder.dialog(ConfirmDialog)
            await founder.press("tab", *"prod", "enter")
            await pilot.pause()
            assert len(founder.merges()) == 1, "the wrong word merges nothing"
            await founder.press("escape")
            await founder.stands_at("merge-main")
            assert BRANCH in world.read()["refs"], "the branch lives until both pull requests are merged"
            await founder.press("enter")
            await founder.dialog(ConfirmDialog)
            while app.focused is None or app.focused.id == "cancel":
                await founder.press("tab")
            await founder.press(*"production", "enter", "enter")  # the first enter goes from the word to the button

            await founder.answer("back-merge", "y")
            await founder.confirm("back-merge-in")
            await founder.confirm("clean-up")
            await until(pilot, lambda: console.executions()[0].state is ExecutionState.DONE)
            assert len(founder.merges()) == 3
            state = world.read()
            assert BRANCH not in state["refs"]
            assert any(p["head"] == "main" and p["base"] == "staging" for p in state["pulls"].values())
            assert state["violations"] == []
            await founder.press("escape")
            console.refresh()
            live = state["refs"]["main"][:7]
            await until(pilot, lambda: live in screen_text(app))
    world.close()


@pytest.mark.timeout(300)
async def test_main_is_inert_when_staging_moves_after_it_was_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
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
        app = ConsoleApp(console)
        async with app.run_test(size=(120, 36)) as pilot:
            founder = Founder(pilot, console, world)
            await founder.press("u")
            await until(pilot, lambda: "staging moved from" in screen_text(app))
            await until(pilot, founder.idle)
            await founder.press("enter")
            await until(pilot, founder.idle)
            assert not isinstance(app.screen, ConfirmDialog)
            assert "gate staging verified by hand" in screen_text(app)
            assert len(founder.merges()) == 1
    world.close()
