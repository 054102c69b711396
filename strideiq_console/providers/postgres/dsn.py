"""The connection words: parsed by libpq itself, with TLS demanded where the wire leaves this machine."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.secret import Redactor, Secret

SOURCE = "postgres"
APPLICATION = "strideiq-console"
_DRIVER = re.compile(r"\Apostgres(?:ql)?\+\w+://")
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where to connect, as libpq's parameters, the password among them. ``host`` and ``port`` are for people."""

    parameters: Mapping[str, str]
    host: str
    port: int | None
    redact: Redactor


def missing_extra() -> OutsideError:
    """Return the error for a console that was installed without the client."""
    fault = Fault(
        FaultKind.NOT_CONFIGURED,
        SOURCE,
        "PostgreSQL: its client is not installed",
        "The database is not looked at",
        "Run: pip install 'strideiq-console[postgres]'",
    )
    return OutsideError(fault)


def read_dsn(dsn: Secret, *, environ: Mapping[str, str] = os.environ, connect_timeout: float) -> Target:
    """Return the parameters of a DSN, a URL (also SQLAlchemy's ``postgresql+driver://``) or libpq's ``key=value`` words.

    ``sslmode`` of the DSN or of a service file is kept. Without one, a host that is not this machine is connected to with
    ``require`` at least, so that a password never crosses a network in the clear. Raises OutsideError (NOT_CONFIGURED) for a DSN
    that libpq cannot read; its own words are not repeated, as they quote the DSN.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise missing_extra() from error
    text = _DRIVER.sub("postgresql://", dsn.reveal().strip())
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(text).items() if value is not None}
    except psycopg.Error:
        raise _unreadable() from None
    if not given or any("\0" in value for value in given.values()):
        raise _unreadable()
    redact = Redactor([dsn, *(Secret(given[name]) for name in ("password", "sslpassword") if name in given)])
    hosts = (given.get("host") or given.get("hostaddr") or environ.get("PGHOST", "")).split(",")
    given.setdefault("application_name", APPLICATION)
    given["connect_timeout"] = str(max(2, round(connect_timeout)))
    given["tcp_user_timeout"] = str(round(connect_timeout * 1000))
    given["client_encoding"] = "utf8"
    local = all(_is_local(host) for host in hosts)
    if "sslmode" not in given and "service" not in given and not local and environ.get("PGSSLMODE") not in _ENCRYPTED:
        given["sslmode"] = "require"
    port = given.get("port", environ.get("PGPORT", "5432")).split(",")[0]
    host = "" if hosts[0][:1] in ("", "/", "@") else hosts[0]
    return Target(given, host, int(port) if port.isdigit() else None, redact)


def _is_local(host: str) -> bool:
    if host[:1] in ("", "/", "@") or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unreadable() -> OutsideError:
    fault = Fault(
        FaultKind.NOT_CONFIGURED,
        SOURCE,
        "PostgreSQL: the connection string cannot be read",
        "The database is not looked at",
        "Write it as postgresql://user:password@host:5432/database?sslmode=require, special characters percent-encoded",
    )
    return OutsideError(fault)
