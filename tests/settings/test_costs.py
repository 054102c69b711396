"""``[costs]``: lines that the document lacks, each with a clear fault where it is wrong (R119, R121)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.policy.budget import PLAN, Budget, planned_total
from strideiq_console.settings.faults import SettingsError
from strideiq_console.settings.load import load


def read(tmp_path: Path, text: str) -> Budget:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(config=file, cwd=tmp_path, environ={"STRIDEIQ_STATE": str(tmp_path)}).budget


def test_without_settings_the_plan_is_the_documents(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Budget()
    assert planned_total(read(tmp_path, "").lines) == Decimal("31.25")


def test_lines_are_added_with_exact_amounts(tmp_path: Path) -> None:
    text = """
[costs]
users = "daily_active_users"
[costs.lines.llm]
service = "Language model"
production = "20.10"
usage = true
[costs.lines.worker]
staging = 5
production = 5.25
provider = "railway"
component = "worker"
[costs.lines.backups]
production = "40"
yearly = true
"""
    budget = read(tmp_path, text)
    model, worker, backups = budget.lines[len(PLAN) :]
    assert (model.key, model.production, model.usage, model.provider) == ("language-model", Decimal("20.10"), True, "")
    assert (worker.service, worker.total, worker.usage, worker.component) == ("worker", Decimal("10.25"), True, "worker")
    assert backups.production == Decimal(40) / 12
    assert budget.users is Quantity.DAILY_ACTIVE_USERS


def test_a_line_of_the_documents_name_takes_its_place_and_keeps_its_charges(tmp_path: Path) -> None:
    budget = read(tmp_path, '[costs.lines.web]\nservice = "Vercel"\nproduction = "20"\n')
    assert [line.service for line in budget.lines] == [line.service for line in PLAN]
    assert (budget.lines[0].production, budget.lines[0].provider) == (Decimal(20), "vercel")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('[costs]\ncurrency = "dollars"', "three capital letters", id="currency"),
        pytest.param('[costs]\nusers = "many"', "must be one of", id="users"),
        pytest.param("[costs]\nmonthly = 3", "unknown key", id="unknown"),
        pytest.param('[costs.lines.x]\nproduction = "1,5"', "comma", id="comma"),
        pytest.param("[costs.lines.x]\nproduction = 1.234", "two decimals", id="decimals"),
        pytest.param("[costs.lines.x]\nproduction = -1", "below zero", id="negative"),
        pytest.param("[costs.lines.x]\nproduction = nan", "is no amount", id="nan"),
        pytest.param("[costs.lines.x]\nproduction = true", "must be an amount", id="truth"),
        pytest.param("[costs.lines.x]\nproduction = []", "must be an amount", id="list"),
        pytest.param('[costs.lines.x]\nprovider = "fly"', "must be one of", id="provider"),
        pytest.param('[costs.lines.x]\ncomponent = "api"', "belongs to a provider", id="component"),
        pytest.param('[costs.lines.x]\nservice = "Sentry"\n[costs.lines.y]\nservice = "sentry"', "twice", id="twice"),
        pytest.param('[costs.lines."A b"]\nproduction = 1', "must be a name", id="name"),
        pytest.param('[costs.lines.x]\nservice = "!!"', "a letter or a digit", id="no letters"),
        pytest.param("[costs.lines.x]\nproduktion = 1", "unknown key", id="misspelt"),
        pytest.param("[costs]\nlines = 3", "must be a table", id="no table"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as told:
        read(tmp_path, text)
    assert words in " ".join(fault.cause for fault in told.value.faults)
