"""The branches panel: order, kinds, pull requests with what blocks them, leftovers; and the CI panel beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.reading import Look, Reading
from strideiq_console.presentation import branches, ci_runs
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from tests.presentation.facts import NOW, ago, bare, branch, calm, fault, missing, pull, reading, red_run, run, sha


def row(facts: Facts, name: str) -> list[str]:
    table = branches.table(facts, NOW, UNICODE)
    return [cell.text for cell in next(r for r in table.rows if r.key == name).cells]


@pytest.mark.parametrize("module", [branches, ci_runs])
@pytest.mark.parametrize(("narrow", "columns"), [(False, 57), (True, 77)])
def test_the_panels_fit_the_screen(module, narrow: bool, columns: int) -> None:
    for line in table_lines(module.table(calm(), NOW, UNICODE, narrow=narrow), columns):
        assert width(plain(line)) == columns


def test_work_comes_first_then_leftovers_then_the_permanent_branches() -> None:
    keys = [r.key for r in branches.table(calm(), NOW, UNICODE).rows]
    assert keys == [
        "hotfix/fix-auth-crash",
        "feature/calendar",
        "release/v1.2.0",
        "experimental/pace",
        "feature/old-import",
        "main",
        "staging",
    ]


def test_a_row_tells_pull_requests_divergence_and_age() -> None:
    assert row(calm(), "feature/calendar") == ["feature/calendar", "#41 ✔", "✔", "+7 −3", "1 d"]
    assert row(calm(), "hotfix/fix-auth-crash")[0] == "▸ hotfix/fix-auth-crash"
    assert row(calm(), "feature/old-import")[1:] == ["left over", "–", "–", "41 d"]
    assert row(calm(), "experimental/pace")[1] == "unclassified"
    assert row(calm(), "staging")[1] == "→ staging"


def test_two_pull_requests_of_one_branch_stand_together() -> None:
    pulls = reading("github", (pull(44, "hotfix/fix-auth-crash", "main"), pull(43, "hotfix/fix-auth-crash", "staging")))
    assert row(calm(pulls=pulls), "hotfix/fix-auth-crash")[1] == "#43 #44 ✔"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": CheckState.FAILURE}, "#41 ✖ CI red"),
        ({"state": CheckState.RUNNING}, "#41 ● CI runs"),
        ({"state": CheckState.EXPECTED}, "#41 ? unknown"),
        ({"mergeable": False}, "#41 ✖ conflict"),
        ({"draft": True}, "#41 – draft"),
        ({"mergeable_state": "behind"}, "#41 ▲ behind"),
    ],
)
def test_what_blocks_a_pull_request_is_said_in_a_word(change: dict, words: str) -> None:
    facts = calm(pulls=reading("github", (pull(41, "feature/calendar", "staging", **change),)))
    assert row(facts, "feature/calendar")[1] == words


@pytest.mark.parametrize(
    ("blocker", "words"),
    [
        ("1 approval is missing", "○ to approve"),
        ("a reviewer requests changes", "✖ to change"),
        ("something else", "▲ blocked"),
    ],
)
def test_reasons_of_other_kinds_are_never_taken_for_green(blocker: str, words: str) -> None:
    standing = replace(pull(41, "feature/calendar", "staging"), blockers=(blocker,))
    assert row(calm(pulls=reading("github", (standing,))), "feature/calendar")[1] == f"#41 {words}"


def test_without_a_code_host_nothing_is_said_about_pull_requests() -> None:
    assert row(bare(), "feature/calendar")[1] == "–"


def test_a_branch_just_created_or_checked_out_is_not_left_over() -> None:
    tip = calm().branches.value[3].tip.sha
    young = branch("feature/new", tip, at=ago(minutes=1), behind=1)
    here = branch("feature/here", sha("ab"), at=ago(minutes=1), behind=1, checked_out=True)
    facts = calm(branches=reading("git", (*calm().branches.value, young, here)))
    assert not branches.left_over(young, facts)
    assert not branches.left_over(here, facts)


def test_a_name_unfit_to_act_on_is_shown_and_marked() -> None:
    hostile = branch("+main", sha("ab"), at=ago(minutes=1), hostile=True)
    facts = calm(branches=reading("git", (hostile,)))
    assert row(facts, "+main")[1] == "unfit name"


def test_text_that_looks_like_markup_stays_text() -> None:
    strange = pull(41, "feature/calendar", "staging")
    strange = replace(strange, pull=replace(strange.pull, title="[@click=app.quit]x[/]"))
    lines = branches.detail(calm(pulls=reading("github", (strange,))), "feature/calendar", NOW, UNICODE)
    assert any(plain(line) == "[@click=app.quit]x[/]" for line in lines)


def test_the_preview_lists_every_blocker() -> None:
    standing = replace(pull(41, "feature/calendar", "staging"), blockers=("one", "two"))
    lines = "\n".join(
        plain(line) for line in branches.detail(calm(pulls=reading("github", (standing,))), "feature/calendar", NOW, UNICODE)
    )
    assert "▲ one" in lines
    assert "▲ two" in lines
    assert "deploys to none" in lines
    assert branches.detail(calm(), "no-such", NOW, UNICODE) == ()


def test_an_empty_clone_says_so() -> None:
    table = branches.table(calm(branches=reading("git", ())), NOW, UNICODE)
    assert table.look is Look.FRESH
    assert "first commit" in table.notice


def ci_row(facts: Facts, key: str, marks=UNICODE) -> list[str]:
    return [cell.text for cell in next(r for r in ci_runs.table(facts, NOW, marks).rows if r.key == key).cells]


def test_a_run_has_a_dot_for_each_job() -> None:
    assert ci_row(calm(), "10840") == ["✔", "1840", "main", "push", "●●●●●●", "6:00", "20 min"]
    facts = calm(runs=reading("github", (red_run(1841, "feature/calendar", sha("c4"), event="pull_request"),)))
    assert ci_row(facts, "10841")[:5] == ["✖", "1841", "feature/calendar", "PR", "●✖●◐"]
    assert ci_row(facts, "10841", ASCII)[4] == "#x#%"


def test_jobs_that_are_not_known_are_not_drawn_as_passed() -> None:
    facts = calm(
        runs=reading(
            "github", (run(7, "main", sha("ab"), jobs=None), run(8, "main", sha("ab"), jobs=None, state=CheckState.FAILURE))
        )
    )
    assert ci_row(facts, "9007")[4] == "–"
    assert ci_row(facts, "9008")[4] == "failure"


def test_many_jobs_become_a_count() -> None:
    jobs = calm().runs.value[0].jobs * 2
    facts = calm(runs=reading("github", (run(7, "main", sha("ab"), jobs=jobs),)))
    assert ci_row(facts, "9007")[4] == "12/12"


def test_an_unheard_of_event_is_shown_as_it_is() -> None:
    assert ci_runs.event_word("repository_dispatch") == "repository_dispatch"


def test_the_preview_names_the_first_failing_step() -> None:
    facts = calm(runs=reading("github", (red_run(1841, "feature/calendar", sha("c4")),)))
    lines = "\n".join(plain(line) for line in ci_runs.detail(facts, "10841", NOW, UNICODE))
    assert "first failure: step 4 Run pytest" in lines
    assert "3:00" in lines


def test_the_looks_of_the_ci_panel() -> None:
    tables = {
        "not configured": ci_runs.table(calm(runs=missing("github")), NOW, UNICODE),
        "never seen": ci_runs.table(calm(runs=Reading("github")), NOW, UNICODE),
        "stale": ci_runs.table(calm(runs=replace(calm().runs, seen=ago(hours=3))), NOW, UNICODE),
        "failed": ci_runs.table(calm(runs=calm().runs.failed(fault(FaultKind.SERVER, "github", "HTTP 502"), NOW)), NOW, UNICODE),
        "fresh": ci_runs.table(calm(), NOW, UNICODE),
    }
    assert [str(table.look) for table in tables.values()] == list(tables)
    assert "STRIDEIQ_GITHUB_TOKEN" in tables["not configured"].notice
    assert "not been read" in tables["never seen"].notice
    assert tables["stale"].age == "3 h"
    assert "HTTP 502" in tables["failed"].notice
    assert len(tables["failed"].rows) == 3
    assert tables["fresh"].notice == ""


def test_an_incomplete_answer_is_never_a_smaller_number_unsaid() -> None:
    table = ci_runs.table(calm(runs=replace(calm().runs, complete=False)), NOW, UNICODE)
    assert "only in part" in table.notice


def test_a_red_run_is_red_in_tone_too() -> None:
    facts = calm(runs=reading("github", (red_run(1841, "main", sha("c4")),)))
    assert ci_runs.table(facts, NOW, UNICODE).rows[0].cells[0].tone is Tone.CRITICAL
