from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.reading import Reading
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.table import TableView

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_facts import MAIN, NOW, F, S, facts, failed, run, unconfigured
from .made_standings import gate


async def test_first_frame_shows_the_store_before_anything_starts(make: Make) -> None:
    app = make()
    started: list[int] = []

    async def start() -> None:
        started.append(1)
        assert "1841 hotfix/fix-auth-crash" in screen_text(app)

    app.services.start = start  # type: ignore[method-assign]
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert started == [1]
    assert app.services.stopped == 1  # type: ignore[attr-defined]


async def test_the_verdict_is_the_second_line(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        lines = screen_text(app).splitlines()
        assert "LIVE" in lines[0]
        assert "redis degraded" in lines[1]


async def test_the_sandbox_says_so_on_every_screen(make: Make) -> None:
    standing = gate()
    app = make(sandbox=True, executions=(standing.execution,), engine=FakeEngine([standing]))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "SANDBOX" in screen_text(app).splitlines()[0]
        await press(pilot, "u")
        assert isinstance(app.screen, RunbookScreen)
        assert "SANDBOX" in screen_text(app).splitlines()[0]


async def test_news_keep_the_cursor_on_its_row(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "down", "down")
        view = app.screen.query_one("#panel-ci TableView", TableView)
        assert view.row is not None
        assert view.row.key == "10839"
        newer = (run(1842, "feature/x", "push", F, (F,), 1), *(facts().runs.value or ()))
        app.services.tell("runs", facts(runs=replace(facts().runs, value=newer)))  # type: ignore[attr-defined]
        await settled(pilot)
        assert view.row.key == "10839"
        assert "1842" in screen_text(app)


async def test_a_failed_feed_keeps_its_rows_and_harms_no_other_panel(make: Make) -> None:
    app = make(runs=failed(facts().runs), pulls=unconfigured("github"))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert "did not answer within 15 s" in text
        assert "1840 main" in text
        assert "feature/calendar" in text


async def test_a_panel_that_was_never_seen_says_so(make: Make) -> None:
    app = make(branches=Reading("git"))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        view = app.screen.query_one("#panel-branches TableView", TableView)
        assert view._table.notice
        assert not view.rows


async def test_digits_and_brackets_go_to_panels(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        for key, panel in (("2", "branches"), ("6", "alerts"), ("1", "environments"), ("]", "branches"), ("[", "environments")):
            await press(pilot, key)
            assert app.focused is app.screen.query_one(f"#panel-{panel} TableView")


async def test_narrow_shows_one_panel_below_the_tabs(make: Make) -> None:
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "3 CI runs▕" in screen_text(app)
        await press(pilot, "2")
        text = screen_text(app)
        assert "▏2 Branches▕" in text
        assert "release/v1.2.0" in text
        assert "1841" not in text
        await pilot.resize_terminal(120, 36)
        await settled(pilot)
        assert "1841" in screen_text(app)


async def test_enter_opens_a_panel_on_its_row_and_escape_goes_back(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "j", "j", "enter")
        assert isinstance(app.screen, ZoomScreen)
        assert "failure: step 2" in screen_text(app)
        await press(pilot, "G")
        assert "work on staging" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, DashboardScreen)


async def test_filter_narrows_steps_and_clears(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter", "slash", *"FEATURE")
        view = app.screen.query_one("#list TableView", TableView)
        assert [row.cells[0].text.split()[-1] for row in view.rows] == ["feature/calendar", "feature/old-import"]
        await press(pilot, "enter", "n")
        assert view.row is view.rows[1]
        await press(pilot, "escape")
        assert len(view.rows) == 6
        assert isinstance(app.screen, ZoomScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, DashboardScreen)


async def test_the_filter_of_the_dashboard_works_in_the_panel_with_the_focus(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "slash", *"FEATURE")
        dashboard = app.screen
        assert isinstance(dashboard, DashboardScreen)
        assert [row.key for row in dashboard.active.view.rows] == ["feature/calendar", "feature/old-import"]
        await press(pilot, "enter")
        assert dashboard.active.spec.name == "branches"
        assert dashboard.active.view.has_focus
        shown = screen_text(app)
        assert "/FEATURE · 2 of 6 branches" in shown
        assert "filter:" not in shown
        await press(pilot, "slash", "escape")
        assert len(dashboard.active.view.rows) == 6
        assert dashboard.active.spec.name == "branches"


async def test_the_log_of_an_environment_is_that_of_its_commit_or_says_why_not(make: Make) -> None:
    known = facts()
    serving = replace(run(1842, "main", "push", S, (S,), 15), sha=MAIN)
    app = make(runs=replace(known.runs, value=(serving, *(known.runs.value or ()))))
    app.services.log, app.services.job_list = ("all is well",), serving.jobs  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "l")
        assert isinstance(app.screen, LogScreen)
        assert "all is well" in screen_text(app)
        await press(pilot, "escape", "j", "l")
        assert "staging: no CI run of 9f3e21a is known" in " ".join(screen_text(app).split())
        assert isinstance(app.screen, DashboardScreen)


async def test_filter_without_a_hit_says_so(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "slash", *"zzz")
        assert "No row holds 'zzz'" in screen_text(app)


async def test_refresh_of_one_panel_and_of_all(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "r", "R")
        assert app.services.refreshed == [("runs", "pulls", "protections"), ()]  # type: ignore[attr-defined]


async def test_copy_takes_the_name_and_page_is_not_opened_for_strangers(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "3", "Y")
        assert app.clipboard == "https://github.com/acme/strideiq/actions/runs/10841"
        await press(pilot, "2", "y")
        assert app.clipboard == "hotfix/fix-auth-crash"


async def test_the_log_of_a_red_run(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        red = (facts().runs.value or ())[2]
        app.services.job_list = red.jobs or ()  # type: ignore[attr-defined]
        app.services.log = ("$ pytest", "E   assert [/x] == '[@click=app.quit]x[/]'", "1 failed")  # type: ignore[attr-defined]
        await press(pilot, "3", "j", "j", "l")
        text = screen_text(app)
        assert "backend-test" in text
        assert "E   assert [/x] == '[@click=app.quit]x[/]'" in text


async def test_focus_of_the_terminal_reaches_the_poller(make: Make) -> None:
    from textual import events

    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        app.post_message(events.AppBlur())
        app.post_message(events.AppFocus())
        await settled(pilot)
        assert app.services.attended == [False, True]  # type: ignore[attr-defined]


async def test_the_guide_is_shown_until_escape(make: Make) -> None:
    app = make(guide=("Press W, then h.",))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Press W, then h." in screen_text(app)
        await press(pilot, "escape")
        assert "Press W, then h." not in screen_text(app)
        assert isinstance(app.screen, DashboardScreen)


async def test_ages_count_on(make: Make) -> None:
    from datetime import timedelta

    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.services.clock.at = NOW + timedelta(minutes=30)  # type: ignore[attr-defined]
        app.screen._renew_all()  # type: ignore[attr-defined]
        await settled(pilot)
        assert "44 min" in screen_text(app)
