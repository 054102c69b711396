"""Which providers there are, and how each is made from settings and tokens. A new provider is one entry in :data:`MAKERS`."""

from __future__ import annotations

from collections.abc import Callable

from strideiq_console.providers.catalog import data, hosts, names, schema, watching
from strideiq_console.providers.catalog.parts import Parts, Setting, missing
from strideiq_console.providers.git import GitClone
from strideiq_console.providers.probe import HttpProber, SiteProber

__all__ = ["Parts", "Setting", "build"]

MAKERS: tuple[Callable[[Setting, Parts], None], ...] = (
    hosts.github,
    hosts.vercel,
    hosts.railway,
    names.cloudflare,
    names.resolver,
    names.status_pages,
    watching.prometheus,
    watching.alertmanager,
    watching.pages,
    watching.commands,
    watching.manual,
    data.databases,
    data.brokers,
    schema.migrations,
    schema.schemas,
    data.audits,
)


def build(setting: Setting) -> Parts:
    """Make every provider that settings and tokens allow; no request is made."""
    settings = setting.settings
    parts = Parts()
    outside = parts.outside
    outside.clone = GitClone(
        settings.clone, clock=setting.clock, main=settings.main, staging=settings.staging, redact=setting.redact
    )
    outside.prober = HttpProber(clock=setting.clock, transport=setting.transport)
    outside.site = SiteProber(clock=setting.clock, transport=setting.transport)
    outside.skews = parts.skews
    for make in MAKERS:
        make(setting, parts)
    if not outside.metrics:
        missing(parts, "metrics", "no source of metrics", "set url in [prometheus], or metrics in [environments.production]")
    return parts
