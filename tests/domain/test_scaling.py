"""Scaling triggers: strictly above the limit, for an unbroken hour, and never from what is old or missing (R121, S12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.policy.budget import Budget
from strideiq_console.domain.policy.scaling import GAP, TRIGGERS, TriggerStanding, TriggerState, triggers
from strideiq_console.domain.reading import Reading
from tests.domain.month_cases import NOW, facts, seen

Q, S = Quantity, TriggerState
MINUTE = timedelta(minutes=1)


def series(quantity: Quantity, *samples: Sample, source: str = "railway") -> Series:
    return Series(quantity, "production", source, samples)


def value(quantity: Quantity, number: float, source: str = "prometheus") -> Series:
    return series(quantity, Sample(NOW, number), source=source)


def read(*found: Series, source: str = "prometheus", **more: Any) -> dict[str, Reading[Metrics]]:
    return {f"production/{source}": seen(Metrics("production", source, found), source=source, **more)}


def cpu_facts(minutes: Iterable[float], *, high: float = 7.0, holes: Iterable[float] = (), low: Iterable[float] = ()) -> Facts:
    """Return facts with a sample of the CPU so many minutes ago each; 8 processors are the limit, 6.4 of them 80 %."""
    numbers = {at: None if at in holes else 6.4 if at in low else high for at in minutes}
    past = tuple(Sample(NOW - at * MINUTE, number) for at, number in sorted(numbers.items(), reverse=True))
    now = read(series(Q.CPU, past[-1]), series(Q.CPU_LIMIT, Sample(past[-1].at, 8.0)), source="railway")
    history = {"production": seen((series(Q.CPU, *past),), source="history")}
    return facts(metrics=now, history=history)


def standing(found: Facts, key: str) -> TriggerStanding:
    return next(one for one in triggers(found, NOW) if one.trigger.key == key)


def users(number: float) -> list[TriggerState]:
    found = facts(metrics=read(value(Q.REGISTERED_USERS, number)))
    return [standing(found, key).state for key in ("users-1000", "users-10000")]


@pytest.mark.parametrize(
    ("number", "states"),
    [
        (999, [S.OK, S.OK]),
        (1000, [S.OK, S.OK]),
        (1001, [S.FIRED, S.OK]),
        (10000, [S.FIRED, S.OK]),
        (10001, [S.FIRED, S.FIRED]),
    ],
)
def test_users_fire_above_the_number_and_not_at_it(number: int, states: list[TriggerState]) -> None:
    assert users(number) == states


def test_users_are_those_that_the_settings_name() -> None:
    both = read(value(Q.REGISTERED_USERS, 5000), value(Q.DAILY_ACTIVE_USERS, 400))
    found = facts(metrics=both, budget=Budget(users=Q.DAILY_ACTIVE_USERS))
    assert (standing(found, "users-1000").state, standing(found, "users-1000").distance) == (S.OK, 600)


@pytest.mark.parametrize(("used", "state"), [(89, S.OK), (90, S.OK), (91, S.FIRED)])
def test_connections_fire_above_nine_tenths(used: int, state: TriggerState) -> None:
    found = standing(facts(metrics=read(value(Q.CONNECTIONS, used), value(Q.CONNECTIONS_MAX, 100))), "connections")
    assert (found.state, found.value) == (state, used / 100)


def test_connections_without_a_limit_are_unknown() -> None:
    assert standing(facts(metrics=read(value(Q.CONNECTIONS, 91))), "connections").state is S.UNKNOWN


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        pytest.param(range(0, 60, 1), S.RISING, id="59 min"),
        pytest.param(range(0, 61, 1), S.FIRED, id="60 min"),
        pytest.param(range(0, 61, 10), S.FIRED, id="60 min, seldom read"),
        pytest.param((0, *range(12, 75)), S.RISING, id="a silence"),
        pytest.param(range(0, 90, 12), S.RISING, id="nothing but silences"),
        pytest.param((0,), S.RISING, id="one sample"),
    ],
)
def test_the_cpu_fires_after_an_unbroken_hour(minutes: Iterable[float], state: TriggerState) -> None:
    assert standing(cpu_facts(minutes), "cpu").state is state


@pytest.mark.parametrize("at", [1, 30, 59])
def test_a_gap_or_a_moment_at_the_limit_begins_the_hour_anew(at: int) -> None:
    hour = range(61)
    broken = standing(cpu_facts(hour, holes=(at,)), "cpu")
    assert (broken.state, broken.since) == (S.RISING, NOW - (at - 1) * MINUTE)
    assert standing(cpu_facts(hour, low=(at,)), "cpu").since == NOW - (at - 1) * MINUTE
    assert standing(cpu_facts(range(130), holes=(65,)), "cpu").state is S.FIRED, "one before the hour is no matter"


def test_a_cpu_that_has_calmed_down_is_well() -> None:
    found = cpu_facts(range(120), low=(0,))
    assert (standing(found, "cpu").state, standing(found, "cpu").since) == (S.OK, None)


def test_the_longest_silence_that_is_no_gap() -> None:
    limit = GAP / MINUTE
    assert standing(cpu_facts((0, *(limit + n for n in range(61)))), "cpu").state is S.FIRED
    assert standing(cpu_facts((0, *(limit + 0.1 + n for n in range(61)))), "cpu").state is S.RISING


def test_the_cpu_without_its_limit_is_unknown() -> None:
    found = cpu_facts(range(61))
    bare = read(series(Q.CPU, Sample(NOW, 7.0)), source="railway")
    assert standing(replace(found, metrics=bare), "cpu").state is S.UNKNOWN


@pytest.mark.parametrize("key", [trigger.key for trigger in TRIGGERS])
def test_with_no_source_nothing_is_green(key: str) -> None:
    found = standing(facts(), key)
    assert (found.state, found.value, found.distance) == (S.NO_SOURCE, None, None)
    assert found.note


def test_what_is_old_or_failed_decides_nothing() -> None:
    fault = Fault(FaultKind.TIMEOUT, "prometheus", "Prometheus did not answer", at=NOW)
    fresh = read(value(Q.REGISTERED_USERS, 2000))
    failed = {name: reading.failed(fault, NOW) for name, reading in fresh.items()}
    old = {name: replace(reading, seen=NOW - timedelta(hours=3)) for name, reading in fresh.items()}
    for metrics in (failed, old):
        found = standing(facts(metrics=metrics), "users-1000")
        assert (found.state, found.value) == (S.UNKNOWN, 2000)
