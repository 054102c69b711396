"""Undo is refused where last step first would start newer code on an older schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import Execution, StepRecord, StepState
from strideiq_console.domain.runbook.model import Plan, Step, Verb, step
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.services.engine import Engine
from strideiq_console.services.undoing import refuse_wrong_order
from tests.services.fakes import FakeOutside

AT = datetime(2026, 3, 1, tzinfo=UTC)
DOWN = step("down", Verb.MOVE_SCHEMA, "down", "", environment="production", direction="downgrade", target="0041")
UP = replace(DOWN, id="up", arguments=(("direction", "upgrade"), ("target", "0042")))
CODE = step("code", Verb.ROLL_BACK, "code", "", environment="production")


def execution(*steps: tuple[Step, StepState]) -> Execution:
    plan = Plan("rollback", "rollback x", (), (), (), tuple(one for one, _ in steps), AT)
    return Execution("1", plan, AT, tuple(StepRecord(one, state) for one, state in steps))


@pytest.mark.parametrize("state", [StepState.DONE, StepState.INTENDED])
def test_code_after_a_downgrade_is_not_undone_first(state: StepState) -> None:
    with pytest.raises(BlockedError) as caught:
        refuse_wrong_order(execution((DOWN, StepState.DONE), (CODE, state)))
    assert "strideiq migrate start production" in caught.value.next_step


@pytest.mark.parametrize(
    "steps",
    [
        ((DOWN, StepState.DONE), (CODE, StepState.PENDING)),
        ((CODE, StepState.DONE), (DOWN, StepState.DONE)),
        ((UP, StepState.DONE), (CODE, StepState.DONE)),
        ((CODE, StepState.DONE),),
    ],
    ids=["the code did not go yet", "the code went first", "the schema went up", "the code alone"],
)
def test_any_other_order_may_be_undone(steps: tuple[tuple[Step, StepState], ...]) -> None:
    refuse_wrong_order(execution(*steps))


async def test_what_a_person_did_by_hand_is_theirs_to_take_back(make_engine: Callable[..., Engine], outside: FakeOutside) -> None:
    engine = make_engine()
    execution = await engine.start(await engine.plan("hotfix", {"slug": "fix-auth-crash"}))
    await engine.advance(execution.id)
    outside.fix("hotfix/fix-auth-crash")
    standing = await engine.advance(execution.id, Consent(answer="yes"))
    assert standing.record is not None
    assert standing.record.step.id == "push"
    await engine.mark(execution.id, "pushed it from another machine")
    await engine.undo(execution.id)
    standing = await engine.advance(execution.id)
    record = standing.execution.record("push")
    assert (str(standing.execution.state), record.state) == ("undone", StepState.KEPT)
    assert "marked as done by hand (pushed it from another machine)" in record.reason
