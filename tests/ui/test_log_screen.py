"""The log screen: search, first failure, following, and a hundred thousand lines."""

from __future__ import annotations

import asyncio
import time

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.log import LogSource
from strideiq_console.presentation.glyphs import pick
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.widgets.log_view import LogView

from .conftest import Make
from .driving import press, screen_text, settled
from .fake_ci import FakeLog

RED = (
    "##[group]Set up job",
    "Set up job",
    "##[endgroup]",
    "##[group]Run pytest apps/api",
    *(f"test_{n} PASSED" for n in range(70)),
    "E   assert 1 == 2",
    "FAILED tests/test_week.py",
    "##[error]Process completed with exit code 1.",
    "##[group]Complete job",
    "bye",
)


async def opened(pilot: Pilot[int], app: ConsoleApp, source: LogSource, **more: object) -> LogScreen:
    screen = LogScreen(source, app.services, pick(app.services.settings.ui.glyphs, {}), **more)  # type: ignore[arg-type]
    await app.push_screen(screen)
    await settled(pilot)
    return screen


def view(app: ConsoleApp) -> LogView:
    return app.screen.query_one(LogView)


async def test_e_shows_the_last_fifty_lines_of_the_failing_step_with_its_errors_marked(make: Make) -> None:
    app = make()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app, FakeLog(RED, step="Run pytest apps/api"))
        assert view(app).number == 1
        await press(pilot, "e")
        assert len(view(app).lines) == 50
        assert view(app).line == "E   assert 1 == 2"
        assert view(app).number == RED.index("E   assert 1 == 2") + 1, "the gutter keeps the log's own numbers"
        text = screen_text(app)
        assert "✖ E   assert 1 == 2" in text
        assert "✖ Process completed with exit code 1." in text
        assert "last 50 lines of step Run pytest apps/api" in text
        assert "Complete job" not in text
        await press(pilot, "e")
        assert len(view(app).lines) == len(RED)
        assert view(app).line == "E   assert 1 == 2"


async def test_a_log_opens_at_its_failure_or_at_a_step(make: Make) -> None:
    app = make()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app, FakeLog(RED, step="Run pytest apps/api"), at_failure=True)
        assert len(view(app).lines) == 50
        await press(pilot, "escape")
        await opened(pilot, app, FakeLog(RED, step="Run pytest apps/api"), at_step="Complete job")
        assert view(app).line == "##[group]Complete job"


async def test_a_search_counts_goes_round_and_ends_with_escape(make: Make) -> None:
    app = make()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app, FakeLog(("alpha", "Beta beta", "gamma", "BETA")))
        assert view(app).line == "BETA", "what came last is what is read first where nothing failed"
        await press(pilot, "g", "slash", "b", "e", "t")
        assert "'bet' 1 of 2" in screen_text(app)
        await press(pilot, "enter", "n")
        assert view(app).line == "BETA"
        assert "'bet' 2 of 2" in screen_text(app)
        await press(pilot, "n")
        assert view(app).line == "Beta beta"
        await press(pilot, "N")
        assert view(app).line == "BETA"
        await press(pilot, "escape")
        assert "of 2" not in screen_text(app)
        assert isinstance(app.screen, LogScreen), "escape ends the search first"
        await press(pilot, "escape")
        assert not isinstance(app.screen, LogScreen)


async def test_following_moves_with_the_end_and_waits_while_somebody_reads_further_up(make: Make) -> None:
    app, source = make(), FakeLog(tuple(f"line {n}" for n in range(60)), ended=False)
    beat = asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == source.period, "never faster than the source says"
        await beat.wait()
        beat.clear()

    async with app.run_test(size=(100, 30)) as pilot:
        app.services.clock.sleep = sleep  # type: ignore[method-assign]

        async def news(*lines: str) -> None:
            reads = source.reads
            source.now += lines
            beat.set()
            while source.reads == reads:
                await pilot.pause(0.01)
            await pilot.pause()

        await app.push_screen(LogScreen(source, app.services, pick(app.services.settings.ui.glyphs, {}), follow=True))
        await pilot.pause(0.05)
        while not view(app).lines:
            await pilot.pause(0.01)
        await news("line 60", "line 61")
        assert view(app).line == "line 61"
        await pilot.press("k", "k")
        assert "follow waits: G" in screen_text(app)
        await news("line 62")
        assert view(app).line == "line 59", "what is read does not run away"
        await pilot.press("G")
        await news("line 63")
        assert view(app).line == "line 63"
        source.ended = True
        await news("the end")
        await settled(pilot)
        assert "following" not in screen_text(app)
        assert "f follow" not in screen_text(app), "an ended log cannot be followed"


async def test_a_log_that_is_gone_says_so_and_why(make: Make) -> None:
    app, source = make(), FakeLog()
    source.error = OutsideError(Fault(FaultKind.MISSING, "github", "GitHub: its log is no longer kept (410)", "", "Open the job"))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app, source)
        assert "its log is no longer kept" in screen_text(app)
        source.error, source.now = None, ("back",)
        await press(pilot, "r")
        assert "back" in screen_text(app)
        assert "no longer kept" not in screen_text(app)


async def test_long_lines_scroll_to_the_side_and_the_gutter_stays(make: Make) -> None:
    app = make()
    async with app.run_test(size=(60, 20)) as pilot:
        await opened(pilot, app, FakeLog(("x" * 80 + "END", "##[warning]short")))
        assert "END" not in screen_text(app)
        await press(pilot, "g", "right", "right", "right")
        assert "END" in screen_text(app)
        assert "›1" in screen_text(app)


@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
async def test_hostile_lines_are_drawn_and_obeyed_by_nobody(make: Make, glyphs: str) -> None:
    app = make(glyphs=glyphs)
    async with app.run_test(size=(80, 20)) as pilot:
        await opened(pilot, app, FakeLog(("[red]not red[/x]", "\x1b]52;c;aGk=\x07", "[@click=app.quit]q[/]")))
        text = screen_text(app)
        assert "[red]not red[/x]" in text
        assert "\x1b" not in text
        await press(pilot, "g", "slash", "left_square_bracket", "enter", "y")
        assert app.clipboard == "[red]not red[/x]"


async def test_a_hundred_thousand_lines_stay_quick(make: Make) -> None:
    app = make()
    many = (*(f"tests/test_{n}.py::test_{n} PASSED with words" for n in range(100_000)), "E   assert", "##[error]exit code 1")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, app, FakeLog(many))
        shown = view(app)
        began = time.perf_counter()
        for _ in range(50):
            shown.action_edge(1)
            shown.action_edge(-1)
            shown.render_line(0)
        moved = time.perf_counter() - began
        began = time.perf_counter()
        shown.search("99999")
        found = time.perf_counter() - began
        assert shown.line.startswith("tests/test_99999.py")
        assert moved < 1.0, f"{moved:.2f} s for a hundred moves and fifty lines"
        assert found < 1.0, f"{found:.2f} s for a search"
        await press(pilot, "escape")
