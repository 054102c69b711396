"""The world's status pages: of GitHub, Vercel and Cloudflare (Statuspage) and of Railway (Instatus), green until told otherwise.

``state["status_pages"][provider]`` may hold ``components`` ({name: a Statuspage's word, such as "major_outage"}), ``incident`` (the
name of an unresolved one), ``impact`` ("major") and ``maintenance`` (the name of a planned one).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]
HOSTS = {
    "www.githubstatus.com": "github",
    "www.vercel-status.com": "vercel",
    "www.cloudflarestatus.com": "cloudflare",
    "status.railway.com": "railway",
}
NAMES = {"github": "GitHub", "vercel": "Vercel", "cloudflare": "Cloudflare", "railway": "Railway"}
COMPONENTS = {
    "github": ("Git Operations", "Webhooks", "API Requests", "Issues", "Pull Requests", "Actions", "Packages", "Pages", "Copilot"),
    "vercel": ("API", "Builds", "CDN", "Dashboard", "Domains", "Vercel Functions"),
    "cloudflare": ("API", "Authoritative DNS", "CDN/Cache", "Dashboard", "Workers", "Amsterdam, Netherlands - (AMS)"),
}
_WORST = ("operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage")
_INDICATORS = dict(zip(_WORST, ("none", "minor", "minor", "major", "critical"), strict=True))
_SENTENCES = {
    "none": "All Systems Operational",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}


def app(world: World) -> Starlette:
    """Return the application of all four hosts; it tells them apart by the Host header, and honours If-None-Match."""

    async def endpoint(request: Request) -> Response:
        provider = HOSTS.get((request.headers.get("host") or "").partition(":")[0].lower(), "")
        wanted = "/summary.json" if provider == "railway" else "/api/v2/summary.json"
        if not provider or request.url.path != wanted:
            return Response("Not found", 404)
        state = await run_in_threadpool(world.read)
        shape: Callable[[Record, str, float], Record] = _instatus if provider == "railway" else _statuspage
        raw = json.dumps(shape(state.get("status_pages", {}).get(provider, {}), provider, world.clock.seconds())).encode()
        tag = f'W/"{hashlib.sha256(raw).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "max-age=0, private, must-revalidate"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(raw, media_type="application/json", headers=headers)

    return Starlette(routes=[Route("/{path:path}", endpoint)])


def _statuspage(said: Record, provider: str, now: float) -> Record:
    given = said.get("components", {})
    # The page changes only when its state does, so that an ETag can hold: its times are those of the hour.
    at = _time(now - now % 3600)
    parts = [_part(provider, name, given.get(name, "operational"), at) for name in dict.fromkeys((*COMPONENTS[provider], *given))]
    worst = max((p["status"] for p in parts), key=_WORST.index)
    indicator = _INDICATORS[worst]
    if said.get("incident") and indicator == "none":
        indicator = str(said.get("impact", "major"))
    host = next(host for host, name in HOSTS.items() if name == provider)
    page = {"id": _id(provider), "name": NAMES[provider], "url": f"https://{host}", "time_zone": "Etc/UTC", "updated_at": at}
    return {
        "page": page,
        "components": parts,
        "incidents": [_incident(said, provider, at, parts)] if said.get("incident") else [],
        "scheduled_maintenances": [_maintenance(said, provider, now)] if said.get("maintenance") else [],
        "status": {"indicator": indicator, "description": _SENTENCES[indicator]},
    }


def _part(provider: str, name: str, status: str, at: str) -> Record:
    common = {"description": None, "showcase": False, "start_date": None, "group_id": None, "group": False, "position": 1}
    times = {"created_at": "2019-11-13T18:02:19.432Z", "updated_at": at}
    known = {"id": _id(provider + name), "name": name, "status": status, "page_id": _id(provider), "only_show_if_degraded": False}
    return known | common | times


def _incident(said: Record, provider: str, at: str, parts: list[Record]) -> Record:
    return {
        "id": _id(provider + said["incident"]),
        "name": said["incident"],
        "status": "investigating",
        "impact": said.get("impact", "major"),
        "shortlink": f"https://stspg.io/{_id(said['incident'])}",
        "created_at": at,
        "updated_at": at,
        "started_at": at,
        "monitoring_at": None,
        "resolved_at": None,
        "page_id": _id(provider),
        "components": [part for part in parts if part["status"] != "operational"],
        "incident_updates": [],
    }


def _maintenance(said: Record, provider: str, now: float) -> Record:
    start = now - now % 3600 + 7200
    base = _incident({"incident": said["maintenance"], "impact": "maintenance"}, provider, _time(start), [])
    return base | {"status": "scheduled", "scheduled_for": _time(start), "scheduled_until": _time(start + 3600)}


def _instatus(said: Record, provider: str, now: float) -> Record:
    at = _time(now - now % 3600)
    page = {"name": NAMES[provider], "url": "https://status.railway.com", "status": "HASISSUES" if said.get("incident") else "UP"}
    shape: Record = {"page": page}
    if said.get("incident"):
        impact = {"minor": "DEGRADEDPERFORMANCE", "major": "MAJOROUTAGE"}.get(said.get("impact", "major"), "MAJOROUTAGE")
        url = f"{page['url']}/incident/{_id(said['incident'])}"
        event = {"name": said["incident"], "started": at, "status": "INVESTIGATING", "impact": impact, "url": url}
        shape["activeIncidents"] = [event]
    if said.get("maintenance"):
        start = _time(now - now % 3600 + 7200)
        url = f"{page['url']}/maintenance/{_id(said['maintenance'])}"
        event = {"name": said["maintenance"], "start": start, "status": "NOTSTARTEDYET", "duration": "60", "url": url}
        shape["activeMaintenances"] = [event]
    return shape


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _time(seconds: float) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%S.000Z")
