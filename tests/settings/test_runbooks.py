"""The founder's own runbooks, as config.toml declares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.model import Verb
from tests.settings.test_load import faults, read

GOOD = """
[runbooks.chore]
title = "A chore, straight to staging"
key = "c"
[runbooks.chore.inputs.slug]
title = "What it is"
hint = "tidy-up"
[runbooks.chore.steps.fetch]
verb = "fetch"
[runbooks.chore.steps.branch]
verb = "create branch"
title = "branch chore/{slug}"
level = 2
[runbooks.chore.steps.branch.arguments]
branch = "chore/{slug}"
start = "{fetch.main}"
"""


def test_steps_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    (runbook,) = read(tmp_path, GOOD).runbooks
    assert (runbook.name, runbook.key, runbook.own, runbook.title) == ("chore", "c", True, "A chore, straight to staging")
    assert [(s.id, s.verb, s.level) for s in runbook.steps] == [("fetch", Verb.FETCH, 0), ("branch", Verb.CREATE_BRANCH, 2)]
    assert runbook.steps[1].values == {"branch": "chore/{slug}", "start": "{fetch.main}"}
    assert runbook.inputs[0].hint == "tidy-up"


def test_none_is_the_default(tmp_path: Path) -> None:
    assert read(tmp_path, "").runbooks == ()


@pytest.mark.parametrize(
    ("before", "after", "key", "words"),
    [
        ('verb = "fetch"', 'verb = "fetsch"', "runbooks.chore.steps.fetch.verb", "must be one of"),
        ('verb = "fetch"', 'title = "x"', "runbooks.chore.steps.fetch.verb", "must name what the step does"),
        ("level = 2", "level = 5", "runbooks.chore.steps.branch.level", "0 to 4"),
        ("level = 2", 'environment = "moon"', "runbooks.chore.steps.branch.environment", "unknown environment"),
        ("level = 2", "optional = true", "runbooks.chore.steps.branch.optional", "question"),
        ("level = 2", "lever = 2", "runbooks.chore.steps.branch.lever", "unknown key"),
        ("{fetch.main}", "{fetsch.main}", "runbooks.chore.steps.branch.arguments.start", "names no earlier step"),
        ("{fetch.main}", "{branch.sha}", "runbooks.chore.steps.branch.arguments.start", "names no earlier step"),
        ('"chore/{slug}"\nstart', '"chore/{slog}"\nstart', "runbooks.chore.steps.branch.arguments.branch", "neither an input"),
        ("branch chore/{slug}", "branch {who}", "runbooks.chore.steps.branch.title", "neither an input"),
        ('key = "c"', 'key = "cc"', "runbooks.chore.key", "one letter"),
        ('hint = "tidy-up"', 'choices = ["a"]\ndefault = "b"', "runbooks.chore.inputs.slug.default", "one of the choices"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(tmp_path: Path, before: str, after: str, key: str, words: str) -> None:
    assert before in GOOD
    (fault,) = faults(tmp_path, GOOD.replace(before, after, 1))
    assert fault.key == key
    assert words in fault.cause


def test_a_shipped_runbook_cannot_be_replaced(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[runbooks.hotfix.steps.a]\nverb = "fetch"\n')
    assert "choose another name" in fault.cause


def test_a_runbook_without_steps_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[runbooks.empty]\ntitle = "Nothing"\n')
    assert (fault.key, fault.cause) == ("runbooks.empty.steps", "must hold one step or more")


def test_no_runbook_is_longer_than_a_person_reads(tmp_path: Path) -> None:
    text = "".join(f'[runbooks.long.steps.s{n}]\nverb = "fetch"\n' for n in range(41))
    (fault,) = faults(tmp_path, text)
    assert "40 is the most" in fault.cause


def test_the_clones_own_file_declares_none(tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / ".git").mkdir()
    (tmp_path / "clone" / ".strideiq.toml").write_text(GOOD)
    found = faults(tmp_path, f'[clone]\npath = "{tmp_path / "clone"}"\n')
    assert any("runbooks" in fault.key for fault in found)
