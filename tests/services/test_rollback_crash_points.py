"""Dying at every point of every step of going back, and of the way forward again: each order is given once."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.services.record import Point
from strideiq_console.store.store import Store
from tests.services.crash_all import Practice
from tests.services.fakes import Crash, lost_answer
from tests.services.rollback_cases import BY_PROVIDER, WAYS, BadDeploy
from tests.services.test_crash_points import drive

EVERY = [pytest.param(practice, step, id=f"{practice.id}-{step}") for practice in WAYS for step in practice.ids]


def once(point: Point, step: str):
    left = [True]

    def tracer(passed: Point, about: str) -> None:
        if (passed, about) == (point, step) and left:
            left.clear()
            raise Crash

    return tracer


def orders(effects: Iterable[str]) -> list[str]:
    """Return what may happen once only: not a fetch, which follows origin, nor the comment that tells of a gate passed by."""
    return [effect for effect in effects if effect != "git fetch" and not effect.endswith(("comment", "comments"))]


def own(practice: Practice) -> list[tuple[int, str]]:
    """The orders that no other runbook gives."""
    words = ("vercel", "railway", "git revert")
    return [(n, effect) for n, effect in enumerate(practice.effects) if effect.startswith(words)]


@pytest.mark.parametrize("practice", WAYS, ids=lambda practice: practice.id)
async def test_without_a_crash_each_order_is_given_once(practice: Practice, store: Store) -> None:
    outside = BadDeploy()
    await drive(practice, outside, store, None)
    assert orders(outside.effects) == orders(practice.effects)


@pytest.mark.parametrize(("practice", "step"), EVERY)
@pytest.mark.parametrize("point", list(Point))
async def test_a_crash_at_a_point_gives_each_order_once(practice: Practice, step: str, point: Point, store: Store) -> None:
    outside = BadDeploy()
    await drive(practice, outside, store, once(point, step))
    assert sorted(orders(outside.effects)) == sorted(orders(practice.effects))


OWN = [pytest.param(practice, effect, id=f"{practice.id}-{number}") for practice in WAYS for number, effect in own(practice)]


@pytest.mark.parametrize(("practice", "effect"), OWN)
@pytest.mark.parametrize("failure", [Crash, lambda: lost_answer("an order")], ids=["crash", "lost"])
async def test_an_order_whose_answer_is_lost_is_looked_for_and_not_given_again(
    practice: Practice, effect: str, failure, store: Store
) -> None:
    outside, died = BadDeploy(), []

    def die(seen: str):
        if seen == effect and not died:
            died.append(seen)
            return failure()
        return None

    outside.lose = die
    await drive(practice, outside, store, None)
    assert died
    assert orders(outside.effects) == orders(practice.effects)


@pytest.mark.parametrize("practice", WAYS, ids=lambda practice: practice.id)
@pytest.mark.parametrize("seed", range(4))
async def test_many_crashes_one_after_another(practice: Practice, seed: int, store: Store) -> None:
    dice, outside = random.Random(seed), BadDeploy()  # noqa: S311

    def tracer(_: Point, about: str) -> None:
        # A gate is looked at again and again for ten minutes: no one would live through that many throws of the dice.
        if about != "gates" and dice.random() < 0.25:
            raise Crash

    outside.lose = lambda _: Crash() if dice.random() < 0.25 else None
    await drive(practice, outside, store, tracer)
    assert sorted(orders(outside.effects)) == sorted(orders(practice.effects))


@pytest.mark.parametrize("step", BY_PROVIDER.ids)
@pytest.mark.parametrize("point", list(Point))
async def test_undone_after_a_crash_serves_again_what_served(step: str, point: Point, store: Store) -> None:
    outside = BadDeploy()
    await drive(BY_PROVIDER, outside, store, None)
    (execution,) = BY_PROVIDER.engine(outside, store).executions()
    assert outside.serves == {"web": outside.good, "api": outside.good}
    await BY_PROVIDER.engine(outside, store).undo(execution.id)
    tracer = once(point, step)
    while True:
        try:
            standing = await BY_PROVIDER.engine(outside, store, trace=tracer).advance(execution.id, wait=600)
        except Crash:
            continue
        break
    assert standing.execution.state is ExecutionState.UNDONE, standing
    assert standing.reasons == ()
    await outside.clock.sleep(10)
    assert outside.serves == {"web": outside.bad, "api": outside.bad}
    assert not outside.vercel.pinned
    assert len(outside.effects) == 4
