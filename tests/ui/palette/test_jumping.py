"""The palette leads to anything by its name, from anywhere, and what others wrote is literal text in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual.command import CommandPalette
from textual.pilot import Pilot

from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.table import TableView
from tests.ui.conftest import Make
from tests.ui.driving import press, screen_text, settled
from tests.ui.fakes import FakeEngine
from tests.ui.made_facts import S, pull, seen
from tests.ui.made_looks import looking, troubled
from tests.ui.made_standings import gate

HOSTILE = "[/x] [@click=app.quit]q[/] $primary \x1b]0;evil\x07 [red]"


async def choose(pilot: Pilot[int], app: ConsoleApp, words: str) -> str:
    """Open the palette, type words, take the first line, and return what the palette showed."""
    await press(pilot, "colon")
    assert isinstance(app.screen, CommandPalette)
    await pilot.press(*("space" if key == " " else key for key in words))
    await searched(pilot)
    shown = screen_text(app)
    await pilot.press("enter")
    await searched(pilot)
    if isinstance(app.screen, CommandPalette):
        await pilot.press("enter")
    await searched(pilot)
    await settled(pilot)
    return shown


async def searched(pilot: Pilot[int]) -> None:
    app = pilot.app
    for _ in range(40):
        await pilot.pause()
        if not any(w.is_running and w.group == CommandPalette._GATHER_COMMANDS_GROUP for w in app.workers):
            break
    await pilot.pause()


async def test_a_branch_is_opened_on_its_row(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        shown = await choose(pilot, app, "calendar")
        assert "feature/calendar" in shown
        assert "branch" in shown
        assert isinstance(app.screen, ZoomScreen)
        view = app.screen.query(TableView).first()
        assert view.row is not None
        assert view.row.key == "feature/calendar"


async def test_a_pull_request_by_its_number_with_a_title_of_markup(make: Make) -> None:
    app = make(pulls=seen("github", (pull(43, HOSTILE, "feature/calendar", "staging", S),)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        shown = await choose(pilot, app, "#43")
        assert "#43 [/x] [@click=app.quit]q[/] $primary" in shown
        assert "\x1b" not in shown
        assert isinstance(app.screen, ZoomScreen)
        assert app.is_running


async def test_a_row_that_the_panel_does_not_show_is_said(make: Make) -> None:
    app = make(pulls=seen("github", (pull(99, "From elsewhere", "fork/zzz", "staging", S),)))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await choose(pilot, app, "#99 elsewhere")
        assert isinstance(app.screen, ZoomScreen)
        assert "shows no row 'fork/zzz' now" in screen_text(app)


async def test_a_run_an_environment_and_a_deployment(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for words, key in (("#1839", "10839"), ("environment staging", "staging"), ("deployment production api", "production")):
            await choose(pilot, app, words)
            assert isinstance(app.screen, ZoomScreen), words
            view = app.screen.query(TableView).first()
            assert view.row is not None
            assert view.row.key == key


async def test_an_execution_is_opened(make: Make) -> None:
    standing = gate()
    app = make(executions=(standing.execution,), engine=FakeEngine([standing]))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await choose(pilot, app, f"execution {standing.execution.id}")
        assert isinstance(app.screen, RunbookScreen)


async def test_a_setting_shows_its_value_and_its_origin(make: Make) -> None:
    app = make()
    app.services.settings = replace(  # type: ignore[misc]
        app.services.settings, values={"ui.theme": "night"}, origins={"ui.theme": "/home/founder/.config/strideiq/config.toml"}
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await choose(pilot, app, "ui.theme")
        assert isinstance(app.screen, ReadDialog)
        text = screen_text(app)
        assert '"night"' in text
        assert "/home/founder/.config/strideiq/config.toml" in text


async def test_a_metric_a_line_of_the_month_and_an_alert(tmp_path: Path) -> None:
    app = looking(tmp_path, *troubled())
    async with app.run_test(size=(120, 36)) as pilot:
        for words, panel, key in (
            ("metric staging p99", "metrics", "staging/p99"),
            ("cost redis staging", "costs", "railway-redis/staging"),
            ("alert production errors", "alerts", "production/error_rate"),
        ):
            await choose(pilot, app, words)
            zoom = app.screen
            assert isinstance(zoom, ZoomScreen), words
            assert (zoom.spec.name, zoom.row.key if zoom.row else "") == (panel, key)
