"""Turns what the Redis client raises into faults."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.redis.url import SOURCE

_KEPT = "The last known values stay, with their age"
_REACH = "Check that the server runs and that the configured address is right"


def error(kind: FaultKind, cause: str, next_step: str) -> OutsideError:
    """Return an error of this source; ``cause`` is clean."""
    return OutsideError(Fault(kind, SOURCE, f"Redis: {cause}", _KEPT, next_step))


def too_slow(seconds: float, *, tls: bool) -> OutsideError:
    """Return the error for a server that did not answer in time; one without TLS waits in silence when it is spoken to with it."""
    step = "Check the network connection, and that the server offers TLS" if tls else "Check the network connection and the server"
    return error(FaultKind.TIMEOUT, f"no whole answer within {seconds:g} s", step)


def strange(command: str) -> OutsideError:
    """Return the error for an answer that Redis would not give."""
    return error(
        FaultKind.MALFORMED, f"{command}: an answer that is not of Redis", "Check the host and the port in the broker's address"
    )


def of_exception(raised: Exception, redact: Callable[[str], str], seconds: float, *, tls: bool) -> OutsideError:
    """Return the error for an exception of the client or of the network."""
    from redis import exceptions

    said = clean_line(redact(str(raised)[:2000]), limit=200).strip()
    if isinstance(raised, (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError)) or _no_entry(said):
        return error(
            FaultKind.UNAUTHORISED,
            f"the user or the password is refused ({said})",
            "Check the broker's address, then run: strideiq doctor",
        )
    if isinstance(raised, (exceptions.NoPermissionError, exceptions.AuthorizationError)):
        return error(
            FaultKind.FORBIDDEN,
            f"the user lacks a permission ({said})",
            "Allow it with ACL SETUSER: +ping +info +llen +smembers +scard +hlen",
        )
    if isinstance(raised, exceptions.BusyLoadingError):
        return error(FaultKind.SERVER, "the server still loads its data", "It is tried again by itself")
    if isinstance(raised, (exceptions.TimeoutError, TimeoutError)):
        return too_slow(seconds, tls=tls)
    if isinstance(raised, exceptions.InvalidResponse):
        return error(FaultKind.MALFORMED, f"an answer that is not of Redis ({said})", "Check the port in the broker's address")
    if isinstance(raised, exceptions.ResponseError):
        full = "max number of clients" in said.lower()
        words = "all of the server's connections are in use" if full else "the server refused the command"
        return error(
            FaultKind.REFUSED, f"{words} ({said})", "Close idle clients or raise maxclients" if full else "Run: strideiq doctor"
        )
    return _of_network(raised, said)


def _no_entry(said: str) -> bool:
    return said.upper().startswith(("NOAUTH", "WRONGPASS", "AUTHENTICATION REQUIRED", "INVALID USERNAME", "INVALID PASSWORD"))


def _of_network(raised: Exception, said: str) -> OutsideError:
    causes = tuple(_chain(raised))
    if any(isinstance(cause, ssl.SSLError) for cause in causes) or "ssl" in said.lower() or "certificate" in said.lower():
        return error(
            FaultKind.TLS, f"TLS failed ({said})", "Check that the server offers TLS; name its authority with ?ssl_ca_certs=FILE"
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes) or "name or service" in said.lower():
        return error(FaultKind.UNREACHABLE, "the host name cannot be resolved", _REACH)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes) or "refused" in said.lower():
        return error(FaultKind.UNREACHABLE, "the connection is refused", _REACH)
    return error(FaultKind.UNREACHABLE, f"the connection broke ({said or type(raised).__name__})", _REACH)


def _chain(raised: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while raised is not None and id(raised) not in seen:
        seen.add(id(raised))
        yield raised
        raised = raised.__cause__ or raised.__context__
