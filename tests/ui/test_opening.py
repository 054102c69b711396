"""The first frame shows what the store knew; keys wait until the console is whole, and none of them is lost."""

from __future__ import annotations

import asyncio
from typing import Any

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.screens.zoom import ZoomScreen

from .conftest import Make
from .driving import press, screen_text, settled


class Opening:
    """Lets a fake console be opening until it is told to be open."""

    def __init__(self, console: Any, error: Exception | None = None) -> None:
        self.console, self.error, self.whole = console, error, asyncio.Event()
        console.opening = True
        self.begin, console.start = console.start, self.start

    async def start(self) -> None:
        await self.whole.wait()
        if self.error is not None:
            raise self.error
        self.console.opening = False
        await self.begin()


async def test_keys_that_are_typed_before_the_console_is_open_wait_and_come_in_order(make: Make) -> None:
    app = make()
    opening = Opening(app.services)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "Branches" in screen_text(app), "the first frame stands"
        for key in ("2", "enter"):
            app.post_message(_key(key))
        await pilot.click("#panel-ci")
        await pilot.pause(0.05)
        assert isinstance(app.screen, DashboardScreen)
        opening.whole.set()
        for _ in range(200):
            await pilot.pause(0.01)
            if isinstance(app.screen, ZoomScreen):
                break
        await settled(pilot)
        assert isinstance(app.screen, ZoomScreen)
        assert app.screen.spec.name == "branches"
        assert app.services.started == 1  # type: ignore[attr-defined]


async def test_ctrl_c_leaves_a_console_that_is_still_opening(make: Make) -> None:
    app = make()
    Opening(app.services)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.post_message(_key("ctrl+c"))
        await pilot.pause()
    assert app.return_value == 0


async def test_why_nothing_can_be_carried_out_is_said_when_it_is_known(make: Make) -> None:
    app = make()
    opening = Opening(app.services)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.services.read_only = "GitHub is not configured"
        assert "GitHub is not configured" not in screen_text(app)
        opening.whole.set()
        await settled(pilot)
        await press(pilot)
        assert any("GitHub is not configured" in note.message for note in app._notifications)


async def test_a_console_that_cannot_be_made_whole_leaves_with_its_fault(make: Make) -> None:
    app = make()
    refused = ConfigurationError("a runbook of yours is wrong", next_step="mend it")
    opening = Opening(app.services, refused)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        opening.whole.set()
        await pilot.pause(0.1)
    assert app.refused is refused
    assert app.return_value == 1


def _key(name: str) -> Any:
    from textual import events

    return events.Key(name, name if len(name) == 1 else None)
