"""Themes as files: what is refused and why, what is mended, and that no file can take the console down."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import Theme

from strideiq_console.ui import contrast, legible, themes
from strideiq_console.ui.theming import SHIPPED
from tests.contracts import ROOT

ONE_COLOUR = "\n".join(
    [f'{key} = "#777777"' for key in ("primary", "foreground", "background", "surface", "panel", "error", "warning")]
    + ["[variables]"]
    + [f'{key} = "#777777"' for key in legible.VARIABLES]
)


def test_the_shipped_themes_are_there_and_nothing_of_them_is_mended() -> None:
    known, faults = themes.load(themes.folder())
    assert set(known) == set(SHIPPED)
    assert faults == ()


@pytest.mark.parametrize("file", ["docs/configuration.md", "config.example.toml"])
def test_every_shipped_theme_is_named_in(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert [name for name in SHIPPED if not re.search(rf"[`\"]{name}[`\"]", text)] == []


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("UPPER", 'primary = "#123456"', "a theme's name"),
        ("x" * 41, 'primary = "#123456"', "a theme's name"),
        ("no-primary", 'accent = "#123456"', "'primary' is missing"),
        ("unknown", 'primary = "#123456"\nprimery = "x"', "unknown key 'primery': is it 'primary'?"),
        ("colour", 'primary = "notacolour"', "a colour cannot be read: primary"),
        ("tone", 'primary = "#123456"\n[variables]\ntone-ok = "nope"', "a colour cannot be read: tone-ok"),
        ("variable", 'primary = "#123456"\n[variables]\ntone-okay = "red"', "[variables] has no 'tone-okay': is it 'tone-ok'?"),
        ("glass", 'primary = "#123456"\n[variables]\nproduction = "#ff000000"', "must be opaque"),
        ("ansi", 'primary = "ansi_red"', "must be opaque and its own"),
        ("auto", 'primary = "auto"', "a colour"),
        ("sheet", 'primary = "red; } Screen { display: none"', "a colour cannot be read"),
        ("torn", 'primary = "#123456"\nbackground = "#000000"\npanel = "#ffffff"', "no text could be read"),
        ("kind", 'primary = "#123456"\ndark = "yes"', "wrong kind"),
        ("nan", 'primary = "#123456"\nluminosity_spread = nan', "wrong kind"),
        ("far", 'primary = "#123456"\ntext_alpha = 0.1', "a number from 0.6 to 1"),
        ("number", "primary = 3", "'primary' is missing"),
        ("toml", "primary = ", "not TOML"),
        ("deep", f"primary = {'[' * 4000}", "not TOML"),
        ("variables", 'primary = "#123456"\n[variables]\na = 1', "texts alone"),
    ],
)
def test_an_unfit_theme_is_refused_with_its_reason(tmp_path: Path, name: str, text: str, reason: str) -> None:
    (tmp_path / f"{name}.toml").write_text(text)
    known, faults = themes.load(tmp_path)
    assert known == {}
    assert reason in faults[0]


def test_only_plain_files_of_a_fit_size_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "large.toml").write_text('primary = "red"\n' + "#" * 70_000)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "bom.toml").write_bytes(b'\xef\xbb\xbfprimary = "#88aaff"\r\n')
    known, faults = themes.load(tmp_path)
    assert set(known) == {"bom"}
    assert len(faults) == 2
    with pytest.raises(ValueError, match="plain file"):
        themes.read(tmp_path / "pipe.toml")


def test_a_theme_without_our_tones_gets_them(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('primary = "#88aaff"\nsuccess = "#00ff00"')
    known, faults = themes.load(tmp_path)
    assert faults == ()
    assert known["mine"].variables["tone-ok"] == "#00FF00"
    assert known["mine"].variables["tone-accent"] == "#88AAFF"


def shown(theme: Theme) -> dict[str, str]:
    """Return the variables as the application gives them to its style sheet."""
    return {**theme.to_color_system().generate(), **theme.variables}


def grounds_of(variables: dict[str, str]) -> tuple[Color, ...]:
    return tuple(Color.parse(variables[name]) for name in ("background", "surface", "panel"))


def test_a_theme_of_one_colour_is_mended_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "fog.toml").write_text(ONE_COLOUR)
    known, faults = themes.load(tmp_path)
    assert "production" in faults[0]
    assert "another shade" in faults[0]
    final = shown(known["fog"])
    for mark in legible.MARKS:
        assert contrast.worst(Color.parse(final[mark]), grounds_of(final)) >= 4.5
        assert contrast.ratio(Color.parse(final[f"{mark}-ink"]), Color.parse(final[mark])) >= 4.5
    assert contrast.worst(Color.parse(final["foreground"]), grounds_of(final)) >= 3
    cursor = Color.parse(final["block-cursor-background"])
    assert contrast.ratio(Color.parse(final["block-cursor-foreground"]), cursor) >= 3


COLOURS = st.one_of(
    st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
    st.sampled_from(["red", "ansi_blue", "auto 50%", "$primary", "rgb(1,2,3)", "hsl(900,1%,1%)", "transparent", ""]),
    st.text(max_size=12),
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | COLOURS, lambda inner: st.lists(inner, max_size=2), max_leaves=3
)
TABLES = st.dictionaries(
    st.sampled_from([*sorted(legible._FIELDS - {"variables"}), "name"]), COLOURS | ANY, max_size=8
) | st.fixed_dictionaries(
    {"primary": COLOURS, "background": COLOURS, "panel": COLOURS},
    optional={"dark": st.booleans(), "variables": st.dictionaries(st.sampled_from(legible.VARIABLES) | st.text(), COLOURS)},
)


@settings(max_examples=300, deadline=None)
@given(TABLES)
@example({"primary": "#808080", "background": "#757575", "surface": "#757575", "panel": "#757575"})
def test_no_table_breaks_anything_and_none_hides_production(table: dict[str, Any]) -> None:
    try:
        theme = legible.made("x", table).theme
    except ValueError:
        return
    final = shown(theme)
    assert all(Color.parse(final[name]).a == 1 for name in (*legible.TONES, *legible.INKS))
    for mark in legible.MARKS:
        assert contrast.worst(Color.parse(final[mark]), grounds_of(final)) >= 4.5
        assert contrast.ratio(Color.parse(final[f"{mark}-ink"]), Color.parse(final[mark])) >= 4.5


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_anything(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    place = tmp_path_factory.mktemp("themes")
    (place / "x.toml").write_bytes(raw)
    known, faults = themes.load(place)
    assert bool(known) or bool(faults)
