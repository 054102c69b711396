"""Readers of what the providers charge for the running month (R119)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from strideiq_console.domain.cost import Charges, MonthCosts
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.services import feeds
from strideiq_console.services.feeds import Reader
from strideiq_console.services.source import Source, source_of
from strideiq_console.settings.model import Settings

if TYPE_CHECKING:
    from strideiq_console.domain.code_host import CodeHost
    from strideiq_console.domain.hosting import Containers, Hosting


AGAIN = timedelta(days=1)
"""How long the month before is not asked for again: it has ended, and its bill moves seldom."""
Ask = Callable[[datetime, datetime], Awaitable[Charges]]


def sources(settings: Settings, outside: Outside, clock: Clock) -> list[Source]:
    """Return the feed of each provider that bills StrideIQ."""
    hosting, host, containers = outside.hosting, outside.host, outside.containers
    readers: dict[str, Reader | None] = {
        "railway": _reader("railway", _of_hosting(containers), clock, containers) if containers is not None else None,
        "vercel": _reader("vercel", _of_hosting(hosting["vercel"]), clock) if "vercel" in hosting else None,
        "github": _reader("github", _of_host(host), clock) if host is not None else None,
    }
    return [source_of(feeds.costs(provider), reader, outside.faults) for provider, reader in readers.items()]


def _of_hosting(hosting: Hosting) -> Ask:
    async def charges(start: datetime, end: datetime) -> Charges:
        return await hosting.charges(start, end)

    return charges


def _of_host(host: CodeHost) -> Ask:
    async def charges(start: datetime, end: datetime) -> Charges:
        return await host.costs.charges(start, end)

    return charges


def month_start(now: datetime) -> datetime:
    """Return the beginning of the running month, UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _reader(provider: str, charges: Ask, clock: Clock, containers: Containers | None = None) -> Reader:
    before = Before(charges)

    async def read() -> MonthCosts:
        now = clock.now()
        running = await charges(month_start(now), now)
        projection = await containers.projection() if containers is not None else None
        return MonthCosts(provider, running, projection, await before.of(now))

    return read


class Before:
    """The month before, asked for once a day; one that is refused hides nothing of the running month."""

    def __init__(self, charges: Ask) -> None:
        self._charges = charges
        self._asked: datetime | None = None
        self._told: Charges | None = None

    async def of(self, now: datetime) -> Charges | None:
        """Return what the provider charged for the whole month before the one of ``now``; None when it did not tell."""
        end = month_start(now)
        if self._asked is None or now - self._asked >= AGAIN or self._asked < end:
            self._asked = now
            try:
                self._told = await self._charges(month_start(end - timedelta(days=1)), end)
            except OutsideError:
                self._told = None
        return self._told
