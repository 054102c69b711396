"""Entries by hand count from their day to their end; afterwards they are unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from strideiq_console.domain.fault import ConfigurationError, FaultKind
from strideiq_console.domain.manual_entry import ManualEntry, Validity
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.reading import Look
from strideiq_console.providers.manual import Manual
from tests.providers.hosting import StillClock

WINDOW = timedelta(days=1)
USERS = ManualEntry("daily_active_users", date(2026, 1, 5), date(2026, 1, 12), 214, note="from the\x1b ledger")


class ClockAt(StillClock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


def at(day: int, hour: int = 12, *entries: ManualEntry) -> Manual:
    return Manual(entries=entries or (USERS,), clock=ClockAt(datetime(2026, 1, day, hour, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("now", "validity"),
    [
        (datetime(2026, 1, 4, 23, 59, tzinfo=UTC), Validity.FUTURE),
        (datetime(2026, 1, 5, 0, 0, tzinfo=UTC), Validity.CURRENT),
        (datetime(2026, 1, 12, 23, 59, 59, tzinfo=UTC), Validity.CURRENT),
        (datetime(2026, 1, 13, 0, 0, tzinfo=UTC), Validity.EXPIRED),
    ],
    ids=["before", "first", "last", "after"],
)
def test_it_counts_from_its_day_to_the_end_of_its_last(now: datetime, validity: Validity) -> None:
    assert USERS.validity(now) is validity


async def test_a_current_entry_is_a_series_and_an_expired_one_is_unknown_with_its_reason() -> None:
    current = await at(9).metrics("production", WINDOW)
    assert current.value(Quantity.DAILY_ACTIVE_USERS) == 214
    assert current.series[0].samples[0].at == datetime(2026, 1, 5, tzinfo=UTC)
    assert "counts until 2026-01-12; from the" in current.series[0].note
    assert "\x1b" not in current.series[0].note
    assert current.complete
    expired = await at(13, 0).metrics("production", WINDOW)
    assert expired.value(Quantity.DAILY_ACTIVE_USERS) is None
    assert expired.series[0].samples == ()
    assert "expired on 2026-01-12" in dict(expired.missing)[Quantity.DAILY_ACTIVE_USERS]
    assert not expired.complete


async def test_the_newest_entry_counts_and_an_old_one_never_stands_in_for_it() -> None:
    old = ManualEntry("daily_active_users", date(2026, 1, 1), date(2026, 12, 31), 1)
    metrics = await at(13, 0, USERS, old).metrics("production", WINDOW)
    assert metrics.value(Quantity.DAILY_ACTIVE_USERS) is None
    staging = ManualEntry("daily_active_users", date(2026, 1, 5), date(2026, 1, 20), 7, environment="staging")
    both = at(9, 12, staging, USERS)
    assert (await both.metrics("staging", WINDOW)).value(Quantity.DAILY_ACTIVE_USERS) == 7
    assert (await both.metrics("production", WINDOW)).value(Quantity.DAILY_ACTIVE_USERS) == 214


def test_a_thing_with_a_date_alone_is_a_reading_of_its_age() -> None:
    drill = ManualEntry("restore_drill", date(2026, 1, 1), date(2026, 3, 31), evidence="restored into a scratch database")
    reading = at(9, 12, drill).reading("restore_drill")
    assert reading.value == drill
    now = datetime(2026, 1, 9, 12, tzinfo=UTC)
    assert reading.age(now) == timedelta(days=8, hours=12)
    assert reading.look(now, timedelta(days=90)) is Look.FRESH
    late = Manual(entries=(drill,), clock=ClockAt(datetime(2026, 4, 1, tzinfo=UTC))).reading("restore_drill")
    assert late.value is None
    assert late.fault is not None
    assert (late.fault.kind, "expired on 2026-03-31" in late.fault.cause) == (FaultKind.MISSING, True)
    none = at(9).reading("hourly_backup")
    assert none.fault is not None
    assert none.fault.kind is FaultKind.NOT_CONFIGURED


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"expires": date(2026, 1, 1)}, "before it was entered"),
        ({"value": float("nan")}, "no number"),
        ({"value": -1.0}, "no number"),
        ({"value": None}, "has no value"),
        ({"name": ""}, "has no name"),
        ({"name": "error_rate", "value": 5.0}, "between 0 and 1"),
    ],
    ids=["dates", "nan", "negative", "empty", "nameless", "share"],
)
def test_an_entry_that_cannot_be_is_named(words: dict[str, Any], problem: str) -> None:
    given = {"name": "daily_active_users", "entered": date(2026, 1, 5), "expires": date(2026, 1, 12), "value": 1.0} | words
    with pytest.raises(ConfigurationError) as caught:
        at(9, 12, USERS, ManualEntry(**given))
    assert "manual entry 2" in caught.value.cause
    assert problem in caught.value.cause
