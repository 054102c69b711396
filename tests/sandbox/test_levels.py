"""Gauges move by themselves, and stand at their knobs when the world begins."""

from __future__ import annotations

import pytest

from strideiq_console.sandbox import levels, traffic

HOUR, DAY = 3_600.0, 86_400.0
MOVING = ("connections", "pool_used", "redis_bytes", "queue_celery", "queue_sync", "registered_users", "daily_users")


@pytest.fixture
def state(world):
    return world.read()


def test_the_world_begins_at_its_knobs(state, world):
    now = world.clock.seconds()
    assert now == pytest.approx(traffic.began(state))
    stand = levels.at(state, "production", now)
    usual = traffic.CALM["production"]
    assert {name: stand[name] for name in MOVING[:-1]} == {name: usual[name] for name in MOVING[:-1]}


@pytest.mark.parametrize("name", MOVING)
def test_a_month_of_a_gauge_moves_and_stays_in_bounds(state, world, name):
    now = world.clock.seconds()
    seen = [levels.at(state, "production", now - hours * HOUR)[name] for hours in range(0, 30 * 24, 3)]
    usual = traffic.CALM["production"][name]
    assert len(set(seen)) >= 2
    assert all(value >= 0 and value == round(value) for value in seen)
    assert usual * 0.4 < sum(seen) / len(seen) < usual * 1.6
    assert max(seen) <= usual * 3


def test_the_same_moment_is_the_same_whenever_it_is_asked(state, world):
    at = world.clock.seconds() - 5 * HOUR
    first = levels.at(state, "production", at)
    world.advance(3 * HOUR)
    assert levels.at(world.read(), "production", at) == first


def test_nights_are_quiet_and_evenings_busy(state):
    midnight = 20_000 * DAY
    hours = [
        traffic.tally(state, "production", midnight + h * HOUR, midnight + (h + 1) * HOUR).latencies[float("inf")]
        for h in range(24)
    ]
    assert min(range(24), key=hours.__getitem__) in (1, 2, 3, 4)
    assert 14 <= max(range(24), key=hours.__getitem__) <= 20
    assert max(hours) / min(hours) > 1.5
    assert sum(hours) == pytest.approx(24 * 60 * (90 + traffic.HEALTH_A_MINUTE), rel=0.001), (
        "a day has the requests that its knob says"
    )


def test_the_last_day_has_a_mean_days_activities_and_others_differ(state, world):
    now = world.clock.seconds()
    days = [traffic.between(state, "production", now - (n + 1) * DAY, now - n * DAY).activities for n in range(14)]
    assert days[0] in (411, 412, 413)
    assert max(days) > 450 > 380 > min(days)


def test_a_drift_goes_evenly_and_stays(state, world):
    now = world.clock.seconds()
    state["drifts"] = {"production": [{"knob": "queue_sync", "from": now - 2 * HOUR, "until": now, "to": 91.0}]}
    seen = [levels.at(state, "production", now + hours * HOUR)["queue_sync"] for hours in (-1.5, -1.0, -0.5, 0, 5)]
    assert seen == [31, 51, 71, 91, 91]
    assert levels.at(state, "staging", now)["queue_sync"] == 1


def test_among_few_requests_a_slow_one_is_no_matter_of_rounding(state, world):
    now = world.clock.seconds()
    for minutes in range(0, 24 * 60, 5):
        end = now - minutes * 60.0
        counted = traffic.between(state, "staging", end - 300, end).latencies
        slow = counted[float("inf")] - counted[2.0]
        assert counted[float("inf")] >= 20
        assert slow in (0.0, 1.0)
        assert list(counted.values()) == sorted(counted.values())
    day = traffic.between(state, "staging", now - DAY, now).latencies
    assert day[float("inf")] - day[2.0] <= 2
