"""The board: one reading per feed, the last known truth with its age; filled from the store before any network is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import Fault, StoreError
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.services import feeds
from strideiq_console.services.feeds import Feed
from strideiq_console.settings.model import Mode, Settings
from strideiq_console.store.readings import Readings, StoredReading

T = TypeVar("T")


class Board:
    """Keeps readings, writes them to the store and tells subscribers the name of the feed that changed.

    ``stretch`` is how many seconds of the clock pass between two renewals that are one second of a feed's period apart: 1 live,
    more in a world whose clock runs fast. ``store_fault`` is the store's last refusal, for the doctor.
    """

    def __init__(self, settings: Settings, table: Iterable[Feed[Any]], stored: Readings | None, *, stretch: float = 1.0) -> None:
        self._settings = settings
        self._feeds = {feed.name: feed for feed in table}
        self._stored = stored
        self._stretch = stretch
        self.store_fault: StoreError | None = None
        self._listeners: list[Callable[[str], None]] = []
        self._readings: dict[str, Reading[Any]] = {
            name: Reading(feed.source, period=feed.idle * stretch) for name, feed in self._feeds.items()
        }

    @property
    def feeds(self) -> Mapping[str, Feed[Any]]:
        """Return the feeds by name."""
        return self._feeds

    @property
    def stretch(self) -> float:
        """Return how many seconds of the clock stand for one of a period."""
        return self._stretch

    def fill(self) -> None:
        """Take over the last known truth from the store; a value that this version cannot read counts as never seen."""
        if self._stored is None:
            return
        for name, row in self._stored.all().items():
            feed = self._feeds.get(name)
            if feed is not None:
                self._readings[name] = self._from_store(feed, row)

    def _from_store(self, feed: Feed[T], row: StoredReading) -> Reading[T]:
        value: T | None = None
        if row.value is not None:
            try:
                value = msgspec.json.decode(row.value, type=feed.type)
            except msgspec.DecodeError:
                value = None
        seen = row.seen if value is not None else None
        period = feed.idle * self._stretch
        return Reading(feed.source, value, seen, row.fault, row.tried, row.complete, period)

    def reading(self, feed: Feed[T]) -> Reading[T]:
        """Return the reading of a feed; an empty one for a feed that this console does not have."""
        return self._readings.get(feed.name, Reading(feed.source))

    def publish(self, feed: Feed[T], value: T, at: datetime, *, complete: bool = True) -> None:
        """Take a new value over, write it to the store, tell subscribers. Called on the loop's thread."""
        self._keep(feed, Reading(feed.source, value, at, None, at, complete, feed.idle * self._stretch))

    def fail(self, feed: Feed[Any], fault: Fault, at: datetime) -> None:
        """Keep the last good value, with the fault that hides a newer one."""
        self._keep(feed, self._readings[feed.name].failed(fault, at))

    def _keep(self, feed: Feed[Any], reading: Reading[Any]) -> None:
        self._readings[feed.name] = reading
        self.tell(feed.name)

    def save(self, feed: Feed[Any]) -> None:
        """Write a feed's reading to the store; safe on a worker thread. A store that refuses costs the cache, not the reading."""
        if self._stored is None:
            return
        reading = self._readings[feed.name]
        value = msgspec.json.encode(reading.value) if reading.value is not None else None
        try:
            self._stored.save(
                feed.name,
                source=feed.source,
                value=value,
                seen=reading.seen,
                fault=reading.fault,
                tried=reading.tried,
                complete=reading.complete,
            )
        except StoreError as error:
            self.store_fault = error

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call ``listener`` with a feed's name after each change; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, name: str) -> None:
        """Tell subscribers that something changed: a feed's name, or ``executions``."""
        for listener in tuple(self._listeners):
            listener(name)

    def _family(self, prefix: str) -> dict[str, Reading[Any]]:
        """Return the readings of the feeds whose names begin so, by the rest of the name."""
        return {name.removeprefix(prefix): self.reading(feed) for name, feed in self._feeds.items() if name.startswith(prefix)}

    def facts(
        self,
        executions: tuple[Execution, ...],
        verification: Verification | None,
        *,
        sandbox: bool,
        entries: tuple[CostEntry, ...] = (),
    ) -> Facts:
        """Return everything known at this moment."""
        hosts = [name.partition("/")[2] for name in self._feeds if name.startswith("deployments/")]
        places = [name.partition("/")[2] for name in self._feeds if name.startswith("health/")]
        return Facts(
            environments=self._settings.environments,
            clone=self.reading(feeds.CLONE),
            branches=self.reading(feeds.BRANCHES),
            promotion=self.reading(feeds.PROMOTION),
            pulls=self.reading(feeds.PULLS),
            runs=self.reading(feeds.RUNS),
            protections=self.reading(feeds.PROTECTIONS),
            deployments={host: self.reading(feeds.deployments(host)) for host in hosts},
            pins={host: self.reading(feeds.pins(host)) for host in hosts},
            health={place: self.reading(feeds.health(place)) for place in places},
            verification=verification,
            executions=executions,
            sandbox=sandbox,
            pre_deployment=self._settings.mode is Mode.PRE_DEPLOYMENT,
            required_checks=self._settings.github.required_checks,
            metrics=self._family("metrics/"),
            history=self._family("history/"),
            costs=self._family("costs/"),
            entries=entries,
            status=self._family("status/"),
            mainline=self.reading(feeds.MAINLINE),
            names=self.reading(feeds.NAMES),
            ladder=self.reading(feeds.LADDER),
            budget=self._settings.budget,
            rules=self._settings.alerts,
            databases=self.reading(feeds.DATABASES),
            by_hand=tuple(one.entry for one in self._settings.outside.manual),
        )
