"""Themes are files: one TOML a palette, read from the package and from the user's own folder, refused with a reason when unfit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from strideiq_console.domain.untrusted import clean_line

NAME = re.compile(r"[a-z0-9-]{1,40}\Z")
TONES = {
    "tone-ok": "success",
    "tone-warning": "warning",
    "tone-critical": "error",
    "tone-unknown": "warning",
    "tone-active": "primary",
    "tone-muted": "foreground",
    "tone-accent": "accent",
    "production": "error",
    "sandbox": "warning",
}
"""The variables by which the console colours states, each with the theme colour that stands in when a theme leaves it out."""

_PACKAGE = Path(__file__).resolve().parent.parent
_LIMIT = 64 * 1024
_FIELDS = {field.name for field in fields(Theme)} - {"name", "ansi"}


def folder() -> Path:
    """Return where the console's own themes are: inside the package when installed, else at the top of the checkout."""
    inside = _PACKAGE / "themes"
    return inside if inside.is_dir() else _PACKAGE.parent / "themes"


def load(*folders: Path) -> tuple[dict[str, Theme], tuple[str, ...]]:
    """Return themes by name, and one sentence for each file that was refused. A later folder wins over an earlier one."""
    themes: dict[str, Theme] = {}
    faults: list[str] = []
    for place in folders:
        for path in sorted(place.glob("*.toml")) if place.is_dir() else ():
            try:
                theme = read(path)
            except (OSError, ValueError) as error:
                faults.append(clean_line(f"theme {path.name} is left out: {error}", limit=200))
            else:
                themes[theme.name] = theme
    return themes, tuple(faults)


def read(path: Path) -> Theme:
    """Read one theme file. Raises ValueError with a reason when it is not fit to be used, OSError when it cannot be read."""
    name = path.stem
    if not NAME.match(name):
        raise ValueError("a theme's name is 1 to 40 of a-z, 0-9 and '-'")
    if path.stat().st_size > _LIMIT:
        raise ValueError("the file is larger than 64 KB")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is not TOML ({error})") from error
    return _theme(name, table)


def _theme(name: str, table: Mapping[str, Any]) -> Theme:
    unknown = sorted(set(table) - _FIELDS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    if not isinstance(table.get("primary"), str):
        raise ValueError("the key 'primary' is missing")
    variables = table.get("variables", {})
    if not isinstance(variables, Mapping) or not all(isinstance(value, str) for value in variables.values()):
        raise ValueError("[variables] must hold texts alone")
    wanted = {key: type(value) for key, value in _DEFAULTS.items()}
    for key, value in table.items():
        if key != "variables" and not isinstance(value, wanted.get(key, str)):
            raise ValueError(f"the value of {key!r} has the wrong kind")
    try:
        filled = {tone: variables.get(tone) or table.get(stand_in) or table["primary"] for tone, stand_in in TONES.items()}
        for tone in TONES:
            Color.parse(filled[tone])
        theme = Theme(name=name, **{**table, "variables": {**variables, **filled}})
        theme.to_color_system().generate()
    except (ColorParseError, TypeError) as error:
        raise ValueError(f"a colour cannot be read ({error})") from error
    return theme


_DEFAULTS: dict[str, object] = {"dark": True, "luminosity_spread": 0.15, "text_alpha": 0.95}
