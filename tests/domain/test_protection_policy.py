"""The document's rules against what GitHub enforces: every rule, every direction, and what is never loosened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.policy.protection import (
    Change,
    aim,
    compare,
    decide_approvals,
    document,
    locks_out,
    same_snapshot,
    unreported,
)
from strideiq_console.domain.pull_request import Protection

MAIN, STAGING = document("main", "main", REQUIRED_CHECKS), document("staging", "staging", REQUIRED_CHECKS)
RIGHT = Protection("main", "ruleset", True, 1, REQUIRED_CHECKS, True, False, False, False)
LOOSE = Protection("staging", "classic", True, 0, REQUIRED_CHECKS, False, True, False, False)
NONE = Protection("main", "none", False, 0, (), False, True, True, True)


def changes(protection: Protection, policy=MAIN, approvals: int | None = None) -> dict[str, Change]:
    rows = compare(protection, policy, policy.approvals if approvals is None else approvals)
    return {row.rule: row.change for row in rows if row.change is not Change.NONE}


def test_what_the_document_says_is_equal() -> None:
    assert changes(RIGHT) == {}
    assert changes(LOOSE, STAGING) == {}


def test_nothing_at_all_is_tightened_in_every_rule() -> None:
    assert set(changes(NONE).values()) == {Change.TIGHTENS}
    assert len(changes(NONE)) == len(compare(NONE, MAIN, 1)) == 7
    assert set(changes(NONE, STAGING)) == {"pull request before merge", "required checks", "force push", "deletion"}


@pytest.mark.parametrize(
    ("more", "rule", "change"),
    [
        ({"pull_request": False}, "pull request before merge", Change.TIGHTENS),
        ({"pull_request": None}, "pull request before merge", Change.UNKNOWN),
        ({"approvals": 0}, "approvals", Change.TIGHTENS),
        ({"approvals": 2}, "approvals", Change.STAYS),
        ({"approvals": None}, "approvals", Change.UNKNOWN),
        ({"required_checks": REQUIRED_CHECKS[:2]}, "required checks", Change.TIGHTENS),
        ({"required_checks": (*REQUIRED_CHECKS, "scan")}, "required checks", Change.STAYS),
        ({"required_checks": ("scan",)}, "required checks", Change.TIGHTENS),
        ({"required_checks": None}, "required checks", Change.UNKNOWN),
        ({"up_to_date": False}, "up to date with the base", Change.TIGHTENS),
        ({"up_to_date": None}, "up to date with the base", Change.UNKNOWN),
        ({"bypass": True}, "passing the rules by", Change.TIGHTENS),
        ({"bypass": None}, "passing the rules by", Change.UNKNOWN),
        ({"force_push": True}, "force push", Change.TIGHTENS),
        ({"force_push": None}, "force push", Change.UNKNOWN),
        ({"deletion": True}, "deletion", Change.TIGHTENS),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_one_rule_of_main(more, rule: str, change: Change) -> None:
    assert changes(replace(RIGHT, **more)) == {rule: change}


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"up_to_date": True}, "up to date with the base"),
        ({"bypass": False}, "passing the rules by"),
        ({"approvals": 1}, "approvals"),
    ],
    ids=["up-to-date", "bypass", "approvals"],
)
def test_what_is_stricter_on_staging_stays(more, rule: str) -> None:
    assert changes(replace(LOOSE, **more), STAGING) == {rule: Change.STAYS}


def test_only_the_founder_s_own_word_lowers_and_never_below_what_is_stricter_than_the_document() -> None:
    assert changes(RIGHT, approvals=0) == {"approvals": Change.LOOSENS}
    assert changes(replace(RIGHT, approvals=2), approvals=0) == {"approvals": Change.STAYS}
    assert aim(MAIN, RIGHT, 0).approvals == 0
    assert aim(MAIN, replace(RIGHT, approvals=2), 0).approvals == 2
    assert aim(MAIN, NONE, 1).approvals == 1
    assert aim(STAGING, replace(LOOSE, approvals=1), 0).approvals == 1
    assert aim(MAIN, NONE, 1).keep_stricter


@pytest.mark.parametrize(
    ("choice", "bot", "now", "asked", "decided"),
    [
        ("auto", True, 0, 1, 1),
        ("auto", False, 0, 1, 0),
        ("auto", False, 1, 1, 1),
        ("auto", False, 3, 1, 1),
        ("auto", False, None, 1, 1),
        ("1", False, 0, 1, 1),
        ("0", True, 1, 1, 0),
        ("auto", True, 0, 0, 0),
        ("1", True, 0, 0, 0),
    ],
)
def test_how_many_approvals(choice: str, bot: bool, now: int | None, asked: int, decided: int) -> None:
    assert decide_approvals(choice, bot=bot, now=now, asked=asked) == decided


def test_a_difference_reads_as_a_sentence() -> None:
    row = next(r for r in compare(replace(RIGHT, approvals=0), MAIN, 1) if r.rule == "approvals")
    assert row.sentence == "main, approvals: is 0, should be 1 (tightens)"
    row = next(r for r in compare(RIGHT, MAIN, 0) if r.rule == "approvals")
    assert row.sentence == "main, approvals: is 1, should be 0 (decided; the document says 1) (loosens)"
    assert compare(RIGHT, MAIN, 1)[0].sentence == "main, pull request before merge: is required, as it should be"


def test_branches_of_other_names_play_the_same_roles() -> None:
    assert document("main", "trunk", ("test",)).branch == "trunk"
    assert document("main", "trunk", ("test",)).approvals == 1
    assert document("staging", "next", ("test",)).approvals == 0


def test_a_founder_alone_is_locked_out_by_any_approval() -> None:
    assert [locks_out(n, bot=bot) for n in (0, 1, 2) for bot in (True, False)] == [False, False, False, True, False, True]
    assert unreported(("a", "b"), ("b",)) == ("a",)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ('{"a": [1, {"x": 2}]}', '{"a": [{"x": 2}, 1]}', True),
        ('{"a": 1}', '{"a": 2}', False),
        ("", "", True),
        ("", "{}", False),
        ("no json", "no json", True),
    ],
)
def test_two_kept_protections_are_compared_without_their_order(left: str, right: str, same: bool) -> None:
    assert same_snapshot(left, right) is same
