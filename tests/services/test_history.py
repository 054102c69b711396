"""The past of measured values: who is asked, how often, and what is kept where nobody remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError, StoreError
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.outside import Outside
from strideiq_console.services import metering
from strideiq_console.services.history import BUSINESS, HEALTH, WINDOW, last_hour, past, recorded
from strideiq_console.settings.model import RailwaySettings, Settings
from strideiq_console.settings.outside import OutsideSettings, PrometheusSettings

NOW = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
DOWN = OutsideError(Fault(FaultKind.UNREACHABLE, "prometheus", "prometheus does not answer"))


def one(quantity: Quantity, value: float, source: str = "railway", window: timedelta | None = None) -> Series:
    return Series(quantity, "production", source, (Sample(NOW, value),), window=window)


class Remembering:
    """A source that remembers, and counts who asks."""

    source = "prometheus"

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[Quantity], timedelta]] = []
        self.error: OutsideError | None = None

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        return Metrics(environment, self.source)

    async def recent(
        self, environment: str, quantities: Sequence[Quantity], span: timedelta, *, points: int = 60
    ) -> tuple[Series, ...]:
        self.asked.append((quantities, span))
        if self.error is not None:
            raise self.error
        return (one(quantities[0], 300.0, "prometheus"),)

    async def history(self, environment: str, quantity: Quantity, span: timedelta, *, points: int = 60) -> tuple[Series, ...]:
        if self.error is not None:
            raise self.error
        return (one(quantity, 300.0, "prometheus"),)


class Kept:
    """A store of samples in memory; ``refuses`` makes it one whose disk is full."""

    def __init__(self, *found: Series) -> None:
        self.found = found
        self.kept: list[Series] = []
        self.refuses = False

    def keep(self, series: Iterable[Series]) -> None:
        if self.refuses:
            raise StoreError("the disk is full")
        self.kept += series

    def series(self, environment: str, quantities: Sequence[Quantity], since: datetime) -> tuple[Series, ...]:
        if self.refuses:
            raise StoreError("the disk is full")
        return tuple(s for s in self.found if s.quantity in quantities and s.environment == environment)


async def test_the_business_week_is_asked_for_once_in_a_quarter_hour() -> None:
    port, now = Remembering(), [NOW]
    read = last_hour(port, None, lambda: now[0], "production")
    for minutes in (0, 2, 14, 16):
        now[0] = NOW + timedelta(minutes=minutes)
        assert [s.quantity for s in await read()] == [HEALTH[0], BUSINESS[0]]
    assert [quantities for quantities, _ in port.asked] == [HEALTH, BUSINESS, HEALTH, HEALTH, HEALTH, BUSINESS]


async def test_a_source_that_fails_leaves_what_was_kept_and_what_it_said_before() -> None:
    port, kept = Remembering(), Kept(one(Quantity.CONNECTIONS, 41.0, "postgres"))
    read = last_hour(port, kept, lambda: NOW, "production")
    first = await read()
    port.error = DOWN
    assert await read() == first
    with pytest.raises(OutsideError):
        await last_hour(port, Kept(), lambda: NOW, "production")()


async def test_without_a_source_that_remembers_the_samples_are_all() -> None:
    kept = Kept(one(Quantity.ERROR_RATE, 0.07), one(Quantity.CONNECTIONS, 41.0))
    errors, connections = sorted(await last_hour(None, kept, lambda: NOW, "production")(), key=lambda s: s.quantity, reverse=True)
    assert (errors.window, connections.window) == (WINDOW, None)


async def test_what_is_read_is_kept_and_a_full_disk_costs_no_reading() -> None:
    metrics = Metrics(
        "production",
        "railway",
        (
            one(Quantity.ERROR_RATE, 0.07, window=WINDOW),
            one(Quantity.P99, 900.0, window=timedelta(hours=9)),  # since the process began: no neighbour of the others
            one(Quantity.CPU, 0.4),
        ),
    )

    async def read() -> Metrics:
        return metrics

    kept = Kept()
    assert await recorded(read, kept)() is metrics
    assert [s.quantity for s in kept.kept] == [Quantity.ERROR_RATE, Quantity.CPU]
    kept.refuses = True
    assert await recorded(read, kept)() is metrics


async def test_a_chart_asks_the_source_that_remembers_and_falls_back_to_the_samples() -> None:
    port, kept = Remembering(), Kept(one(Quantity.P99, 900.0))
    span = timedelta(days=7)
    assert (await past(port, kept, NOW, "production", Quantity.P99, span))[0].source == "prometheus"
    port.error = DOWN
    assert (await past(port, kept, NOW, "production", Quantity.P99, span))[0].source == "railway"
    with pytest.raises(OutsideError):
        await past(port, Kept(), NOW, "production", Quantity.P99, span)
    assert await past(None, kept, NOW, "production", Quantity.CPU, span) == ()
    with pytest.raises(BlockedError):
        await past(None, None, NOW, "production", Quantity.P99, span)


PLACES = (
    Environment("production", "", "https://api.strideiq.run", "/health", "main", production=True),
    Environment("local", "", "", "", ""),
)
SETTINGS = Settings(
    environments=PLACES,
    railway=RailwaySettings(project="p1"),
    outside=OutsideSettings(prometheus=PrometheusSettings(url="https://prometheus.strideiq.run")),
)


class Railway(Remembering):
    """A source without a memory."""

    source = "railway"
    recent = None  # type: ignore[assignment]
    history = None  # type: ignore[assignment]

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        return Metrics(environment, self.source, (one(Quantity.CPU, 0.4),))


async def test_every_environment_has_its_history_and_railway_is_never_asked_for_one() -> None:
    kept, port = Kept(), Remembering()
    outside = Outside(metrics={"prometheus": port, "railway": Railway()})
    rows = {source.feed.name: source for source in metering.sources(SETTINGS, outside, kept)}
    assert list(rows) == ["metrics/production/prometheus", "metrics/production/railway", "history/production"]
    readers = [source.reader for source in rows.values()]
    for reader in readers:
        assert reader is not None
        await asyncio.wait_for(reader(), 5)
    assert [s.quantity for s in kept.kept] == [Quantity.CPU], "what prometheus remembers is not kept a second time"
    assert [quantities for quantities, _ in port.asked] == [HEALTH, BUSINESS]


def test_a_glance_without_an_outside_keeps_the_feeds_and_reads_nothing() -> None:
    rows = metering.sources(replace(SETTINGS), Outside())
    assert [(s.feed.name, s.reader) for s in rows][-1] == ("history/production", None)
