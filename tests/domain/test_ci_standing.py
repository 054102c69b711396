"""What runs say together: repeats, missing runs, checks that never report, trends, flaky jobs; and the document's six jobs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from strideiq_console.domain.ci import CheckState, CheckSummary, Job, WorkflowRun
from strideiq_console.domain.ci_standing import flaky, never_matched, repeats, trend, without_run
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.policy.ci_jobs import is_deploy, matrix
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection, PullRequest, PullState

NOW = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
S, F, R, K = CheckState.SUCCESS, CheckState.FAILURE, CheckState.RUNNING, CheckState.SKIPPED
EXPECTED = tuple((name, CheckState.EXPECTED) for name in REQUIRED_CHECKS)


def run(number: int, state: CheckState = S, *, sha: str = "a" * 40, event: str = "push", took: float = 60, **more) -> WorkflowRun:
    at = NOW - timedelta(hours=1)
    made = WorkflowRun(
        number, number, "CI", "main", sha, event, state, created_at=at, started_at=at, updated_at=at + timedelta(seconds=took)
    )
    return replace(made, **more)


def job(number: int, name: str, state: CheckState, attempt: int = 1) -> Job:
    return Job(number, name, state, NOW, NOW, attempt=attempt)


def pull(base: str, *, sha: str = "b" * 40, minutes: float = 30, checks: CheckSummary | None = None) -> PullStanding:
    at = NOW - timedelta(minutes=minutes)
    request = PullRequest(43, "X", PullState.OPEN, "feature/x", sha, base, "founder", "", updated_at=at)
    return PullStanding(request, checks or CheckSummary(sha, EXPECTED), ())


def protection(*names: str) -> Protection:
    return Protection("main", "classic", True, 1, names, True, False, False, False)


def test_push_and_pull_request_run_of_one_commit_count_once() -> None:
    runs = (run(2, event="pull_request"), run(1), run(3, event="pull_request", sha="c" * 40))
    assert repeats(runs) == {1: 2}


def test_two_runs_of_one_kind_and_runs_by_hand_are_not_repeats() -> None:
    assert repeats((run(2), run(1))) == {}
    assert repeats((run(2, event="workflow_dispatch"), run(1))) == {}
    assert repeats((run(2, event="pull_request", name="Docs"), run(1))) == {}


def test_a_retargeted_pull_request_has_no_run() -> None:
    (found,) = without_run([pull("staging")], [run(1)], NOW)
    assert found.retargeted
    assert found.reason.startswith("no CI for this base")
    (other,) = without_run([pull("feature/y")], [run(1)], NOW)
    assert not other.retargeted
    assert "main and staging" in other.reason


def test_partial_data_never_decides_that_nothing_ran() -> None:
    ran = CheckSummary("b" * 40, (("backend-lint", S), *EXPECTED[1:]))
    young = pull("staging", minutes=1)
    unknown = replace(pull("staging"), checks=None)
    assert without_run([pull("staging", checks=ran), young, unknown], [run(1)], NOW) == ()
    assert without_run([pull("staging", sha="a" * 40)], [run(1)], NOW) == ()


def test_a_required_check_that_no_job_bears() -> None:
    runs = (run(1, jobs=tuple(job(n, name, S) for n, name in enumerate(("backend-lint", "backend-tests")))),)
    (found,) = never_matched([protection("backend-lint", "backend-test", "staging/verified")], runs)
    assert (found.branch, found.name, found.nearest) == ("main", "backend-test", "backend-tests")


def test_without_a_finished_run_no_check_is_called_missing() -> None:
    running = run(1, R, jobs=(job(1, "backend-lint", S),))
    assert never_matched([protection("backend-test")], (running, run(2))) == ()


def test_a_trend_counts_green_runs_alone_and_says_nothing_below_three() -> None:
    runs = [run(n, took=60 + n) for n in range(1, 4)] + [run(9, F, took=5), run(10, took=999, branch="staging")]
    assert trend(runs, runs[0]).seconds == (61.0, 62.0, 63.0)
    assert trend(runs, runs[0]).usual == 62.0
    assert trend(runs[:2], runs[0]).usual is None


def test_red_and_green_on_one_commit_is_flaky() -> None:
    red = run(1, F, jobs=(job(1, "backend-test", F), job(2, "backend-lint", S)))
    green = run(2, jobs=(job(3, "backend-test", S), job(4, "backend-lint", S)))
    (found,) = flaky((red, green))
    assert (found.name, found.failed, found.tries) == ("backend-test", 1, 2)
    assert flaky((red, replace(green, sha="c" * 40))) == ()
    assert flaky((red, replace(green, jobs=(job(3, "backend-test", CheckState.CANCELLED),)))) == ()


def test_attempts_of_one_run_count_and_no_job_counts_twice() -> None:
    red = run(1, F, jobs=(job(1, "backend-test", F),))
    every = (job(1, "backend-test", F), job(5, "backend-test", S, 2))
    (found,) = flaky((red,), every, sha=red.sha)
    assert (found.failed, found.tries) == (1, 2)


def test_the_matrix_has_the_documents_six_jobs_in_order() -> None:
    names = (*REQUIRED_CHECKS, "deploy-staging", "deploy-production")
    jobs = tuple(job(n, name, K if is_deploy(name) else S) for n, name in enumerate(reversed(names)))
    places = matrix(run(1, event="pull_request"), (*jobs, job(9, "docs", S)))
    assert [place.name for place in places] == [*names, "docs"]
    assert places[4].words == "runs on pushes to staging only"


def test_a_deploy_job_says_why_it_was_skipped_what_it_waits_for_and_what_it_does_not_prove() -> None:
    four = tuple(job(n, name, S) for n, name in enumerate(REQUIRED_CHECKS))
    red = (*four[:1], job(1, "backend-test", F), *four[2:], job(8, "deploy-production", K))
    assert matrix(run(1, F), red)[5].words == "needs backend-test"
    assert matrix(run(1), (*four, job(8, "deploy-production", S)))[5].words == "no proof of a deployment"
    waiting = matrix(run(1, R), (*four[:3], job(3, "frontend-build", R)))
    assert (waiting[5].state, waiting[5].words) == (None, "waits for frontend-build")
    assert matrix(run(1, F), four)[5].words == "not in this run"


def test_a_workflow_of_other_jobs_has_no_document_matrix() -> None:
    assert [place.name for place in matrix(run(1), (job(1, "docs", S),))] == ["docs"]
