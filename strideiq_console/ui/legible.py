"""Makes a theme of a file's table that can be read: what cannot is replaced, and no theme hides where real users are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from strideiq_console.ui.contrast import BLACK, WHITE, ink, readable, worst

MARK_LEAST, TEXT_LEAST = 4.5, 3.0
"""What the marks of production and of the sandbox have on every ground, as has text under a cursor, and what other text has."""

MARKS = {"production": "error", "sandbox": "warning"}
TONES = {
    "tone-ok": "success",
    "tone-warning": "warning",
    "tone-critical": "error",
    "tone-unknown": "warning",
    "tone-active": "primary",
    "tone-muted": "foreground",
    "tone-accent": "accent",
    **MARKS,
}
"""The variables by which the console colours states, each with the theme colour that stands in when a theme leaves it out."""

INKS = tuple(f"{mark}-ink" for mark in MARKS)
"""What is written on a mark's own colour: always black or white, and no theme's to choose."""

_PAIRS = {"block-cursor-foreground": "block-cursor-background", "input-cursor-foreground": "input-cursor-background"}
_GROUNDS = ("background", "surface", "panel")
_PLAIN = ("border", "border-blurred", "scrollbar", "scrollbar-background", "scrollbar-hover", "scrollbar-active")
VARIABLES = (*TONES, *_PAIRS, *_PAIRS.values(), *_PLAIN, "input-selection-background")
"""What ``[variables]`` of a theme file may hold; each is an opaque colour."""

_FIELDS = {one.name for one in fields(Theme)} - {"name", "ansi"}
_NUMBERS = {"luminosity_spread": (0.0, 1.0), "text_alpha": (0.6, 1.0)}


@dataclass(frozen=True, slots=True)
class Made:
    """A theme that can be read; ``replaced`` names the colours that the file had and that could not be."""

    theme: Theme
    replaced: tuple[str, ...] = field(default=())


def made(name: str, table: Mapping[str, Any]) -> Made:
    """Return the theme of a table. Raises ValueError with the reason when it cannot be one."""
    _judge(table)
    colours = {key: _colour(key, value) for key, value in table.items() if isinstance(value, str) and key != "boost"}
    given = {key: _colour(key, value) for key, value in table.get("variables", {}).items()}
    plain = {key: value for key, value in table.items() if key in ("dark", "boost", *_NUMBERS)}
    main: dict[str, Any] = {**plain, **{key: colour.hex for key, colour in colours.items()}}
    try:
        base = Theme(name=name, **main).to_color_system().generate()
    except (ColorParseError, TypeError, ValueError) as error:
        raise ValueError(f"a colour cannot be read ({error})") from error
    grounds = tuple(_colour(key, base[key]) for key in _GROUNDS)
    if max(worst(end, grounds) for end in (BLACK, WHITE)) < MARK_LEAST:
        raise ValueError("no text could be read on its background, surface and panel: they are too unlike one another")
    texts = {"foreground": colours.get("foreground", ink(grounds[0]))}
    texts |= {tone: given.get(tone) or colours.get(stand_in, colours["primary"]) for tone, stand_in in TONES.items()}
    good = {key: _fit(key, colour, grounds) for key, colour in texts.items()}
    replaced = [key for key, colour in texts.items() if good[key] != colour]
    chosen = {**given, **{key: good[key] for key in TONES}, **{f"{mark}-ink": ink(good[mark]) for mark in MARKS}}
    for over, under in _PAIRS.items():
        ground = chosen.setdefault(under, good["foreground"] if under.startswith("input") else colours["primary"])
        kept = readable(chosen.get(over, ink(ground)), (ground,), MARK_LEAST) or ink(ground)
        replaced += [over] if over in given and kept != given[over] else []
        chosen[over] = kept
    main["foreground"] = good["foreground"].hex
    theme = Theme(name=name, **main, variables={key: colour.hex for key, colour in chosen.items()})
    return Made(theme, tuple(replaced))


def _fit(key: str, colour: Color, grounds: tuple[Color, ...]) -> Color:
    return readable(colour, grounds, MARK_LEAST if key in MARKS else TEXT_LEAST) or ink(grounds[0])


def _judge(table: Mapping[str, Any]) -> None:
    """Raise ValueError for a key that no theme has, and for a value of the wrong kind."""
    for key in sorted(set(table) - _FIELDS):
        raise ValueError(f"unknown key {key!r}{_nearest(key, _FIELDS)}")
    if not isinstance(table.get("primary"), str):
        raise ValueError("the key 'primary' is missing")
    variables = table.get("variables", {})
    if not isinstance(variables, Mapping) or not all(isinstance(value, str) for value in variables.values()):
        raise ValueError("[variables] must hold texts alone")
    for key in sorted(set(variables) - set(VARIABLES)):
        raise ValueError(f"[variables] has no {key!r}{_nearest(key, VARIABLES)}")
    for key, value in table.items():
        if key in _NUMBERS:
            low, high = _NUMBERS[key]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise ValueError(f"the value of {key!r} has the wrong kind")
            if not low <= value <= high:
                raise ValueError(f"{key!r} is a number from {low:g} to {high:g}")
        elif key != "variables" and not isinstance(value, bool if key == "dark" else str):
            raise ValueError(f"the value of {key!r} has the wrong kind")


def _nearest(key: str, known: Any) -> str:
    close = get_close_matches(key, sorted(known), 1)
    return f": is it {close[0]!r}?" if close else ""


def _colour(key: str, value: str) -> Color:
    """Return an opaque colour. Raises ValueError for what is none: a see-through one could let anything shine through."""
    try:
        colour = Color.parse(value)
    except (ColorParseError, ValueError, OverflowError) as error:
        raise ValueError(f"a colour cannot be read: {key} = {value[:40]!r}") from error
    if colour.a != 1 or colour.auto or colour.ansi is not None:
        raise ValueError(f"a colour must be opaque and its own: {key} = {value[:40]!r}")
    return colour.clamped
