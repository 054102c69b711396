"""The past of measured values: asked of a source that remembers, else read from what the console itself has kept (R102-R107)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from strideiq_console.domain.fault import BlockedError, OutsideError, StoreError
from strideiq_console.domain.metric import Metrics, Quantity, Series
from strideiq_console.domain.outside import Outside

if TYPE_CHECKING:
    from strideiq_console.domain.observing import MetricsHistory
    from strideiq_console.services.feeds import Reader

HOUR = timedelta(hours=1)
SUSTAINED = 2 * HOUR
"""How far back the CPU is read: whether it has been high for an hour cannot be told from less than an hour (R121)."""
WEEK = timedelta(days=7)
WINDOW = timedelta(minutes=5)
"""The time that percentiles, rates and errors sum up: the document's alerts name none, R108 says five minutes."""
SELDOM = timedelta(minutes=15)
"""How often the week of the business numbers is asked for: each of its points sums up a day."""
POINTS = 60
CHART_POINTS = 240

REQUESTS = (Quantity.P50, Quantity.P95, Quantity.P99, Quantity.REQUESTS, Quantity.ERROR_RATE)
HEALTH = (
    *REQUESTS,
    *(Quantity.CONNECTIONS, Quantity.CONNECTIONS_MAX, Quantity.POOL_USED, Quantity.REDIS_MEMORY, Quantity.REDIS_MEMORY_MAX),
    *(Quantity.QUEUE_DEPTH, Quantity.WORKERS, Quantity.CPU, Quantity.MEMORY),
)
BUSINESS = (
    *(Quantity.DAILY_ACTIVE_USERS, Quantity.REGISTERED_USERS, Quantity.ACTIVITIES_SYNCED, Quantity.COACH_CONVERSATIONS),
    Quantity.STRAVA_SYNC_SUCCESS,
)


class KeptSamples(Protocol):
    """Where the console keeps what it has measured; ``store.samples.Samples`` is one. Both methods raise StoreError."""

    def keep(self, series: Iterable[Series]) -> None:
        """Keep the newest sample of each series."""
        ...

    def series(self, environment: str, quantities: Sequence[Quantity], since: datetime) -> tuple[Series, ...]:
        """Return what was kept from ``since`` on, oldest first, one series a source and part."""
        ...


def remembering(outside: Outside, sources: Iterable[str]) -> MetricsHistory | None:
    """Return the first of these sources that remembers; None where none does."""
    ports = [outside.metrics[name] for name in sources if name in outside.metrics]
    if not ports:
        return None
    from strideiq_console.domain.observing import MetricsHistory  # a glance has no port, and need not know what they can do

    return next((port for port in ports if isinstance(port, MetricsHistory)), None)


def recorded(read: Reader, samples: KeptSamples) -> Reader:
    """Return a reader that keeps what it has read. A store that refuses costs the chart, never the reading."""

    async def reading() -> Metrics:
        import asyncio  # this module is part of a glance, which must not pay for it

        metrics: Metrics = await read()
        with suppress(StoreError):  # the board writes to the same store, and tells the doctor of its refusal
            await asyncio.to_thread(samples.keep, [one for one in metrics.series if _comparable(one)])
        return metrics

    return reading


def _comparable(one: Series) -> bool:
    """Say whether a series sums up about the usual window: one that counts since the process began is not its neighbour's like."""
    return one.quantity not in REQUESTS or (one.window is not None and one.window <= 2 * WINDOW)


def last_hour(port: MetricsHistory | None, samples: KeptSamples | None, now: Callable[[], datetime], environment: str) -> Reader:
    """Return the reader of an environment's history: the health numbers' last hour, the business numbers' week."""
    weekly: list[tuple[datetime, tuple[Series, ...]]] = []
    hourly: list[tuple[Series, ...]] = []

    async def asked(source: MetricsHistory) -> tuple[Series, ...]:
        hour = await source.recent(environment, HEALTH, HOUR, points=POINTS)
        at = now()
        if not weekly or not timedelta(0) <= at - weekly[0][0] < SELDOM:
            week = await source.recent(environment, BUSINESS, WEEK, points=POINTS)
            weekly[:] = [(at, week)]
        hourly[:] = [(*hour, *weekly[0][1])]
        return hourly[0]

    async def read() -> tuple[Series, ...]:
        ours = [
            *await _kept(samples, environment, [one for one in HEALTH if one is not Quantity.CPU], now() - HOUR),
            *await _kept(samples, environment, (Quantity.CPU,), now() - SUSTAINED),
            *await _kept(samples, environment, BUSINESS, now() - WEEK),
        ]
        if port is None:
            return tuple(ours)
        try:
            theirs = await asked(port)
        except OutsideError:
            if not ours:
                raise
            theirs = hourly[0] if hourly else ()  # its newest sample says how old it is
        return (*theirs, *ours)

    return read


async def past(
    port: MetricsHistory | None,
    samples: KeptSamples | None,
    now: datetime,
    environment: str,
    quantity: Quantity,
    span: timedelta,
) -> tuple[Series, ...]:
    """Return the last ``span`` of one quantity for a chart. OutsideError when it cannot be asked and nothing was kept of it.

    BlockedError where nothing remembers: there is no such source, and no store.
    """
    if port is None and samples is None:
        raise BlockedError("nothing remembers measured values here", next_step="set url in [prometheus] of config.toml")
    if port is None:
        return await _kept(samples, environment, (quantity,), now - span)
    try:
        theirs = await port.history(environment, quantity, span, points=CHART_POINTS)
    except OutsideError:
        ours = await _kept(samples, environment, (quantity,), now - span)
        if not ours:
            raise
        return ours
    return theirs or await _kept(samples, environment, (quantity,), now - span)


async def _kept(
    samples: KeptSamples | None, environment: str, quantities: Sequence[Quantity], since: datetime
) -> tuple[Series, ...]:
    if samples is None:
        return ()
    import asyncio

    try:
        found = await asyncio.to_thread(samples.series, environment, quantities, since)
    except StoreError:
        return ()
    return tuple(replace(one, window=WINDOW) if one.quantity in REQUESTS else one for one in found)
