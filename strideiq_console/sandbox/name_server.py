"""The world's name server: answers for the zone's names as they stand at the world's Cloudflare, and for nothing else.

``state["dns"]`` may hold ``servfail`` (names that are answered SERVFAIL) and ``missing`` (names that are said not to exist).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from strideiq_console.sandbox.cloudflare import NAME_SERVERS, ZONE, records

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

# What the providers' names lead to, as their own name servers would say.
TARGETS = {
    "cname.vercel-dns.com": ("76.76.21.61", "76.76.21.142"),
    "api-production.up.railway.app": ("66.33.22.10",),
    "api-staging.up.railway.app": ("66.33.22.11",),
}
_PROXIES = ("104.21.30.7", "172.67.150.3")
_TTL = 300


def name_server(world: World) -> Callable[[bytes], Awaitable[bytes]]:
    """Return the function that answers one DNS message in wire format. Raises ValueError for what is no question."""

    async def answer(wire: bytes) -> bytes:
        return respond(await asyncio.to_thread(world.read), wire)

    return answer


def respond(state: dict[str, Any], wire: bytes) -> bytes:
    """Answer one question from the state."""
    import dns.exception
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.rrset

    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException as error:
        raise ValueError("no DNS message") from error
    response = dns.message.make_response(query, recursion_available=True)
    if len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
        return response.to_wire()
    name = query.question[0].name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    said = state.get("dns", {})
    if name in said.get("servfail", ()):
        response.set_rcode(dns.rcode.SERVFAIL)
        return response.to_wire()
    rows = {} if name in said.get("missing", ()) else _rows(state)
    here, passed = name, 0
    while here in rows:
        held = rows[here]
        for way in (kind,) if kind in held or "CNAME" not in held else ("CNAME",):
            if way in held:
                response.answer.append(dns.rrset.from_text(f"{here}.", _TTL, "IN", way, *held[way]))
        following = held.get("CNAME", [""])[0].rstrip(".")
        if kind == "CNAME" or not following or passed > 8:
            return response.to_wire()
        here, passed = following, passed + 1
    response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()


def _rows(state: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return the records of every name by type; a proxied name has the proxy's addresses."""
    rows: dict[str, dict[str, list[str]]] = {name: {"A": list(addresses)} for name, addresses in TARGETS.items()}
    for record in records(state):
        held = rows.setdefault(record["name"], {})
        if record["proxied"]:
            held["A"] = list(_PROXIES)
        else:
            content = f"{record['content']}." if record["type"] == "CNAME" else record["content"]
            held.setdefault(record["type"], []).append(content)
    rows.setdefault(ZONE, {})["NS"] = [f"{server}." for server in NAME_SERVERS]
    return rows
