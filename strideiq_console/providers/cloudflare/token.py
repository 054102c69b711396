"""What Cloudflare's token is and may read: found out by trying, since Cloudflare lists no permissions to the token itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from strideiq_console.domain.dns import Registration
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.token_report import Permission, TokenReport
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.cloudflare.asking import DNS_READ, REGISTRAR_READ, SOURCE, ZONE_READ, aware
from strideiq_console.providers.cloudflare.wire import WireToken, WireZone

_REFUSALS = (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.MISSING)
_ZONE_FOR, _DNS_FOR, _REGISTRAR_FOR = "the zone's state and name servers", "the DNS records", "the domain's expiry and renewal"


async def inspected(
    name: str,
    verify: Callable[[], Awaitable[WireToken]],
    find: Callable[[], Awaitable[WireZone]],
    records: Callable[[str], Awaitable[Any]],
    registration: Callable[[], Awaitable[Registration]],
) -> TokenReport:
    """Try each read. A refusal is a finding; whatever else goes wrong is raised as OutsideError."""
    token, notes = await _verified(verify)
    zone, zone_read = await _zone(find)
    if token is None and zone is None:
        notes.append("Cloudflare refuses the token altogether")
    permissions = (zone_read, await _dns(records, zone), await _registrar(registration, zone))
    account = clean_line(zone.account.name, limit=100) if zone and zone.account else ""
    identity = clean_line(token.id, limit=12) if token and token.id else ""
    return TokenReport(
        provider=SOURCE,
        who=account or (f"token {identity}" if identity else "an unknown account"),
        kind="API token",
        scope=f"zone {clean_line(name, limit=100)}" if zone is not None else "",
        permissions=permissions,
        expires_at=aware(token.expires_on) if token else None,
        expiry_known=token is not None,
        notes=tuple(notes),
    )


async def _verified(verify: Callable[[], Awaitable[WireToken]]) -> tuple[WireToken | None, list[str]]:
    try:
        token = await verify()
    except OutsideError as error:
        if not _is_refusal(error):
            raise
        # A token that belongs to an account instead of a person cannot be verified here, and may still read.
        return None, ["Cloudflare does not verify it as a person's token: its expiry is unknown"]
    notes = [] if token.status == "active" else [f"the token is {clean_line(token.status, limit=40) or 'of no known status'}"]
    return token, notes


async def _zone(find: Callable[[], Awaitable[WireZone]]) -> tuple[WireZone | None, Permission]:
    try:
        return await find(), Permission(ZONE_READ, _ZONE_FOR, True)
    except OutsideError as error:
        return None, Permission(ZONE_READ, _ZONE_FOR, False, _refused(error))


async def _dns(records: Callable[[str], Awaitable[Any]], zone: WireZone | None) -> Permission:
    if zone is None:
        return Permission(DNS_READ, _DNS_FOR, None, "cannot be tried without the zone")
    try:
        await records(zone.id)
    except OutsideError as error:
        return Permission(DNS_READ, _DNS_FOR, False, _refused(error))
    return Permission(DNS_READ, _DNS_FOR, True)


async def _registrar(registration: Callable[[], Awaitable[Registration]], zone: WireZone | None) -> Permission:
    if zone is None:
        return Permission(REGISTRAR_READ, _REGISTRAR_FOR, None, "cannot be tried without the zone")
    try:
        found = await registration()
    except OutsideError as error:
        return Permission(REGISTRAR_READ, _REGISTRAR_FOR, False, _refused(error))
    if not found.found:
        return Permission(REGISTRAR_READ, _REGISTRAR_FOR, None, "not needed: the domain is registered elsewhere")
    return Permission(REGISTRAR_READ, _REGISTRAR_FOR, True)


def _refused(error: OutsideError) -> str:
    """Return the reason of a refusal; raise what is none."""
    if not _is_refusal(error):
        raise error
    return clean_line(error.said or error.fault.cause, limit=200)


def _is_refusal(error: OutsideError) -> bool:
    """Say whether Cloudflare refused the token; a token of a wrong form is answered 400."""
    return error.fault.kind in _REFUSALS or error.status == 400
