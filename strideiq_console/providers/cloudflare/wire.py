"""Cloudflare's answers as they come over the wire: only what the console reads, everything untrusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class WireError(msgspec.Struct, frozen=True):
    """One of an answer's ``errors``."""

    code: int | None = None
    message: str = ""


class WirePages(msgspec.Struct, frozen=True):
    """``result_info`` of a list."""

    page: int | None = None
    per_page: int | None = None
    total_pages: int | None = None
    total_count: int | None = None


class WireEnvelope(msgspec.Struct, frozen=True):
    """What every answer is wrapped in. ``success`` counts, not only the HTTP status."""

    success: bool
    errors: list[WireError] | None = None
    result: Any = None
    result_info: WirePages | None = None


class WireAccount(msgspec.Struct, frozen=True):
    """The account that a zone belongs to."""

    id: str = ""
    name: str = ""


class WirePlan(msgspec.Struct, frozen=True):
    """A zone's plan."""

    name: str = ""


class WireZone(msgspec.Struct, frozen=True):
    """A zone of ``GET /zones``."""

    id: str
    name: str
    status: str
    paused: bool = False
    name_servers: list[str] | None = None
    account: WireAccount | None = None
    plan: WirePlan | None = None


class WireRecord(msgspec.Struct, frozen=True):
    """A record of ``GET /zones/{id}/dns_records``."""

    id: str
    type: str
    name: str
    content: str = ""
    proxied: bool | None = None
    ttl: int | None = None


class WireRegistration(msgspec.Struct, frozen=True):
    """``GET /accounts/{id}/registrar/registrations/{domain}``."""

    domain_name: str
    status: str = ""
    auto_renew: bool | None = None
    locked: bool | None = None
    expires_at: datetime | None = None


class WireToken(msgspec.Struct, frozen=True):
    """``GET /user/tokens/verify``. ``expires_on`` is absent for a token that never expires."""

    id: str = ""
    status: str = ""
    expires_on: datetime | None = None
