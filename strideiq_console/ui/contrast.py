"""How well one colour can be read on another (WCAG 2.1, 1.4.3), and the nearest colour that can be read."""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import Color

BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)
_STEPS = 20


def luminance(color: Color) -> float:
    """Return the relative luminance, 0 for black and 1 for white."""
    parts = (part / 255 for part in (color.r, color.g, color.b))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Color, other: Color) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def worst(color: Color, grounds: Iterable[Color]) -> float:
    """Return the lowest ratio that a colour has on any of these grounds."""
    return min(ratio(color, ground) for ground in grounds)


def ink(ground: Color) -> Color:
    """Return black or white, whichever reads better; it always has 4.58:1 or more."""
    return max((BLACK, WHITE), key=lambda end: ratio(end, ground))


def readable(color: Color, grounds: tuple[Color, ...], least: float) -> Color | None:
    """Return ``color``, or the first shade of it towards black or white that has ``least`` on every ground; None: there is none."""
    if worst(color, grounds) >= least:
        return color
    end = max((BLACK, WHITE), key=lambda end: worst(end, grounds))
    shades = (color.blend(end, step / _STEPS) for step in range(1, _STEPS + 1))
    return next((shade for shade in shades if worst(shade, grounds) >= least), None)
