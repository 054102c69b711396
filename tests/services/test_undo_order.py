"""Undo is refused where last step first would start newer code on an older schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import Execution, StepRecord, StepState
from strideiq_console.domain.runbook.model import Plan, Step, Verb, step
from strideiq_console.services.undoing import refuse_wrong_order

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
