"""What a severity leaves, where the time of a hotfix went, and what staging first costs (R51, T13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from strideiq_console.domain.policy.clocks import (
    Budget,
    Clock,
    ClockLevel,
    budget,
    clock_of,
    step_times,
    typical,
)
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution
from strideiq_console.domain.runbook.model import Plan, Verb, step
from strideiq_console.domain.runbook.replay import replay

AT = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
P1, P2, P3 = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24)
STEPS = (
    step("checks", Verb.AWAIT_CHECKS, "checks", "why"),
    step("ask", Verb.ASK, "try it", "why"),
    step("merge", Verb.MERGE, "merge", "why", level=3),
)


def at(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def execution(*events: tuple[float, EntryKind, str], severity: str = "P1") -> Execution:
    inputs = (("severity", severity),) if severity else ()
    plan = Plan("hotfix", "hotfix x", inputs, (), (), STEPS, AT)
    return replay("id", plan, AT, [Entry(n, at(minutes), kind, about) for n, (minutes, kind, about) in enumerate(events)])


@pytest.mark.parametrize(
    ("limit", "minutes", "level", "words"),
    [
        (P1, -5, ClockLevel.OK, "0 of 15 min"),
        (P1, 0, ClockLevel.OK, "0 of 15 min"),
        (P1, 9.9, ClockLevel.OK, "9 of 15 min"),
        (P1, 11.99, ClockLevel.OK, "11 of 15 min"),
        (P1, 12, ClockLevel.WARNING, "12 of 15 min, 3 min left"),
        (P1, 14.5, ClockLevel.WARNING, "14 of 15 min, 1 min left"),
        (P1, 15, ClockLevel.OVER, "15 of 15 min, over time"),
        (P1, 200, ClockLevel.OVER, "200 of 15 min, over time"),
        (P2, 47, ClockLevel.OK, "47 of 60 min"),
        (P2, 48, ClockLevel.WARNING, "48 of 60 min, 12 min left"),
        (P3, 19 * 60, ClockLevel.OK, "19 of 24 h"),
        (P3, 20 * 60, ClockLevel.WARNING, "20 of 24 h, 4 h left"),
        (P3, 23 * 60, ClockLevel.WARNING, "23 of 24 h, 60 min left"),
    ],
)
def test_a_clock_says_what_is_left(limit: timedelta, minutes: float, level: ClockLevel, words: str) -> None:
    clock, now = Clock(AT, limit), at(minutes)
    assert (clock.level(now), clock.sentence(now)) == (level, words)
    assert clock.left(now) == limit - max(timedelta(minutes=minutes), timedelta(0))


def test_a_clock_stops_when_the_execution_ends() -> None:
    ended = execution((13, EntryKind.FINISHED, ""))
    clock = clock_of(ended)
    assert clock == Clock(AT, P1, at(13))
    assert clock.sentence(at(500)) == "13 of 15 min"
    assert clock.level(at(500)) is ClockLevel.WARNING


@pytest.mark.parametrize(("severity", "limit"), [("P1", P1), ("P2", P2), ("P3", P3), ("P4", None), ("", None), ("P9", None)])
def test_the_severity_gives_the_limit(severity: str, limit: timedelta | None) -> None:
    assert clock_of(execution(severity=severity)) == (None if limit is None else Clock(AT, limit))


WAITED = execution(
    (1, EntryKind.INTENDED, "checks"),
    (1, EntryKind.WAITING, "checks"),
    (61, EntryKind.DONE, "checks"),
    (62, EntryKind.ANSWERED, "ask"),
)


def test_each_step_has_its_time() -> None:
    checks, ask = step_times(WAITED, at(70))
    assert (checks.step, checks.title, checks.spent, checks.asleep) == ("checks", "checks", timedelta(minutes=60), timedelta(0))
    assert (ask.step, ask.spent) == ("ask", timedelta(minutes=8))
    assert step_times(execution(), at(70)) == ()


def test_sleep_is_seen_as_a_gap_between_looks() -> None:
    looks = [at(minutes) for minutes in (0, 1, 2, 3, 58, 59, 60, 61, 62, 63)]
    checks, ask = step_times(WAITED, at(70), looks)
    assert (checks.spent, checks.asleep, checks.whole) == (timedelta(minutes=5), timedelta(minutes=55), timedelta(minutes=60))
    assert (ask.spent, ask.asleep) == (timedelta(minutes=1), timedelta(minutes=7))


def test_a_step_in_which_nobody_looked_was_slept_through() -> None:
    checks, _ = step_times(WAITED, at(70), [at(0.5)])
    assert (checks.spent, checks.asleep) == (timedelta(0), timedelta(minutes=60))
    exact = step_times(execution((1, EntryKind.INTENDED, "checks")), at(2), [at(0)])
    assert exact[0].asleep == timedelta(0)


def test_a_clock_that_was_set_back_gives_no_negative_time() -> None:
    (checks,) = step_times(execution((9, EntryKind.INTENDED, "checks")), at(3), [at(9), at(3)])
    assert checks.whole == timedelta(0)


def test_an_execution_that_ended_keeps_its_times() -> None:
    given_up = execution((1, EntryKind.INTENDED, "checks"), (4, EntryKind.ABANDONED, ""))
    assert [time.spent for time in step_times(given_up, at(500))] == [timedelta(minutes=3)]


def minutes(*values: float) -> list[timedelta]:
    return [timedelta(minutes=value) for value in values]


OVER = ", and the limit is 15 min: roll back at the provider first, then ship the fix"
UNKNOWN = "staging first costs checks and a deployment twice; how long those take here is not known"


@pytest.mark.parametrize(
    ("checks", "deployments", "severity", "words"),
    [
        ((5, 3, 9), (6, 6), "P1", f"staging first takes about 22 min: checks 5 min and deployment 6 min, both twice{OVER}"),
        ((2,), (3,), "P1", "staging first takes about 10 min: checks 2 min and deployment 3 min, both twice; the limit is 15 min"),
        ((2,), (3.5,), "P4", "staging first takes about 11 min: checks 2 min and deployment 4 min, both twice"),
        ((60,), (30,), "P3", "staging first takes about 3 h: checks 60 min and deployment 30 min, both twice; the limit is 24 h"),
        ((), (3,), "P1", f"{UNKNOWN}, and the limit is 15 min"),
        ((2,), (), "P4", UNKNOWN),
    ],
    ids=["over", "within", "no limit", "hours", "no checks", "no deployments"],
)
def test_what_staging_first_costs(checks: tuple[float, ...], deployments: tuple[float, ...], severity: str, words: str) -> None:
    assert budget(minutes(*checks), minutes(*deployments), severity).sentence() == words


def test_two_cycles_that_end_at_the_limit_do_not_fit() -> None:
    assert Budget(timedelta(minutes=4), timedelta(minutes=3.5), P1).fits is False
    assert Budget(timedelta(minutes=4), timedelta(minutes=3), P1).fits is True
    assert Budget(None, timedelta(minutes=3), P1).fits is None
    assert typical([]) is None
    assert typical(minutes(1, 2, 30, 3)) == timedelta(minutes=2.5)
