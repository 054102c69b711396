"""A Cloudflare for tests: the four reads with their envelope and their pages, and small examples of our own."""

from __future__ import annotations

from typing import Any

from strideiq_console.providers.cloudflare import Cloudflare
from tests.providers.hosting import Answering, Call, Wire, client

ROOT = "/client/v4"
ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"
ACCOUNT_ID = "01a7362d577a6c3019a474fd6f485823"
TOKEN = {"id": "ed17574386854bf78a67040be0a770b0", "status": "active", "expires_on": "2027-01-01T00:00:00Z"}
ZONE = {
    "id": ZONE_ID,
    "name": "strideiq.run",
    "status": "active",
    "paused": False,
    "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
    "account": {"id": ACCOUNT_ID, "name": "StrideIQ"},
    "plan": {"name": "Free Website"},
}
REGISTRATION = {
    "domain_name": "strideiq.run",
    "status": "active",
    "auto_renew": True,
    "locked": True,
    "expires_at": "2027-01-01T00:00:00Z",
}


def good(result: Any, **info: Any) -> dict[str, Any]:
    body = {"success": True, "errors": [], "messages": [], "result": result}
    return body | {"result_info": info} if info else body


def bad(code: int, message: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}


def record(number: int, name: str = "strideiq.run", **more: Any) -> dict[str, Any]:
    known = {"type": "A", "content": "76.76.21.21", "proxied": False, "proxiable": True, "ttl": 1}
    return {"id": f"{number:032d}", "name": name, **known, **more}


class FakeCloudflare:
    """Answers the four reads; ``instead`` answers a path that ends in its key."""

    def __init__(self, records: list[dict[str, Any]], instead: dict[str, tuple[int, Any]] | None = None) -> None:
        self.records = records
        self.instead = instead or {}
        self.zones: list[dict[str, Any]] = [ZONE]
        self.page = 100

    def __call__(self, call: Call) -> tuple[int, Any]:
        path = call.path.removeprefix(ROOT)
        for end, answer in self.instead.items():
            if path.endswith(end) or f"{path}?page={call.query.get('page')}".endswith(end):
                return answer
        if path == "/user/tokens/verify":
            return 200, good(TOKEN)
        if path == "/zones":
            return 200, good(self.zones, page=1, per_page=20, total_pages=1, count=1, total_count=1)
        if path.endswith("/dns_records"):
            return 200, self._records(call)
        return 200, good(REGISTRATION)

    def _records(self, call: Call) -> dict[str, Any]:
        wanted = call.query.get("name.exact")
        fitting = [r for r in self.records if wanted in (None, r["name"])]
        page, size = int(call.query.get("page", 1)), self.page
        part = fitting[(page - 1) * size : page * size]
        pages = -(-len(fitting) // size)
        return good(part, page=page, per_page=size, total_pages=pages, count=len(part), total_count=len(fitting))


def cloudflare(answering: Answering, *, account: str = "", zone: str = "strideiq.run") -> tuple[Cloudflare, Wire]:
    wire = Wire(answering)
    made = client("cloudflare", f"https://api.cloudflare.com{ROOT}", wire)
    return Cloudflare(client=made, zone=zone, account=account), wire
