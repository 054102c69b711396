"""The doctor: each rule of the document against what is enforced, the approval deadlock, and a fix beside each finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import doctor, finding_lines
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.settings.model import GitHubSettings, Settings
from tests.presentation.facts import NOW, bare, calm, environments, reading

SETTINGS = Settings(environments=environments(), file=Path("/config.toml"))
TOKENS = dict.fromkeys(("github", "github_bot", "vercel", "railway"), "environment")
GOOD = {
    "source": "ruleset",
    "pull_request": True,
    "approvals": 1,
    "required_checks": REQUIRED_CHECKS,
    "up_to_date": True,
    "bypass": False,
    "force_push": False,
    "deletion": False,
}


def protection(branch: str, **change) -> Protection:
    return Protection(branch, **{**GOOD, **change})


def findings(main: dict | None = None, *, origins: dict | None = None, settings: Settings = SETTINGS, facts=None, **around):
    rules = (protection("main", **(main or {})), protection("staging", approvals=0))
    facts = facts or calm(protections=reading("github", rules, period=900))
    surroundings = doctor.Surroundings("/usr/bin/git", origins or TOKENS, **around)
    return doctor.examine(settings, facts, surroundings, NOW)


def test_a_repository_as_the_document_wants_it_is_well() -> None:
    assert finding_lines.worst(findings()) is Level.OK


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pull_request": False}, "merging without a pull request is possible"),
        ({"bypass": True}, "somebody may bypass"),
        ({"force_push": True}, "force pushes are allowed"),
        ({"deletion": True}, "may be deleted"),
        ({"up_to_date": False}, "need not be up to date"),
        ({"approvals": 0}, "wants none"),
        ({"required_checks": REQUIRED_CHECKS[:2]}, "not required: frontend-lint, frontend-build"),
        ({"required_checks": (*REQUIRED_CHECKS, "lint")}, "not in the document: lint"),
    ],
)
def test_each_rule_that_is_off_is_found_with_its_fix(change: dict, words: str) -> None:
    found = next(f for f in findings(change) if words in f.cause)
    assert found.level is Level.WARNING
    assert found.next_step
    assert finding_lines.worst(findings(change)) is Level.WARNING


@pytest.mark.parametrize(
    "field", ["pull_request", "bypass", "force_push", "deletion", "up_to_date", "approvals", "required_checks"]
)
def test_a_rule_that_cannot_be_read_is_unknown_never_well(field: str) -> None:
    assert finding_lines.worst(findings({field: None})) is Level.UNKNOWN


def test_the_approval_deadlock_of_a_founder_alone_is_critical() -> None:
    alone = {**TOKENS, "github_bot": "none: set STRIDEIQ_GITHUB_BOT_TOKEN"}
    found = next(f for f in findings(origins=alone) if "deadlock" in f.cause)
    assert found.level is Level.CRITICAL
    assert "STRIDEIQ_GITHUB_BOT_TOKEN" in found.next_step


def test_missing_git_is_critical() -> None:
    around = doctor.Surroundings(None, TOKENS)
    assert finding_lines.worst(doctor.examine(SETTINGS, calm(), around, NOW)) is Level.CRITICAL


def test_a_bare_clone_is_unknown_and_says_what_to_set() -> None:
    none = dict.fromkeys(TOKENS, "none: no keyring here")
    found = findings(origins=none, facts=bare(), read_only="nothing can be carried out: no GitHub token")
    assert finding_lines.worst(found) is Level.UNKNOWN
    fixes = " ".join(f.next_step for f in found)
    assert "STRIDEIQ_GITHUB_TOKEN" in fixes
    assert any(f.check == "runbooks" and f.level is Level.WARNING for f in found)


def test_the_names_of_required_checks_can_be_configured() -> None:
    mine = replace(SETTINGS, github=GitHubSettings(required_checks=("lint", "test")))
    assert finding_lines.worst(findings({"required_checks": ("lint", "test")}, settings=mine)) is Level.WARNING
    rules = (protection("main", required_checks=("lint", "test")), protection("staging", required_checks=("lint", "test")))
    facts = calm(protections=reading("github", rules, period=900))
    assert finding_lines.worst(findings(settings=mine, facts=facts)) is Level.OK


def test_text_and_json_say_the_same() -> None:
    found = findings({"bypass": True})
    text = "\n".join(plain(line) for line in finding_lines.lines(found, UNICODE, everything=True))
    document = finding_lines.as_json(found)
    assert document["level"] == "warning"
    for row in document["findings"]:
        assert row["words"] in text
        assert row["fix"] in text


def test_markdown_draws_every_text_as_it_is_and_the_worst_first() -> None:
    rows = [
        Finding("headers", "web", Level.OK, "as wanted"),
        Finding(
            "token", "github", Level.CRITICAL, "refused by [x](https://evil.example) `rm`", "make a new one", "seen <b>twice</b>"
        ),
        Finding("cookies", "web", None, "no cookies"),
    ]
    report = finding_lines.markdown(rows, NOW, "StrideIQ doctor, live")
    heads = [line for line in report.split("\n") if line.startswith("#")]
    assert heads == ["# StrideIQ doctor, live", "## Critical (1)", "## Ok (1)", "## Does not apply (1)"]
    assert r"refused by \[x\](https://evil.example) \`rm\`" in report
    assert r"  - Note: seen \<b\>twice\</b\>" in report
    assert finding_lines.as_json(rows)["findings"][2]["level"] is None
    assert finding_lines.worst(rows) is Level.CRITICAL


def test_what_is_said_of_several_subjects_stands_once() -> None:
    same = [Finding("headers", f"https://{n}.example", Level.UNKNOWN, "cannot be resolved", "check the network") for n in "abcde"]
    other = Finding("token", "github", Level.WARNING, "lacks Actions", "give it")
    drawn = [plain(line) for line in finding_lines.lines([same[0], other, *same[1:]], UNICODE)]
    assert drawn[0].endswith(
        "headers https://a.example, headers https://b.example, headers https://c.example and 2 more: cannot be resolved"
    )
    assert [line.strip() for line in drawn[1:]] == [
        "check the network",
        f"{UNICODE.level(Level.WARNING)} token github: lacks Actions",
        "give it",
    ]


def test_a_restore_that_nobody_tried_and_data_that_nobody_vouches_for_are_found() -> None:
    found = {(f.check, f.subject): f for f in findings(facts=calm(by_hand=()))}
    drill, rows = found["restore drill", "production"], found["staging data", "staging"]
    assert (drill.level, rows.level) == (Level.WARNING, Level.UNKNOWN)
    assert '[manual.drill] quantity = "restore_drill", entered = 2026-01-20' in drill.next_step
    assert '[manual.data] quantity = "staging_data", entered = 2026-01-20, note = "synthetic"' in rows.next_step
    assert finding_lines.worst(findings()) is Level.OK, "with both entries the same repository is well"
