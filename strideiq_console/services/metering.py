"""Readers of measured values: each source of each environment is a feed of its own, so that one that fails hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from strideiq_console.domain.metric import Metrics
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.services import feeds
from strideiq_console.services.clock import SystemClock
from strideiq_console.services.feeds import Reader
from strideiq_console.services.history import WINDOW, KeptSamples, last_hour, recorded, remembering
from strideiq_console.services.source import Source, source_of
from strideiq_console.settings.model import Settings

if TYPE_CHECKING:
    from strideiq_console.domain.broker import Broker
    from strideiq_console.domain.database import Database
    from strideiq_console.domain.observing import MetricsHistory, MetricsSource


def sources(settings: Settings, outside: Outside, samples: KeptSamples | None = None, clock: Clock | None = None) -> list[Source]:
    """Return a feed for each environment and source that the settings name; without a port it keeps what the store knew.

    ``samples`` is where measured values are kept; then each environment that is served has the feed of its history too.
    """
    rows = [_source(settings, outside, samples, place, name) for place, name in named(settings)]
    now = (clock or SystemClock()).now
    for environment in dict.fromkeys(place for place, _ in named(settings)):
        port = remembering(outside, _names(settings, environment))
        reader = last_hour(port, samples, now, environment) if port is not None or samples is not None else None
        rows.append(source_of(feeds.history(environment), reader, outside.faults))
    return rows


def _names(settings: Settings, environment: str) -> list[str]:
    return [name for place, name in named(settings) if place == environment]


def _source(settings: Settings, outside: Outside, samples: KeptSamples | None, place: str, name: str) -> Source:
    found = source_of(feeds.metrics(place, name), _reader(outside, place, name), outside.faults)
    # What a source remembers itself is not kept a second time.
    if samples is None or found.reader is None or remembering(outside, (name,)) is not None:
        return found
    return replace(found, reader=recorded(found.reader, samples))


def history_port(settings: Settings, outside: Outside, environment: str) -> MetricsHistory | None:
    """Return the source that remembers an environment's values, None where none does."""
    return remembering(outside, _names(settings, environment))


def named(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each environment with each source of measured values that is configured for it, the most telling source first."""
    extra = settings.outside
    for environment in settings.environments:
        if environment.local:
            continue
        place = environment.name
        if extra.prometheus.url and place in dict(extra.prometheus.environments):
            yield place, "prometheus"
        elif environment.api and environment.metrics:
            yield place, f"page of {place}"
        if settings.railway.project and dict(settings.railway.environments).get(place):
            yield place, "railway"
        if any(database.environment == place for database in extra.databases):
            yield place, "postgres"
        if any(broker.environment == place for broker in extra.brokers):
            yield place, "redis"
        yield from ((place, f"command {command.name}") for command in extra.commands if command.environment == place)
        if any(entry.environment == place and entry.value is not None for entry in extra.manual):
            yield place, "manual"


def _reader(outside: Outside, place: str, name: str) -> Reader | None:
    if name == "postgres":
        database = outside.databases.get(place)
        return _database(database, place) if database is not None else None
    if name == "redis":
        broker = outside.brokers.get(place)
        return _broker(broker, place) if broker is not None else None
    source = outside.metrics.get(name)
    return _measured(source, place) if source is not None else None


def _measured(source: MetricsSource, place: str) -> Reader:
    async def read() -> Metrics:
        return await source.metrics(place, WINDOW)

    return read


def _database(database: Database, place: str) -> Reader:
    async def read() -> Metrics:
        return Metrics(place, "postgres", (await database.connections()).series(place, "postgres"))

    return read


def _broker(broker: Broker, place: str) -> Reader:
    async def read() -> Metrics:
        return Metrics(place, "redis", (await broker.state()).series(place, "redis"))

    return read
