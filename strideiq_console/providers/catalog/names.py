"""The zone, the resolver, and the providers' status pages."""

from __future__ import annotations

from strideiq_console.providers.catalog.parts import Parts, Setting, missing, no_token
from strideiq_console.providers.cloudflare import Cloudflare
from strideiq_console.providers.dns import Resolver
from strideiq_console.providers.http import Governor
from strideiq_console.providers.status import StatusPages

CLOUDFLARE_LIMIT = 1200
CLOUDFLARE_WINDOW = 300.0
"""Seconds that its limit counts over, and for which it refuses everything once it is passed."""


def cloudflare(setting: Setting, parts: Parts) -> None:
    """Make the host of the zone."""
    settings, token = setting.settings.outside.cloudflare, setting.tokens.get("cloudflare")
    if not settings.zone:
        missing(parts, "cloudflare", "no Cloudflare zone", "set zone in [cloudflare] of config.toml")
        return
    if token is None:
        no_token(parts, "cloudflare", "Cloudflare")
        return
    governor = Governor("cloudflare", setting.clock, limit=CLOUDFLARE_LIMIT, window=CLOUDFLARE_WINDOW, silence=CLOUDFLARE_WINDOW)
    client = setting.client("cloudflare", settings.api_url, token, governor, etags=setting.etags)
    parts.clients.append(client)
    parts.outside.names = host = Cloudflare(client=client, zone=settings.zone, account=settings.account)
    parts.outside.inspectors["cloudflare"] = host.inspect


def resolver(setting: Setting, parts: Parts) -> None:
    """Make what resolves names: the system's own way, or the world's."""
    parts.outside.resolver = Resolver(public=setting.settings.outside.dns.server, exchange=setting.name_server)


def status_pages(setting: Setting, parts: Parts) -> None:
    """Make the readers of public status pages; a page without an address is switched off."""
    switched_off = dict.fromkeys(("github", "vercel", "railway", "cloudflare"), "")
    pages = {**switched_off, **setting.settings.outside.status}
    parts.outside.status = StatusPages(clock=setting.clock, transport=setting.transport, pages=pages)
