"""Which source a value is taken from, and in which words there is none (R102-R107, T29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.measured import Measured, MeasuredState, measured
from strideiq_console.domain.metric import Quantity, Series
from strideiq_console.domain.reading import Reading

from .made_metrics import FIVE, MINUTE, NOW, MadeFacts, history, reading, series

DOWN = Fault(FaultKind.UNREACHABLE, "prometheus", "prometheus does not answer", next_step="look at it")


def of(quantity: Quantity, *, past: tuple[Series, ...] = (), **readings: object) -> Measured:
    metrics = {f"production/{name}": value for name, value in readings.items()}
    return measured(MadeFacts(metrics=metrics, history=history(*past)), "production", quantity, NOW)  # type: ignore[arg-type]


def p99(value: float, n: int = 90, source: str = "prometheus") -> Series:
    return series(Quantity.P99, [value], n=n, source=source, window=FIVE)


def test_the_first_fresh_source_counts() -> None:
    found = of(Quantity.P99, prometheus=reading(p99(300)), railway=reading(p99(900, source="railway"), source="railway"))
    assert (found.state, found.value, found.source, found.n, found.window) == (MeasuredState.KNOWN, 300, "prometheus", 90, FIVE)


def test_a_source_with_requests_enough_comes_before_one_with_too_few() -> None:
    found = of(Quantity.P99, prometheus=reading(p99(300, 3)), railway=reading(p99(900, source="railway"), source="railway"))
    assert (found.state, found.source) == (MeasuredState.KNOWN, "railway")
    assert of(Quantity.P99, prometheus=reading(p99(300, 19))).state is MeasuredState.TOO_FEW


def test_a_fresh_source_comes_before_one_that_failed() -> None:
    old = reading(p99(300), fault=DOWN)
    found = of(Quantity.P99, prometheus=old, railway=reading(p99(900, source="railway"), source="railway"))
    assert found.source == "railway"
    alone = of(Quantity.P99, prometheus=old)
    assert (alone.state, alone.value, alone.note) == (MeasuredState.STALE, 300, "prometheus does not answer")


@pytest.mark.parametrize(("minutes", "state"), [(2, MeasuredState.KNOWN), (3, MeasuredState.STALE)])
def test_older_than_two_periods_is_stale(minutes: int, state: MeasuredState) -> None:
    seen = NOW - minutes * MINUTE
    found = of(Quantity.P99, prometheus=reading(series(Quantity.P99, [300], n=90, end=seen), seen=seen))
    assert (found.state, found.age) == (state, minutes * MINUTE)


def test_a_source_that_never_answered_is_blind_for_what_it_would_tell() -> None:
    failed: Reading[object] = Reading("prometheus", fault=DOWN)
    assert of(Quantity.P99, prometheus=failed).state is MeasuredState.BLIND
    assert of(Quantity.P99, postgres=Reading("postgres", fault=DOWN)).state is MeasuredState.NO_SOURCE
    assert of(Quantity.CONNECTIONS, postgres=Reading("postgres", fault=DOWN)).state is MeasuredState.BLIND
    assert of(Quantity.P99, prometheus=Reading("prometheus")).note == "not read yet"


def test_a_source_that_is_not_configured_is_no_source_and_says_how() -> None:
    fault = Fault(FaultKind.NOT_CONFIGURED, "railway", "there is no token for railway", next_step="strideiq secrets set railway")
    found = of(Quantity.P99, railway=Reading("railway", fault=fault))
    assert found.state is MeasuredState.NO_SOURCE
    assert found.note == "there is no token for railway: strideiq secrets set railway"


def test_nobody_configured_anything() -> None:
    assert of(Quantity.P99).state is MeasuredState.NO_SOURCE


def test_what_is_not_exported_has_a_hint_and_is_not_zero() -> None:
    hint = "no series is called strideiq_daily_active_users now: export it"
    found = of(Quantity.DAILY_ACTIVE_USERS, prometheus=reading(p99(1), missing=((Quantity.DAILY_ACTIVE_USERS, hint),)))
    assert (found.state, found.value, found.note) == (MeasuredState.NO_SOURCE, None, hint)


def test_what_a_failed_query_left_out_is_blind() -> None:
    missing = ((Quantity.COACH_CONVERSATIONS, "prometheus: a query is refused"),)
    found = of(Quantity.COACH_CONVERSATIONS, prometheus=reading(p99(1), missing=missing, complete=False))
    assert (found.state, found.note) == (MeasuredState.BLIND, "prometheus: a query is refused")


def test_a_rate_of_no_requests_is_too_few() -> None:
    found = of(
        Quantity.ERROR_RATE, prometheus=reading(series(Quantity.ERROR_RATE, [None], n=0, note="n/a: no request in the window"))
    )
    assert (found.state, found.n, found.value) == (MeasuredState.TOO_FEW, 0, None)


def test_an_inspection_that_failed_is_blind_and_not_zero_workers() -> None:
    workers = series(Quantity.WORKERS, [None], source="redis", note="no worker registered for remote control")
    assert of(Quantity.WORKERS, redis=reading(workers, source="redis")).state is MeasuredState.BLIND


def test_no_maxmemory_is_no_limit_and_no_fault() -> None:
    both = (series(Quantity.REDIS_MEMORY, [61e6]), replace(series(Quantity.REDIS_MEMORY_MAX, []), note="no maxmemory set"))
    assert of(Quantity.REDIS_MEMORY, prometheus=reading(*both)).limit is None
    assert of(Quantity.REDIS_MEMORY_MAX, prometheus=reading(*both)).state is MeasuredState.NO_SOURCE


def test_the_worst_part_is_the_value_and_a_part_without_one_is_said() -> None:
    queues = [series(Quantity.QUEUE_DEPTH, [v], part=p) for p, v in (("celery", 12.0), ("sync", 140.0), ("import", None))]
    found = of(Quantity.QUEUE_DEPTH, prometheus=reading(*queues))
    assert (found.value, found.part, len(found.parts), found.complete) == (140.0, "sync", 3, False)


def test_connections_are_measured_by_the_share_of_their_own_server() -> None:
    parts = [
        *(series(Quantity.CONNECTIONS, [v], part=p) for p, v in (("big", 90.0), ("small", 19.0))),
        *(series(Quantity.CONNECTIONS_MAX, [v], part=p) for p, v in (("big", 500.0), ("small", 20.0))),
    ]
    found = of(Quantity.CONNECTIONS, prometheus=reading(*parts))
    assert (found.part, found.value, found.limit, found.share) == ("small", 19.0, 20.0, 0.95)


def test_the_last_hour_ends_with_the_present() -> None:
    past = series(Quantity.P99, [100, 200], n=90, end=NOW - timedelta(minutes=2))
    found = of(Quantity.P99, past=(past,), prometheus=reading(p99(300)))
    assert found.series is not None
    assert [s.value for s in found.series.samples] == [100, 200, 300]


def test_the_hour_of_another_source_is_shown_and_not_mixed_with_the_present() -> None:
    past = series(Quantity.P99, [100, 200], n=90, end=NOW - timedelta(minutes=2))
    found = of(Quantity.P99, past=(past,), railway=reading(p99(300, source="railway"), source="railway"))
    assert found.series is not None
    assert (found.series.source, len(found.series.samples)) == ("prometheus", 2)


def test_a_value_entered_by_hand_is_as_old_as_its_entry() -> None:
    entered = NOW - timedelta(days=3)
    found = of(
        Quantity.REGISTERED_USERS,
        manual=reading(series(Quantity.REGISTERED_USERS, [214], source="manual", end=entered), source="manual"),
    )
    assert (found.seen, found.age) == (entered, timedelta(days=3))
