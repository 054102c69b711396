"""Databases, brokers and the audits of packages."""

from __future__ import annotations

from strideiq_console.domain.database import Identity
from strideiq_console.providers.audits import NpmAudit, PipAudit
from strideiq_console.providers.catalog.parts import Parts, Setting
from strideiq_console.providers.postgres import Postgres
from strideiq_console.providers.redis import Redis


def databases(setting: Setting, parts: Parts) -> None:
    """Make a read-only view of each environment's PostgreSQL whose address is among the secrets; a world brings its own."""
    if setting.databases:
        parts.outside.databases.update(setting.databases)
        return
    enrolled = {d.environment: d for d in setting.settings.outside.databases}
    for environment in setting.settings.environments:
        address = setting.tokens.get(f"database_{environment.name}")
        if address is None:
            continue
        wanted = enrolled.get(environment.name)
        expected = Identity(wanted.name, wanted.system_identifier or None, wanted.host) if wanted is not None else None
        parts.outside.databases[environment.name] = Postgres(
            dsn=address, environment=environment.name, clock=setting.clock, expected=expected, environ=setting.environ
        )


def brokers(setting: Setting, parts: Parts) -> None:
    """Make a read-only view of each environment's Redis whose address is among the secrets."""
    known = {r.environment: r for r in setting.settings.outside.brokers}
    for environment in setting.settings.environments:
        address = setting.tokens.get(f"redis_{environment.name}")
        if address is None:
            continue
        mine = known.get(environment.name)
        parts.outside.brokers[environment.name] = Redis(
            url=address,
            environment=environment.name,
            clock=setting.clock,
            queues=mine.queues if mine is not None else (),
            allow_plain=mine.plain if mine is not None else False,
        )


def audits(setting: Setting, parts: Parts) -> None:
    """Make the two audits of packages; in a world nothing of this machine is run."""
    settings, clone = setting.settings.outside.audits, setting.settings.clone
    if setting.transport is not None:
        return
    made: tuple[tuple[type[NpmAudit] | type[PipAudit], tuple[str, ...], str], ...] = (
        (NpmAudit, settings.npm, settings.npm_folder),
        (PipAudit, settings.pip, settings.pip_folder),
    )
    for kind, argv, folder in made:
        if not argv:
            continue
        auditor = kind(
            clone=clone,
            clock=setting.clock,
            argv=argv,
            folder=folder,
            waivers=settings.waivers,
            environ=setting.environ,
            redact=setting.redact,
        )
        parts.outside.auditors[auditor.source] = auditor
