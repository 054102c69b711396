"""Samples that the console keeps: whole for a day, thinned out after it, bounded always."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.metric import Quantity, Sample, Series
from strideiq_console.store.samples import Samples
from strideiq_console.store.store import Store

NOW = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "console.db") as opened:
        yield opened


def one(
    at: datetime, value: float | None, *, quantity: Quantity = Quantity.QUEUE_DEPTH, part: str = "", n: int | None = None
) -> Series:
    return Series(quantity, "production", "redis", (Sample(at, value),), part, n=n)


def kept(samples: Samples, quantity: Quantity = Quantity.QUEUE_DEPTH) -> tuple[Series, ...]:
    return samples.series("production", (quantity,), LONG_AGO)


def test_what_is_kept_is_read_back_by_source_and_part(store: Store) -> None:
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        store.samples.keep([one(at, minute, part="celery"), one(at, 40 + minute, part="sync"), one(at, None, part="import")])
        store.samples.keep([one(at, 0.01 * minute, quantity=Quantity.ERROR_RATE, n=90 + minute)])
    celery, sync = kept(store.samples)
    assert (celery.source, celery.part, [s.value for s in celery.samples]) == ("redis", "celery", [0.0, 1.0, 2.0])
    assert [s.at for s in sync.samples] == [NOW + timedelta(minutes=m) for m in range(3)]
    (errors,) = kept(store.samples, Quantity.ERROR_RATE)
    assert ([s.n for s in errors.samples], errors.n) == ([90, 91, 92], 92)
    assert store.samples.series("staging", (Quantity.QUEUE_DEPTH,), LONG_AGO) == ()
    assert store.samples.series("production", (Quantity.QUEUE_DEPTH,), NOW + timedelta(minutes=2))[0].samples[0].value == 2.0


def test_a_busy_console_keeps_no_more_than_one_a_minute(store: Store) -> None:
    for second in range(0, 180, 15):
        store.samples.keep([one(NOW + timedelta(seconds=second), second)])
    assert [s.value for s in kept(store.samples)[0].samples] == [0.0, 60.0, 120.0]


def test_older_than_a_day_is_one_a_quarter_hour_and_older_than_35_days_is_gone(store: Store) -> None:
    start = NOW - timedelta(days=36)
    for hours in (0, 24 * 3, 24 * 35 + 2):  # 36 days ago, 33 days ago, 22 hours ago
        for minute in range(60):
            store.samples.keep([one(start + timedelta(hours=hours, minutes=minute), minute)])
    store.samples.thin(NOW.timestamp())
    (found,) = kept(store.samples)
    third = [s for s in found.samples if NOW - timedelta(days=34) < s.at < NOW - timedelta(days=32)]
    assert not [s for s in found.samples if s.at < NOW - timedelta(days=35)]
    assert len(third) in (4, 5)  # the hour touches so many quarters
    assert len([s for s in found.samples if s.at > NOW - timedelta(days=1)]) == 60
    store.samples.thin(NOW.timestamp())
    assert kept(store.samples) == (found,)


def test_there_are_never_more_rows_than_allowed_and_the_oldest_go(tmp_path: Path) -> None:
    with Store.open(tmp_path / "console.db") as store:
        samples = Samples(store._database, most=100)
        for minute in range(250):
            samples.keep([one(NOW + timedelta(minutes=minute), minute)])
        assert samples.count() <= 100 + 60  # it is looked after once in an hour of samples
        samples.thin((NOW + timedelta(minutes=250)).timestamp())
        assert samples.count() == 100
        assert kept(samples)[0].samples[0].value == 150.0


def test_a_clock_that_was_turned_back_loses_nothing(store: Store) -> None:
    store.samples.keep([one(NOW, 1)])
    store.samples.keep([one(NOW - timedelta(hours=2), 2)])
    assert [s.value for s in kept(store.samples)[0].samples] == [2.0, 1.0]


def test_a_store_that_is_only_read_refuses(tmp_path: Path) -> None:
    Store.open(tmp_path / "console.db").close()
    with Store.open(tmp_path / "console.db", read_only=True) as store, pytest.raises(StoreError):
        store.samples.keep([one(NOW, 1)])
