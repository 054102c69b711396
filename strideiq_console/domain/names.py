"""The zone's host as a capability, and what names, records and the registration mean (R76, R73); the rules are pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.dns import DnsRecord, Registration, Resolution, Zone
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.untrusted import clean_line

RECORD, ZONE, REGISTRATION, RESOLUTION = "record", "zone", "registration", "resolution"
RENEW_WARNING_DAYS = 30
RENEW_CRITICAL_DAYS = 7
_ADDRESS_TYPES = ("A", "AAAA", "CNAME", "ALIAS", "ANAME")
_NAME_TYPES = ("CNAME", "ALIAS", "ANAME", "NS", "MX")


class Names(Protocol):
    """The host of the zone: Cloudflare. Reads only; every one raises OutsideError."""

    async def zone(self) -> Zone:
        """Return the zone with its records."""
        ...

    async def registration(self) -> Registration:
        """Return the domain's registration; ``found`` false when it is registered elsewhere."""
        ...

    async def inspect(self) -> TokenReport:
        """Return whose the token is and what it may read."""
        ...

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard; no request is made."""
        ...


class NameResolver(Protocol):
    """Asks name servers. Never raises for the network: the value says what failed."""

    async def resolve(self, name: str) -> Resolution:
        """Return the addresses of a name as this machine sees them."""
        ...

    async def resolve_publicly(self, name: str) -> Resolution | None:
        """Return what a public name server says of a name; None when none is set."""
        ...


def judge_zone(zone: Zone, direct: Iterable[str]) -> tuple[Finding, ...]:
    """Judge the zone itself, and each of the ``direct`` host names (``api.``, the apex) that must not be proxied."""
    found = [_judge_status(zone)]
    for host in dict.fromkeys(plain_name(name, zone.name) for name in direct):
        proxied = [r for r in _of_name(zone.records, host) if r.proxied and r.type.upper() in _ADDRESS_TYPES]
        if proxied:
            cause = f"proxied: Cloudflare answers in front of {proxied[0].content}, so health checks see Cloudflare first"
            step = f"Set {host} to DNS only in Cloudflare's dashboard, or the provider's certificate check may stay pending"
            found.append(Finding(RECORD, host, Level.WARNING, cause, step))
    return tuple(found)


def compare(records: Sequence[DnsRecord], wanted: Sequence[DnsRecord], *, zone: str, complete: bool = True) -> tuple[Finding, ...]:
    """Compare the zone's records with those that Railway and Vercel want, each a finding.

    ``zone`` completes relative names (``@``, ``api``). ``complete`` false: a record that was not read may be there.
    """
    return tuple(_compare_one(records, want, zone, complete=complete) for want in wanted)


def _compare_one(records: Sequence[DnsRecord], want: DnsRecord, zone: str, *, complete: bool) -> Finding:
    host, kind = plain_name(want.name, zone), want.type.upper()
    subject = f"{kind} {host}"
    there = _of_name(records, host)
    same = [r for r in there if r.type.upper() == kind]
    # A name has one way to its addresses; text records live side by side.
    rivals = [r for r in there if r.type.upper() in _ADDRESS_TYPES] if kind in _ADDRESS_TYPES else same
    fitting = [r for r in same if _content(r) == _content(want)]
    step = f"Set {kind} {host} to {want.content} in Cloudflare"
    if not fitting:
        if rivals and kind in _ADDRESS_TYPES:
            seen = ", ".join(f"{r.type} {r.content}" for r in rivals[:4])
            if any(r.proxied for r in rivals):
                seen += " (proxied)"
            return Finding(RECORD, subject, Level.WARNING, f"is {seen}; the provider wants {want.content}", step)
        if not complete:
            return Finding(RECORD, subject, Level.UNKNOWN, "not among the records that could be read", "Try again with r")
        return Finding(RECORD, subject, Level.WARNING, f"missing; the provider wants {want.content}", step)
    others = [r for r in rivals if r not in fitting] if kind in _ADDRESS_TYPES else []
    if others:
        seen = ", ".join(f"{r.type} {r.content}" for r in others[:4])
        return Finding(RECORD, subject, Level.WARNING, f"as wanted, but also {seen}", "Remove what points elsewhere")
    if any(r.proxied for r in fitting):
        cause = "as wanted, but proxied: the provider's own check of the record or certificate may stay pending"
        return Finding(RECORD, subject, Level.WARNING, cause, f"Set {host} to DNS only in Cloudflare")
    return Finding(RECORD, subject, Level.OK, f"is {want.content}, as wanted")


def judge_registration(registration: Registration, now: datetime, *, by_hand: datetime | None = None) -> Finding:
    """Judge how long the domain is still held; ``by_hand`` is the date that was entered for one registered elsewhere."""
    ends = registration.expires_at if registration.found else by_hand
    if ends is None:
        cause = "no date of expiry is known" if registration.found else "not registered with Cloudflare, and no date was entered"
        step = "Enter the domain's expiry in config.toml, as its registrar shows it"
        return Finding(REGISTRATION, registration.domain, Level.UNKNOWN, cause, step)
    days = (ends - now).days
    notes = ["not locked against transfer"] if registration.locked is False else []
    notes += [] if registration.found else ["entered by hand"]
    note = "; ".join(notes)
    renews = registration.auto_renew is True
    if days < 0:
        return Finding(REGISTRATION, registration.domain, Level.CRITICAL, f"expired {-days} d ago", "Renew it now", note)
    cause = f"registered until {ends:%Y-%m-%d} ({days} d)" + (", renews by itself" if renews else "")
    if days < RENEW_CRITICAL_DAYS:
        return Finding(REGISTRATION, registration.domain, Level.CRITICAL, cause, "Renew it now", note)
    if days < RENEW_WARNING_DAYS or (registration.auto_renew is False and days < 2 * RENEW_WARNING_DAYS):
        step = "Check the payment method at the registrar" if renews else "Renew it, or switch automatic renewal on"
        return Finding(REGISTRATION, registration.domain, Level.WARNING, cause, step, note)
    if registration.status and registration.status.lower() not in ("active", "ok", "registered"):
        return Finding(REGISTRATION, registration.domain, Level.WARNING, f"{cause}; status {registration.status}", note=note)
    return Finding(REGISTRATION, registration.domain, Level.OK, cause, note=note)


def judge_resolution(own: Resolution, public: Resolution | None = None) -> Finding:
    """Judge what a name resolves to, and whether this machine sees something else than the public does (split DNS, VPN)."""
    if own.error:
        return Finding(RESOLUTION, own.name, Level.UNKNOWN, f"{own.resolver}: {own.error}", "Check the network connection")
    said = public if public is not None and not public.error else None
    note = "" if public is None or not public.error else f"{public.resolver}: {public.error}"
    if not own.addresses:
        return _judge_missing(own, said, note)
    inner = [a for a in own.addresses if not _is_global(a)]
    shown = ", ".join(own.addresses[:4])
    if inner:
        cause = f"resolves to {', '.join(inner[:4])}, which is no public address"
        return Finding(RESOLUTION, own.name, Level.WARNING, cause, "This machine may be behind a VPN or a split zone", note)
    if said is not None and not said.addresses:
        cause = f"{own.resolver} says {shown}, {said.resolver} knows no such name"
        return Finding(
            RESOLUTION, own.name, Level.WARNING, cause, "Users may not see what you see: a VPN, a split zone or an old answer"
        )
    if said is not None and not set(said.addresses) & set(own.addresses):
        # Providers answer by place and time, so other addresses alone are no fault.
        note = f"{said.resolver} says {', '.join(said.addresses[:4])}"
    return Finding(RESOLUTION, own.name, Level.OK, f"resolves to {shown}", note=note)


def _judge_missing(own: Resolution, public: Resolution | None, note: str) -> Finding:
    if public is not None and public.addresses:
        cause = f"{own.resolver} knows no address, {public.resolver} says {', '.join(public.addresses[:4])}"
        step = "This machine may be behind a VPN, a filter or a split zone"
        return Finding(RESOLUTION, own.name, Level.WARNING, cause, step)
    if own.canonical and not own.exists:
        cause = f"points at {own.canonical[-1]}, which does not exist: whoever takes that name takes this one"
        return Finding(RESOLUTION, own.name, Level.CRITICAL, cause, "Point the record at what exists, or remove it", note)
    cause = "the name exists without an address" if own.exists else "no such name"
    return Finding(RESOLUTION, own.name, Level.CRITICAL, cause, "Look at the zone's records", note)


def _judge_status(zone: Zone) -> Finding:
    if zone.status == "active" and not zone.paused:
        note = "" if zone.complete else "not all records could be read"
        return Finding(ZONE, zone.name, Level.OK, f"active, {len(zone.records)} records", note=note)
    if zone.status == "active":
        return Finding(ZONE, zone.name, Level.WARNING, "paused: Cloudflare only answers names", "Resume it in the dashboard")
    if zone.status in ("moved", "deleted", "deactivated"):
        cause = f"{zone.status}: the domain's name servers no longer point at Cloudflare"
        return Finding(ZONE, zone.name, Level.CRITICAL, cause, "Set Cloudflare's name servers at the registrar")
    if zone.status in ("pending", "initializing"):
        cause = f"{zone.status}: Cloudflare is not in charge of the domain yet"
        servers = " and ".join(zone.name_servers)
        return Finding(ZONE, zone.name, Level.WARNING, cause, f"Set the name servers {servers} at the registrar" if servers else "")
    return Finding(ZONE, zone.name, Level.UNKNOWN, f"status {zone.status or 'not said'}")


def plain_name(name: str, zone: str) -> str:
    """Return a name whole, in lower case and without its last dot; ``@``, ``""`` and relative names are completed by the zone."""
    bare, apex = name.strip().lower().rstrip("."), zone.strip().lower().rstrip(".")
    if bare in ("", "@"):
        return apex
    return bare if not apex or bare == apex or bare.endswith(f".{apex}") else f"{bare}.{apex}"


def _of_name(records: Iterable[DnsRecord], host: str) -> list[DnsRecord]:
    """Return the records of a name; those of the wildcard above it when it has none of its own."""
    listed = [(r.name.lower().rstrip("."), r) for r in records]
    own = [r for name, r in listed if name == host]
    wildcard = f"*.{host.partition('.')[2]}"
    return own or [r for name, r in listed if name == wildcard]


def _content(record: DnsRecord) -> str:
    """Return a record's content as it can be compared: names without case and last dot, addresses in one form, texts unquoted."""
    kind, text = record.type.upper(), record.content.strip()
    if kind in _NAME_TYPES:
        return text.lower().rstrip(".")
    if kind in ("A", "AAAA"):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            return clean_line(text)
    if kind == "TXT":
        return text.replace('" "', "").strip('"')
    return text


def _is_global(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
