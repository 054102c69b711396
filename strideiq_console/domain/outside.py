"""Everything outside that was configured, as the ports that it offers; what is missing is missing with a fault that says why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from strideiq_console.domain.token_report import TokenReport

if TYPE_CHECKING:  # names for readers; a glance, which has no outside, must not pay for forty nouns
    from strideiq_console.domain.broker import Broker
    from strideiq_console.domain.code_host import CodeHost
    from strideiq_console.domain.database import Database
    from strideiq_console.domain.fault import Fault
    from strideiq_console.domain.hosting import Containers, Hosting, Project, Volumes
    from strideiq_console.domain.migration_graph import RevisionGraph
    from strideiq_console.domain.migration_outcome import Migrations
    from strideiq_console.domain.names import NameResolver, Names
    from strideiq_console.domain.observing import AlertSource, MetricsSource, ScrapeWatch, SilenceSource
    from strideiq_console.domain.ports import Clone, Deployments, Prober
    from strideiq_console.domain.provider_status import StatusSource
    from strideiq_console.domain.site import SiteProbe
    from strideiq_console.domain.vulnerability import Auditor

Inspect = Callable[[], Awaitable[TokenReport]]
"""Asks a provider whose its token is and what it may do; raises OutsideError like every read."""


@dataclass(slots=True)
class Outside:
    """The ports. None, or an empty mapping, stands for what was not configured; ``faults`` says for each source what to do.

    ``deployments`` and ``hosting`` are keyed by provider, ``metrics`` by source, ``databases`` and ``brokers`` by environment,
    ``auditors`` by tool, ``inspectors`` by the name of the token. ``migrations`` reads the revision graph of the clone,
    ``graph_at`` that of a commit by its full SHA (``""``: the work tree); both raise CloneError. ``schemas`` is the founder's
    alembic by environment, where the environment's database is known too.
    ``skews`` says, of the providers that have answered, how far the clock of each is ahead of the console's.
    """

    clone: Clone | None = None
    host: CodeHost | None = None
    deployments: dict[str, Deployments] = field(default_factory=dict)
    prober: Prober | None = None
    hosting: dict[str, Hosting] = field(default_factory=dict)
    containers: Containers | None = None
    project: Project | None = None
    volumes: Volumes | None = None
    names: Names | None = None
    resolver: NameResolver | None = None
    status: StatusSource | None = None
    site: SiteProbe | None = None
    metrics: dict[str, MetricsSource] = field(default_factory=dict)
    alerts: tuple[AlertSource, ...] = ()
    watch: ScrapeWatch | None = None
    silences: SilenceSource | None = None
    databases: dict[str, Database] = field(default_factory=dict)
    brokers: dict[str, Broker] = field(default_factory=dict)
    migrations: Callable[[], Awaitable[RevisionGraph]] | None = None
    graph_at: Callable[[str], Awaitable[RevisionGraph]] | None = None
    schemas: dict[str, Migrations] = field(default_factory=dict)
    auditors: dict[str, Auditor] = field(default_factory=dict)
    inspectors: dict[str, Inspect] = field(default_factory=dict)
    skews: Callable[[], Mapping[str, timedelta]] | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
