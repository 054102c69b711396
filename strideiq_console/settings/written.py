"""Writes a first ``config.toml``; a file that exists is the founder's and is never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.settings.new_file import create

HEADER = """\
# StrideIQ Console. Every key, with its default and why it is there, is in config.example.toml (strideiq config show lists them).
# Tokens never stand here: strideiq secrets set github

"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the founder answered; ``""`` leaves a key out, and the default counts."""

    repository: str = ""
    main: str = ""
    staging: str = ""
    web: str = ""
    api: str = ""
    staging_web: str = ""
    staging_api: str = ""
    vercel_project: str = ""
    vercel_team: str = ""
    railway_project: str = ""
    alembic_folder: str = ""


def values_of(answers: Answers) -> dict[str, Any]:
    """Return the tables of a settings file, without what was left out. An address makes the mode ``live`` (R1)."""
    a = answers
    tables: dict[str, Any] = {
        "schema": 1,
        "mode": "live" if a.web or a.api else "pre-deployment",
        "branches": {"main": a.main if a.main != "main" else "", "staging": a.staging if a.staging != "staging" else ""},
        "github": {"repository": a.repository},
        "environments": {
            "production": {"url": a.web, "api": a.api},
            "staging": {"url": a.staging_web, "api": a.staging_api},
            "local": {"url": "http://localhost:3000", "api": "http://localhost:8000"} if a.web else {},
        },
        "vercel": {"project": a.vercel_project, "team": a.vercel_team if a.vercel_project else ""},
        "railway": {"project": a.railway_project},
        "alembic": {"folder": a.alembic_folder},
    }
    return _filled(tables)


def _filled(table: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _filled(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in inner.items() if value not in ("", [], {})}


def text_of(values: Mapping[str, Any]) -> str:
    """Return a settings file's text."""
    import tomli_w

    return HEADER + tomli_w.dumps(values)


def write_new(file: Path, values: Mapping[str, Any]) -> None:
    """Write a settings file that does not exist yet, readable by its owner alone. ConfigurationError when it does or cannot be."""
    text = text_of(values)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(file, text)
    except FileExistsError:
        raise ConfigurationError(f"{file} exists", consequence="It was not changed", next_step="strideiq config check") from None
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be written ({error.strerror})",
            consequence="Nothing was written",
            next_step="name another with --config FILE",
        ) from None
