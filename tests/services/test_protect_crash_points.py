"""Dying at every point of every step of protecting, and of its undo: never a second ruleset, and the old rules come back."""

from __future__ import annotations

import random

import pytest

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.services.record import Point
from tests.services.fakes import Crash, FakeOutside
from tests.services.protect_cases import CLASSIC, EFFECTS, HALF, NOTHING, RULESET, begin, carry_out, prepare

STEPS = [step.id for step in RUNBOOKS["protect"].steps]
WRITTEN = (NOTHING, CLASSIC, RULESET, HALF)


async def drive(make_engine, tracer) -> str:
    """Protect, with a new engine after each crash."""
    execution_id = await begin(make_engine())
    while True:
        try:
            standing, _ = await carry_out(make_engine(trace=tracer), execution_id)
        except Crash:
            continue
        assert standing.execution.state is ExecutionState.DONE, standing
        return execution_id


async def take_back(make_engine, execution_id: str, tracer) -> None:
    """Undo, with a new engine after each crash."""
    await make_engine().undo(execution_id)
    while True:
        try:
            standing = await make_engine(trace=tracer).advance(execution_id)
        except Crash:
            continue
        assert standing.execution.state is ExecutionState.UNDONE, standing
        assert standing.reasons == ()
        return


def once(point: Point, step: str):
    left = [True]

    def tracer(passed: Point, about: str) -> None:
        if (passed, about) == (point, step) and left:
            left.clear()
            raise Crash

    return tracer


@pytest.mark.parametrize("case", WRITTEN)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("point", list(Point))
async def test_a_crash_at_a_point_leaves_each_effect_once(
    make_engine, outside: FakeOutside, case: str, step: str, point: Point
) -> None:
    laws = prepare(outside, case)
    before = laws.copy()
    execution_id = await drive(make_engine, once(point, step))
    assert outside.effects == EFFECTS[case]
    await take_back(make_engine, execution_id, once(point, step))
    assert laws.copy() == before
    assert len(outside.effects) == 2 * len(EFFECTS[case])


@pytest.mark.parametrize("case", WRITTEN)
@pytest.mark.parametrize("number", [0, 1])
async def test_a_crash_between_the_deed_and_its_answer_is_adopted(
    make_engine, outside: FakeOutside, case: str, number: int
) -> None:
    laws = prepare(outside, case)
    before = laws.copy()
    died: list[str] = []

    def die(seen: str):
        if seen == EFFECTS[case][number] and not died:
            died.append(seen)
            return Crash()
        return None

    outside.lose = die
    execution_id = await drive(make_engine, None)
    assert died
    assert outside.effects == EFFECTS[case]
    await take_back(make_engine, execution_id, None)
    assert laws.copy() == before


@pytest.mark.parametrize("seed", range(25))
async def test_many_crashes_one_after_another(make_engine, outside: FakeOutside, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    case = dice.choice(WRITTEN)
    laws = prepare(outside, case)
    before = laws.copy()

    def tracer(_: Point, __: str) -> None:
        if dice.random() < 0.25:
            raise Crash

    outside.lose = lambda _: Crash() if dice.random() < 0.25 else None
    execution_id = await drive(make_engine, tracer)
    assert outside.effects == EFFECTS[case]
    await take_back(make_engine, execution_id, tracer)
    assert laws.copy() == before
