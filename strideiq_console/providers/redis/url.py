"""The broker's address: read here, as the client's own reading would let the URL switch TLS verification off."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.secret import Redactor, Secret

SOURCE = "redis"
_FORM = "Write it as rediss://user:password@host:6379/0, special characters percent-encoded"


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where and as whom to connect. ``path`` is a Unix socket's, ``""`` for TCP; ``authorities`` a file of certificates."""

    host: str
    port: int
    path: str
    database: int
    user: str | None
    password: Secret | None
    tls: bool
    authorities: str | None
    redact: Redactor


def read_url(url: Secret, *, allow_plain: bool) -> Address:
    """Return the parts of ``redis://``, ``rediss://`` or ``unix://``; of its query, only ``db`` and ``ssl_ca_certs`` count.

    Plain ``redis://`` leaves this machine only where ``allow_plain`` says so. Raises OutsideError (NOT_CONFIGURED), which repeats
    nothing of the address but its scheme.
    """
    try:
        parts = urlsplit(url.reveal().strip())
        host, port = parts.hostname or "", parts.port or 6379
        query = parse_qs(parts.query)
        number = query.get("db", [parts.path.strip("/") or "0"])[0] if parts.scheme != "unix" else query.get("db", ["0"])[0]
        if not number.isascii() or not number.isdigit():
            raise ValueError("no number of a database")
        user = unquote(parts.username or "", errors="strict") or None
        password = unquote(parts.password or "", errors="strict") or None
    except ValueError:
        raise refused("the broker's address cannot be read", _FORM) from None
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.path if parts.scheme == "unix" else host):
        raise refused("the broker's address is none of Redis", _FORM)
    tls = parts.scheme == "rediss"
    if parts.scheme == "redis" and not allow_plain and not _is_loopback(host):
        step = "Use rediss://; where the server has no TLS and the wire is private, set redis.allow_plain = true"
        raise refused(
            "the address is plain redis:// to another machine, so the password would cross the network in the clear", step
        )
    redact = Redactor([url, *([Secret(password)] if password else [])])
    path = parts.path if parts.scheme == "unix" else ""
    authorities = query.get("ssl_ca_certs", [None])[0]
    return Address(host, port, path, int(number), user, Secret(password) if password else None, tls, authorities, redact)


def refused(cause: str, next_step: str) -> OutsideError:
    """Return the error for a setting that cannot be used."""
    return OutsideError(Fault(FaultKind.NOT_CONFIGURED, SOURCE, f"Redis: {cause}", "The broker is not looked at", next_step))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
