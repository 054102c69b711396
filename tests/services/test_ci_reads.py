"""What is read of CI when somebody looks: jobs of every attempt, logs, the workflow file, the end of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState, Job, JobStep
from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.services.ci_reads import LOOKS, POLL, CiReads
from tests.services.ci_cases import CI_YML, ci_of
from tests.services.fakes import FakeClone, FakeHost, FakeOutside

R, S, F = CheckState.RUNNING, CheckState.SUCCESS, CheckState.FAILURE


def reads(outside: FakeOutside, **more) -> CiReads:
    return CiReads(Outside(clone=FakeClone(outside), host=FakeHost(outside)), outside.clock, **more)


def job(number: int, state: CheckState, attempt: int = 1) -> Job:
    return Job(number, "backend-test", state, steps=(JobStep(1, "Set up job", S), JobStep(2, "Run pytest", state)), attempt=attempt)


async def test_jobs_of_a_finished_attempt_are_asked_for_once() -> None:
    outside = FakeOutside()
    run, ci = ci_of(outside).add(F), reads(outside)
    ci_of(outside).jobs_of[run.id] = (job(1, F),)
    assert [one.id for one in await ci.jobs(run)] == [1]
    ci_of(outside).jobs_of[run.id] = (job(1, F), job(2, S, 2))
    assert [one.id for one in await ci.jobs(run)] == [1]
    again = replace(run, attempt=2, state=S)
    assert [one.id for one in await ci.jobs(again)] == [2, 1], "the newest attempt first"


async def test_a_running_job_tells_its_steps_and_its_log_comes_at_the_end() -> None:
    outside = FakeOutside()
    ci, run = reads(outside, stretch=2.0), ci_of(outside).add(R)
    ci_of(outside).jobs_of[run.id] = (job(1, R),)
    source = ci.log(job(1, R), "run 500")
    assert source.period == 2 * POLL
    assert await source.lines() == ("  1 Set up job: success", "  2 Run pytest: running")
    assert not source.ended
    assert "when the job has ended" in source.note
    ci_of(outside).jobs_of[run.id] = (job(1, F),)
    ci_of(outside).logs[1] = ("one", "two")
    assert await source.lines() == ("one", "two")
    assert (source.ended, source.note, source.step, source.outcome) == (True, "", "Run pytest", "failure")
    assert source.title == "run 500 · backend-test · failure"


async def test_a_skipped_job_has_no_log_and_github_is_not_asked() -> None:
    outside = FakeOutside()
    source = reads(outside).log(job(1, CheckState.SKIPPED), "run 500")
    assert await source.lines() == ()
    assert source.note == "a skipped job has no log"


async def test_watching_ends_with_the_run_and_asks_politely() -> None:
    outside = FakeOutside()
    ci, fake = reads(outside), ci_of(outside)
    run = fake.add(R)

    def later() -> None:
        if outside.clock.seconds >= 3 * POLL:
            fake.runs_by_id[run.id] = replace(run, state=F)

    outside.clock.on_sleep = later
    assert (await ci.ended(run.id)).state is F
    assert outside.clock.seconds == 3 * POLL


async def test_watching_gives_up_after_several_failures_in_a_row() -> None:
    outside = FakeOutside()
    with pytest.raises(OutsideError, match="there is no run"):
        await reads(outside).ended(7)
    assert outside.clock.seconds == (LOOKS - 1) * POLL


async def test_the_workflow_file_is_that_of_main_and_read_anew_when_main_moves() -> None:
    outside = FakeOutside()
    ci = reads(outside)
    assert await ci.file() is None
    outside.tracking["main"] = outside.origin["main"]
    assert await ci.file() is None
    outside.tracking["main"] = outside.commit("ci: x", outside.origin["main"])
    outside.trees[outside.tracking["main"]] = {".github/workflows/ci.yml": CI_YML}
    found = await ci.file()
    assert found is not None
    assert found.inputs == {"suite": True, "note": False}


async def test_without_github_it_says_how_to_configure_it() -> None:
    with pytest.raises(BlockedError, match="GitHub is not configured"):
        await CiReads(Outside(), FakeOutside().clock).run(1)
