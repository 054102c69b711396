"""What the shipped themes promise: text that can be read (WCAG 2.1), and states that colour-blind eyes can tell apart."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.color import Color

from strideiq_console.ui import legible, themes
from strideiq_console.ui.contrast import ink, ratio, readable, worst
from strideiq_console.ui.theming import SHIPPED

OWN, _ = themes.load(themes.folder())
LEAST = {"contrast": 7.0}
STATES = ("tone-ok", "tone-warning", "tone-critical", "tone-unknown")
APART = 20.0
"""CIE 1976 Lab distance; about nine times what a trained eye just notices (2.3, Mahy, Van Eycken, Oosterlinck 1994)."""

# Severity 1.0, on linear RGB: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009.
EYES = {
    "common": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def colour(theme: str, name: str) -> Color:
    return Color.parse({**OWN[theme].to_color_system().generate(), **OWN[theme].variables}[name])


def test_black_on_white_is_21_and_a_grey_of_the_standard_is_just_enough() -> None:
    assert ratio(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert ratio(Color.parse("#767676"), Color.parse("#fff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    grounds = [colour(name, ground) for ground in ("background", "surface", "panel", "block-cursor-background")]
    least = LEAST.get(name, 4.5)
    texts = {text: worst(colour(name, text), grounds) for text in ("foreground", *legible.TONES)}
    assert {text: found for text, found in texts.items() if found < least} == {}
    assert ratio(colour(name, "block-cursor-foreground"), grounds[-1]) >= least
    assert ratio(colour(name, "input-cursor-foreground"), colour(name, "input-cursor-background")) >= least
    for mark in legible.MARKS:
        assert ratio(colour(name, f"{mark}-ink"), colour(name, mark)) >= least


@pytest.mark.parametrize("name", SHIPPED)
def test_borders_can_be_seen(name: str) -> None:
    grounds = [colour(name, ground) for ground in ("background", "surface", "panel")]
    assert {border: worst(colour(name, border), grounds) >= 3 for border in ("border", "border-blurred", "production")} == {
        "border": True,
        "border-blurred": True,
        "production": True,
    }


@pytest.mark.parametrize("eye", EYES)
def test_the_colour_blind_theme_keeps_its_states_apart(eye: str) -> None:
    assert nearest("colour-blind", eye) >= APART


def test_the_measure_tells_red_from_green_opposition() -> None:
    assert nearest("night", "deuteranopia") < APART < nearest("night", "common")


def nearest(theme: str, eye: str) -> float:
    """Return the distance of the two states that look most alike to an eye."""
    seen = [lab(simulated(colour(theme, tone), eye)) for tone in STATES]
    return min(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 for one, other in combinations(seen, 2))


def simulated(seen: Color, eye: str) -> list[float]:
    parts = [part / 255 for part in (seen.r, seen.g, seen.b)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return [min(max(sum(w * p for w, p in zip(row, linear, strict=True)), 0.0), 1.0) for row in EYES[eye]]


def lab(linear: list[float]) -> tuple[float, float, float]:
    """Return CIE 1976 L*a*b* under D65 of linear sRGB."""
    red, green, blue = linear
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("ground", ["#000000", "#777777", "#808080", "#ffffff", "#ff0000", "#0000ff"])
def test_ink_can_always_be_read(ground: str) -> None:
    assert ratio(ink(Color.parse(ground)), Color.parse(ground)) >= 4.5


def test_a_readable_shade_is_near_and_none_is_said_so() -> None:
    dark, light = Color.parse("#101010"), Color.parse("#f0f0f0")
    red = Color.parse("#803030")
    shade = readable(red, (dark,), 4.5)
    assert shade is not None
    assert 4.5 <= ratio(shade, dark) < 7
    assert shade.r > shade.g
    assert readable(red, (dark, light), 7) is None
