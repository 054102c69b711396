"""Themes are files: one TOML a palette, read from the package and from the user's own folder, refused with a reason when unfit."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

from textual.theme import Theme

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.ui.legible import Made, made

NAME = re.compile(r"[a-z0-9-]{1,40}\Z")
MOST = 200
"""How many files of one folder are looked at."""

_PACKAGE = Path(__file__).resolve().parent.parent
_LIMIT = 64 * 1024

Stamp = tuple[int, int]
"""When a file was changed last, and how large it is."""


def folder() -> Path:
    """Return where the console's own themes are: inside the package when installed, else at the top of the checkout."""
    inside = _PACKAGE / "themes"
    return inside if inside.is_dir() else _PACKAGE.parent / "themes"


def load(*folders: Path) -> tuple[dict[str, Theme], tuple[str, ...]]:
    """Return themes by name, and one sentence for each file that was refused or mended. A later folder wins over an earlier one."""
    themes: dict[str, Theme] = {}
    faults: list[str] = []
    for place in folders:
        for file in listing(place):
            theme, words = attempt(place / file)
            faults += [words] if words else []
            if theme is not None:
                themes[theme.name] = theme
    return themes, tuple(faults)


def listing(place: Path) -> dict[str, Stamp]:
    """Return the theme files of a folder with their stamps, by name; none when there is no such folder."""
    found: dict[str, Stamp] = {}
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.endswith(".toml") and entry.is_file():
                    known = entry.stat()
                    found[entry.name] = (known.st_mtime_ns, known.st_size)
    except OSError:
        return {}
    return dict(sorted(found.items())[:MOST])


def attempt(path: Path) -> tuple[Theme | None, str]:
    """Return the theme of a file and what is to be said: why it is left out (None), or what was replaced (``""``: nothing)."""
    try:
        found = read(path)
    except (OSError, ValueError) as error:
        return None, clean_line(f"theme {path.name} is left out: {error}", limit=200)
    words = f"theme {path.name}: what could not be read on its ground is shown in another shade: {', '.join(found.replaced)}"
    return found.theme, clean_line(words, limit=200) if found.replaced else ""


def read(path: Path) -> Made:
    """Read one theme file. Raises ValueError with a reason when it is not fit to be used, OSError when it cannot be read."""
    name = path.stem
    if not NAME.match(name):
        raise ValueError("a theme's name is 1 to 40 of a-z, 0-9 and '-'")
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a plain file")  # a pipe would wait for ever
    with path.open("rb") as file:
        raw = file.read(_LIMIT + 1)
    if len(raw) > _LIMIT:
        raise ValueError("the file is larger than 64 KB")
    try:
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is not TOML ({error})") from error
    return made(name, table)
