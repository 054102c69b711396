"""A metrics page read straight from the API, where there is no Prometheus server."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.ports import Clock
from strideiq_console.providers.http import Answer, HttpClient
from strideiq_console.providers.prometheus import page, tally
from strideiq_console.providers.prometheus.memory import Change, Memory
from strideiq_console.providers.prometheus.tally import Counted, Frame

ACCEPT = page.ACCEPT
"""The ``Accept`` header for the client of a scrape."""

IN_THREAD = 100_000
"""Bytes from which on a page is parsed beside the screen, which must not wait for it."""

_ONE_OF_MANY = (
    "several worker processes answer in turn and each counts for itself: set PROMETHEUS_MULTIPROC_DIR in the API, or run Prometheus"
)


class Scrape:
    """The page of one environment's API, below the base address of ``client`` (made with ``Accept:`` :data:`ACCEPT`).

    It remembers earlier readings: the first one counts since the API's process began, later ones over about the window asked for.
    """

    def __init__(
        self,
        *,
        client: HttpClient,
        clock: Clock,
        environment: str,
        names: MetricNames | None = None,
        path: str = "/metrics",
    ) -> None:
        self._client, self._clock, self._path = client, clock, path
        names = names or MetricNames()
        self._frame = Frame(environment, client.source, names)
        self._memory = Memory()
        windowed = {f"{names.duration}_bucket" if names.duration else "", names.requests}
        business = {getattr(names, field) for field in (*tally.COUNTERS.values(), "strava_syncs")}
        gauges = {getattr(names, field) for field in tally.GAUGES.values()}
        self._counters = frozenset(windowed - {""})
        self._wanted = frozenset((windowed | business | gauges) - {""})

    @property
    def source(self) -> str:
        """Return the provider's word."""
        return self._client.source

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return what the page says now. OutsideError when nothing answers, or when the page cannot be read (it names the line)."""
        if environment != self._frame.environment:
            cause = f"{self.source}: this page belongs to {self._frame.environment}, not to {environment}"
            raise OutsideError(Fault(FaultKind.NOT_CONFIGURED, self.source, cause, "", "Set its address in config.toml"))
        answer = await self._client.get(self._path)
        now = self._clock.now()
        found = await self._parse(answer, now)
        change = self._memory.compare(found, self._counters, now, window)
        series, endpoints = self._requests(change, now)
        series += tally.gauges(self._frame, found.samples, now)
        series += self._business(found, now)
        note = "" if change.alone else _ONE_OF_MANY
        missing = self._missing({one.quantity for one in series})
        return Metrics(environment, self.source, tuple(series), endpoints, missing, change.alone, note)

    async def _parse(self, answer: Answer, now: datetime) -> page.Page:
        kind = answer.headers.get("content-type", "")
        try:
            if len(answer.body) > IN_THREAD:
                return await asyncio.to_thread(page.read, answer.body, kind, self._wanted, now.timestamp())
            return page.read(answer.body, kind, self._wanted, now.timestamp())
        except page.PageError as error:
            cause = f"{self.source}: the metrics page {error}"
            step = f"Open {self._path} of the API in a browser, and check the address in config.toml"
            fault = Fault(FaultKind.MALFORMED, self.source, cause, "Nothing is concluded from it", step)
            raise OutsideError(fault, status=answer.status) from error

    def _requests(self, change: Change, now: datetime) -> tuple[list[Series], tuple[EndpointErrors, ...] | None]:
        names = self._frame.names
        made: list[Series] = []
        buckets = tally.bounds(item for item in change.items if item.labels["__name__"] != names.requests)
        if buckets:
            made += tally.latency(self._frame, buckets, now, change.window, change.note)
        answered = [item for item in change.items if item.labels["__name__"] == names.requests]
        if not answered:
            return made, None
        both, endpoints = tally.answers(self._frame, answered, now, change.window, change.note)
        return made + both, endpoints

    def _business(self, found: page.Page, now: datetime) -> list[Series]:
        """Return business counts since the API's process began: a page has no yesterday."""
        frame, note = self._frame, "since the API's process began"
        window = None if found.started is None else _age(found.started, now)
        made: list[Series] = []
        for quantity, field in tally.COUNTERS.items():
            values = [item.value for item in _called(found, getattr(frame.names, field))]
            if values:
                total = None if None in values else float(round(sum(value or 0.0 for value in values)))
                made.append(frame.series(quantity, (Sample(now, total),), window=window, note=note, complete=total is not None))
        syncs = _called(found, frame.names.strava_syncs)
        return made + (list(tally.strava(frame, syncs, now, window, note)) if syncs else [])

    def _missing(self, there: set[Quantity]) -> tuple[tuple[Quantity, str], ...]:
        names = self._frame.names
        absent = sorted((quantity, field) for quantity, field in tally.SETTINGS.items() if quantity not in there)
        return tuple((quantity, _why(names, field)) for quantity, field in absent)


def _why(names: MetricNames, field: str) -> str:
    name: str = getattr(names, field)
    if not name:
        return f"switched off: {names.setting(field)} is empty"
    return f"the page has no {name}: export it, or set {names.setting(field)} to the name that is"


def _called(found: page.Page, name: str) -> list[Counted]:
    return [item for item in found.samples if name and item.labels["__name__"] == name]


def _age(started: float, now: datetime) -> timedelta | None:
    age = now.timestamp() - started
    return timedelta(seconds=age) if 0 < age < 10 * 365 * 86400 else None
