"""Among many news only what has changed is painted: lines of a table, the words of a preview, the title of a border."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical

from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.ui import bridge as bridges
from strideiq_console.ui import legible, safe
from strideiq_console.ui.bridge import FEW, Bridge
from strideiq_console.ui.widgets.table import TableView


class Words(App[None]):
    """A table below a preview."""

    CSS = "TableView { height: 1fr; } #about { height: auto; }"

    def compose(self) -> ComposeResult:
        yield safe.PlainStatic("", id="about")
        with Vertical(id="box"):
            yield TableView(UNICODE)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {tone: f"${stand_in}" for tone, stand_in in legible.TONES.items()}


def table(*words: str) -> Table:
    return Table((Column("name"),), tuple(Row(f"k{n}", (Cell(word),)) for n, word in enumerate(words)), Look.FRESH)


class Painted:
    """The lines that a table was asked for."""

    def __init__(self, view: TableView, patch: pytest.MonkeyPatch) -> None:
        self.lines: list[int] = []
        whole = view.render_line
        patch.setattr(view, "render_line", lambda y: self.lines.append(y) or whole(y))  # type: ignore[func-returns-value]


async def test_one_row_that_changed_paints_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Words()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        view.show(table("one", "two", "three"))
        await pilot.pause()
        painted = Painted(view, monkeypatch)
        view.show(table("one", "zwei", "three"))
        await pilot.pause()
        assert painted.lines == [2], "below the headings"
        view.show(table("one", "zwei", "three"))
        await pilot.pause()
        assert painted.lines == [2]
        await pilot.press("tab", "down")
        painted.lines.clear()
        await pilot.press("down")
        await pilot.pause()
        assert set(painted.lines) == {2, 3}, "where the cursor was, and where it is"


async def test_rows_that_come_and_go_are_painted_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Words()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(TableView)
        for words in (("one", "two", "three"), ("one",), (), ("two", "one")):
            view.show(table(*words))
            await pilot.pause()
            shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips(app.size))
            assert [word in shown for word in ("one", "two", "three")] == [word in words for word in ("one", "two", "three")]


async def test_words_that_are_shown_already_are_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Words()
    async with app.run_test(size=(40, 12)) as pilot:
        about, box = app.query_one("#about", safe.PlainStatic), app.query_one("#box")
        about.show([(Cell("one"),)])
        safe.title(box, "a title")
        await pilot.pause()
        laid: list[str] = []
        monkeypatch.setattr(about, "refresh", lambda *_, layout=False, **__: laid.append("layout" if layout else "paint"))
        monkeypatch.setattr(box, "refresh", lambda *_, **__: laid.append("box"))
        about.show([(Cell("one"),)])
        safe.title(box, "a title")
        assert laid == []
        about.show([(Cell("two"),)])
        assert laid == ["paint"], "as high as before"
        about.show([(Cell("two"),), (Cell("three"),)])
        assert laid == ["paint", "layout"]
        safe.title(box, "another")
        assert laid[2:] == ["box"]


async def test_many_news_are_told_together_and_the_last_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Ear:
        def post_message(self, message: object) -> None:
            told.append("news")

    monkeypatch.setattr(bridges, "REST", 0.01)
    bridge = Bridge(None)  # type: ignore[arg-type]
    bridge.attach(Ear(), ("runs", "branches"))  # type: ignore[arg-type]
    for _ in range(500):
        bridge._tell("runs")
        bridge._tell("branches")
    assert len(told) == FEW
    await asyncio.sleep(0.1)
    assert len(told) == FEW + 1
    bridge._tell("runs")
    assert len(told) == FEW + 2, "a quiet time is over at once"
