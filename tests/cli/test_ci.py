"""``strideiq ci``: waiting for a run, reading a log, and the shortcuts of its runbooks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState, Job, JobStep, WorkflowRun
from strideiq_console.domain.outside import Outside
from strideiq_console.services.ci_reads import CiReads
from tests.cli.fakes import FakeWiring, run
from tests.services.ci_cases import ci_of
from tests.services.fake_ci import FakeCi
from tests.services.fakes import FakeClone, FakeHost, FakeOutside

F, S, R = CheckState.FAILURE, CheckState.SUCCESS, CheckState.RUNNING
LOG = ("##[group]Run pytest", *(f"t{n}" for n in range(70)), "E   assert 0", "##[error]Process completed with exit code 1.")


@pytest.fixture
def ci(wiring: FakeWiring, outside: FakeOutside) -> FakeCi:
    wiring.console.ci = CiReads(Outside(clone=FakeClone(outside), host=FakeHost(outside)), outside.clock)
    return ci_of(outside)


def red(ci: FakeCi) -> WorkflowRun:
    made = ci.add(F)
    steps = (JobStep(1, "Set up job", S), JobStep(2, "Run pytest", F))
    ci.jobs_of[made.id] = (Job(1, "backend-lint", S), Job(2, "backend-test", F, steps=steps))
    ci.logs.update({1: ("all fine",), 2: LOG})
    return made


def test_watching_ends_as_the_run_does(wiring: FakeWiring, outside: FakeOutside, ci: FakeCi) -> None:
    made = ci.add(R)
    outside.clock.on_sleep = lambda: ci.runs_by_id.update({made.id: replace(made, state=S)})
    answer = run(wiring, "ci", "watch")
    assert answer.code == 0
    assert "Watching CI 500 of feature/x: running." in answer.err
    assert "run 500: success" in answer.out
    red(ci)
    ended = run(wiring, "ci", "watch", "501", "--json")
    assert ended.code == 1
    document = json.loads(ended.out)
    assert (document["schema"], document["state"]) == ("strideiq.ci.run/1", "failure")
    assert [job["name"] for job in document["jobs"]] == ["backend-lint", "backend-test"]


def test_a_log_is_that_of_the_first_red_job_or_of_the_one_named(wiring: FakeWiring, ci: FakeCi) -> None:
    red(ci)
    assert run(wiring, "ci", "log", "500").out.splitlines() == list(LOG)
    assert run(wiring, "ci", "log", "500", "--job", "backend-lint").out == "all fine\n"
    wrong = run(wiring, "ci", "log", "500", "--job", "frontend")
    assert wrong.code == 64
    assert "backend-lint, backend-test" in wrong.err


def test_failed_prints_the_last_fifty_lines_of_the_failing_step(wiring: FakeWiring, ci: FakeCi) -> None:
    red(ci)
    lines = run(wiring, "ci", "log", "500", "--failed").out.splitlines()
    assert "backend-test: step 2 Run pytest" in lines[0]
    assert lines[1] == "last 50 of 73 lines"
    assert len(lines) == 52
    assert lines[-1].split(maxsplit=1)[1] == "Process completed with exit code 1."
    assert run(wiring, "ci", "log", "500", "--failed", "--job", "backend-lint").code == 4


def test_rerun_plans_and_carries_out_the_runbook(wiring: FakeWiring, outside: FakeOutside, ci: FakeCi) -> None:
    red(ci)
    planned = json.loads(run(wiring, "ci", "rerun", "500", "--plan", "--json").out)
    assert planned["runbook"] == "rerun"
    words = planned["next"].split()
    ran = run(wiring, *words[words.index("ci") :], "--json")
    assert ran.code == 0, "the hash of the plan that was shown is the consent"
    assert outside.effects == ["POST runs/500/rerun-failed-jobs"]


def test_dispatch_takes_its_inputs_word_by_word(wiring: FakeWiring, outside: FakeOutside, ci: FakeCi) -> None:
    outside.trees[outside.origin["staging"]] = {
        ".github/workflows/ci.yml": b"on:\n  workflow_dispatch:\n    inputs:\n      note:\njobs:\n  backend-lint:\n"
    }
    planned = json.loads(run(wiring, "ci", "dispatch", "staging", "--input", "note=two words", "--plan", "--json").out)
    assert "note=two words" in planned["steps"][0]["effects"][0]["sentence"]
    assert "'note=two words'" in planned["next"]


@pytest.mark.parametrize("words", [("rerun",), ("cancel",), ("dispatch",), ("log", "main"), ("watch", "x")])
def test_what_is_not_said_or_no_run_is_a_usage_error(wiring: FakeWiring, ci: FakeCi, words: tuple[str, ...]) -> None:
    assert run(wiring, "ci", *words).code == 64
