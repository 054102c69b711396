"""The world's Cloudflare: one zone with its records, the domain's registration, and the token's own state; reads only.

``state["cloudflare"]`` may hold ``status`` and ``paused`` of the zone, ``proxied`` (host names), ``content`` ({host name: another
target}), ``more`` (further records as ``[type, name, content]``), ``registered`` (true: the domain is registered here),
``expires_in`` (days), ``auto_renew``, ``token`` ("active"), and its ``permissions`` out of ``zone``, ``dns`` and ``registrar``
(all when not said).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox.limits import Allowance

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]
Answer = Callable[[Record, Request, float], tuple[Any, Any]]
ZONE = "strideiq.run"
ZONE_ID = "5f2c1d0e9b8a47c6a3d2e1f0b9c8d7a6"
ACCOUNT = {"id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "name": "StrideIQ"}
NAME_SERVERS = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"]
TOKEN = "sandbox-cloudflare-token"  # noqa: S105 - the world's own, worth nothing outside
# What Vercel and Railway want of each name.
RECORDS = (
    ("A", "strideiq.run", "76.76.21.21"),
    ("CNAME", "www.strideiq.run", "cname.vercel-dns.com"),
    ("CNAME", "staging.strideiq.run", "cname.vercel-dns.com"),
    ("CNAME", "api.strideiq.run", "api-production.up.railway.app"),
    ("CNAME", "api-staging.strideiq.run", "api-staging.up.railway.app"),
)
_ROOT = "/client/v4"
_PAGE, _MAX_PAGE = 100, 5000


class CloudflareError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def app(world: World) -> Starlette:
    """Return Cloudflare's API over a world. Requests need the world's Cloudflare token."""
    allowance = Allowance("cloudflare", limit=1200, window=300.0)
    routes = {
        "/user/tokens/verify": _verify,
        "/zones": _zones,
        "/zones/{zone}/dns_records": _list,
        "/accounts/{account}/registrar/registrations/{domain}": _registration,
    }
    return Starlette(routes=[Route(_ROOT + path, _endpoint(world, allowance, answer)) for path, answer in routes.items()])


def records(state: Record) -> list[Record]:
    """Return the zone's records as its API shows them."""
    said = state.get("cloudflare", {})
    rows = [*RECORDS, *(tuple(row) for row in said.get("more", ()))]
    return [_shape(state, kind, name, said.get("content", {}).get(name, content), said) for kind, name, content in rows]


def _endpoint(world: World, allowance: Allowance, answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_respond, world, allowance, answer, request)

    return endpoint


def _respond(world: World, allowance: Allowance, answer: Answer, request: Request) -> Response:
    state, now = world.read(), world.clock.seconds()
    spent = allowance.spend(state, now)
    headers = {"cf-ray": hashlib.sha256(f"{now} {request.url.path}".encode()).hexdigest()[:16], "server": "cloudflare"}
    try:
        if spent.wait is not None:
            headers["retry-after"] = str(spent.wait)
            raise CloudflareError(429, 10429, "Rate limit exceeded")
        _admit(state, request)
        result, info = answer(state, request, now)
    except CloudflareError as error:
        return JSONResponse(
            {"success": False, "errors": [{"code": error.code, "message": error.message}], "messages": [], "result": None},
            error.status,
            headers=headers,
        )
    body = {"success": True, "errors": [], "messages": [], "result": result}
    return JSONResponse(body if info is None else body | {"result_info": info}, headers=headers)


def _admit(state: Record, request: Request) -> None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise CloudflareError(400, 6003, "Invalid request headers")
    if value.strip() != state["tokens"].get("cloudflare", {}).get("value", TOKEN):
        raise CloudflareError(401, 1000, "Invalid API Token")


def _allow(state: Record, permission: str) -> None:
    if permission not in state.get("cloudflare", {}).get("permissions", ("zone", "dns", "registrar")):
        raise CloudflareError(403, 9109, "Unauthorized to access requested resource")


def _verify(state: Record, _request: Request, now: float) -> tuple[Any, Any]:
    status = state.get("cloudflare", {}).get("token", "active")
    return {"id": "7a1e0c5d9b3f4826a5c4d3e2f1a0b9c8", "status": status, "expires_on": _time(now + 180 * 86400)}, None


def _zones(state: Record, request: Request, _now: float) -> tuple[Any, Any]:
    _allow(state, "zone")
    said = state.get("cloudflare", {})
    zone = {
        "id": ZONE_ID,
        "name": ZONE,
        "status": said.get("status", "active"),
        "paused": said.get("paused", False),
        "type": "full",
        "name_servers": NAME_SERVERS,
        "account": ACCOUNT,
        "plan": {"name": "Free Website"},
    }
    found = [zone] if request.query_params.get("name", ZONE) == ZONE else []
    return _page(found, request, 20)


def _list(state: Record, request: Request, _now: float) -> tuple[Any, Any]:
    _allow(state, "dns")
    if request.path_params["zone"] != ZONE_ID:
        raise CloudflareError(404, 7003, "Could not route to the zone: perhaps its identifier is invalid?")
    wanted = request.query_params.get("name.exact")
    return _page([r for r in records(state) if wanted in (None, r["name"])], request, _PAGE)


def _registration(state: Record, request: Request, now: float) -> tuple[Any, Any]:
    _allow(state, "registrar")
    said = state.get("cloudflare", {})
    if request.path_params["account"] != ACCOUNT["id"] or request.path_params["domain"] != ZONE or not said.get("registered"):
        raise CloudflareError(404, 10000, "The domain is not registered with this account")
    expires = _time(now + float(said.get("expires_in", 250)) * 86400)
    return {
        "domain_name": ZONE,
        "status": "active",
        "auto_renew": said.get("auto_renew", True),
        "locked": True,
        "privacy_mode": "redaction",
        "created_at": _time(float(state["repository"]["created_at"])),
        "expires_at": expires,
    }, None


def _page(found: list[Any], request: Request, usual: int) -> tuple[Any, Any]:
    size = min(max(_number(request, "per_page", usual), 1), _MAX_PAGE)
    page = max(_number(request, "page", 1), 1)
    part = found[(page - 1) * size : page * size]
    pages = -(-len(found) // size)
    return part, {"page": page, "per_page": size, "total_pages": pages, "count": len(part), "total_count": len(found)}


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isascii() or not text.isdigit():
        raise CloudflareError(400, 1004, f"{name} is no number")
    return int(text)


def _shape(state: Record, kind: str, name: str, content: str, said: Record) -> Record:
    created = _time(float(state["repository"]["created_at"]))
    return {
        "id": hashlib.sha256(f"{kind} {name} {content}".encode()).hexdigest()[:32],
        "type": kind,
        "name": name,
        "content": content,
        "proxied": name in said.get("proxied", ()) and kind in ("A", "AAAA", "CNAME"),
        "proxiable": kind in ("A", "AAAA", "CNAME"),
        "ttl": 1,
        "created_on": created,
        "modified_on": created,
    }


def _time(seconds: float) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
