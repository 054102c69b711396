"""Readers of what StrideIQ stands on: the providers' status pages, its names, and the schema of each environment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.outside import Outside
from strideiq_console.services import feeds
from strideiq_console.services.feeds import Reader
from strideiq_console.services.source import Source, not_configured, source_of
from strideiq_console.settings.model import Settings

if TYPE_CHECKING:
    from strideiq_console.domain.database_share import DatabaseShare
    from strideiq_console.domain.dns import Resolution
    from strideiq_console.domain.names import NameResolver
    from strideiq_console.domain.provider_status import ProviderStatus, StatusSource
    from strideiq_console.domain.schema_ladder import SchemaLadder


def sources(settings: Settings, outside: Outside) -> list[Source]:
    """Return the feeds of the status pages, of the names, and of the schema ladder."""
    status, resolver = outside.status, outside.resolver
    rows = [
        source_of(feeds.status(provider), _status(status, provider) if status is not None else None, outside.faults)
        for provider, url in settings.outside.status.items()
        if url
    ]
    wanted = wanted_names(settings)
    nameless = not_configured("dns", "no environment has an address", "set url and api in [environments.production] of config.toml")
    named = source_of(feeds.NAMES, _names(resolver, wanted) if resolver is not None else None, outside.faults)
    rows.append(named if wanted else Source(feeds.NAMES, None, nameless))
    # A glance has no outside and reads nothing; the ladder's own notes say which part of it is not configured.
    able = outside.migrations is not None or bool(outside.databases)
    missing = not_configured("migrations", "no migration files and no database", "set folder in [alembic] of config.toml")
    rows.append(Source(feeds.LADDER, _ladder(outside, settings) if able else None, None if able else missing))
    rows.append(_databases(outside, settings))
    return rows


def _databases(outside: Outside, settings: Settings) -> Source:
    """Return the feed that compares each environment's database with production's (R11)."""
    production = next((e.name for e in settings.environments if e.production), "")
    others = tuple(name for name in outside.databases if name != production)
    if production in outside.databases and others:
        return Source(feeds.DATABASES, _shares(outside, production, others))
    lacking = production or "production"
    if production in outside.databases:
        lacking = next((e.name for e in settings.environments if not e.production and not e.local), "staging")
    step = f"strideiq secrets set database_{lacking}"
    return Source(feeds.DATABASES, None, not_configured("postgres", f"the database of {lacking} is not configured", step))


def wanted_names(settings: Settings) -> tuple[str, ...]:
    """Return the host names that must resolve: those of the environments that are served, and the configured ones (R76)."""
    hosts = [name for e in settings.environments if not e.local for name in hosts_of(e)]
    return tuple(dict.fromkeys((*hosts, *(name for name in settings.outside.dns.names if name))))


def hosts_of(environment: Environment) -> tuple[str, ...]:
    """Return the host names of an environment's addresses."""
    hosts = [urlsplit(url).hostname or "" for url in (environment.url, environment.api)]
    return tuple(dict.fromkeys(host for host in hosts if host))


def names_of(settings: Settings, environment: str) -> tuple[str, ...]:
    """Return the names that belong to one environment; the configured ones, such as ``www``, are production's."""
    found = next((e for e in settings.environments if e.name == environment), None)
    if found is None or found.local:
        return ()
    more = settings.outside.dns.names if found.production else ()
    return tuple(dict.fromkeys((*hosts_of(found), *(name for name in more if name))))


def _status(source: StatusSource, provider: str) -> Reader:
    async def read() -> ProviderStatus:
        return await source.of(provider)

    return read


def _names(resolver: NameResolver, names: tuple[str, ...]) -> Reader:
    async def read() -> tuple[Resolution, ...]:
        import asyncio  # this module is part of a glance, which must not pay for it

        return tuple(await asyncio.gather(*(resolver.resolve(name) for name in names)))

    return read


def _shares(outside: Outside, production: str, others: tuple[str, ...]) -> Reader:
    async def read() -> tuple[DatabaseShare, ...]:
        from strideiq_console.services.shares import read_shares

        return await read_shares(outside.databases, production, others)

    return read


def _ladder(outside: Outside, settings: Settings) -> Reader:
    branches = {e.name: e.branch for e in settings.environments if not e.local and e.branch}

    async def read() -> SchemaLadder:
        from strideiq_console.services.ladder import read_ladder

        return await read_ladder(outside, branches)

    return read
