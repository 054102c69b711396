"""StrideIQ itself as its users reach it: the site and the API of production and staging, as they were deployed.

``state["site"][environment]`` may hold ``web`` and ``api`` ("ok" or "down"), ``db`` and ``redis`` (the words of ``/health``, "ok"
when not said) and ``latency_ms``: real milliseconds until an answer. Of its safety: ``headers`` ({name: value, None: left out}),
``cors`` ("*" or "reflect"), ``cookies`` (what ``/login`` sets), ``rate_limit`` and ``redirect`` (false: no limit shows, http is
answered instead of led to https). What serves may bring words of its own, see troubles.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import troubles
from strideiq_console.sandbox.deploys import Record, live, settle
from strideiq_console.sandbox.site_metrics import CONTENT_TYPE, metrics_page

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

SITES = {
    "strideiq.run": ("production", "web"),
    "api.strideiq.run": ("production", "api"),
    "staging.strideiq.run": ("staging", "web"),
    "api-staging.strideiq.run": ("staging", "api"),
    "www.strideiq.run": ("production", "www"),
}
WEB_OF = {"production": "https://strideiq.run", "staging": "https://staging.strideiq.run"}
GOOD = ("ok", "healthy", "connected", "up")
# The five headers of StrideIQ's architecture document; it names neither HSTS nor a content policy.
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
COOKIES = ("session=c2FuZGJveA; Path=/; Secure; HttpOnly; SameSite=Lax",)
RATE_LIMIT = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>StrideIQ{mark}</title><meta name="version" content="{sha}"></head>
<body><main><h1>StrideIQ</h1><p>Training that answers back.</p></main></body></html>
"""


def app(world: World) -> Starlette:
    """Return the application of all four hosts; it tells them apart by the Host header."""

    async def endpoint(request: Request) -> Response:
        host = (request.headers.get("host") or "").partition(":")[0].lower()
        if host not in SITES:
            return JSONResponse({"status": "error", "code": 404, "message": "Application not found"}, 404)
        environment, component = SITES[host]
        state = await run_in_threadpool(_present, world)
        knobs = troubles.site(state, environment, world.clock.seconds())
        if request.url.scheme == "http" and knobs.get("redirect", True):
            return RedirectResponse(str(request.url.replace(scheme="https")), 308)
        if component == "www":
            return RedirectResponse(str(request.url.replace(netloc=host.removeprefix("www."))), 301)
        if knobs.get("latency_ms"):
            await asyncio.sleep(float(knobs["latency_ms"]) / 1000)
        if component == "api" and request.url.path == "/metrics":
            page = await metrics_page(world, environment)
            return Response(page or "no process", 200 if page else 503, media_type=CONTENT_TYPE)
        answer: Callable[[Request, str, Record | None, dict[str, Any]], Response] = _web if component == "web" else _api
        response = answer(request, environment, live(state, environment, component), knobs)
        for name, value in (SECURITY_HEADERS | knobs.get("headers", {})).items():
            if value is not None:
                response.headers[name] = value
        return response

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "HEAD", "OPTIONS", "POST"])])


def _present(world: World) -> dict[str, Any]:
    """Return the state as it is now without saving it: a probe must not wait for those who change the world.

    A push that nobody has noticed yet cannot be live, so only the deployments have to be carried on.
    """
    state = world.read()
    settle(state, world.clock.seconds())
    return state


def _web(request: Request, environment: str, entry: Record | None, knobs: dict[str, Any]) -> Response:
    if entry is None:
        return HTMLResponse("<h1>404: DEPLOYMENT_NOT_FOUND</h1>", 404, headers={"x-vercel-error": "DEPLOYMENT_NOT_FOUND"})
    if knobs.get("web") == "paused":
        return HTMLResponse("<h1>503: DEPLOYMENT_PAUSED</h1>", 503, headers={"x-vercel-error": "DEPLOYMENT_PAUSED"})
    if knobs.get("web", "ok") not in GOOD:
        return HTMLResponse(
            "<h1>500: FUNCTION_INVOCATION_FAILED</h1>", 500, headers={"x-vercel-error": "FUNCTION_INVOCATION_FAILED"}
        )
    if request.path_params["path"] == "login":
        page = HTMLResponse(_PAGE.format(mark=" – sign in", sha=entry["sha"]))
        for cookie in knobs.get("cookies", COOKIES):
            page.headers.append("set-cookie", cookie)
        return page
    if request.path_params["path"]:
        return HTMLResponse("<h1>This page could not be found.</h1>", 404)
    mark = "" if environment == "production" else f" ({environment})"
    headers = {"x-strideiq-version": entry["sha"], "server": "Vercel", "cache-control": "public, max-age=0, must-revalidate"}
    return HTMLResponse(_PAGE.format(mark=mark, sha=entry["sha"]), headers=headers)


def _api(request: Request, environment: str, entry: Record | None, knobs: dict[str, Any]) -> Response:
    if entry is None:
        return JSONResponse({"status": "error", "code": 404, "message": "Application not found"}, 404)
    if entry["state"] == "crashed" or knobs.get("api", "ok") not in GOOD:
        return JSONResponse({"status": "error", "code": 503, "message": "Application failed to respond"}, 503)
    allowed = _allowed(request.headers.get("origin", ""), environment, knobs)
    limit = RATE_LIMIT if knobs.get("rate_limit", True) else {}
    path = request.path_params["path"]
    if request.method == "OPTIONS":
        if not allowed:
            return Response("Disallowed CORS origin", 400, headers=limit)
        ways = {"access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE", "access-control-allow-headers": "authorization"}
        return Response(status_code=204, headers=allowed | ways | limit)
    if path == "health":
        return JSONResponse(_health(entry, knobs), headers=allowed)
    if path == "":
        return JSONResponse({"name": "StrideIQ API", "version": entry["sha"]}, headers=allowed | limit)
    if path.startswith("v1/"):
        return JSONResponse({"detail": "Not authenticated"}, 401, headers=allowed | limit | {"www-authenticate": "Bearer"})
    return JSONResponse({"detail": "Not Found"}, 404, headers=allowed | limit)


def _allowed(origin: str, environment: str, knobs: dict[str, Any]) -> dict[str, str]:
    """Return the allow header for an origin: the environment's own site has one, and whoever a careless setting lets in."""
    careless = knobs.get("cors", "")
    if not origin or (origin != WEB_OF[environment] and not careless):
        return {}
    return {"access-control-allow-origin": "*" if careless == "*" else origin, "vary": "Origin"}


def _health(entry: Record, knobs: dict[str, Any]) -> dict[str, Any]:
    """Return the body of ``/health``: a poor part makes the whole degraded, and the status stays 200 as the real one's does."""
    db, redis = str(knobs.get("db", "ok")), str(knobs.get("redis", "ok"))
    whole = "healthy" if db in GOOD and redis in GOOD else "degraded"
    return {"status": whole, "db": db, "redis": redis, "version": entry["sha"]}
