"""What is left of branches, where CI does not run, the rules of main and staging, and how all of it scales."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from strideiq_console.domain.branch import Branch, CloneStatus
from strideiq_console.domain.ci import CheckState, CheckSummary
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.domain.schema_ladder import SchemaLadder
from strideiq_console.presentation import branches
from strideiq_console.presentation.branch_state import Remains, index
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.feed_json import branches_json
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from strideiq_console.presentation.pull_words import why_not_merged
from tests.presentation.facts import NOW, ago, branch, calm, pull, reading, red_run, run, sha

RULES = Protection("main", "ruleset", True, 1, REQUIRED_CHECKS, True, False, False, False)
STAGING_RULES = replace(RULES, branch="staging", approvals=0, up_to_date=False)


def facts_of(*more: Branch, **changes: object) -> Facts:
    return calm(branches=reading("git", (*calm().branches.value, *more)), **changes)


def row(facts: Facts, name: str, *, narrow: bool = False) -> list[str]:
    table = branches.table(facts, NOW, UNICODE, narrow=narrow)
    return [cell.text for cell in next(r for r in table.rows if r.key == name).cells]


def preview(facts: Facts, name: str) -> str:
    return "\n".join(plain(line) for line in branches.detail(facts, name, NOW, UNICODE))


@pytest.mark.parametrize(
    ("more", "remains", "word"),
    [
        ({"ahead": 0, "behind": 4}, Remains.MERGED, "left over"),
        ({"ahead": 2, "absorbed_by": "staging"}, Remains.SQUASHED, "squash-merged"),
        ({"ahead": 2, "absorbed_by": ""}, Remains.NOTHING, "no PR"),
        ({"ahead": 2, "absorbed_by": None}, Remains.UNKNOWN, "no PR"),
        ({"ahead": 0, "behind": 0}, Remains.NOTHING, "no PR"),
        ({"ahead": 2, "absorbed_by": "staging", "checked_out": True}, Remains.NOTHING, "no PR"),
        ({"against_main": None, "against_staging": None, "absorbed_by": None}, Remains.UNKNOWN, "no PR"),
    ],
    ids=["merged", "squashed", "work", "not looked", "just created", "checked out", "shallow"],
)
def test_what_is_left_of_a_branch(more: dict[str, object], remains: Remains, word: str) -> None:
    one = branch("feature/x", sha("ab"), at=ago(days=2), **more)
    facts = facts_of(one)
    assert index(facts).remains(one) is remains
    assert row(facts, "feature/x")[1] == word


def test_a_squashed_branch_with_an_open_pull_request_is_in_work() -> None:
    one = branch("feature/x", sha("ab"), at=ago(days=2), ahead=1, absorbed_by="staging")
    facts = facts_of(one, pulls=reading("github", (pull(50, "feature/x", "main"),)))
    assert index(facts).remains(one) is Remains.NOTHING
    assert row(facts, "feature/x")[1] == "#50 ✔"


def test_the_preview_says_how_it_is_known_and_what_helps() -> None:
    one = branch("feature/x", sha("ab"), at=ago(days=2), ahead=1, absorbed_by="staging")
    words = preview(facts_of(one), "feature/x")
    assert "all its changes are in staging, by other commits" in words
    assert "a c cleans it up" in words
    assert "not known yet" in preview(facts_of(replace(one, absorbed_by=None)), "feature/x")


def test_old_work_without_a_pull_request_is_stale() -> None:
    one = branch("feature/x", sha("ab"), at=ago(days=31), ahead=1, absorbed_by="")
    facts = facts_of(one)
    assert row(facts, "feature/x")[1] == "no PR, stale"
    assert "nobody has worked on it for a month" in preview(facts, "feature/x")


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("main", "production"),
        ("staging", "staging"),
        ("feature/calendar", "none"),
        ("hotfix/fix-auth-crash", "stg → prod"),
        ("experimental/pace", "no kind"),
    ],
)
def test_where_each_kind_is_deployed_to(name: str, target: str) -> None:
    assert row(calm(), name, narrow=True)[1] == target


def test_ci_of_the_tip_alone_counts_and_branches_without_a_run_say_so() -> None:
    facts = calm(runs=reading("github", (run(1, "main", sha("a1b2c3d")), red_run(2, "feature/calendar", sha("00")))))
    assert row(facts, "main")[2] == "✔"
    assert row(facts, "feature/calendar")[2] == "?", "an older commit's failure says nothing of the tip"
    assert row(facts, "experimental/pace")[2] == "–"
    assert "does not run here" in preview(facts, "experimental/pace")
    assert ", of 0000000" in preview(facts, "feature/calendar")
    assert row(calm(runs=Reading("github")), "experimental/pace")[2] == "?", "unknown is not none"


def expected(standing: PullStanding) -> PullStanding:
    checks = CheckSummary(standing.pull.head_sha, tuple((name, CheckState.EXPECTED) for name in REQUIRED_CHECKS))
    return replace(standing, checks=checks, blockers=checks.blockers())


def test_pull_requests_that_ci_does_not_run_for_are_marked() -> None:
    stacked = pull(60, "feature/calendar", "feature/old-import")
    facts = calm(pulls=reading("github", (stacked,)))
    assert "CI does not run: it runs for pull requests into main and staging, not into feature/old-import" in preview(
        facts, "feature/calendar"
    )
    assert row(facts, "feature/calendar")[2] == "✔", "its own push run is another thing"
    turned = calm(pulls=reading("github", (expected(pull(61, "feature/calendar", "staging")),)))
    assert "no check has started" in preview(turned, "feature/calendar")
    assert "reopens it" in preview(turned, "feature/calendar")


def test_a_pull_request_that_nobody_looked_at_is_not_called_free() -> None:
    listed = PullStanding(pull(70, "feature/calendar", "staging").pull, None, ())
    facts = calm(pulls=reading("github", (listed,)))
    assert row(facts, "feature/calendar")[1] == "#70 ? unknown"
    assert "nothing blocks it" not in preview(facts, "feature/calendar")
    assert "only listed" in why_not_merged(listed)


def test_why_it_cannot_be_merged_is_one_sentence() -> None:
    standing = replace(pull(41, "feature/calendar", "staging"), blockers=("it is a draft", "1 approval is missing"))
    assert why_not_merged(standing) == "#41 cannot be merged into staging now: it is a draft; 1 approval is missing"
    assert why_not_merged(pull(41, "feature/calendar", "staging")) == "#41 can be merged into staging"


@pytest.mark.parametrize(
    ("rules", "badge", "level"),
    [
        (RULES, "✔ protected", Level.OK),
        (replace(RULES, up_to_date=False, bypass=True), "▲ 2 rules missing", Level.WARNING),
        (replace(RULES, pull_request=False), "✖ unprotected", Level.CRITICAL),
        (replace(RULES, force_push=True), "✖ unprotected", Level.CRITICAL),
        (replace(RULES, force_push=None), "? rules unknown", Level.UNKNOWN),
        (replace(RULES, approvals=0), "✔ protected", Level.OK),
    ],
    ids=["as agreed", "two missing", "no pull request", "force push", "unreadable", "no approval was decided"],
)
def test_the_rules_of_main_are_a_badge_and_a_level(rules: Protection, badge: str, level: Level) -> None:
    facts = calm(protections=reading("github", (rules, STAGING_RULES)))
    assert row(facts, "main")[1] == badge
    assert branches.level(facts, NOW) is level
    assert "rules of main at GitHub" in preview(facts, "main")


def test_what_is_not_fresh_is_never_green() -> None:
    old = ago(hours=9)
    facts = calm(protections=reading("github", (RULES, STAGING_RULES)))
    assert (row(facts, "main")[1:3], row(facts, "feature/calendar")[1]) == (["✔ protected", "✔"], "#41 ✔")
    stale = replace(
        facts,
        pulls=replace(facts.pulls, seen=old),
        runs=replace(facts.runs, seen=old),
        protections=replace(facts.protections, seen=old),
    )
    assert (row(stale, "main")[1:3], row(stale, "feature/calendar")[1]) == (["? protected", "?"], "#41 ? 9 h")
    assert "nothing blocked it when it was last read" in preview(stale, "feature/calendar")
    red = replace(stale, runs=replace(stale.runs, value=(red_run(2, "main", sha("a1b2c3d")),)))
    assert row(red, "main")[2] == "✖", "bad news stay"


def test_a_required_check_that_never_runs_is_named() -> None:
    facts = calm(protections=reading("github", (replace(RULES, required_checks=(*REQUIRED_CHECKS, "renamed")),)))
    assert row(facts, "main")[1] == "▲ check never runs"
    assert "no known run reports renamed" in preview(facts, "main")


def test_the_founders_own_check_names_are_the_measure() -> None:
    own = replace(RULES, required_checks=("mine",))
    facts = calm(protections=reading("github", (own,)), required_checks=("mine",), runs=Reading("github"), pulls=Reading("github"))
    assert row(facts, "main")[1] == "✔ protected"


def test_a_staging_that_was_squashed_into_main_is_told_with_what_helps() -> None:
    found = tuple(
        replace(b, absorbed_by="main", against_main=replace(b.against_main, ahead=3, behind=1)) if b.name == "staging" else b
        for b in calm().branches.value
    )
    words = preview(calm(branches=reading("git", found)), "staging")
    assert "squashed into main" in words
    assert "promote with a merge commit" in words


def test_bad_migrations_mark_the_branch_that_is_checked_out() -> None:
    facts = calm(ladder=reading("migrations", SchemaLadder((), problems=("two heads: a and b",))))
    assert row(facts, "hotfix/fix-auth-crash")[0] == "▸▲ hotfix/fix-auth-crash"
    assert "migrations: two heads" in preview(facts, "hotfix/fix-auth-crash")


@pytest.mark.parametrize(
    ("fetched", "words"),
    [(None, "not fetched since it was cloned"), (ago(hours=3), "fetched 3 h ago"), (ago(minutes=5), "")],
    ids=str,
)
def test_a_clone_that_has_not_fetched_for_long_says_so(fetched: object, words: str) -> None:
    clone = replace(calm().clone.value, fetched_at=fetched)
    assert isinstance(clone, CloneStatus)
    table = branches.table(calm(clone=reading("git", clone)), NOW, UNICODE)
    assert table.footer == ", ".join(filter(None, ("7 branches", words)))


def test_the_document_holds_what_the_panel_shows() -> None:
    one = branch("feature/x", sha("ab"), at=ago(days=2), ahead=1, absorbed_by="staging")
    found = branches_json(facts_of(one, protections=reading("github", (RULES, STAGING_RULES))))
    item = next(item for item in found["items"] if item["name"] == "feature/x")
    assert (item["left_over"], item["remains"], item["absorbed_by"]) == (True, "squash-merged", "staging")
    main = next(item for item in found["items"] if item["name"] == "main")
    assert main["protection"]["level"] == "ok"
    assert main["ci"]["of_tip"] is True
    assert len(main["protection"]["rules"]) == 7
    blocked = next(p for item in found["items"] for p in item["pulls"])
    assert blocked["why_not_merged"] == ""
    assert {"seen", "source"} <= set(item)


def test_unknown_branches_have_no_level() -> None:
    assert branches.level(calm(branches=Reading("git")), NOW) is Level.UNKNOWN
    assert branches.level(calm(branches=replace(calm().branches, seen=ago(hours=9))), NOW) is Level.UNKNOWN


def test_words_are_drawn_in_ascii_too() -> None:
    cells = branches.table(calm(), NOW, ASCII).rows[0].cells
    assert ASCII.plain(cells[0].text) == "> hotfix/fix-auth-crash"


def many(count: int, pulls: int) -> Facts:
    made = tuple(
        branch(f"feature/work-{n:05}", f"{n:040x}", at=ago(minutes=n), ahead=n % 7, behind=n % 40, absorbed_by="")
        for n in range(count)
    )
    standings = tuple(pull(n, f"feature/work-{n:05}", "staging") for n in range(pulls))
    return facts_of(*made, pulls=reading("github", standings))


def test_thousands_of_branches_cost_in_proportion() -> None:
    """Ten times the branches and pull requests cost about ten times as much, not a hundred times."""

    def cost(count: int) -> float:
        facts = many(count, count // 10)
        best = 9.0
        for _ in range(3):
            fresh = replace(facts, branches=replace(facts.branches, value=tuple(replace(b) for b in facts.branches.value)))
            began = time.process_time()
            branches.table(fresh, NOW.replace(microsecond=count % 999), UNICODE)
            branches_json(fresh)
            best = min(best, time.process_time() - began)
        return best

    assert cost(1500) < 30 * cost(150)


def test_rows_that_did_not_change_are_not_made_again() -> None:
    facts = many(600, 60)
    first = branches.table(facts, NOW, UNICODE).rows
    equal = replace(facts, branches=replace(facts.branches, value=tuple(replace(b) for b in facts.branches.value)))
    assert branches.table(equal, NOW, UNICODE).rows is first
    moved = (replace(facts.branches.value[0], checked_out=False), *facts.branches.value[1:])
    assert branches.table(calm(branches=reading("git", moved), pulls=facts.pulls), NOW, UNICODE).rows is not first
    assert branches.table(facts, NOW, UNICODE, narrow=True).rows is not first
