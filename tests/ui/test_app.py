from __future__ import annotations

import asyncio
import dataclasses

import pytest
from textual.command import CommandPalette

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.help import HelpDialog
from strideiq_console.ui.walls import refuse_devtools
from strideiq_console.ui.widgets.table import TableView

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import gate


async def test_q_quits_at_once_and_never_asks(make: Make) -> None:
    app = make(executions=(gate().execution,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("q")
    assert app.return_value == 0


async def test_q_asks_only_while_an_effect_is_in_flight(make: Make) -> None:
    engine = FakeEngine([gate()])
    engine.in_flight = True
    app = make(engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "ctrl+c")
        assert isinstance(app.screen, AskDialog)
        app.services.clock.seconds += 1  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert isinstance(app.screen, DashboardScreen)
        await press(pilot, "q")
        app.services.clock.seconds += 1  # type: ignore[attr-defined]
        await press(pilot, "y")
    assert app.return_value == 0


async def test_a_cancelled_task_that_the_app_waits_for_does_not_end_the_app(make: Make) -> None:
    """Mashed keys found it: a worker that is cancelled while a dialog closes cancels the dialog's task, and Textual awaits that."""
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        gone = asyncio.get_running_loop().create_future()
        gone.cancel()

        async def wait() -> None:
            await gone

        app.call_next(wait)
        await settled(pilot)
        await press(pilot, "?")
        assert isinstance(app.screen, HelpDialog)


async def test_escape_never_quits(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "escape", "escape", "escape")
        assert app.is_running


async def test_help_lists_the_active_bindings_and_can_be_searched(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        wanted = {
            a.binding.id
            for a in app.screen.active_bindings.values()
            if a.binding.id and (a.binding.description or a.binding.tooltip)
        }
        await press(pilot, "?")
        assert isinstance(app.screen, HelpDialog)
        assert len(app.screen._rows) == len(wanted)
        assert "start a runbook" in screen_text(app)
        assert "nothing is unfinished" in screen_text(app)
        await press(pilot, *"theme")
        assert "start a runbook" not in screen_text(app)


async def test_help_cuts_nothing_on_a_narrow_terminal(make: Make) -> None:
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "?")
        assert isinstance(app.screen, HelpDialog)
        said = " ".join(row.cells[1].text.strip() for row in app.screen.query_one(TableView).rows)
        for row in app.screen._rows:
            assert row.does in said
        for _ in range(8):
            assert "…" not in screen_text(app)
            await press(pilot, "pagedown")


async def test_keys_are_remapped_and_unknown_ids_are_said(make: Make) -> None:
    app = make(keys=(("app.quit", "Q"), ("app.quti", "x")))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "q")
        assert app.is_running
        assert "Q quit" in screen_text(app)
        assert "app.quti: no action has this id" in screen_text(app)
        await pilot.press("Q")
    assert app.return_value == 0


async def test_a_key_that_was_given_twice_is_said(make: Make) -> None:
    app = make(keys=(("app.resume", "W"),))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        assert "one key for two actions" in screen_text(app)


async def test_the_palette_finds_and_does(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "colon")
        assert isinstance(app.screen, CommandPalette)
        assert "Start hotfix" in screen_text(app)
        for key in "theme day":
            await pilot.press("space" if key == " " else key)
        await app.workers.wait_for_complete([w for w in app.workers if w.is_running])
        await pilot.pause()
        await press(pilot, "enter", "enter")
        for _ in range(10):
            await pilot.pause()
        assert app.theme == "day"


async def test_themes_turn_and_textuals_own_are_gone(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        names = ["night", "day", "contrast", "quiet", "colour-blind"]
        assert app.theme_names == names
        for name in (*names[1:], "night"):
            await press(pilot, "T")
            assert app.theme == name


async def test_an_unknown_theme_is_said_and_night_is_shown(make: Make) -> None:
    app = make(theme="dusk")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        assert app.theme == "night"
        assert "there is no theme 'dusk'" in screen_text(app)


async def test_ascii_draws_no_glyph_of_the_console_outside_ascii(make: Make) -> None:
    app = make(glyphs="ascii", executions=(gate().execution,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        left = {char for char in screen_text(app) if not char.isascii()}
        assert left <= {"…"}, left
        await press(pilot, "u")
        assert {char for char in screen_text(app) if not char.isascii()} <= {"…"}


@pytest.mark.parametrize(("features", "log"), [("devtools", ""), ("debug,devtools", ""), ("", "/tmp/x.log")])
def test_devtools_are_refused(features: str, log: str) -> None:
    with pytest.raises(ConfigurationError):
        refuse_devtools(features, log)


def test_a_newer_message_replaces_an_older_one() -> None:
    assert ReadingArrived().can_replace(ReadingArrived())


async def test_each_feed_reaches_its_own_widgets_only(make: Make) -> None:
    told: list[str] = []

    @dataclasses.dataclass(eq=False)
    class Ear:
        name: str

        def post_message(self, message: object) -> None:
            told.append(self.name)

    app = make()
    bridge = Bridge(app.services)
    bridge.open()
    bridge.attach(Ear("runs"), ("runs",))  # type: ignore[arg-type]
    bridge.attach(Ear("health"), ("health/",))  # type: ignore[arg-type]
    bridge.attach(Ear("all"), ())  # type: ignore[arg-type]
    for feed in ("runs", "health/production", "clone"):
        app.services.tell(feed)  # type: ignore[attr-defined]
    bridge.close()
    app.services.tell("runs")  # type: ignore[attr-defined]
    assert told == ["runs", "all", "health", "all", "all"]
