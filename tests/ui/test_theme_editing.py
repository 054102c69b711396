"""A theme of one's own is shown anew while it is edited; a bad file loses nothing; nobody looks while the terminal is left."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from strideiq_console.settings.model import UiSettings
from strideiq_console.ui import themes
from strideiq_console.ui.app import ConsoleApp

from .driving import press, screen_text, settled
from .fakes import FakeConsole
from .made_facts import facts

MINE = 'primary = "#88aaff"\nbackground = "{}"\nsurface = "{}"\npanel = "{}"\n'


def write(place: Path, colour: str | None = None, *, raw: str = "", name: str = "mine") -> Path:
    """Write a theme with a stamp that no file had before."""
    place.mkdir(exist_ok=True)
    path = place / f"{name}.toml"
    turn = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(raw or MINE.format(colour, colour, colour))
    os.utime(path, ns=(turn + 10**9, turn + 10**9))
    return path


def app_with(tmp_path: Path, theme: str = "mine") -> ConsoleApp:
    console = FakeConsole(tmp_path / "state", facts=facts(), ui=UiSettings(theme=theme))
    console.settings = replace(console.settings, file=tmp_path / "config.toml")
    app = ConsoleApp(console)  # type: ignore[arg-type]
    app.animation_level = "none"
    return app


async def looked(pilot: Pilot[int]) -> None:
    assert isinstance(pilot.app, ConsoleApp)
    pilot.app.look_at_themes()
    await settled(pilot)


async def test_an_edited_theme_is_shown_and_a_bad_one_leaves_the_last_good_one(tmp_path: Path) -> None:
    own = tmp_path / "themes"
    write(own, "#101010")
    app = app_with(tmp_path)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        assert app.screen.styles.background.hex == "#101010"
        write(own, "#222233")
        await looked(pilot)
        assert app.screen.styles.background.hex == "#222233"
        write(own, raw='primary = "#88aaff"\nbackground = "#2')
        await looked(pilot)
        assert app.screen.styles.background.hex == "#222233"
        text = " ".join(screen_text(app).split())
        assert "theme mine.toml is left out" in text
        assert "The last good one stays" in text
        app.clear_notifications()
        await looked(pilot)
        assert "left out" not in screen_text(app), "it is said once"
        write(own, "#111133")
        await looked(pilot)
        assert app.screen.styles.background.hex == "#111133"


async def test_new_and_taken_away_files_come_and_go(tmp_path: Path) -> None:
    own = tmp_path / "themes"
    app = app_with(tmp_path, "night")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "fresh" not in app.theme_names
        path = write(own, "#101010", name="fresh")
        shadow = write(own, "#050505", name="day")
        await looked(pilot)
        assert app.theme_names[-1] == "fresh"
        app.action_use_theme("day")
        await settled(pilot)
        assert app.screen.styles.background.hex == "#050505"
        path.unlink()
        shadow.unlink()
        await looked(pilot)
        assert "fresh" not in app.theme_names
        assert app.screen.styles.background.hex == "#F7F8FA", "the console's own is back"


async def test_nobody_looks_while_the_terminal_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(tmp_path, "night")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        timer = app._theme_timer
        assert timer is not None
        app.post_message(events.AppBlur())
        await settled(pilot)
        assert not timer._active.is_set()
        looks: list[Path] = []
        monkeypatch.setattr(themes, "listing", lambda place: looks.append(place) or {})
        await settled(pilot)
        assert looks == []
        app.post_message(events.AppFocus())
        await settled(pilot)
        assert timer._active.is_set()
        assert looks
        assert set(looks) == {tmp_path / "themes"}, "at once, and on a slow machine by the timer as well"


async def test_a_choice_is_not_written_but_said(tmp_path: Path) -> None:
    app = app_with(tmp_path, "night")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "T")
        assert 'theme = "day"' in " ".join(screen_text(app).split())
        assert not (tmp_path / "config.toml").exists()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=120) | st.sampled_from([MINE.format(*["#123456"] * 3).encode()]), min_size=1, max_size=4))
def test_no_series_of_edits_takes_the_application_down(tmp_path: Path, edits: list[bytes]) -> None:
    own = tmp_path / "themes"
    write(own, "#101010")
    app = app_with(tmp_path)
    app.notify = lambda *_, **__: None  # type: ignore[method-assign]
    for raw in edits:
        path = write(own, "#101010")
        path.write_bytes(raw)
        app.look_at_themes()
        assert app.theme == "mine"
        app.get_css_variables()
