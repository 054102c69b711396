"""What only a person can vouch for: it counts for 90 days, never before its day, and never without words that say what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from strideiq_console.domain.attested import (
    RESTORE_DRILL,
    STAGING_DATA,
    AttestedState,
    data_class,
    harmless,
    last_day,
    restore_drill,
    wanted_of,
)
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.reading import Level

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FAR = date(2099, 1, 1)


def drill(days: int, ends: date | None = None) -> ManualEntry:
    entered = TODAY - timedelta(days=days)
    return ManualEntry(RESTORE_DRILL, entered, ends or last_day(entered), None, "production")


def rows(days: int, note: str = "synthetic", ends: date | None = None, environment: str = "staging") -> ManualEntry:
    entered = TODAY - timedelta(days=days)
    return ManualEntry(STAGING_DATA, entered, ends or last_day(entered), None, environment, note=note)


@pytest.mark.parametrize(
    ("entries", "state", "days"),
    [
        pytest.param([], "NONE", None, id="none"),
        pytest.param([drill(0)], "CURRENT", 0, id="today"),
        pytest.param([drill(90)], "CURRENT", 90, id="the last day"),
        pytest.param([drill(91)], "OVERDUE", 91, id="one day too long ago"),
        pytest.param([drill(91, FAR)], "OVERDUE", 91, id="a far end silences nothing"),
        pytest.param([drill(90, FAR)], "CURRENT", 90, id="a far end is no fault"),
        pytest.param([drill(10, TODAY - timedelta(days=1))], "OVERDUE", 10, id="a sooner end counts"),
        pytest.param([drill(-1)], "FUTURE", None, id="still to come"),
        pytest.param([drill(-1), drill(5)], "CURRENT", 5, id="what is to come hides nothing"),
        pytest.param([drill(-1), drill(91)], "OVERDUE", 91, id="what is to come mends nothing"),
        pytest.param([drill(200), drill(5)], "CURRENT", 5, id="the newest counts"),
        pytest.param([drill(5, TODAY - timedelta(days=6))], "NONE", None, id="an end before its day is no entry"),
        pytest.param([replace(drill(5), environment="staging")], "NONE", None, id="another environment's"),
        pytest.param([replace(drill(5), environment="")], "CURRENT", 5, id="of all environments"),
        pytest.param([rows(5)], "NONE", None, id="another thing"),
    ],
)
def test_a_drill_counts_for_ninety_days_from_its_own(entries: list[ManualEntry], state: str, days: int | None) -> None:
    found = restore_drill(entries, "production", NOW)
    assert (found.state, found.days) == (AttestedState[state], days)
    assert found.level is (Level.OK if state == "CURRENT" else Level.WARNING)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        pytest.param([], "NONE", id="none"),
        pytest.param([rows(12)], "CURRENT", id="synthetic"),
        pytest.param([rows(12, "Sanitized copy of the spring")], "CURRENT", id="sanitized"),
        pytest.param([rows(12, "a copy of production")], "UNSAID", id="neither"),
        pytest.param([rows(12, "")], "UNSAID", id="no words"),
        pytest.param([rows(12, "not synthetic")], "UNSAID", id="the opposite"),
        pytest.param([rows(91)], "OVERDUE", id="over"),
        pytest.param([rows(200, ends=FAR)], "CURRENT", id="a far end is its own"),
        pytest.param([rows(-3)], "FUTURE", id="still to come"),
        pytest.param([rows(12, environment="production")], "NONE", id="another environment's"),
    ],
)
def test_data_that_nobody_vouches_for_is_unknown(entries: list[ManualEntry], state: str) -> None:
    found = data_class(entries, "staging", NOW)
    assert found.state is AttestedState[state]
    assert found.level is (Level.OK if state == "CURRENT" else Level.UNKNOWN)


def test_words_of_harmless_data_stand_at_the_beginning() -> None:
    assert [harmless(note) for note in (" Synthetic", "SANITISED copy", "sanitized", "real", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_day_at_the_end_of_all_has_an_end() -> None:
    assert last_day(date.max) == date.max
    assert last_day(date(2026, 11, 1)) == date(2027, 1, 30)


def test_who_wants_what() -> None:
    served = Environment("staging", "https://staging.strideiq.run", "", "/health", "staging")
    production = replace(served, name="production", production=True)
    entries = (drill(3), rows(3))
    assert [found.name for one in (production, served) if (found := wanted_of(entries, one, NOW))] == [RESTORE_DRILL, STAGING_DATA]
    assert wanted_of(entries, replace(served, name="local"), NOW) is None
    assert wanted_of(entries, replace(production, url=""), NOW) is None, "before the first deployment there is nothing to restore"
