"""The document's alerts at their edges: exactly at the limit, 19 and 20 requests, gaps, flapping, blindness (R108, R109, T24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.policy.alert_rules import RULES, with_limits
from strideiq_console.domain.policy.alerting import AlertStanding, AlertState, Track, judge, standings
from strideiq_console.domain.reading import Level

from .made_metrics import FIVE, MINUTE, NOW, PLACES, MadeFacts, history, minutes, reading, series

OK, PENDING, FIRING = AlertState.OK, AlertState.PENDING, AlertState.FIRING
RECOVERING, BLIND, TOO_FEW = AlertState.RECOVERING, AlertState.BLIND, AlertState.TOO_FEW
ERRORS, P99, CONNECTIONS, QUEUE = RULES


def judged(rule: object, values: list[float | None], n: int | None = None, window: timedelta = timedelta(0)) -> AlertStanding:
    track = Track("prometheus", "", minutes(values, n), window)
    return judge(rule, "production", Level.WARNING, track, NOW, FIVE)  # type: ignore[arg-type]


def test_the_rules_are_the_documents() -> None:
    assert [(r.name, r.limit, r.severity, r.least, r.window) for r in RULES] == [
        ("error_rate", 0.05, Level.CRITICAL, 20, FIVE),
        ("p99", 2000.0, Level.WARNING, 20, FIVE),
        ("connections", 0.8, Level.WARNING, None, FIVE),
        ("queue", 100.0, Level.WARNING, None, FIVE),
    ]


@pytest.mark.parametrize(
    ("quantity", "at_limit", "above"),
    [
        (Quantity.ERROR_RATE, 5 / 100, 0.0501),
        (Quantity.ERROR_RATE, 1 / 20, 0.0501),
        (Quantity.P99, 2000.0, 2000.1),
        (Quantity.QUEUE_DEPTH, 100.0, 101.0),
    ],
    ids=["5 of 100", "1 of 20", "2 s", "100 waiting"],
)
def test_exactly_at_the_limit_is_good(quantity: Quantity, at_limit: float, above: float) -> None:
    rule = next(rule for rule in RULES if rule.quantity is quantity)
    assert judged(rule, [at_limit] * 30, 100, FIVE).state is OK
    assert judged(rule, [above] * 30, 100, FIVE).state is FIRING


def test_connections_are_a_share_of_their_own_maximum() -> None:
    def stand(used: float) -> AlertStanding:
        both = (series(Quantity.CONNECTIONS, [used] * 10), series(Quantity.CONNECTIONS_MAX, [100.0] * 10))
        facts = MadeFacts(metrics={"production/prometheus": reading(*both)}, history=history(*both))
        return next(s for s in standings(facts, NOW) if s.rule is CONNECTIONS)

    assert (stand(80).state, stand(80).value) == (OK, 0.8)
    assert (stand(81).state, stand(81).value) == (FIRING, 0.81)


def test_connections_without_a_maximum_cannot_be_judged() -> None:
    facts = MadeFacts(metrics={"production/prometheus": reading(series(Quantity.CONNECTIONS, [99.0]))})
    found = next(s for s in standings(facts, NOW) if s.rule is CONNECTIONS)
    assert (found.state, found.level) == (BLIND, Level.UNKNOWN)


@pytest.mark.parametrize(("n", "state"), [(19, TOO_FEW), (20, FIRING), (None, FIRING), (0, TOO_FEW)])
def test_nineteen_requests_say_nothing_and_twenty_do(n: int | None, state: AlertState) -> None:
    assert judged(ERRORS, [0.9], n, FIVE).state is state


def test_a_rate_of_nothing_is_too_few_and_not_good() -> None:
    found = judged(ERRORS, [None], 0, FIVE)
    assert (found.state, found.n, found.level) == (TOO_FEW, 0, Level.UNKNOWN)


def test_a_gauge_must_hold_for_the_window_and_a_rate_sums_it_up_already() -> None:
    assert judged(QUEUE, [0, 140]).state is PENDING
    assert judged(QUEUE, [0, *[140] * 5]).state is PENDING  # 4 minutes from the first to the last
    assert judged(QUEUE, [0, *[140] * 6]).state is FIRING
    assert judged(ERRORS, [0.0, 0.07], 100, FIVE).state is FIRING
    assert judged(ERRORS, [0.0, 0.07], 100, MINUTE).state is PENDING  # a source that sums up one minute only


def test_since_is_when_it_went_above_and_not_when_it_fired() -> None:
    found = judged(QUEUE, [0, *[140] * 9])
    assert (found.since, found.earlier) == (NOW - 8 * MINUTE, False)
    assert judged(QUEUE, [140] * 9).earlier, "where the samples begin with it, it may have been before"
    assert judged(QUEUE, [0] * 9).since is None


def test_one_dip_does_not_end_an_alert() -> None:
    up, dip = [140.0] * 10, [20.0]
    assert judged(QUEUE, [*up, *dip]).state is RECOVERING
    assert judged(QUEUE, [*up, *dip, 140.0]).state is FIRING
    assert judged(QUEUE, [0.0, *up, *dip, 140.0]).since == NOW - 11 * MINUTE
    assert judged(QUEUE, [*up, *dip * 5]).state is RECOVERING
    ended = judged(QUEUE, [*up, *dip * 6])
    assert (ended.state, ended.since) == (OK, None)


def test_a_value_that_flaps_stays_one_alert() -> None:
    flapping: list[float | None] = [140.0 if i % 3 else 20.0 for i in range(30)]
    found = judged(QUEUE, [0.0, *[140.0] * 6, *flapping])
    assert found.raised
    assert found.since == NOW - 35 * MINUTE


def test_flapping_that_never_holds_never_fires() -> None:
    assert judged(QUEUE, [140.0 if i % 3 else 20.0 for i in range(60)]).state is not FIRING


def test_a_gap_confirms_nothing_and_ends_nothing() -> None:
    assert judged(QUEUE, [140.0, None, None, None, None, 140.0]).state is FIRING  # 5 minutes with samples at both ends
    assert judged(QUEUE, [140.0, *[None] * 6, 140.0]).state is PENDING, "too far apart to speak for the time between"
    assert judged(QUEUE, [*[140.0] * 6, *[None] * 8, 140.0]).state is FIRING, "silence does not end an alert"
    assert judged(QUEUE, [*[140.0] * 6, None, None]).state is FIRING


def test_missing_data_is_blind_and_remembers_how_it_stood() -> None:
    found = judged(QUEUE, [*[140.0] * 6, *[None] * 6])
    assert (found.state, found.before, found.level, found.value) == (BLIND, FIRING, Level.UNKNOWN, 140.0)
    assert judged(QUEUE, [*[0.0] * 6, *[None] * 6]).before is OK


def test_a_night_without_users_is_too_few_and_not_the_end_of_an_alert() -> None:
    track = Track("prometheus", "", (*minutes([0.2] * 5, 100, end=NOW - 2 * MINUTE), *minutes([0.0, 0.0], 3)), FIVE)
    assert judge(ERRORS, "production", Level.CRITICAL, track, NOW, FIVE).state is FIRING
    later = Track("prometheus", "", (*minutes([0.2] * 5, 100, end=NOW - 9 * MINUTE), *minutes([0.0] * 9, 3)), FIVE)
    found = judge(ERRORS, "production", Level.CRITICAL, later, NOW, FIVE)
    assert (found.state, found.before) == (TOO_FEW, FIRING)


def test_each_queue_is_judged_by_itself() -> None:
    queues = (series(Quantity.QUEUE_DEPTH, [60.0] * 9, part="celery"), series(Quantity.QUEUE_DEPTH, [140.0] * 9, part="sync"))
    facts = MadeFacts(metrics={"production/prometheus": reading(*queues)}, history=history(*queues))
    found = [(s.part, s.state) for s in standings(facts, NOW) if s.rule is QUEUE]
    assert found == [("sync", FIRING), ("celery", OK)]


def test_a_queue_that_the_source_no_longer_names_is_gone() -> None:
    old = series(Quantity.QUEUE_DEPTH, [400.0] * 9, part="import")
    facts = MadeFacts(
        metrics={"production/prometheus": reading(series(Quantity.QUEUE_DEPTH, [1.0], part="celery"))},
        history=history(old, series(Quantity.QUEUE_DEPTH, [1.0] * 9, part="celery")),
    )
    assert [s.part for s in standings(facts, NOW) if s.rule is QUEUE] == ["celery"]


def test_samples_of_two_sources_are_never_mixed() -> None:
    facts = MadeFacts(
        metrics={
            "production/railway": reading(series(Quantity.ERROR_RATE, [0.0], n=90, source="railway", window=FIVE), source="railway")
        },
        history=history(series(Quantity.ERROR_RATE, [0.3] * 20, n=90, window=FIVE)),
    )
    found = next(s for s in standings(facts, NOW) if s.rule is ERRORS)
    assert (found.source, found.state) == ("railway", OK)


def test_from_the_store_alone_it_says_the_same_until_it_is_too_old() -> None:
    errors = series(Quantity.ERROR_RATE, [*[0.0] * 5, *[0.08] * 5], n=90, window=FIVE)
    facts = MadeFacts(metrics={"production/prometheus": reading(errors)}, history=history(errors))
    fresh = next(s for s in standings(facts, NOW + MINUTE) if s.rule is ERRORS)
    old = next(s for s in standings(facts, NOW + 3 * FIVE) if s.rule is ERRORS)
    assert (fresh.state, fresh.since) == (FIRING, NOW - 4 * MINUTE)
    assert (old.state, old.before, old.level) == (BLIND, FIRING, Level.UNKNOWN)


def test_nobody_measures_is_blind_and_never_good() -> None:
    found = standings(MadeFacts(environments=PLACES), NOW)
    assert {s.state for s in found} == {BLIND}
    assert {s.environment for s in found} == {"production", "staging"}
    assert all(s.note.startswith("no source") and not s.source for s in found)


def test_outside_production_an_alert_is_a_warning_and_comes_later() -> None:
    def of(name: str) -> object:
        return reading(series(Quantity.ERROR_RATE, [0.5], n=90, window=FIVE))

    facts = MadeFacts(PLACES, {"staging/prometheus": of("staging"), "production/prometheus": of("production")})  # type: ignore[dict-item]
    found = [s for s in standings(facts, NOW) if s.raised]
    assert [(s.environment, s.severity) for s in found] == [("production", Level.CRITICAL), ("staging", Level.WARNING)]


def test_limits_are_settings() -> None:
    rules = with_limits(0.1, 500.0, 0.5, 1000.0)
    assert [rule.limit for rule in rules] == [0.1, 500.0, 0.5, 1000.0]
    facts = MadeFacts(
        metrics={"production/prometheus": reading(series(Quantity.ERROR_RATE, [0.07], n=90, window=FIVE))}, rules=rules
    )
    assert next(s for s in standings(facts, NOW) if s.rule.name == "error_rate").state is OK


values = st.lists(st.one_of(st.none(), st.floats(0, 200, allow_nan=False)), min_size=1, max_size=70)


@given(values)
def test_whatever_is_seen_an_alert_needs_a_window_above_and_ends_only_below(found: list[float | None]) -> None:
    result = judged(QUEUE, found)
    known = [value for value in found if value is not None]
    recent = [value for value in found[-6:] if value is not None]
    if not any(value > 100 for value in known):
        assert result.state in (OK, BLIND)
    if result.state is OK:
        assert recent
        assert recent[-1] <= 100
    if result.state is FIRING:
        assert known[-1] > 100 or len(recent) < 6
    if not recent:
        assert result.state is BLIND
    if result.raised or result.state is PENDING:
        assert result.since is not None


@given(values, st.integers(0, 19))
def test_too_few_requests_never_fire(found: list[float | None], n: int) -> None:
    assert judged(P99, [None if v is None else v * 100 for v in found], n, FIVE).state in (TOO_FEW, BLIND)
