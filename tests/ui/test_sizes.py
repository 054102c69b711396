"""Every screen from 60 by 20 to 300 by 100: each line as wide as the terminal, each border whole."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot

from strideiq_console.ui.app import ConsoleApp

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import confirmation, gate

SIZES = ((60, 20), (61, 100), (80, 24), (100, 21), (300, 100))
CORNERS = {"unicode": "╭╮╰╯┏┓┗┛┌┐└┘", "ascii": "+"}
UPRIGHT = {"unicode": "│┃█▁▂▃▄▅▆▇▉", "ascii": "|"}


def grid(text: str) -> list[list[str]]:
    """Return the screen by columns: a wide letter takes two, the second one empty."""
    return [
        [part for char in line for part in ([char] + [""] * (cell_len(char) - 1)) if cell_len(char)] for line in text.split("\n")
    ]


def faults(app: ConsoleApp, glyphs: str = "unicode") -> list[str]:
    """Return what is broken: a line that is not as wide as the terminal, an edge or a corner that is not there."""
    size = app.size
    shown = grid(screen_text(app))
    found = [f"line {y} is {len(line)} wide" for y, line in enumerate(shown) if len(line) != size.width]
    if len(shown) != size.height or found:
        return [*found, f"{len(shown)} lines"] if len(shown) != size.height else found
    for widget in app.screen.query(".panel, Box"):
        region = widget.region
        if (
            not widget.is_on_screen
            or not region.area
            or not all(parent.display for parent in widget.ancestors_with_self if parent.is_attached)
        ):
            continue
        if not Region(0, 0, size.width, size.height).contains_region(region):
            found.append(f"{widget!r} leaves the terminal: {region}")
            continue
        left, right, top, bottom = region.x, region.right - 1, region.y, region.bottom - 1
        found += [
            f"{widget!r}: no corner at {x},{y}: {shown[y][x]!r}"
            for x in (left, right)
            for y in (top, bottom)
            if shown[y][x] not in CORNERS[glyphs]
        ]
        found += [
            f"{widget!r}: no edge at {x},{y}: {shown[y][x]!r}"
            for x in (left, right)
            for y in range(top + 1, bottom)
            if shown[y][x] not in UPRIGHT[glyphs]
        ]
    return found


async def at_all_sizes(pilot: Pilot[int], glyphs: str = "unicode") -> None:
    app = pilot.app
    assert isinstance(app, ConsoleApp)
    broken = []
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        await pilot.pause()
        broken += [f"{width}x{height} {fault}" for fault in faults(app, glyphs)]
    assert not broken, "\n".join(broken[:12])


@pytest.mark.parametrize(
    ("keys", "glyphs"),
    [((), "unicode"), (("2",), "ascii"), (("2", "plus"), "unicode"), (("6", "plus", "plus"), "unicode")],
    ids=["calm", "ascii", "half", "full"],
)
async def test_the_dashboard_at_every_size(make: Make, keys: tuple[str, ...], glyphs: str) -> None:
    standing = gate()
    app = make(glyphs=glyphs, executions=(standing.execution,), engine=FakeEngine([standing]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *keys)
        await at_all_sizes(pilot, glyphs)


@pytest.mark.parametrize("panel", [str(n) for n in range(1, 7)])
async def test_an_opened_panel_at_every_size(make: Make, panel: str) -> None:
    app = make(engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, panel, "enter")
        await at_all_sizes(pilot)


@pytest.mark.parametrize("keys", [("p",), ("p", "p"), ("space", "s", "slash", "m")], ids=["below", "off", "arranged"])
async def test_an_opened_panel_as_it_can_be_laid_out(make: Make, keys: tuple[str, ...]) -> None:
    app = make(engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter", *keys)
        await at_all_sizes(pilot)


@pytest.mark.parametrize(
    "keys", [("a",), ("question_mark",), ("W",), ("9",), ("u",), ("W", "h"), ("W", "b")], ids=lambda keys: "-".join(keys)
)
async def test_other_screens_and_dialogs_at_every_size(make: Make, keys: tuple[str, ...]) -> None:
    standing = gate()
    app = make(executions=(standing.execution,), engine=FakeEngine([standing]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *keys)
        await at_all_sizes(pilot)


async def test_a_confirmation_at_every_size(make: Make) -> None:
    standing = confirmation("merge-main", 3)
    app = make(executions=(standing.execution,), engine=FakeEngine([standing]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        await at_all_sizes(pilot)


@pytest.mark.parametrize(("size", "named"), [((80, 24), "▏3 CI runs▕"), ((60, 20), "3 CI")])
async def test_a_narrow_terminal_shows_the_environments_and_one_panel_whole(make: Make, size: tuple[int, int], named: str) -> None:
    app = make()
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert named in text
        for word in ("production", "staging", "local", "1841", "1840"):
            assert word in text, word
        assert "q quit" in text.splitlines()[-1]


async def test_a_large_terminal_is_used(make: Make) -> None:
    app = make()
    async with app.run_test(size=(300, 100)) as pilot:
        await settled(pilot)
        area = {panel.id: panel.region.area for panel in app.screen.query(".panel")}
        assert sum(area.values()) >= 300 * 100 - 300 * 5
        assert min(area.values()) >= 300 * 100 // 30


async def test_the_dashboard_at_its_measure_is_as_designed(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        middle = [app.screen.query_one(f"#panel-{name}").region for name in ("branches", "ci")]
        bottom = [app.screen.query_one(f"#panel-{name}").region for name in ("metrics", "costs", "alerts")]
        assert [region.width for region in middle] == [60, 60]
        assert [region.width for region in bottom] == [58, 29, 33], "so much takes the longest line of each"
        assert bottom[0].bottom == 35
        assert middle[0].height >= bottom[0].height >= 7
