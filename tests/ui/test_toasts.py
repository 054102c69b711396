"""Toasts: they take no focus, stand clear of the last line, of the word and of the answers, and go by themselves."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast, ToastRack

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import confirmation, level_4

SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)], ids=["120x36", "80x24", "60x20"])
WORDS = "GitHub did not answer within 15 s; the last known values are shown. Press r to read again."


async def told(pilot: Pilot[int], many: int) -> list[Toast]:
    for number in range(many):
        pilot.app.notify(f"{number} {WORDS}", title="Stopped", severity="error", timeout=30)
    await settled(pilot)
    return [toast for toast in pilot.app.screen.query(Toast) if toast.is_on_screen]


@SIZES
@pytest.mark.parametrize("many", [1, 6])
async def test_the_last_line_and_the_focus_stay(make: Make, size: tuple[int, int], many: int) -> None:
    app = make()
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        focused, last = app.focused, screen_text(app).splitlines()[-1]
        toasts = await told(pilot, many)
        assert toasts
        assert app.focused is focused
        assert screen_text(app).splitlines()[-1] == last
        await press(pilot, "3")
        assert app.focused is app.screen.query_one("#panel-ci TableView")


@SIZES
@pytest.mark.parametrize("level", [3, 4])
async def test_a_confirmation_keeps_its_word_and_its_answers_free(make: Make, size: tuple[int, int], level: int) -> None:
    here = level_4() if level == 4 else confirmation("merge-main", 3)
    app = make(executions=(here.execution,), engine=FakeEngine([here]))
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "u", "c")
        focused = app.focused
        toasts = await told(pilot, 2)
        assert toasts
        assert app.focused is focused
        rack = app.screen.query_one(ToastRack)
        free = [*app.screen.query(Input), app.screen.query_one("#cancel"), app.screen.query_one("#consent")]
        for widget in free:
            assert widget.region.area > 0
            assert not any(widget.region.overlaps(toast.region.intersection(rack.region)) for toast in toasts), widget


async def test_they_go_by_themselves(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        app.notify("Copied", timeout=0.05)
        await settled(pilot)
        for _ in range(200):
            if not app.screen.query(Toast):
                break
            await pilot.pause(0.02)
        assert not app.screen.query(Toast)


async def test_notes_that_were_taken_away_leave_their_room_to_the_next(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        for number in range(30):
            app.notify(f"{number} {WORDS}")
            await pilot.pause()
            app.clear_notifications()
            await pilot.pause()
        app.notify("the newest one")
        await settled(pilot)
        assert "the newest one" in screen_text(app)
