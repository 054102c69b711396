from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color

from strideiq_console.ui import themes

OWN, FAULTS = themes.load(themes.folder())


def luminance(color: Color) -> float:
    parts = [c / 255 for c in (color.r, color.g, color.b)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_both_themes_are_there_and_fit() -> None:
    assert set(OWN) == {"night", "day"}
    assert FAULTS == ()


@pytest.mark.parametrize("name", ["night", "day"])
def test_text_keeps_wcag_aa(name: str) -> None:
    theme = OWN[name]
    texts = [theme.foreground, *(theme.variables[tone] for tone in themes.TONES)]
    for ground in (theme.background, theme.surface, theme.panel):
        for text in texts:
            assert contrast(str(text), str(ground)) >= 4.5, (text, ground)
    cursor = theme.variables["block-cursor-foreground"], theme.variables["block-cursor-background"]
    assert contrast(*cursor) >= 4.5


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("UPPER", 'primary = "#123456"', "a theme's name"),
        ("x" * 41, 'primary = "#123456"', "a theme's name"),
        ("no-primary", 'accent = "#123456"', "'primary' is missing"),
        ("unknown", 'primary = "#123456"\nprimery = "x"', "unknown key 'primery'"),
        ("colour", 'primary = "notacolour"', "a colour cannot be read"),
        ("tone", 'primary = "#123456"\n[variables]\ntone-ok = "nope"', "a colour cannot be read"),
        ("kind", 'primary = "#123456"\ndark = "yes"', "wrong kind"),
        ("number", "primary = 3", "'primary' is missing"),
        ("toml", "primary = ", "not TOML"),
        ("variables", 'primary = "#123456"\n[variables]\na = 1', "texts alone"),
    ],
)
def test_an_unfit_theme_is_refused_with_its_reason(tmp_path: Path, name: str, text: str, reason: str) -> None:
    (tmp_path / f"{name}.toml").write_text(text)
    known, faults = themes.load(tmp_path)
    assert known == {}
    assert reason in faults[0]


def test_a_theme_without_our_tones_gets_them(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('primary = "#123456"\nsuccess = "#00ff00"')
    known, faults = themes.load(tmp_path)
    assert faults == ()
    assert known["mine"].variables["tone-ok"] == "#00ff00"
    assert known["mine"].variables["tone-accent"] == "#123456"
