"""Where real users are it says PRODUCTION, in a frame and in words, under any theme and without colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from textual.color import Color
from textual.strip import Strip

from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.contrast import ratio
from strideiq_console.ui.legible import VARIABLES
from strideiq_console.ui.screens.confirm import ConfirmDialog

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeConsole, FakeEngine
from .made_facts import facts
from .made_rollback import candidates, offer
from .made_standings import confirmation, level_4

KEYS = ("primary", "foreground", "background", "surface", "panel", "error", "warning")


def hostile(tmp_path: Path, colour: str, standing: Standing) -> ConsoleApp:
    """Return an application under a theme that would hide everything, in the sandbox."""
    own = tmp_path / "themes"
    own.mkdir()
    lines = [f'{key} = "{colour}"' for key in KEYS] + ["[variables]"] + [f'{key} = "{colour}"' for key in VARIABLES]
    (own / "fog.toml").write_text("\n".join(lines))
    known = facts(sandbox=True, executions=(standing.execution,))
    console = FakeConsole(
        tmp_path / "state", facts=known, engine=FakeEngine([standing]), ui=UiSettings(theme="fog", glyphs="unicode")
    )
    console.settings = replace(console.settings, file=tmp_path / "config.toml")
    app = ConsoleApp(console)  # type: ignore[arg-type]
    app.animation_level = "none"
    return app


def strips(app: ConsoleApp) -> list[Strip]:
    return app.screen._compositor.render_strips(app.size)


def contrasts_of(app: ConsoleApp, word: str) -> list[float]:
    """Return the contrast of each piece that holds a word; over a dialog only of those in its box, for the rest is dimmed."""
    found = []
    boxes = app.screen.query("Box")
    inside = boxes.first().region if boxes else app.screen.region
    for strip in strips(app)[inside.y : inside.bottom]:
        for text, style, _ in strip.crop(inside.x, inside.right):
            if word in text and style is not None:
                assert isinstance(style.color, RichColor)
                assert isinstance(style.bgcolor, RichColor)
                found.append(ratio(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)))
    return found


@pytest.mark.parametrize("colour", ["#777777", "#000000", "#ffffff", "#ff0000", "#7f7f00"])
async def test_no_theme_hides_the_frame_or_the_sandbox(tmp_path: Path, colour: str) -> None:
    app = hostile(tmp_path, colour, confirmation("merge-main", 3))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert min(contrasts_of(app, "SANDBOX")) >= 4.5
        await press(pilot, "u")
        assert min(contrasts_of(app, "SANDBOX")) >= 4.5
        assert len(contrasts_of(app, "PRODUCTION")) >= 2, "both panels of the runbook say it"
        assert min(contrasts_of(app, "PRODUCTION")) >= 4.5
        await press(pilot, "c")
        assert isinstance(app.screen, ConfirmDialog)
        assert len(contrasts_of(app, " PRODUCTION ")) >= 1
        assert min(contrasts_of(app, "PRODUCTION")) >= 4.5
        assert min(contrasts_of(app, "┏")) >= 4.5
        for word in ("Cancel", "This will", "Type"):
            assert min(contrasts_of(app, word)) >= 3, word


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
@pytest.mark.parametrize("standing", [lambda: confirmation("merge-main", 3), level_4], ids=["level 3", "level 4"])
async def test_a_typed_confirmation_carries_the_word(make: Make, standing: Callable[[], Standing], size: tuple[int, int]) -> None:
    here = standing()
    app = make(executions=(here.execution,), engine=FakeEngine([here]))
    async with app.run_test(size=size) as pilot:
        await press(pilot, "u", "c")
        box = [line for line in screen_text(app).splitlines() if "┗" in line]
        assert any(" PRODUCTION ━" in line for line in box)


async def test_staging_and_level_2_carry_none(make: Make) -> None:
    here = confirmation("push", 2)
    app = make(executions=(here.execution,), engine=FakeEngine([here]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        lines = screen_text(app).splitlines()
        assert any("reaches PRODUCTION" in line for line in lines)
        assert not any(" PRODUCTION ━┛" in line[60:] for line in lines)
        await press(pilot, "c")
        assert isinstance(app.screen, ConfirmDialog)
        assert not app.screen.query(".production-frame")


async def test_the_way_back_is_framed(make: Make) -> None:
    app = make(engine=FakeEngine([confirmation("push", 2)]))
    app.services.candidates, app.services.offer = candidates(), offer()  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "b")
        assert " PRODUCTION " in screen_text(app)


async def test_without_colour_the_word_stays(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    here = confirmation("merge-main", 3)
    app = make(executions=(here.execution,), engine=FakeEngine([here]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        assert " PRODUCTION " in screen_text(app)
        colours = {c for strip in strips(app) for _, style, _ in strip if style for c in (style.color, style.bgcolor) if c}
        assert all(len(set(c.get_truecolor())) == 1 for c in colours), "greys alone"
