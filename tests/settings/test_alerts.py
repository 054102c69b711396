"""The limits of the alerts are settings, exact and in range."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.settings.faults import SettingsError
from strideiq_console.settings.load import load


def read(folder: Path, text: str) -> tuple[AlertRule, ...]:
    file = folder / "config.toml"
    file.write_text(text)
    return load(config=file, cwd=folder, environ={"STRIDEIQ_STATE": str(folder)}).alerts


def test_without_the_table_they_are_the_documents(tmp_path: Path) -> None:
    assert read(tmp_path, "") == RULES


def test_they_are_written_as_a_founder_thinks_of_them(tmp_path: Path) -> None:
    rules = read(tmp_path, "[alerts]\nerror_rate = 7\np99 = 2.3\nconnections = 57\nqueue = 1000\n")
    assert [rule.limit for rule in rules] == [7 / 100, 2300.0, 57 / 100, 1000.0]
    assert [rule.name for rule in rules] == [rule.name for rule in RULES]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("error_rate = 0", "must be from 0.1 to 100"),
        ("error_rate = 101", "must be from 0.1 to 100"),
        ("p99 = 2000", "must be from 0.01 to 600"),
        ("connections = true", "must be a number"),
        ("queue = nan", "must be a finite number"),
        ("redis = 5", "unknown key"),
    ],
)
def test_a_limit_that_could_never_fire_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, f"[alerts]\n{text}\n")


def test_a_repository_cannot_raise_them(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".strideiq.toml").write_text("[alerts]\nerror_rate = 100\n")
    with pytest.raises(SettingsError, match="may not stand in a repository"):
        read(tmp_path, f'[clone]\npath = "{tmp_path.as_posix()}"\n')
