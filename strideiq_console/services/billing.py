"""Readers of what the providers charge for the running month (R119)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from strideiq_console.domain.cost import MonthCosts
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.services import feeds
from strideiq_console.services.feeds import Reader
from strideiq_console.services.source import Source, source_of
from strideiq_console.settings.model import Settings

if TYPE_CHECKING:
    from strideiq_console.domain.code_host import CodeHost
    from strideiq_console.domain.hosting import Containers, Hosting


def sources(settings: Settings, outside: Outside, clock: Clock) -> list[Source]:
    """Return the feed of each provider that bills StrideIQ."""
    hosting, host, containers = outside.hosting, outside.host, outside.containers
    readers: dict[str, Reader | None] = {
        "railway": _railway(containers, clock) if containers is not None else None,
        "vercel": _hosting(hosting["vercel"], "vercel", clock) if "vercel" in hosting else None,
        "github": _github(host, clock) if host is not None else None,
    }
    return [source_of(feeds.costs(provider), reader, outside.faults) for provider, reader in readers.items()]


def month_start(now: datetime) -> datetime:
    """Return the beginning of the running month, UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _railway(containers: Containers, clock: Clock) -> Reader:
    async def read() -> MonthCosts:
        now = clock.now()
        return MonthCosts("railway", await containers.charges(month_start(now), now), await containers.projection())

    return read


def _hosting(hosting: Hosting, provider: str, clock: Clock) -> Reader:
    async def read() -> MonthCosts:
        now = clock.now()
        return MonthCosts(provider, await hosting.charges(month_start(now), now))

    return read


def _github(host: CodeHost, clock: Clock) -> Reader:
    async def read() -> MonthCosts:
        now = clock.now()
        return MonthCosts("github", await host.costs.charges(month_start(now), now))

    return read
