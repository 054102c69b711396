"""What providers are made from, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from strideiq_console.domain.database import Database
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers.http import EtagStore, Governor, HttpClient, asked, urgent
from strideiq_console.settings.model import Settings

BEARER = ("Authorization", "Bearer ")


@dataclass(frozen=True, slots=True)
class Setting:
    """What every provider is made with. ``transport`` and ``name_server`` are the world's, None for the network.

    ``environ`` is the environment without the console's secrets, from which children get what is allowed. ``databases`` and
    ``alembic`` are a world's own, by environment: used instead of PostgreSQL and of the settings' command, which is then run as if
    ``execute`` were ``run``, with what the world's database says of itself as its enrolled identity.
    """

    settings: Settings
    tokens: Mapping[str, Secret]
    clock: Clock
    redact: Redactor
    etags: EtagStore | None = None
    transport: Any = None
    name_server: Any = None
    environ: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, Database] = field(default_factory=dict)
    alembic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def client(self, source: str, base: str, token: Secret | None, governor: Governor, **more: Any) -> HttpClient:
        """Open a way to one origin; ``auth`` in ``more`` is another header than a bearer token's."""
        header = more.pop("auth", BEARER)
        return HttpClient(
            source=source,
            base_url=base,
            clock=self.clock,
            governor=governor,
            auth=(*header, token) if token is not None else None,
            transport=self.transport,
            redact=self.redact,
            **more,
        )


@dataclass(slots=True)
class Parts:
    """The providers that are configured, and their connections."""

    outside: Outside = field(default_factory=Outside)
    clients: list[HttpClient] = field(default_factory=list)
    urgent: Callable[[], AbstractContextManager[None]] = urgent
    asked: Callable[[], AbstractContextManager[None]] = asked

    def skews(self) -> dict[str, timedelta]:
        """Return how far each provider's clock was ahead of the console's when it last answered; who told no time is left out."""
        return {client.source: client.skew for client in self.clients if client.skew is not None}

    async def close(self) -> None:
        """Close every connection."""
        for client in self.clients:
            await client.close()


def missing(parts: Parts, source: str, cause: str, next_step: str) -> None:
    """Note that a source is not configured, and what to do about it."""
    parts.outside.faults[source] = Fault(FaultKind.NOT_CONFIGURED, source, cause, next_step=next_step)


def no_token(parts: Parts, source: str, provider: str) -> None:
    """Note that a provider's token is missing."""
    step = f"strideiq secrets set {source}, or set STRIDEIQ_{source.upper()}_TOKEN"
    missing(parts, source, f"no {provider} token", step)
