"""Names, records and the domain's registration (R76)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One record as the zone holds it. ``proxied``: the zone's host answers in front of what it points to.

    ``ttl`` in seconds; Cloudflare's 1 means "automatic".
    """

    name: str
    type: str
    content: str
    ttl: int | None = None
    proxied: bool | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone. ``status`` in the host's word (``active``, ``pending``, ``moved``); ``complete`` false when records are missing."""

    name: str
    status: str
    paused: bool = False
    name_servers: tuple[str, ...] = ()
    records: tuple[DnsRecord, ...] = ()
    plan: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    """Who holds the domain until when. ``found`` false: it is not registered with this host, so its dates are entered by hand."""

    domain: str
    found: bool
    expires_at: datetime | None = None
    auto_renew: bool | None = None
    locked: bool | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name resolves to from this machine. ``addresses`` empty with ``error`` ``""`` means: no such name.

    ``canonical`` are the names passed through (CNAME). ``resolver`` says who was asked. ``exists`` true without addresses: the
    server knows the name, but no address of it. With an ``error`` nothing is known.
    """

    name: str
    addresses: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    resolver: str = ""
    error: str = ""
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """The records of one type that a name has, as text. Empty with ``error`` ``""``: it has none (``exists``: the name is)."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    resolver: str = ""
    error: str = ""
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """A host name that a hosting provider serves. None: the provider does not say."""

    name: str
    provider: str
    environment: str | None
    verified: bool | None = None
    configured: bool | None = None
    certificate: str = ""
    certificate_ends: datetime | None = None
    wanted: tuple[DnsRecord, ...] = ()
    note: str = ""
