"""The environments opened, by keys: sections, what they read on demand, logs, acts, and failures that empty nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.fault import BlockedError, CloneError, Fault, FaultKind, OutsideError
from strideiq_console.presentation.environment_sections import SECTIONS
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.panels.environments import EnvironmentsZoom
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.widgets.section_line import SectionLine

from .conftest import Make
from .driving import press, screen_text, settled
from .fake_unfolding import FakeUnfolding


def unfolding(app: ConsoleApp) -> FakeUnfolding:
    found: Any = app.services.unfolding
    return found  # type: ignore[no-any-return]


async def opened(pilot: Pilot[int], *keys: str) -> str:
    await press(pilot, "1", "enter", *keys)
    app = pilot.app
    assert isinstance(app, ConsoleApp)
    return screen_text(app)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])
async def test_every_section_is_one_key_away_and_reads_only_what_it_shows(make: Make, size: tuple[int, int]) -> None:
    app = make()
    async with app.run_test(size=size) as pilot:
        text = await opened(pilot)
        assert isinstance(app.screen, EnvironmentsZoom)
        assert all(section.title in text for section in SECTIONS)
        assert "production" in text
        assert unfolding(app).asked == []
        await press(pilot, "]")
        assert "staging → main: 1 commit" in screen_text(app)
        await press(pilot, "]")
        assert "1 Parts · production" in screen_text(app)
        await press(pilot, "]", "]", "]", "]")
        assert "1 Environments" in screen_text(app)
        assert unfolding(app).asked == ["ladder", "board production", "names production"]


async def test_a_section_is_about_the_environment_that_the_cursor_stood_on(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "j", "]", "]")
        assert "1 Parts · staging" in screen_text(app)
        await press(pilot, "]")
        text = screen_text(app)
        assert "1 Deployments · staging" in text
        assert "9f3e21a" in text
        assert unfolding(app).asked == ["ladder", "board staging"]
        await press(pilot, "[", "[")
        assert unfolding(app).asked == ["ladder", "board staging"], "what was read is kept"


async def test_enter_goes_on_to_the_deployments_and_to_a_log_and_escape_comes_back(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "enter")
        assert "Deployments · production" in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, LogScreen)
        assert "redis is gone" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, EnvironmentsZoom)
        await press(pilot, "escape")
        assert "1 Environments" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, DashboardScreen)
        assert unfolding(app).asked == ["log dpl-web-production runtime"]


async def test_the_acts_of_a_deployment_name_its_other_logs(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "enter", "a")
        assert "the log of its build" in screen_text(app)
        await press(pilot, "t")
        assert isinstance(app.screen, LogScreen)
        assert unfolding(app).asked == ["log dpl-web-production timeline"]


async def test_a_failed_read_says_why_and_a_second_one_keeps_what_was_there(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        unfolding(app).error = CloneError("git did not answer", next_step="press r")
        await opened(pilot, "]")
        assert "git did not answer. press r." in screen_text(app)
        unfolding(app).error = None
        await press(pilot, "r")
        assert "Coach: new plan" in screen_text(app)
        unfolding(app).error = OutsideError(Fault(FaultKind.TIMEOUT, "git", "git gave no answer within 20 s", "", "r tries again"))
        await press(pilot, "r")
        text = screen_text(app)
        assert "git gave no answer within 20 s" in text
        assert "Coach: new plan" in text


async def test_what_is_being_read_is_said_and_a_second_key_asks_nobody_twice(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        unfolding(app).hang = asyncio.Event()
        await pilot.press("1", "enter", "]")
        await pilot.pause()
        assert "reading git" in screen_text(app)
        assert "Reading the commits between the branches" in screen_text(app)
        await pilot.press("r")
        await pilot.pause()
        unfolding(app).hang.set()  # type: ignore[union-attr]
        await settled(pilot)
        assert "reading git" not in screen_text(app)
        assert unfolding(app).asked == ["ladder"]


async def test_the_zoom_may_be_left_while_it_reads(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        unfolding(app).hang = asyncio.Event()
        await pilot.press("1", "enter", "]", "escape", "escape")
        await pilot.pause()
        unfolding(app).hang.set()  # type: ignore[union-attr]
        await settled(pilot)
        assert isinstance(app.screen, DashboardScreen)


async def test_renewing_a_section_reads_its_own_feeds_alone(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "]", "r")
        assert app.services.refreshed[-1] == ("clone", "branches", "promotion")  # type: ignore[attr-defined]
        assert unfolding(app).asked == ["ladder", "ladder"]
        await press(pilot, "]", "]", "r")
        assert app.services.refreshed[-1] == ("deployments/vercel", "pins/vercel", "deployments/railway", "pins/railway")  # type: ignore[attr-defined]


async def test_a_click_chooses_a_section(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        at = screen_text(app).splitlines()[app.screen.query_one(SectionLine).region.y].index("Providers")
        await pilot.click(SectionLine, offset=(at + 1, 0))
        await settled(pilot)
        assert "1 Providers" in screen_text(app)


async def test_the_log_key_says_why_it_can_do_nothing(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "]")
        screen = app.screen
        assert isinstance(screen, EnvironmentsZoom)
        assert screen.why_not("log") == "the cursor stands on nothing that was deployed"
        await press(pilot, "l")
        assert app.screen is screen


async def test_an_act_of_the_dashboard_opens_its_section(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "1", "j", "a", "n")
        assert "1 Names · staging" in screen_text(app)


async def test_the_own_machine_has_sections_that_say_that_they_are_empty(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "G", "]", "]")
        assert "What runs on the own machine is not looked at." in screen_text(app)
        await press(pilot, "]")
        assert "Nothing is deployed to the own machine." in screen_text(app)
        assert unfolding(app).asked == ["ladder"]


async def test_a_filter_does_not_go_along_to_another_section(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "slash", *"staging", "enter", "]")
        assert "staging → main: 1 commit" in screen_text(app)
        assert "local → staging" in screen_text(app)


async def test_ascii_terminals_get_no_other_letters(make: Make) -> None:
    app = make(glyphs="ascii")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "]")
        assert screen_text(app).isascii()
        await press(pilot, "]", "]")
        assert screen_text(app).isascii()


async def test_without_any_environment_the_zoom_opens_and_every_key_does_nothing(make: Make) -> None:
    app = make(environments=())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "]", "r", "l", "escape")
        assert "No environment is configured" in screen_text(app)


async def test_what_changed_is_asked_of_the_environment_of_the_section(make: Make) -> None:
    app = make()

    def nothing(environment: str) -> None:
        raise BlockedError(f"nobody knows {environment}")

    app.services.known_changes = nothing  # type: ignore[assignment, method-assign]
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, "j", "]", "]", "]", "d")
        assert "nobody knows staging" in screen_text(app)
