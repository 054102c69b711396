"""The CI panel in words: rows, dots, what has no run, acts with their reasons, and how bad it is."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState, Job, JobStep
from strideiq_console.domain.log_extract import extract
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import ci_runs
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.ci_details import error_lines, extract_lines, failure_lines
from strideiq_console.presentation.ci_inside import deploy_lines, jobs_table, steps_table
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from tests.ui.made_facts import NOW, F, R, S, ago, facts, pull, run, seen

K = CheckState.SKIPPED


def runs(*made):
    return seen("github", made)


def texts(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_pull_request_whose_deploy_jobs_are_skipped_is_green() -> None:
    one = run(1, "feature/x", "pull_request", S, (S, S, S, S, K, K), 9)
    (row,) = texts(ci_runs.table(facts(runs=runs(one), pulls=seen("github", ())), NOW, UNICODE))
    assert row[0] == "✔"
    assert row[4] == "●●●●––"


def test_the_push_run_that_a_pull_request_run_repeats_is_muted_and_not_counted() -> None:
    push, same = run(1, "main", "push", F, (F,), 9), run(2, "main", "pull_request", S, (S,), 5)
    known = facts(runs=runs(same, push), pulls=seen("github", ()))
    first, second = ci_runs.table(known, NOW, UNICODE).rows
    assert (first.cells[0].tone, second.cells[0].tone) == (Tone.OK, Tone.MUTED)
    assert "Counted once, with PR run 2 of the same commit." in "\n".join(
        map(plain, ci_runs.detail(known, second.key, NOW, UNICODE))
    )
    assert ci_runs.level(known, NOW) is Level.OK


@pytest.mark.parametrize(
    ("state", "branch", "level"),
    [
        (F, "main", Level.WARNING),
        (F, "feature/x", Level.OK),
        (S, "main", Level.OK),
        (CheckState.TIMED_OUT, "staging", Level.WARNING),
    ],
)
def test_how_bad_it_is(state: CheckState, branch: str, level: Level) -> None:
    made = run(2, branch, "push", state, (state,), 5), run(1, branch, "push", S, (S,), 90)
    assert ci_runs.level(facts(runs=runs(*made), pulls=seen("github", ())), NOW) is level


def test_what_is_old_or_missing_is_unknown_and_never_green() -> None:
    green = runs(run(2, "main", "push", S, (S,), 5))
    assert ci_runs.level(facts(runs=replace(green, seen=ago(hours=3))), NOW) is Level.UNKNOWN
    assert ci_runs.level(facts(runs=replace(green, value=None, seen=None)), NOW) is Level.UNKNOWN


def test_a_check_that_no_job_bears_stands_on_top_and_is_a_warning() -> None:
    rules = Protection("main", "classic", True, 1, ("unit",), True, False, False, False)
    known = facts(protections=seen("github", (rules,)), pulls=seen("github", ()))
    top = ci_runs.table(known, NOW, UNICODE).rows[0]
    assert [cell.text for cell in top.cells][2:5] == ["unit required by main", "check", "no job"]
    assert "expected for ever" in "\n".join(map(plain, ci_runs.detail(known, top.key, NOW, UNICODE)))
    assert ci_runs.level(known, NOW) is Level.WARNING


def lone(base: str):
    made = pull(47, "Y", "feature/y", base, CheckState.EXPECTED)
    return replace(made, pull=replace(made.pull, head_sha="9" * 40))


def test_a_pull_request_without_a_run_says_why_and_what_helps() -> None:
    known = facts(pulls=seen("github", (lone("staging"),)))
    assert texts(ci_runs.table(known, NOW, UNICODE))[0][1:5] == ["#47", "feature/y → staging", "PR", "no CI"]
    (act, _) = ci_runs.acts(known, ("pull:47",), NOW)
    assert (act.runbook, act.inputs, act.why_not) == ("reopen", {"pull": "47"}, "")
    other = facts(pulls=seen("github", (lone("feature/z"),)))
    assert "turn it to main or staging" in ci_runs.acts(other, ("pull:47",), NOW)[0].why_not


def why(key: str) -> dict[str, str]:
    return {act.letter: act.why_not for act in ci_runs.acts(facts(), (key,), NOW)}


def test_every_act_that_is_closed_says_which_rule_closes_it() -> None:
    running, green, red = why("10841"), why("10840"), why("10839")
    assert "still runs" in running["r"]
    assert running["c"] == running["w"] == ""
    assert "no job of it is red" in green["f"]
    assert green["r"] == ""
    assert "ended already" in green["c"]
    assert red["f"] == ""


def test_a_run_older_than_thirty_days_cannot_be_run_again() -> None:
    old = replace(run(1, "main", "push", F, (F,), 9), created_at=ago(days=31))
    found = ci_runs.acts(facts(runs=runs(old)), (str(old.id),), NOW)
    assert "older than 30 days" in found[0].why_not


def test_marked_rows_offer_only_what_does_not_take_one() -> None:
    assert [act.runbook for act in ci_runs.acts(facts(), ("10840", "10839"), NOW)] == ["dispatch"]


def test_a_green_deploy_job_is_not_shown_green() -> None:
    jobs = (Job(1, "backend-lint", S, ago(minutes=3), ago(minutes=2)), Job(2, "deploy-production", S, ago(minutes=2), NOW))
    table = jobs_table(run(1, "main", "push", S, (), 9), jobs, NOW, UNICODE)
    deploy = next(row for row in table.rows if row.cells[1].text == "deploy-production")
    assert deploy.cells[0].tone is Tone.MUTED
    assert deploy.cells[3].text == "success, echo"
    assert "only they say what is live" in plain(deploy_lines(jobs)[0])
    assert deploy_lines(jobs[:1]) == ()


def test_steps_say_their_state_in_words() -> None:
    job = Job(1, "backend-test", F, steps=(JobStep(1, "Set up", S), JobStep(2, "Run", F), JobStep(3, "Post", K)))
    assert texts(steps_table(job, UNICODE)) == [
        ["✔", "1", "Set up", "success"],
        ["✖", "2", "Run", "failure"],
        ["–", "3", "Post", "skipped"],
    ]
    assert "it has no steps" in steps_table(Job(1, "a", R), UNICODE).notice


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_the_end_of_what_failed_marks_its_errors(glyphs) -> None:
    log = [*(f"t{n}" for n in range(60)), "expected head a1, found b2", "E   no", "##[error]exit code 1"]
    job, part = Job(1, "backend-test", F, steps=(JobStep(2, "Run", F),)), extract(log)
    assert part is not None
    head = "\n".join(map(plain, failure_lines(job, part, glyphs)))
    assert "step 2 Run" in head
    assert "Head gate: expected head a1, found b2." in head
    shown = list(map(plain, extract_lines(part, glyphs)))
    assert len(shown) == 51
    assert shown[-2:] == [f"{glyphs.bad} E   no", f"{glyphs.bad} exit code 1"]
    assert len(error_lines(part, glyphs)) < 10
    assert "No line of its log" in plain(failure_lines(job, None, glyphs)[1])


def test_ten_thousand_runs_are_drawn_in_a_blink() -> None:
    many = tuple(run(n, "main", "push", S, (S,) * 6, n) for n in range(10_000, 0, -1))
    known = facts(runs=runs(*many), pulls=seen("github", ()))
    began = time.process_time()
    table = ci_runs.table(known, NOW, UNICODE)
    assert time.process_time() - began < 0.5
    assert len(table.rows) == 1000
    assert table.rows[0].key == str(many[0].id)
    assert table.footer == "newest 1000 of 10000"
