"""Cloudflare's zone, records and registration in the domain's words; pure."""

from __future__ import annotations

from collections.abc import Iterable

from strideiq_console.domain.dns import DnsRecord, Registration, Zone
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.cloudflare.asking import aware
from strideiq_console.providers.cloudflare.wire import WireRecord, WireRegistration, WireZone

_LONGEST_CONTENT = 5000  # a text record of several strings


def zone_of(wire: WireZone, records: Iterable[WireRecord], *, complete: bool) -> Zone:
    """Return the zone with clean texts, its records by name and type."""
    mapped = sorted((record_of(record) for record in records), key=lambda r: (r.name, r.type, r.content))
    return Zone(
        name=clean_line(wire.name, limit=255).lower(),
        status=clean_line(wire.status, limit=40),
        paused=wire.paused,
        name_servers=tuple(clean_line(server, limit=255) for server in (wire.name_servers or [])[:20]),
        records=tuple(mapped),
        plan=clean_line(wire.plan.name, limit=80) if wire.plan else "",
        complete=complete,
    )


def record_of(wire: WireRecord) -> DnsRecord:
    """Return one record; names are compared in lower case."""
    return DnsRecord(
        name=clean_line(wire.name, limit=255).lower(),
        type=clean_line(wire.type, limit=20).upper(),
        content=clean_line(wire.content, limit=_LONGEST_CONTENT),
        ttl=wire.ttl,
        proxied=wire.proxied,
    )


def registration_of(domain: str, wire: WireRegistration | None) -> Registration:
    """Return the registration; None for a domain that is registered elsewhere."""
    if wire is None:
        return Registration(domain, found=False)
    return Registration(
        domain=clean_line(wire.domain_name, limit=255),
        found=True,
        expires_at=aware(wire.expires_at),
        auto_renew=wire.auto_renew,
        locked=wire.locked,
        status=clean_line(wire.status, limit=40),
    )
