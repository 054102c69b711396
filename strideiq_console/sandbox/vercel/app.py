"""The door of the world's Vercel: who may ask, which operation it is, and how answers and errors go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox.deploy_orders import RefusedOrderError
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.vercel import account, deployments, logs, names, project
from strideiq_console.sandbox.vercel.call import Answer, Call, Lines, Record, VercelError
from strideiq_console.sandbox.vercel.shapes import PROJECT, TEAM

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

ROUTES: tuple[tuple[str, str, Answer], ...] = (
    *account.ROUTES,
    *deployments.ROUTES,
    *logs.ROUTES,
    *names.ROUTES,
    *project.ROUTES,
)
# The contract gives these no teamId: they are about the token's owner, or name the team in the path, or forgot it.
NO_TEAM = ("/v2/user", "/v2/teams")


def app(world: World) -> Starlette:
    """Return Vercel's API over a world. Requests need the world's Vercel token and, but for ``/v2/…``, its team."""
    allowance = Allowance("vercel", limit=500, window=60.0)
    return Starlette(routes=[Route(path, _endpoint(world, allowance, answer), methods=[way]) for way, path, answer in ROUTES])


def _endpoint(world: World, allowance: Allowance, answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_respond, world, allowance, answer, request, await request.body())

    return endpoint


def _respond(world: World, allowance: Allowance, answer: Answer, request: Request, raw: bytes) -> Response:
    now = world.clock.seconds()
    trace = hashlib.sha256(f"{now} {request.url.path}".encode()).hexdigest()
    with world.change() as state:
        spent = allowance.spend(state, now)
        headers = {"x-vercel-id": f"sfo1::{trace[:5]}-{int(now * 1000)}-{trace[5:17]}", "server": "Vercel"} | spent.headers
        try:
            if spent.wait is not None:
                raise VercelError(429, "rate_limited", "Too many requests")
            call = _call(state, request, raw, now)
            _admit(call, request.headers.get("authorization", ""))
            status, body = answer(call)
        except (VercelError, RefusedOrderError) as error:
            status, body = error.status, {"error": {"code": error.code, "message": error.message}}
    if body is None:
        return Response(status_code=status, headers=headers)
    if isinstance(body, Lines):
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in body.lines)
        return Response(text.encode(), status, headers=headers | {"content-type": body.kind})
    return JSONResponse(body, status, headers=headers)


def _call(state: Record, request: Request, raw: bytes, now: float) -> Call:
    body: Any = {}
    if raw:
        try:
            body = json.loads(raw)
        except ValueError:
            raise VercelError(400, "bad_request", "Invalid JSON") from None
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    query: Mapping[str, str] = dict(request.query_params)
    return Call(state, now, request.method, path, dict(request.path_params), query, body if isinstance(body, dict) else {"": body})


def _admit(call: Call, authorization: str) -> None:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "bearer" or value.strip() != call.state["tokens"]["vercel"]["value"]:
        raise VercelError(403, "forbidden", "Not authorized")
    free = call.path.startswith(NO_TEAM) or call.path.endswith("/update-description")
    if not free and call.query.get("teamId") != TEAM and call.query.get("slug") != "acme":
        raise VercelError(403, "forbidden", "Not authorized: Trying to access resource under another scope")
    if call.at.get("project", PROJECT["id"]) not in PROJECT.values():
        raise VercelError(404, "not_found", "Project not found")
