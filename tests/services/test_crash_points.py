"""Dying at every point of every step of every practice, in memory, with crashes during the recovery too."""

from __future__ import annotations

import random

import pytest

from strideiq_console.services.record import Point
from strideiq_console.store.store import Store
from tests.services.crash_all import PRACTICES, Practice
from tests.services.fakes import Crash, FakeOutside

EVERY = [pytest.param(practice, step, id=f"{practice.id}-{step}") for practice in PRACTICES for step in practice.ids]
DEEDS = [
    pytest.param(practice, effect, id=f"{practice.id}-{number}")
    for practice in PRACTICES
    for number, effect in enumerate(dict.fromkeys(practice.effects))
]


async def drive(practice: Practice, outside: FakeOutside, store: Store, tracer) -> int:
    """Go on with a new engine after each crash; return how often it crashed."""
    execution = await practice.begin(practice.engine(outside, store))
    crashes = 0
    while True:
        try:
            await practice.to_the_end(practice.engine(outside, store, trace=tracer), outside, execution)
        except Crash:
            crashes += 1
            continue
        return crashes


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.id)
async def test_without_a_crash_each_effect_happens_in_its_order(practice: Practice, store: Store) -> None:
    outside = practice.make()
    await drive(practice, outside, store, None)
    assert outside.effects == list(practice.effects)


@pytest.mark.parametrize(("practice", "step"), EVERY)
@pytest.mark.parametrize("point", list(Point))
async def test_a_crash_at_a_point_leaves_each_effect_once(practice: Practice, step: str, point: Point, store: Store) -> None:
    outside, left = practice.make(), [True]

    def tracer(passed: Point, about: str) -> None:
        if (passed, about) == (point, step) and left:
            left.clear()
            raise Crash

    await drive(practice, outside, store, tracer)
    assert sorted(outside.effects) == sorted(practice.effects)


@pytest.mark.parametrize(("practice", "effect"), DEEDS)
async def test_a_crash_between_the_deed_and_its_answer_is_adopted(practice: Practice, effect: str, store: Store) -> None:
    outside, died = practice.make(), []

    def die(seen: str):
        if seen == effect and not died:
            died.append(seen)
            return Crash()
        return None

    outside.lose = die
    assert await drive(practice, outside, store, None) == 1
    # Fetching again is the one deed that may be done twice: it only follows origin.
    assert sorted(set(outside.effects)) == sorted(set(practice.effects))
    assert len([e for e in outside.effects if e != "git fetch"]) == len([e for e in practice.effects if e != "git fetch"])


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.id)
@pytest.mark.parametrize("seed", range(10))
async def test_many_crashes_one_after_another(practice: Practice, seed: int, store: Store) -> None:
    dice, outside = random.Random(seed), practice.make()  # noqa: S311

    def tracer(_: Point, __: str) -> None:
        if dice.random() < 0.25:
            raise Crash

    outside.lose = lambda _: Crash() if dice.random() < 0.25 else None
    # A runbook of one or two steps has so few points that the dice may spare them all.
    assert await drive(practice, outside, store, tracer) > 0 or len(practice.ids) < 3
    assert sorted(outside.effects) == sorted(practice.effects)
