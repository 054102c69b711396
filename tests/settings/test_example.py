"""``config.example.toml`` documents every key that the loader knows, and nothing else (R122)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from strideiq_console.services.own_runbooks import check_own
from strideiq_console.settings.document import key_lines
from strideiq_console.settings.load import load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def leaves(table: dict[str, Any], path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for key, value in table.items():
        found |= leaves(value, (*path, key)) if isinstance(value, dict) else {(*path, key)}
    return found


def test_it_loads_without_warnings_and_says_every_key(tmp_path: Path) -> None:
    settings = load(config=EXAMPLE, cwd=tmp_path, environ={"STRIDEIQ_STATE": str(tmp_path)})
    assert settings.warnings == ()
    known = {key for key in settings.origins if key != "state"}
    assert {".".join(path) for path in leaves(tomllib.loads(EXAMPLE.read_text()))} == known
    assert set(settings.origins.values()) == {str(EXAMPLE), "environment"}
    assert "[ui.keys]" in EXAMPLE.read_text()


def test_each_key_has_a_line_of_why_with_its_default() -> None:
    lines = EXAMPLE.read_text().splitlines()
    found = key_lines(EXAMPLE.read_text())
    for path in leaves(tomllib.loads(EXAMPLE.read_text())):
        above: list[str] = []
        at = found[path] - 2
        while lines[at].startswith("#"):
            above.insert(0, lines[at])
            at -= 1
        comment = " ".join(above)
        assert re.search(r"Default: .+\.|Default: 1\.", comment), path
        assert re.match(r"# [A-Z\"]", comment), path


def test_what_it_says_is_the_default_is_the_default(tmp_path: Path) -> None:
    shown = load(config=EXAMPLE, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    plain = load(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "none")})
    for field in (
        "mode",
        "founder",
        "main",
        "staging",
        "vercel",
        "railway",
        "metric_names",
        "alerts",
        "ui",
    ):
        assert getattr(shown, field) == getattr(plain, field), field
    assert shown.github.api_url == plain.github.api_url
    for ours, theirs in zip(shown.environments, plain.environments, strict=True):
        for field in ("name", "health", "branch", "purpose", "data", "testers", "protected", "production"):
            assert getattr(ours, field) == getattr(theirs, field), (ours.name, field)


def test_the_runbook_in_it_can_be_had_by_taking_its_marks_away(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(re.sub(r"^#(?=[\[a-z])", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    settings = load(config=file, cwd=tmp_path, environ={"STRIDEIQ_STATE": str(tmp_path)})
    assert [runbook.name for runbook in settings.runbooks] == ["chore"]
    check_own(settings.runbooks)
