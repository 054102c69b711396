"""One read of Cloudflare's API: the envelope opened, its errors told in the console's words."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.cloudflare.wire import WireEnvelope
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.wire import decode, utc

T = TypeVar("T")
SOURCE = "cloudflare"
ZONE_READ, DNS_READ, REGISTRAR_READ = "Zone: Zone: Read", "Zone: DNS: Read", "Account: Registrar (Domains): Read"
_ID = re.compile(r"[A-Za-z0-9]{1,64}\Z")
# Codes that come with HTTP 200 or 400 and mean what their usual status means.
_TOKEN_CODES = (1000, 6003, 6103, 6111, 9106, 9107, 10001)
_RIGHT_CODES = (9109, 10000)
_MISSING_CODES = (1001, 7000, 7003, 1003)
_NEW_TOKEN = "Make a new API token in Cloudflare's dashboard (My Profile, API Tokens), then run: strideiq secrets set cloudflare"  # noqa: S105


async def ask(
    client: HttpClient,
    path: str,
    params: Mapping[str, str | int],
    what: str,
    *,
    permission: str,
    allow: Container[int] = (),
) -> WireEnvelope | None:
    """Read one path; None for a status in ``allow``. ``success`` false raises OutsideError whatever the status says."""
    try:
        answer = await client.get(path, dict(params) or None, allow=allow)
    except OutsideError as error:
        raise _explained(error, permission) from error
    if answer.status in allow:
        return None
    envelope = decode(SOURCE, what, answer.json(), WireEnvelope)
    if not envelope.success:
        raise _failure(envelope, what, answer.status, permission)
    return envelope


def opened(envelope: WireEnvelope, what: str, kind: type[T]) -> T:
    """Return the ``result`` of an envelope as ``kind``."""
    return decode(SOURCE, what, envelope.result, kind)


def is_id(text: str) -> bool:
    """Say whether a text from outside can stand in a path as an id."""
    return _ID.match(text) is not None


def aware(moment: datetime | None) -> datetime | None:
    """Return a time in UTC; Cloudflare's are, also where one would come without its zone."""
    return utc(SOURCE, moment)


def _failure(envelope: WireEnvelope, what: str, status: int, permission: str) -> OutsideError:
    """Return the error for an answer that says of itself that it failed."""
    errors = envelope.errors or []
    codes = [error.code for error in errors]
    said = clean_line("; ".join(error.message for error in errors[:5] if error.message), limit=300)
    named = ", ".join(str(code) for code in codes[:5] if code is not None)
    kind, step = FaultKind.REFUSED, "Try again with r; if it stays, look at www.cloudflarestatus.com"
    if any(code in _TOKEN_CODES for code in codes):
        kind, step = FaultKind.UNAUTHORISED, _NEW_TOKEN
    elif any(code in _RIGHT_CODES for code in codes):
        kind, step = FaultKind.FORBIDDEN, f"Give the token the permission {permission}, then run: strideiq doctor"
    elif any(code in _MISSING_CODES for code in codes):
        kind, step = FaultKind.MISSING, "Check [cloudflare] zone in config.toml and the zone that the token is for"
    cause = f"Cloudflare: {what} failed although the answer is {status}: {said or 'no reason given'}" + (
        f" ({named})" if named else ""
    )
    fault = Fault(kind, SOURCE, cause, "The last known values stay, with their age", step)
    return OutsideError(fault, status=status, said=said)


def _explained(error: OutsideError, permission: str) -> OutsideError:
    """Say what a refusal means at Cloudflare: a bad token, or a permission that it lacks."""
    step = {
        400: _NEW_TOKEN,
        401: _NEW_TOKEN,
        403: f"Give the token the permission {permission} on this zone, then run: strideiq doctor",
        404: "Check [cloudflare] zone in config.toml and the zone that the token is for",
    }.get(error.status or 0)
    if step is None or error.fault.retry_at is not None:
        return error
    fault = replace(error.fault, next_step=step)
    return OutsideError(fault, status=error.status, known_not_done=error.known_not_done, said=error.said)


def total(envelope: WireEnvelope, name: str) -> int | None:
    """Return ``total_pages`` or ``total_count`` of a list, None when it does not say."""
    value: Any = getattr(envelope.result_info, name, None)
    return value if isinstance(value, int) and value >= 0 else None
