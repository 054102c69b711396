"""What providers charged in the month before is asked for once a day, and never hides the running month."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from strideiq_console.domain.cost import Charges
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.services.billing import Before, month_start

NOW = datetime(2026, 1, 16, 12, tzinfo=UTC)


class Asked:
    """Answers each period, and records which were asked for."""

    def __init__(self) -> None:
        self.periods: list[tuple[datetime, datetime]] = []
        self.refuses = False

    async def charges(self, start: datetime, end: datetime) -> Charges:
        self.periods.append((start, end))
        if self.refuses:
            raise OutsideError(Fault(FaultKind.TIMEOUT, "railway", "no answer"))
        return Charges("railway", (), start, end)


def at(before: Before, moment: datetime) -> Charges | None:
    return asyncio.run(_of(before, moment))


async def _of(before: Before, moment: datetime) -> Charges | None:
    return await before.of(moment)


def test_the_month_before_is_whole_and_asked_for_once_a_day() -> None:
    asked = Asked()
    before = Before(asked.charges)
    for minutes in range(0, 24 * 60, 30):
        told = at(before, NOW + timedelta(minutes=minutes))
    assert told is not None
    assert asked.periods == [(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))]
    at(before, NOW + timedelta(days=1))
    assert len(asked.periods) == 2


def test_a_new_month_is_asked_for_at_once() -> None:
    asked = Asked()
    before = Before(asked.charges)
    last = datetime(2026, 1, 31, 23, 50, tzinfo=UTC)
    at(before, last)
    at(before, last + timedelta(minutes=20))
    assert asked.periods[-1] == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize("again", [timedelta(hours=1), timedelta(hours=30)])
def test_a_refusal_is_not_asked_again_before_a_day_is_over(again: timedelta) -> None:
    asked = Asked()
    asked.refuses = True
    before = Before(asked.charges)
    assert at(before, NOW) is None
    asked.refuses = False
    told = at(before, NOW + again)
    assert (told is None) == (again < timedelta(days=1))


def test_months_begin_in_utc() -> None:
    zone = datetime.fromisoformat("2026-02-01T00:30:00+02:00")
    assert month_start(zone) == datetime(2026, 1, 1, tzinfo=UTC)
