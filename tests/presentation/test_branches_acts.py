"""What can be done with branches: which runbook begins with what, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.branch import Promotion
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.presentation import branches
from strideiq_console.presentation.acts import Act
from tests.presentation.facts import NOW, ago, branch, calm, pull, reading, sha
from tests.presentation.test_branches_state import expected


def acts(*keys: str, **changes: object) -> dict[str, Act]:
    return {act.letter: act for act in branches.acts(calm(**changes), keys, NOW)}


def test_every_act_names_a_runbook_with_inputs_that_it_takes_and_a_letter_of_its_own() -> None:
    for name in [b.name for b in calm().branches.value]:
        offered = branches.acts(calm(), (name,), NOW)
        assert len({act.letter for act in offered}) == len(offered)
        assert not {act.letter for act in offered} & set("jkgyYo")
        for act in offered:
            if act.action:
                continue
            assert set(act.inputs) <= {one.name for one in RUNBOOKS[act.runbook].inputs}
            assert all(one.name in act.inputs for one in RUNBOOKS["tidy"].inputs) or act.runbook != "tidy"


def test_nothing_is_offered_for_rows_that_are_gone() -> None:
    assert branches.acts(calm(), ("feature/none",), NOW) == ()


def test_a_merged_branch_is_cleaned_up_by_name() -> None:
    act = acts("feature/old-import")["c"]
    assert (act.runbook, act.inputs, act.why_not) == ("tidy", {"branches": "feature/old-import"}, "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("main", "permanent"),
        ("staging", "permanent"),
        ("feature/calendar", "would close #41"),
        ("hotfix/fix-auth-crash", "is checked out"),
    ],
)
def test_why_a_branch_is_not_deleted(name: str, why: str) -> None:
    assert why in acts(name)["c"].why_not


def test_one_branch_with_work_of_its_own_may_be_asked_about_and_several_may_not() -> None:
    work = branch("feature/x", sha("ab"), at=ago(days=2), ahead=2, absorbed_by="")
    known = reading("git", (*calm().branches.value, work))
    alone = acts("feature/x", branches=known)["c"]
    assert (alone.why_not, "ask GitHub" in alone.title) == ("", True)
    both = acts("feature/x", "feature/old-import", branches=known)["c"]
    assert "feature/x has 2 commits that neither staging nor main holds" in both.why_not


def test_marked_branches_are_cleaned_up_together() -> None:
    more = tuple(branch(f"feature/n{n}", sha(f"a{n}"), at=ago(days=9), behind=3) for n in range(3))
    known = reading("git", (*calm().branches.value, *more))
    offered = acts("feature/n0", "feature/n1", "feature/n2", branches=known)
    assert offered["c"].inputs == {"branches": "feature/n0, feature/n1, feature/n2"}
    assert "3 branches" in offered["c"].title
    assert all("several rows are marked" in act.why_not for letter, act in offered.items() if letter != "c")


def test_many_reasons_are_summed_up() -> None:
    names = [b.name for b in calm().branches.value if b.name != "feature/old-import"]
    assert acts(*names)["c"].why_not.endswith("and 3 more")


@pytest.mark.parametrize(
    ("name", "letter", "inputs", "why"),
    [
        ("main", "h", {}, ""),
        ("staging", "h", {}, "starts from main"),
        ("staging", "f", {}, ""),
        ("staging", "r", {}, ""),
        ("main", "f", {}, "starts from staging"),
        ("hotfix/fix-auth-crash", "h", {"slug": "fix-auth-crash"}, ""),
        ("feature/calendar", "f", {"slug": "calendar"}, ""),
        ("release/v1.2.0", "r", {"version": "v1.2.0"}, ""),
        ("feature/old-import", "f", {"slug": "old-import"}, "has served"),
    ],
)
def test_work_begins_where_the_document_says_and_goes_on_from_its_branch(
    name: str, letter: str, inputs: dict[str, str], why: str
) -> None:
    act = acts(name)[letter]
    assert act.inputs == inputs
    assert why in act.why_not
    assert bool(why) == bool(act.why_not)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mergeable_state": "behind"}, ""),
        ({}, "does not call it behind"),
        ({"mergeable": False, "mergeable_state": "dirty"}, "it conflicts"),
    ],
    ids=["behind", "clean", "conflict"],
)
def test_a_pull_request_behind_its_base_is_brought_up_to_date(change: dict[str, object], why: str) -> None:
    act = acts("feature/calendar", pulls=reading("github", (pull(41, "feature/calendar", "staging", **change),)))["u"]
    assert why in act.why_not
    assert bool(why) == bool(act.why_not)
    assert act.inputs == ({} if why else {"pull": "41"})


def test_a_pull_request_without_a_run_is_opened_again_where_that_helps() -> None:
    turned, stacked = expected(pull(41, "feature/calendar", "staging")), expected(pull(42, "feature/calendar", "feature/x"))
    assert acts("feature/calendar", pulls=reading("github", (turned,)))["n"].inputs == {"pull": "41"}
    assert "CI does not run" in acts("feature/calendar", pulls=reading("github", (stacked,)))["n"].why_not
    assert acts("feature/calendar")["n"].why_not == "its checks have started"
    assert "no open pull request" in acts("experimental/pace")["n"].why_not


def test_promotion_and_rules_are_offered_where_they_belong() -> None:
    assert acts("staging")["p"].why_not == ""
    assert "everything" in acts("staging", promotion=reading("git", Promotion(0, 0, 0)))["p"].why_not
    assert "only staging" in acts("main")["p"].why_not
    rules = Protection("main", "ruleset", True, 1, REQUIRED_CHECKS, True, False, False, False)
    assert acts("main", protections=reading("github", (rules,)))["e"].why_not == "the rules are as the document says"
    assert acts("main", protections=reading("github", (replace(rules, bypass=True),)))["e"].why_not == ""
    assert "only main and staging" in acts("feature/calendar")["e"].why_not


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("hotfix/fix-auth-crash",), ""),
        (("feature/calendar",), "feature/calendar is not checked out"),
        (("staging",), "f on staging starts one"),
        (("feature/calendar", "feature/old-import"), "several rows are marked"),
    ],
)
def test_how_a_migration_is_made_is_told_of_the_branch_that_is_checked_out(names: tuple[str, ...], why: str) -> None:
    act = acts(*names)["m"]
    assert (why in act.why_not, bool(act.why_not)) == (True, bool(why))
    assert act.runbook == ""
    if not why:
        assert act.action == "app.new_migration('fix_auth_crash')"


def test_a_branch_whose_name_has_no_word_still_gets_an_action_that_can_be_read() -> None:
    here = branch("feature/'日本'", sha("ab"), at=ago(days=1), ahead=1, checked_out=True)
    act = acts(here.name, branches=reading("git", (here,)))["m"]
    assert (act.action, act.why_not) == ("app.new_migration('change')", "")
