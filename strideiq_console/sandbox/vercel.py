"""The world's Vercel: the deployments of the web component, its project, rollback and promotion."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.deploy_orders import RefusedOrderError, promote_web, roll_back_web, rollback_candidate
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.state import record_effect
from strideiq_console.sandbox.vercel_shapes import PROJECT, TEAM, USER, deployment_shape, list_shape, project_shape, team_shape

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]
Answer = Callable[[Record, Request, float], tuple[int, Any]]
PAGE = 20
MAX_PAGE = 100
NO_TEAM = ("/v2/user", "/v2/teams")


class VercelError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def app(world: World) -> Starlette:
    """Return Vercel's API over a world. Requests need the world's Vercel token and, but for ``/v2/…``, its team."""
    allowance = Allowance("vercel", limit=500, window=60.0)
    routes = [
        ("GET", "/v7/deployments", _list),
        ("GET", "/v6/deployments", _list),
        ("GET", "/v13/deployments/{id}", _one),
        ("GET", "/v9/projects/{project}", _project),
        ("GET", "/v1/projects/{project}/promote/aliases", _aliases),
        ("POST", "/v1/projects/{project}/rollback/{id}", _roll_back),
        ("POST", "/v10/projects/{project}/promote/{id}", _promote),
        ("GET", "/v2/user", _user),
        ("GET", "/v2/teams", _teams),
    ]
    return Starlette(routes=[Route(path, _endpoint(world, allowance, answer), methods=[way]) for way, path, answer in routes])


def _endpoint(world: World, allowance: Allowance, answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_respond, world, allowance, answer, request)

    return endpoint


def _respond(world: World, allowance: Allowance, answer: Answer, request: Request) -> Response:
    now = world.clock.seconds()
    trace = hashlib.sha256(f"{now} {request.url.path}".encode()).hexdigest()
    with world.change() as state:
        spent = allowance.spend(state, now)
        headers = {"x-vercel-id": f"sfo1::{trace[:5]}-{int(now * 1000)}-{trace[5:17]}", "server": "Vercel"} | spent.headers
        try:
            if spent.wait is not None:
                raise VercelError(429, "rate_limited", "Too many requests")
            _admit(state, request)
            status, body = answer(state, request, now)
        except VercelError as error:
            status, body = error.status, {"error": {"code": error.code, "message": error.message}}
        except RefusedOrderError as error:
            status, body = error.status, {"error": {"code": error.code, "message": error.message}}
    return Response(status_code=status, headers=headers) if body is None else JSONResponse(body, status, headers=headers)


def _admit(state: Record, request: Request) -> None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or value.strip() != state["tokens"]["vercel"]["value"]:
        raise VercelError(403, "forbidden", "Not authorized")
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    if path not in NO_TEAM:
        query = request.query_params
        if query.get("teamId") != TEAM and query.get("slug") != "acme":
            raise VercelError(403, "forbidden", "Not authorized: Trying to access resource under another scope")
    if request.path_params.get("project", PROJECT["id"]) not in PROJECT.values():
        raise VercelError(404, "not_found", "Project not found")


def _user(_state: Record, _request: Request, _now: float) -> tuple[int, Any]:
    return 200, {"user": USER}


def _teams(state: Record, _request: Request, _now: float) -> tuple[int, Any]:
    created = state["repository"]["created_at"]
    return 200, {"teams": [team_shape(created)], "pagination": {"count": 1, "next": None, "prev": None}}


def _project(state: Record, _request: Request, _now: float) -> tuple[int, Any]:
    return 200, project_shape(state)


def _one(state: Record, request: Request, _now: float) -> tuple[int, Any]:
    wanted = request.path_params["id"]
    for entry in deploys.records(state):
        if entry["provider"] == "vercel":
            shape = deployment_shape(entry)
            if wanted in (entry["id"], shape["url"], *shape["alias"]):
                return 200, shape
    raise VercelError(404, "not_found", "The deployment could not be found")


def _list(state: Record, request: Request, _now: float) -> tuple[int, Any]:
    query = request.query_params
    limit = _number(query, "limit", PAGE)
    if not 1 <= limit <= MAX_PAGE:
        raise VercelError(400, "bad_request", f"Invalid request: `limit` should be between 1 and {MAX_PAGE}")
    if query.get("projectId", PROJECT["id"]) not in PROJECT.values():
        raise VercelError(404, "not_found", "Project not found")
    candidate = rollback_candidate(state)
    shapes = [list_shape(entry, entry is candidate) for entry in deploys.records(state) if entry["provider"] == "vercel"]
    fitting = sorted((s for s in shapes if _fits(s, query)), key=lambda s: int(s["created"]), reverse=True)
    page = fitting[:limit]
    more = page[-1]["created"] if len(fitting) > limit else None
    return 200, {
        "deployments": page,
        "pagination": {"count": len(page), "next": more, "prev": page[0]["created"] if page else None},
    }


def _fits(shape: Record, query: Mapping[str, str]) -> bool:
    created = shape["created"]
    older = [query[name] for name in ("until", "to") if name in query]
    newer = [query[name] for name in ("since", "from") if name in query]
    rules = (
        "target" not in query or (shape["target"] or "preview") == query["target"],
        "state" not in query or shape["readyState"] in query["state"].upper().split(","),
        "branch" not in query or shape["meta"]["githubCommitRef"] == query["branch"],
        "sha" not in query or shape["meta"]["githubCommitSha"] == query["sha"].lower(),
        "rollbackCandidate" not in query or shape["isRollbackCandidate"] == (query["rollbackCandidate"] == "true"),
        all(created < _number({"": value}, "", 0) for value in older),
        all(created > _number({"": value}, "", 0) for value in newer),
    )
    return all(rules)


def _aliases(state: Record, request: Request, _now: float) -> tuple[int, Any]:
    last = deploys.vercel(state)["alias_request"]
    words = {"pending": "pending", "in-progress": "in-progress", "succeeded": "completed"}
    aliases = [{"alias": "strideiq.run", "id": "als_strideiq_run", "status": words[last["state"]]}] if last else []
    if request.query_params.get("failedOnly") == "true":
        aliases = []
    return 200, {"aliases": aliases, "pagination": {"count": len(aliases), "next": None, "prev": None}}


def _roll_back(state: Record, request: Request, now: float) -> tuple[int, Any]:
    return _order(state, request, now, roll_back_web, "rolled back to")


def _promote(state: Record, request: Request, now: float) -> tuple[int, Any]:
    return _order(state, request, now, promote_web, "promoted")


def _order(state: Record, request: Request, now: float, order: Callable[..., None], what: str) -> tuple[int, Any]:
    identity = request.path_params["id"]
    order(state, identity, now)
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    record_effect(state, at=now, provider="vercel", method="POST", path=path, what=f"{what} {identity}", login="founder")
    return 201, None


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise VercelError(400, "bad_request", f"Invalid request: `{name or 'time'}` should be a number")
    return int(text)
