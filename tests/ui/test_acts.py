"""``a``: what can be done with the chosen rows, and why not; an act goes through its runbook's plan, or runs a key's action."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.acts import Act
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels import PANELS
from strideiq_console.ui.screens.ask import InputDialog
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.pick import ActDialog
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import gate

RULE = "main is protected (rule P1): open a pull request instead, W then h"


def offered(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return one act of each kind, and one that a rule blocks."""
    return (
        Act("h", f"fix {len(keys)} {' '.join(keys)}", runbook="hotfix", inputs={"slug": "fix-auth-crash", "severity": "P1"}),
        Act("d", "delete it", runbook="hotfix", why_not=RULE),
        Act("t", "another theme", action="app.next_theme", key="T"),
        Act("g", "what only the opened panel does", action="preview"),
        Act("m", "merge it", runbook="no-such"),
    )


@pytest.fixture
def acting(make: Make) -> ConsoleApp:
    """An application whose branches panel offers acts."""
    return make(engine=FakeEngine([gate()]))


def with_acts(app: ConsoleApp) -> None:
    for panel in app.screen.query(Panel):
        panel.spec = replace(panel.spec, acts=offered)


async def test_the_menu_names_each_act_with_its_letter_and_why_it_is_blocked(acting: ConsoleApp) -> None:
    async with acting.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2")
        with_acts(acting)
        await press(pilot, "a")
        assert isinstance(acting.screen, ActDialog)
        text = screen_text(acting)
        assert "h  fix 1 hotfix/fix-auth-crash" in text
        assert "y  copy what the row is about" in text
        await press(pilot, "j")
        assert f"delete it: {RULE}" in screen_text(acting)
        await press(pilot, "d")
        assert isinstance(acting.screen, ActDialog)  # a blocked act says why, and does nothing
        await press(pilot, "m")
        assert "this console has no runbook no-such" in screen_text(acting)


async def test_a_blocked_act_is_said_whole_at_80_columns(acting: ConsoleApp) -> None:
    async with acting.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2")
        with_acts(acting)
        await press(pilot, "a", "j")
        box = acting.screen.query_one("#wrong").region
        lines = screen_text(acting).splitlines()[box.y : box.bottom]
        assert RULE in " ".join(" ".join(line[box.x : box.right] for line in lines).split())


async def test_marked_rows_are_what_an_act_is_about(acting: ConsoleApp) -> None:
    async with acting.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2")
        with_acts(acting)
        await press(pilot, "space", "j", "space")
        text = screen_text(acting)
        assert "2 marked" in text
        assert "◆" in text
        await press(pilot, "a")
        assert "Actions: 2 marked rows" in screen_text(acting)
        assert "fix 2 hotfix/fix-auth-crash release/v1.2.0" in screen_text(acting)
        await press(pilot, "escape", "escape")
        assert "marked" not in screen_text(acting)


async def test_an_act_asks_only_for_what_is_not_known_and_shows_the_plan(acting: ConsoleApp) -> None:
    engine: Any = acting.services.engine
    async with acting.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2")
        with_acts(acting)
        await press(pilot, "a", "h")
        for _ in range(5):
            await pilot.pause()
        if isinstance(acting.screen, InputDialog):  # for what else the runbook asks
            assert "slug" not in screen_text(acting)
        else:
            assert "Plan: nothing is done yet" in screen_text(acting)
            assert engine.calls == [("plan", "hotfix", {"slug": "fix-auth-crash", "severity": "P1"})]
        assert not [call for call in engine.calls if call[0] == "start"]


async def test_an_action_of_the_opened_panel_is_taken_there(acting: ConsoleApp) -> None:
    async with acting.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2")
        with_acts(acting)
        await press(pilot, "j")
        row = acting.screen.row  # type: ignore[attr-defined]
        assert row is not None
        await press(pilot, "a", "g")
        await settled(pilot)
        assert isinstance(acting.screen, ZoomScreen)
        assert acting.screen.row is not None
        assert acting.screen.row.key == row.key
        assert acting.screen.query_one("#zoom").has_class("-below")


async def test_sort_filter_and_preview_are_kept_for_the_session(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter", "s", "S", "p")
        view = app.screen.query_one("#list TableView", TableView)
        assert [row.key for row in view.rows] == sorted((row.key for row in view.rows), reverse=True)
        assert "by branch ▼" in screen_text(app)
        assert "branch ▼" in screen_text(app).splitlines()[3]
        await press(pilot, "slash", *"feature", "enter", "3")
        assert "by branch ▼ · /feature · 2 of 6" in screen_text(app)
        await press(pilot, "enter")
        assert app.screen.query_one("#zoom").has_class("-below")
        await press(pilot, "p", "escape", "2", "escape")
        assert "/feature" not in screen_text(app)
        await press(pilot, "enter")
        assert not app.screen.query_one("#preview").display
        assert "by branch ▼" in screen_text(app)


async def test_copy_works_from_the_preview_and_the_focus_goes_there_and_back(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter", "l")
        assert app.focused is app.screen.query_one("#preview")
        await press(pilot, "y")
        assert app.clipboard == "hotfix/fix-auth-crash"
        await press(pilot, "Y")
        assert app.clipboard.startswith("https://github.com/acme/strideiq/pull/")
        await press(pilot, "h")
        assert app.focused is app.screen.query_one("#list TableView")


async def test_the_dashboard_s_panel_grows_and_shrinks(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2")
        panel = app.screen.query_one("#panel-branches")
        normal = panel.region.area
        await press(pilot, "plus")
        half = panel.region.area
        await press(pilot, "plus")
        full = panel.region.area
        assert normal < half < full
        assert "1841" not in screen_text(app)
        await press(pilot, "underscore", "underscore")
        assert panel.region.area == normal


async def test_reading_again_names_exactly_the_panel_s_feeds(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "4", "r")
        spec = next(spec for spec in PANELS if spec.name == "metrics")
        assert app.services.refreshed == [spec.feeds]  # type: ignore[attr-defined]
        app.services.waited = 2.4  # type: ignore[attr-defined]
        app.screen.query_one("#panel-metrics", Panel).note_wait()
        await pilot.pause()
        assert "reading… 2 s" in screen_text(app)


async def test_the_mouse_sorts_opens_and_goes_to_panels_and_keys(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        view = app.screen.query_one("#panel-environments TableView", TableView)
        await pilot.click(view, offset=(6, 0))
        assert view.sorting.column == "environment"
        await pilot.click(view, offset=(6, 0))
        assert view.sorting.reverse
        branches = app.screen.query_one("#panel-branches TableView", TableView)
        await pilot.click(branches, offset=(4, 2))
        assert app.focused is branches
        assert branches.row is branches.rows[2]
        await pilot.click("#panel-ci", offset=(10, 0))
        assert app.focused is app.screen.query_one("#panel-ci TableView")
        await pilot.click(branches, offset=(4, 1), times=2)
        await settled(pilot)
        assert isinstance(app.screen, ZoomScreen)
        keys = screen_text(app).splitlines()[-1]
        await pilot.click("#keys", offset=(keys.index("back"), 0))
        await settled(pilot)
        assert not isinstance(app.screen, ZoomScreen)


async def test_a_click_on_a_tab_shows_its_panel(make: Make) -> None:
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        tabs = app.screen.query_one("#tabs")
        at = screen_text(app).splitlines()[tabs.region.y].index("2 Branches")
        await pilot.click("#tabs", offset=(at + 2, 0))
        await settled(pilot)
        assert "▏2 Branches▕" in screen_text(app)


async def test_the_log_is_still_one_key_away(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "4", "l")
        assert app.focused is app.screen.query_one("#panel-costs TableView")
        assert not isinstance(app.screen, LogScreen)
