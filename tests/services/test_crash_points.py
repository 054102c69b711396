"""Dying at every point of every step, in memory: fast, complete, and with crashes during the recovery. The real kills are
in ``tests/crash``."""

from __future__ import annotations

import random

import pytest

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.services.record import Point
from tests.services.drive import begin, to_the_end
from tests.services.fakes import Crash, FakeOutside
from tests.services.test_engine import EFFECTS

STEPS = [step.id for step in RUNBOOKS["hotfix"].steps]


async def drive(make_engine, outside: FakeOutside, tracer) -> tuple[str, int]:
    """Go on with a new engine after each crash; return the execution and how often it crashed."""
    engine = make_engine(trace=tracer)
    execution_id = await begin(engine)
    crashes = 0
    while True:
        try:
            standing, _ = await to_the_end(engine, outside, execution_id)
        except Crash:
            crashes += 1
            engine = make_engine(trace=tracer)
            continue
        assert standing.execution.state is ExecutionState.DONE, standing
        return execution_id, crashes


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("point", list(Point))
async def test_a_crash_at_a_point_leaves_each_effect_once(make_engine, outside: FakeOutside, step: str, point: Point) -> None:
    left = [True]

    def tracer(passed: Point, about: str) -> None:
        if (passed, about) == (point, step) and left:
            left.clear()
            raise Crash

    await drive(make_engine, outside, tracer)
    assert sorted(outside.effects) == sorted(EFFECTS)


@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_crash_between_the_deed_and_its_answer_is_adopted(make_engine, outside: FakeOutside, effect: str) -> None:
    died: list[str] = []

    def die(seen: str):
        if seen == effect and not died:
            died.append(seen)
            return Crash()
        return None

    outside.lose = die
    _, crashes = await drive(make_engine, outside, None)
    assert crashes == 1
    assert sorted(outside.effects) == sorted(EFFECTS)


@pytest.mark.parametrize("seed", range(25))
async def test_many_crashes_one_after_another(make_engine, outside: FakeOutside, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311

    def tracer(_: Point, __: str) -> None:
        if dice.random() < 0.25:
            raise Crash

    outside.lose = lambda _: Crash() if dice.random() < 0.25 else None
    _, crashes = await drive(make_engine, outside, tracer)
    assert crashes > 0
    assert sorted(outside.effects) == sorted(EFFECTS)
