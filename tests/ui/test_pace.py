"""Many events: a widget draws a few times a second, the last one is never lost, and what is dear is made beside the loop."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table
from strideiq_console.ui.screens.rows import RowScreen
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.sorting import Sorting

from .conftest import Make
from .driving import press, screen_text, settled


class Counted:
    """Makes a table that says how often it was made, and on which thread."""

    def __init__(self) -> None:
        self.made = 0
        self.aside = 0

    def __call__(self, facts: Any, now: Any, glyphs: Any, *, narrow: bool = False) -> Table:
        self.made += 1
        self.aside += threading.current_thread() is not threading.main_thread()
        return Table((Column("made"),), (Row("k", (Cell(f"made for {len(facts.runs.value or ())}"),)),), Look.FRESH)


async def test_five_hundred_events_are_drawn_a_few_times_and_the_last_is_seen(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        panel, table = app.screen.query_one("#panel-ci", Panel), Counted()
        panel.spec = replace(panel.spec, table=table)
        panel._making._pace.every = 0.6
        known = app.services.facts()
        runs = known.runs.value or ()
        for count in range(500):
            shorter = replace(known.runs, value=runs[: count % 4])
            app.services.tell("runs", replace(known, runs=shorter))  # type: ignore[attr-defined]
            if count % 25 == 0:
                await asyncio.sleep(0)
        await pilot.pause()
        assert 1 <= table.made <= 4
        app.services.tell("runs", replace(known, runs=replace(known.runs, value=runs[:2])))  # type: ignore[attr-defined]
        for _ in range(40):
            await pilot.pause(0.02)
            if "made for 2" in screen_text(app):
                break
        assert "made for 2" in screen_text(app)
        assert table.made <= 12


async def test_a_dear_table_is_made_on_a_thread_and_its_last_state_is_drawn(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        panel, table = app.screen.query_one("#panel-ci", Panel), Counted()
        panel.spec = replace(panel.spec, table=table)
        panel._making._cost = 1.0
        known = app.services.facts()
        for count in (1, 3, 2):
            value = (known.runs.value or ())[:count]
            app.services.tell("runs", replace(known, runs=replace(known.runs, value=value)))  # type: ignore[attr-defined]
            await pilot.pause()
        for _ in range(100):
            await pilot.pause(0.02)
            if "made for 2" in screen_text(app):
                break
        assert "made for 2" in screen_text(app)
        assert table.aside >= 1


async def test_what_is_not_seen_is_drawn_when_it_is(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter")
        panel, table = app.screen_stack[0].query_one("#panel-ci", Panel), Counted()
        panel.spec = replace(panel.spec, table=table)
        app.services.tell("runs")  # type: ignore[attr-defined]
        await settled(pilot)
        assert table.made == 0
        await press(pilot, "escape")
        assert 1 <= table.made <= 3
        assert "made for 4" in screen_text(app)


async def test_a_wait_is_told_after_half_a_second_and_ends(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        screen, clock = app.screen, app.services.clock
        assert isinstance(screen, RowScreen)
        keys = screen.query_one(KeyLine)
        async with screen.waiting("reading the jobs of run 7"):
            keys._show_line()
            assert "reading the jobs" not in screen_text(app)
            clock.seconds += 2.2  # type: ignore[attr-defined]
            keys._show_line()
            await pilot.pause()
            assert "reading the jobs of run 7… 2 s" in screen_text(app).splitlines()[-1]
            assert "q quit" in screen_text(app).splitlines()[-1]
        await pilot.pause()
        assert "reading the jobs" not in screen_text(app)


async def test_a_wait_is_never_endless(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, RowScreen)
        with pytest.raises(OutsideError, match=r"reading the log: no answer within 0\.01 s") as error:
            async with screen.waiting("reading the log", within=0.01, source="github"):
                await asyncio.Event().wait()
        assert error.value.fault.kind is FaultKind.TIMEOUT
        assert error.value.next_step


async def test_news_wait_until_a_key_is_answered_and_are_not_lost(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        panel, table = app.screen.query_one("#panel-ci", Panel), Counted()
        panel.spec = replace(panel.spec, table=table)
        pressed = app.sweeper.key()
        panel._making.ask()
        await pilot.pause()
        assert table.made == 0
        app.sweeper.answered(pressed)
        for _ in range(100):
            await pilot.pause(0.02)
            if table.made:
                break
        assert table.made == 1


async def test_a_screen_under_an_opaque_one_paints_nothing(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "enter")
        assert app._background_screens == []
        await press(pilot, "question_mark")
        assert [type(screen).__name__ for screen in app._background_screens] == ["BranchesZoom"]


async def test_many_rows_are_sorted_beside_the_loop_and_then_shown(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        view = app.screen.query_one("#panel-ci", Panel).view
        names = [f"{n * 7919 % 1500:04}" for n in range(1500)]
        view.show(Table((Column("name"),), tuple(Row(name, (Cell(name),)) for name in names), Look.FRESH))
        view.sort_by(Sorting("name"))
        assert [row.key for row in view.rows] == names, "not in the key's own time"
        for _ in range(100):
            await pilot.pause(0.02)
            if view.rows[0].key == "0000":
                break
        assert [row.key for row in view.rows] == sorted(names)
