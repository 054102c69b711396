"""Cursor, scroll and marks stay with the rows' keys under any sequence of updates, sorted and filtered or not."""

from __future__ import annotations

import random

import pytest
from textual.app import App, ComposeResult

from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.ui import legible
from strideiq_console.ui.widgets.sorting import Sorting
from strideiq_console.ui.widgets.table import TableView

COLUMNS = (Column("name", 12), Column("age", 8))


class OneTable(App[None]):
    """A table that fills the terminal."""

    CSS = "TableView { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield TableView(UNICODE)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {tone: f"${stand_in}" for tone, stand_in in legible.TONES.items()}


def table(*numbers: int) -> Table:
    rows = tuple(Row(f"k{n}", (Cell(f"row {n}"), Cell(f"{n % 7} min"))) for n in numbers)
    return Table(COLUMNS, rows, Look.FRESH, "", f"{len(rows)}")


def at(view: TableView) -> str:
    """Return the key on the line of the window where the cursor stands, and which line that is."""
    assert view.row is not None
    place = view.rows.index(view.row)
    return f"{view.row.key} on line {place - round(view.scroll_y)}"


@pytest.mark.parametrize("seed", range(6))
async def test_under_updates_the_cursor_keeps_its_row_and_its_line(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same rows on every run
    app = OneTable()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table(*range(100)))
        view.sort_by((Sorting(), Sorting("age"), Sorting("name", reverse=True))[seed % 3])
        view.narrow_to("" if seed < 3 else "!9")
        await pilot.pause()
        for _ in range(12):
            view.action_move(chance.randrange(-30, 50))
            await pilot.pause()
            before, line = at(view), round(view.scroll_y)
            assert view.row is not None
            here = int(view.row.key[1:])
            numbers = sorted({here, *chance.sample(range(200), 120)})
            view.show(table(*numbers))
            await pilot.pause()
            assert view.row.key == f"k{here}"
            bottom = round(view.scroll_y) >= view.max_scroll_y
            if line > 0 and round(view.scroll_y) > 0 and not bottom:
                assert at(view) == before


async def test_at_the_top_new_rows_are_seen() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table(*range(10, 60)))
        view.action_move(2)
        await pilot.pause()
        view.show(table(*range(8, 60)))
        await pilot.pause()
        assert view.row is not None
        assert (view.row.key, round(view.scroll_y)) == ("k12", 0)


async def test_what_was_scrolled_to_with_the_wheel_stays_in_sight() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table(*range(100)))
        await pilot.pause()
        view.scroll_to(y=50, animate=False)
        await pilot.pause()
        view.show(table(*range(-5, 100)))
        await pilot.pause()
        assert view.rows[round(view.scroll_y)].key == "k50"
        assert view.row is not None
        assert view.row.key == "k0"


async def test_marks_stay_with_their_keys_and_go_with_their_rows() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table(*range(10)))
        await pilot.pause()
        view.stand_on("k3")
        view.mark_row()
        view.stand_on("k5")
        view.mark_row()
        view.sort_by(Sorting("name", reverse=True))
        view.narrow_to("row 3")
        assert list(view.chosen) == ["k3", "k5"]
        assert [row.key for row in view.rows] == ["k3"]
        view.show(table(*range(4, 10)))
        assert list(view.chosen) == ["k5"]
        failed = Table(COLUMNS, (), Look.FAILED, "no answer")
        view.show(failed)
        view.show(table(*range(4, 10)))
        assert list(view.chosen) == ["k5"]
        assert [view.unmark(), view.unmark()] == [True, False]
        await pilot.pause()


async def test_ten_thousand_rows_paint_only_what_is_in_sight() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table(*range(10_000)))
        await pilot.pause()
        assert 0 < len(view._painted) <= 12
        view.action_edge(1)
        await pilot.pause()
        assert view.row is not None
        assert view.row.key == "k9999"
        assert len(view._painted) <= 24
