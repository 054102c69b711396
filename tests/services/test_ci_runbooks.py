"""The small runbooks of CI: refused when they cannot be, verified by what GitHub says, never done twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.ci_control import Workflow
from strideiq_console.domain.fault import ConsoleError, UsageError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.ci_cases import ci_of, long_run, red_run, retargeted, startable
from tests.services.crash_all import Practice
from tests.services.fakes import BEGIN, FakeOutside, lost_answer


async def begun(outside: FakeOutside, store: Store, name: str, **inputs: str) -> tuple[Engine, Standing]:
    practice = Practice(name, inputs, lambda: outside, ())
    engine = practice.engine(outside, store)
    execution = await practice.begin(engine)
    return engine, await engine.advance(execution)


async def carried_out(engine: Engine, standing: Standing, outside: FakeOutside) -> Standing:
    assert standing.awaits is Awaits.CONFIRMATION, standing
    await outside.clock.sleep(standing.arms_in)
    assert standing.record is not None
    consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
    return await engine.advance(standing.execution.id, consent, wait=600)


async def test_a_rerun_is_verified_by_the_attempt_that_rose(store: Store) -> None:
    outside = red_run()
    engine, standing = await begun(outside, store, "rerun", run="#500", jobs="all")
    done = await carried_out(engine, standing, outside)
    assert done.execution.state is ExecutionState.DONE
    assert done.execution.results["rerun"] == {"run": 90_500, "attempt": 2}
    assert outside.effects == ["POST runs/500/rerun"]


async def test_a_run_that_somebody_ran_again_meanwhile_is_not_run_twice(store: Store) -> None:
    outside = red_run()
    engine, standing = await begun(outside, store, "rerun", run="90500")
    run = ci_of(outside).runs_by_id[90_500]
    ci_of(outside).runs_by_id[90_500] = replace(run, attempt=2, state=CheckState.RUNNING)
    after = await engine.advance(standing.execution.id, Consent(), wait=600)
    assert after.execution.state is ExecutionState.DONE
    assert outside.effects == []


@pytest.mark.parametrize(
    ("changes", "jobs", "words"),
    [
        ({"state": CheckState.RUNNING}, "all", "still runs"),
        ({"created_at": BEGIN - timedelta(days=31)}, "failed", "older than 30 days"),
        ({"state": CheckState.SUCCESS}, "failed", "no job of run 500 is red"),
    ],
)
async def test_what_github_would_not_run_again_is_refused_with_its_reason(store: Store, changes, jobs, words) -> None:
    outside = red_run()
    ci_of(outside).runs_by_id[90_500] = replace(ci_of(outside).runs_by_id[90_500], **changes)
    _, standing = await begun(outside, store, "rerun", run="500", jobs=jobs)
    assert standing.awaits is Awaits.GATE
    assert words in " ".join(standing.reasons)
    assert outside.effects == []


async def test_a_cancelled_run_may_take_its_time(store: Store) -> None:
    outside = long_run()
    engine, standing = await begun(outside, store, "cancel-run", run="500")
    done = await carried_out(engine, standing, outside)
    assert done.execution.results["cancel"] == {"run": 90_500, "state": "cancelled"}
    assert outside.effects == ["POST runs/500/cancel"]


async def test_a_run_that_has_ended_cannot_be_cancelled(store: Store) -> None:
    outside = red_run()
    _, standing = await begun(outside, store, "cancel-run", run="500")
    assert standing.awaits is Awaits.GATE
    assert "has ended already: failure" in " ".join(standing.reasons)


async def test_a_dispatch_is_known_by_its_run_and_not_sent_again_when_its_answer_is_lost(store: Store) -> None:
    outside = startable()
    outside.lose = lambda effect: lost_answer(effect) if effect.startswith("POST dispatches") else None
    ci_of(outside).add(CheckState.SUCCESS, branch="staging", event="workflow_dispatch")
    engine, standing = await begun(outside, store, "dispatch", ref="staging", values="suite=smoke note='two words'")
    done = await carried_out(engine, standing, outside)
    assert done.execution.state is ExecutionState.DONE
    assert done.execution.results["dispatch"] == {"run": 90_501, "number": 501}
    assert ci_of(outside).dispatched == [("ci.yml", "staging", {"suite": "smoke", "note": "two words"})]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"ref": "nowhere"}, "no branch nowhere"),
        ({"ref": "staging", "values": "colour=red suite=x"}, "takes no colour"),
        ({"ref": "staging", "values": ""}, "needs suite"),
        ({"ref": "staging", "values": "suite"}, "is no name=value"),
        ({"ref": "staging", "values": "suite='x"}, "cannot be read"),
        ({"ref": "staging", "workflow": "other.yml", "values": ""}, "there is no .github/workflows/other.yml"),
    ],
)
async def test_a_dispatch_that_does_not_fit_is_refused_while_it_is_planned(store: Store, inputs, words) -> None:
    with pytest.raises(UsageError, match=words):
        await begun(startable(), store, "dispatch", **inputs)


async def test_a_workflow_that_is_switched_off_is_said(store: Store) -> None:
    outside = startable()
    ci_of(outside).known = (Workflow(1, "CI", ".github/workflows/ci.yml", "disabled_inactivity"),)
    _, standing = await begun(outside, store, "dispatch", ref="staging", values="suite=x")
    assert "switched off (disabled_inactivity)" in " ".join(standing.reasons)


async def test_reopening_closes_and_opens_once_each_under_one_consent(store: Store) -> None:
    outside = retargeted()
    engine, standing = await begun(outside, store, "reopen", pull="#43")
    done = await carried_out(engine, standing, outside)
    assert done.execution.state is ExecutionState.DONE, done
    assert outside.effects == ["PATCH pulls/43 closed", "PATCH pulls/43 open"]


async def test_a_merged_pull_request_is_not_reopened(store: Store) -> None:
    outside = retargeted()
    outside.pulls[43] = replace(outside.pulls[43], state=PullState.MERGED)
    _, standing = await begun(outside, store, "reopen", pull="43")
    assert "is merged" in " ".join(standing.reasons)


@pytest.mark.parametrize(("name", "key"), [("rerun", "run"), ("cancel-run", "run"), ("reopen", "pull")])
async def test_words_that_are_no_number_are_refused(store: Store, name: str, key: str) -> None:
    with pytest.raises(ConsoleError, match="is no"):
        await begun(red_run(), store, name, **{key: "latest"})
