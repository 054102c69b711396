"""Turns what psycopg raises into faults, by SQLSTATE where there is one, by the words of libpq before a session stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.postgres.dsn import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

_KEPT = "The last known values stay, with their age"
_REACH = "Check that the server runs and that the configured address is right"
_WHO = "Check the user and the password in the connection string, then run: strideiq doctor"
_BUSY = "Close idle sessions or raise max_connections; it is tried again by itself"
# libpq tells a failed connection by its words alone; these hold for the English that servers answer by default.
_AT_CONNECT: tuple[tuple[str, FaultKind, str, str], ...] = (
    (
        "server does not support ssl",
        FaultKind.TLS,
        "the server does not offer TLS",
        "Turn TLS on at the server; over a private wire say sslmode=disable",
    ),
    ("certificate", FaultKind.TLS, "TLS failed", "Check sslrootcert and the host name in the connection string"),
    ("ssl", FaultKind.TLS, "TLS failed", "Check sslmode and sslrootcert in the connection string"),
    ("password authentication failed", FaultKind.UNAUTHORISED, "the password or the user is refused", _WHO),
    ("no password supplied", FaultKind.UNAUTHORISED, "no password is given", _WHO),
    ("authentication failed", FaultKind.UNAUTHORISED, "the user is refused", _WHO),
    (
        "pg_hba.conf",
        FaultKind.FORBIDDEN,
        "the server lets this address or user not in",
        "Allow it in pg_hba.conf or the provider's network settings",
    ),
    ("permission denied", FaultKind.FORBIDDEN, "the role may not connect", "Grant CONNECT on the database to the role"),
    ("not permitted to log in", FaultKind.FORBIDDEN, "the role may not log in", "Give the role LOGIN"),
    ("too many clients", FaultKind.REFUSED, "all of the server's connections are in use", _BUSY),
    ("connection slots are reserved", FaultKind.REFUSED, "all of the server's connections are in use", _BUSY),
    ("too many connections", FaultKind.REFUSED, "the role's or the database's connections are all in use", _BUSY),
    ("starting up", FaultKind.SERVER, "the server is starting", "It is tried again by itself"),
    ("shutting down", FaultKind.SERVER, "the server is shutting down", "It is tried again by itself"),
    ("recovery mode", FaultKind.SERVER, "the server recovers from a crash", "It is tried again by itself"),
    ("not yet accepting connections", FaultKind.SERVER, "the server is starting", "It is tried again by itself"),
    ("timeout expired", FaultKind.TIMEOUT, "no connection in time", _REACH),
    ("timed out", FaultKind.TIMEOUT, "no connection in time", _REACH),
    ("connection refused", FaultKind.UNREACHABLE, "the connection is refused", _REACH),
    ("resolve", FaultKind.UNREACHABLE, "the host name cannot be resolved", _REACH),
    ("translate host name", FaultKind.UNREACHABLE, "the host name cannot be resolved", _REACH),
    ("name or service not known", FaultKind.UNREACHABLE, "the host name cannot be resolved", _REACH),
    (
        "does not exist",
        FaultKind.MISSING,
        "there is no such database or role",
        "Check the database and the user in the connection string",
    ),
)
_BY_STATE: dict[str, tuple[FaultKind, str, str]] = {
    "57014": (FaultKind.TIMEOUT, "the statement took too long and was cancelled", "Try again with r; look at what holds locks"),
    "55P03": (FaultKind.TIMEOUT, "a lock was not given in time", "Try again with r; look at what holds locks"),
    "22021": (FaultKind.MALFORMED, "text that is not in the database's encoding", "Look at the database's encoding"),
    "42501": (FaultKind.FORBIDDEN, "the role lacks a permission", "Grant the role SELECT on it, or pg_monitor for statistics"),
    "42P01": (FaultKind.MISSING, "there is no such table", "Check the configured names"),
    "25006": (FaultKind.REFUSED, "the session is read-only", "Nothing is to be done: the console writes no SQL"),
    "53300": (FaultKind.REFUSED, "all of the server's connections are in use", _BUSY),
    "57P01": (FaultKind.SERVER, "the server ended the session", "It is tried again by itself"),
    "57P02": (FaultKind.SERVER, "the server crashed and restarts", "It is tried again by itself"),
    "57P03": (FaultKind.SERVER, "the server takes no connections now", "It is tried again by itself"),
    "25P03": (FaultKind.TIMEOUT, "the session stood idle too long", "Try again with r"),
}


def error(kind: FaultKind, cause: str, next_step: str) -> OutsideError:
    """Return an error of this source; ``cause`` is clean."""
    return OutsideError(Fault(kind, SOURCE, f"PostgreSQL: {cause}", _KEPT, next_step))


def too_slow(seconds: float) -> OutsideError:
    """Return the error for a server that did not answer within the whole time of a read."""
    return error(FaultKind.TIMEOUT, f"no whole answer within {seconds:g} s", "Check the network connection and the server")


def not_connected(raised: psycopg.Error, redact: Callable[[str], str]) -> OutsideError:
    """Return the error for a connection that did not come to stand."""
    said = words_of(raised, redact)
    lowered = said.lower()
    for mark, kind, cause, step in _AT_CONNECT:
        if mark in lowered:
            return error(kind, f"{cause} ({said})", step)
    return error(FaultKind.UNREACHABLE, f"no connection ({said or type(raised).__name__})", _REACH)


def of_statement(raised: psycopg.Error, redact: Callable[[str], str], what: str) -> OutsideError:
    """Return the error for a read that failed in a standing session; ``what`` was read."""
    said = words_of(raised, redact)
    known = _BY_STATE.get(raised.sqlstate or "")
    if known is not None:
        kind, cause, step = known
        return error(kind, f"{what}: {cause} ({said})", step)
    if raised.sqlstate is None or raised.sqlstate.startswith("08"):
        return error(FaultKind.UNREACHABLE, f"{what}: the connection broke ({said or type(raised).__name__})", _REACH)
    kind = FaultKind.SERVER if raised.sqlstate[:2] in ("53", "57", "58", "XX") else FaultKind.REFUSED
    return error(kind, f"{what}: the server refused it, {raised.sqlstate} ({said})", "Read the reason; run: strideiq doctor")


def words_of(raised: psycopg.Error, redact: Callable[[str], str]) -> str:
    """Return the server's or libpq's first words, clean and without secrets."""
    text = raised.diag.message_primary or str(raised)
    return clean_line(redact(text[:5000]), limit=300).strip()
