"""May one stop for today: each answer, and that what is not known is never good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.branch import CloneStatus
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.session_end import level, lines, session_end, session_end_json

from .facts import FIX, MAIN, NOW, calm, health, probe, pull, reading, red_run, run

CLEAN = reading("git", CloneStatus("/home/founder/strideiq", "main", MAIN, remote="acme/strideiq"), period=10)


def quiet() -> Facts:
    facts = calm(clone=CLEAN)
    pushed = tuple(replace(branch, unpushed=0) for branch in facts.branches.value or ())
    return replace(facts, branches=reading("git", pushed, period=20))


def levels(facts: Facts) -> list[Level]:
    return [check.level for check in session_end(facts, NOW)]


def test_a_quiet_evening_can_end() -> None:
    checks = session_end(quiet(), NOW)
    assert level(checks) is Level.OK
    assert plain(lines(checks, UNICODE)[-1]) == "The day can end here."
    assert session_end_json(checks, NOW)["level"] == "ok"


@pytest.mark.parametrize(
    ("facts", "which", "expected", "said"),
    [
        (calm(), 0, Level.WARNING, "2 files are not committed; 2 commits are not pushed (hotfix/fix-auth-crash)"),
        (replace(quiet(), clone=Reading("git")), 0, Level.UNKNOWN, "git has not been read yet"),
        (replace(quiet(), branches=Reading("git")), 0, Level.UNKNOWN, "the branches have not been read"),
        (replace(quiet(), runs=reading("github", (red_run(1841, "main", MAIN),))), 1, Level.WARNING, "main failure"),
        (replace(quiet(), runs=Reading("github")), 1, Level.UNKNOWN, "github has not been read yet"),
        (
            replace(quiet(), health={"production": health("production", probe(Level.CRITICAL)), "staging": health("staging")}),
            2,
            Level.CRITICAL,
            "it does not answer well",
        ),
        (replace(quiet(), health={}), 2, Level.UNKNOWN, "its state is not known"),
        (
            replace(quiet(), pulls=reading("github", (pull(44, "hotfix/fix-auth-crash", "main"),))),
            3,
            Level.WARNING,
            "#44 of hotfix fix-auth-crash is open to main",
        ),
    ],
    ids=["unsaved", "no clone", "no branches", "red", "no CI", "down", "not probed", "half a hotfix"],
)
def test_what_is_not_settled(facts: Facts, which: int, expected: Level, said: str) -> None:
    checks = session_end(facts, NOW)
    assert checks[which].level is expected
    assert said in checks[which].words
    assert checks[which].next_step
    assert "Not everything" in plain(lines(checks, UNICODE)[-1])


def test_the_branch_one_works_on_counts_too() -> None:
    here = replace(CLEAN, value=CloneStatus("/home/founder/strideiq", "feature/calendar", FIX, remote="acme/strideiq"))
    runs = (red_run(1842, "feature/calendar", FIX), run(1840, "main", MAIN), *((calm().runs.value or ())[2:]))
    assert levels(replace(quiet(), clone=here, runs=reading("github", runs)))[1] is Level.WARNING
