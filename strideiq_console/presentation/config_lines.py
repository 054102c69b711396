"""The settings as lines and as JSON: each key, what it came to, and who said so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.settings.faults import SettingFault
from strideiq_console.settings.model import Settings

SCHEMA = "strideiq.config/1"


def rows(settings: Settings, *, only_set: bool = False) -> Iterator[tuple[str, object, str]]:
    """Yield key, value and origin of everything that was read, in the order of the example file."""
    for key, value in settings.values.items():
        origin = settings.origins.get(key, "default")
        if not only_set or origin != "default":
            yield key, value, origin


def shown(settings: Settings, home: Path, *, only_set: bool = False) -> tuple[Line, ...]:
    """Return one line a key."""
    found = list(rows(settings, only_set=only_set))
    width = max((len(key) for key, _, _ in found), default=0)
    lines = [
        text(Cell(f"{key:<{width}}  ", Tone.ACCENT), f"{_toml(value)}  ", _origin(origin, home)) for key, value, origin in found
    ]
    file = str(settings.file) if settings.file else "no file: defaults alone; strideiq init writes one"
    return (text(Cell("file  ", Tone.MUTED), file), *lines)


def _origin(origin: str, home: Path) -> Cell:
    path = Path(origin)
    if path.is_absolute() and path.is_relative_to(home):
        origin = f"~/{path.relative_to(home)}"
    return Cell(origin, Tone.MUTED if origin == "default" else Tone.ACTIVE)


def _toml(value: object) -> str:
    if isinstance(value, (date, type(None))):
        return str(value) if value is not None else "not set"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def verdict(settings: Settings) -> str:
    """Return one sentence on settings that can be used."""
    given = sum(1 for _ in rows(settings, only_set=True))
    if settings.file is None:
        return "There is no config.toml: defaults count. strideiq init writes one."
    return f"{settings.file} is right: {given} keys are set, the others have their defaults, mode {settings.mode}."


def as_json(settings: Settings, *, only_set: bool = False) -> dict[str, Any]:
    """Return the settings as one document."""
    found = {key: {"value": _plain(value), "origin": origin} for key, value, origin in rows(settings, only_set=only_set)}
    return {"schema": SCHEMA, "file": str(settings.file) if settings.file else None, "faults": [], "values": found}


def faults_json(faults: Iterable[SettingFault]) -> dict[str, Any]:
    """Return the faults of a file as one document."""
    found = [{"key": f.key, "file": str(f.file), "line": f.line, "cause": f.cause, "nearest": f.nearest} for f in faults]
    return {"schema": SCHEMA, "faults": found}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def setting_lines(settings: Settings, key: str) -> tuple[Line, ...]:
    """Return what one key came to, who said so, and where to change it; nothing for a key that was not read."""
    found = next((row for row in rows(settings) if row[0] == key), None)
    if found is None:
        return ()
    _, value, origin = found
    file = str(settings.file) if settings.file else "config.toml, which strideiq init writes"
    return (
        text(Cell("key     ", Tone.MUTED), Cell(key, Tone.ACCENT)),
        text(Cell("value   ", Tone.MUTED), _toml(value)),
        text(Cell("origin  ", Tone.MUTED), origin),
        (),
        text(Cell("change it in ", Tone.MUTED), file),
    )
