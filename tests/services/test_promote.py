"""The promotion over the fake outside: what blocks, what rides along, what is passed by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strideiq_console.domain.fault import BlockedError, CloneError
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.domain.security_alert import AlertKind, AlertList, AlertSeverity, AlertSource, AlertState, SecurityAlert
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.fakes import FakeOutside
from tests.services.promote_cases import begin, behind, level, until, verified

REASON = "no fixed version exists, and it is not reachable"
ALERT = SecurityAlert(
    AlertKind.DEPENDENCY, 7, AlertState.OPEN, AlertSeverity.HIGH, "a hole", "GHSA-1", None, package="left", development=False
)


@pytest.fixture
def outside() -> FakeOutside:
    return level()


def merged_to_main(outside: FakeOutside) -> bool:
    return any(pull.base == "main" and pull.merge_sha for pull in outside.pulls.values())


async def test_a_verified_head_is_not_asked_about_again(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    standing = await until(engine, await begin(engine, "promote"))
    assert standing.execution.state is ExecutionState.DONE, standing
    assert "POST statuses staging/verified success" not in outside.effects
    assert outside.effects[1] == "git fetch", "no back-merge was needed, and nobody was asked about one"
    pull = outside.pulls[43]
    assert all(subject in pull.body for subject in ("show weeks", "Monday first"))


@pytest.mark.parametrize("outside", [behind()], ids=["behind"])
async def test_a_back_merge_comes_first_and_moves_what_was_verified(
    make_engine: Callable[..., Engine], outside: FakeOutside, store: Store
) -> None:
    verified(outside, store)
    engine = make_engine()
    standing = await until(engine, await begin(engine, "promote"), "verify")
    assert outside.effects == ["git fetch", "POST pulls main->staging", "PUT pulls/43/merge"]
    assert standing.awaits is Awaits.ANSWER, "the head moved: the verification of before does not count"


async def test_nothing_to_promote_is_said_before_anything_is_done(engine: Engine, outside: FakeOutside) -> None:
    outside.push("main", outside.origin["staging"])
    outside.tracking = dict(outside.origin)
    with pytest.raises(BlockedError, match="holds nothing that main lacks"):
        await engine.plan("promote", {})
    assert outside.effects == []


async def test_a_clone_without_the_branch_says_so(engine: Engine, outside: FakeOutside) -> None:
    outside.tracking = {}
    with pytest.raises(CloneError, match="no origin/main"):
        await engine.plan("promote", {})


async def test_a_plan_from_a_stale_clone_says_which_commit_it_was_made_with(engine: Engine, outside: FakeOutside) -> None:
    outside.push("staging", outside.commit("feat: newer", outside.origin["staging"]))
    plan = await engine.plan("promote", {})
    assert any("the plan is made with" in note for note in plan.notes)


async def test_staging_that_moves_after_the_list_is_not_merged(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    execution = await begin(engine, "promote")
    await until(engine, execution, "merge-main")
    outside.push("staging", outside.commit("feat: late", outside.origin["staging"]))
    standing = await engine.advance(execution, Consent())
    assert standing.awaits is Awaits.COMPARISON
    assert not merged_to_main(outside)


async def test_an_unverified_commit_holds_the_list_with_its_name(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    execution = await begin(engine, "promote")
    late = outside.commit("feat: late", outside.origin["staging"])
    store.verifications.withdraw(outside.origin["staging"])
    verified(outside, store, outside.parents[outside.origin["staging"]][0])
    standing = await until(engine, execution, "verify")
    await engine.skip(execution, "somebody else will try it")
    standing = await engine.advance(execution, wait=0)
    assert standing.record is not None
    assert standing.record.step.id == "riders"
    assert standing.awaits is Awaits.GATE
    assert "1 of 2 commits are not verified" in " ".join(standing.reasons)
    assert "Monday first" in " ".join(standing.reasons)
    assert late in outside.parents


async def test_work_that_main_took_back_stops_the_promotion_until_a_person_decides(
    make_engine: Callable[..., Engine], outside: FakeOutside
) -> None:
    """T4: main merged staging's first feature and reverted the merge; git would leave it out without a word."""
    first = outside.parents[outside.origin["staging"]][0]
    merge = outside.commit("Merge pull request #41 from acme/staging", outside.origin["main"], first)
    revert = outside.commit('Revert "Merge pull request #41"', merge)
    outside.messages[revert] = f'Revert "Merge pull request #41"\n\nThis reverts commit {merge}, reversing changes.\n'
    outside.push("main", revert)
    outside.tracking = dict(outside.origin)
    engine = make_engine()
    execution = await begin(engine, "promote")
    standing = await engine.advance(execution, wait=0)
    assert standing.record is not None
    assert standing.record.step.id == "look"
    assert standing.awaits is Awaits.GATE
    assert standing.form is not None
    assert outside.effects == ["git fetch"], "nothing moved, not even the back-merge that would take the work off staging"
    standing = await engine.advance(execution, Consent(entry={"reverted": "leave out"}))
    assert standing.record is not None
    assert standing.record.step.id == "back-merge"


@pytest.mark.parametrize(
    ("alerts", "reason"),
    [
        (AlertList(AlertKind.DEPENDENCY, AlertSource.ON, (ALERT,)), "open: left (high)"),
        (AlertList(AlertKind.DEPENDENCY, AlertSource.ON, (), complete=False), "not all could be read"),
        (AlertList(AlertKind.DEPENDENCY, AlertSource.ON, (replace(ALERT, development=True),)), ""),
        (AlertList(AlertKind.DEPENDENCY, AlertSource.OFF), ""),
        (AlertList(AlertKind.DEPENDENCY, AlertSource.ON), ""),
    ],
    ids=["open", "incomplete", "development only", "no source", "clear"],
)
async def test_the_fifth_gate(engine: Engine, outside: FakeOutside, store: Store, alerts: AlertList, reason: str) -> None:
    verified(outside, store)
    outside.alerts = alerts
    standing = await until(engine, await begin(engine, "promote"), "merge-main")
    assert standing.record is not None
    if not reason:
        assert standing.record.step.id == "merge-main"
        return
    assert (standing.record.step.id, standing.awaits) == ("gates", Awaits.GATE)
    assert reason in " ".join(standing.reasons)


async def test_a_gate_is_passed_by_with_a_reason_that_the_pull_request_tells_once(
    engine: Engine, outside: FakeOutside, store: Store
) -> None:
    verified(outside, store)
    outside.alerts = AlertList(AlertKind.DEPENDENCY, AlertSource.ON, (ALERT,))
    execution = await begin(engine, "promote")
    await until(engine, execution, "gates")
    short = await engine.advance(execution, Consent(entry={"override": "it is ok"}))
    assert "10 characters" in short.sentence
    await engine.advance(execution, Consent(entry={"override": REASON}))
    assert not merged_to_main(outside)

    def crash_after_comment(effect: str) -> BaseException | None:
        return CloneError("cut") if effect.endswith("reviews comment") else None

    outside.lose = crash_after_comment
    standing = await until(engine, execution)
    assert standing.awaits is Awaits.CHOICE, "the merge waits for the comment"
    outside.lose = lambda effect: None
    await engine.retry(execution)
    standing = await until(engine, execution)
    assert standing.execution.state is ExecutionState.DONE, standing
    assert outside.effects.count("POST pulls/43/reviews comment") == 1
    assert [REASON in review.body for review in outside.reviews[43] if review.body] == [True]
    results: dict[str, Any] = dict(standing.execution.results)
    assert results["gates"]["override"] == REASON
