"""The world's GitHub as one ASGI application: who asks, may they, how much is left, which endpoint, has it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from strideiq_console.sandbox.github import rates, tokens
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.ways import WAYS, Way
from strideiq_console.sandbox.state import State, take_number

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

LOGS = "https://logs.sandbox.invalid"
DOCUMENTATION = "https://docs.github.com/rest"
_FREE = "/rate_limit"


def app(world: World) -> Starlette:
    """Return GitHub's API over a world.

    A server that reaches it under another address sets the ASGI ``root_path``; one that serves the log host itself puts that
    address into the scope as ``sandbox.logs``.
    """
    routes = [Route(way.path, _endpoint(world, way), methods=[way.method]) for way in WAYS]
    handlers: dict[Any, Any] = {HTTPException: _no_such_way}
    return Starlette(routes=routes, exception_handlers=handlers)


async def _no_such_way(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _json(404 if status == 405 else status, _problem(404, "Not Found"), {})


def _endpoint(world: World, way: Way) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        return await run_in_threadpool(_answer, world, way, request, raw)

    return endpoint


def _answer(world: World, way: Way, request: Request, raw: bytes) -> Response:
    with world.change() as state:
        now = world.clock.seconds()
        common = {
            "x-github-request-id": f"5A0D:{take_number(state, 'request'):06X}",
            "x-github-media-type": "github.v3; format=json",
            "x-github-api-version-selected": "2022-11-28",
            "x-accepted-github-permissions": way.permission,
        }
        token = None
        try:
            token = tokens.authenticate(state, request.headers, now)
            common |= tokens.headers(token, way.permission)
            rates.check(state, token["login"], way.method, now, free=way.path == _FREE)
        except ApiError as error:  # refused at the door: nothing was used up
            return _refusal(error, common | (rates.spend(state, token["login"], now, 0) if token else {}))
        try:
            reply = _reply(world, state, way, request, raw, token, now)
        except ApiError as error:
            return _refusal(error, common | rates.spend(state, token["login"], now, 1))
        return _finish(state, way, request, reply, token["login"], now, common)


def _reply(world: World, state: State, way: Way, request: Request, raw: bytes, token: tokens.Token, now: float) -> Reply:
    own = state["repository"]
    named = (request.path_params.get("owner", own["owner"]), request.path_params.get("repo", own["name"]))
    if tuple(part.lower() for part in named) != (own["owner"], own["name"]):
        raise ApiError(404, "Not Found")
    tokens.check(state, token, way.permission)
    call = Call(
        state=state,
        origin=world.repository,
        now=now,
        wall=world.clock.wall(),
        login=token["login"],
        method=way.method,
        path=request.url.path.removeprefix(request.scope.get("root_path", "")),
        at=request.path_params,
        query=dict(request.query_params),
        body=_body(raw) if way.method != "GET" else {},
        api=str(request.base_url).rstrip("/"),
        logs=str(request.scope.get("sandbox.logs", LOGS)),
    )
    return way.endpoint(call)


def _body(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw) if raw.strip() else {}
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text that can be kept
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error
    if not isinstance(value, dict):
        raise ApiError(400, "Body should be a JSON object")
    return value


def _finish(state: State, way: Way, request: Request, reply: Reply, login: str, now: float, common: dict[str, str]) -> Response:
    headers = common | dict(reply.headers)
    cost = 0 if way.path == _FREE else 1
    if way.method == "GET" and reply.status == 200:
        text = json.dumps(reply.body)
        headers["etag"] = f'W/"{hashlib.sha256(f"{login} {text}".encode()).hexdigest()}"'
        headers |= {"cache-control": "private, max-age=60, s-maxage=60", "vary": "Accept, Authorization, Accept-Encoding"}
        asked = request.headers.get("if-none-match", "")
        if headers["etag"] in [tag.strip() for tag in asked.split(",")]:
            return _json(304, None, headers | rates.spend(state, login, now, 0))
        return _text(200, text, headers | rates.spend(state, login, now, cost))
    return _json(reply.status, reply.body, headers | rates.spend(state, login, now, cost))


def _refusal(error: ApiError, headers: dict[str, str]) -> Response:
    return _json(error.status, _problem(error.status, error.message, error.errors), headers | error.headers)


def _problem(status: int, message: str, errors: tuple[Any, ...] = ()) -> dict[str, Any]:
    extra = {"errors": list(errors)} if errors else {}
    return {"message": message, **extra, "documentation_url": DOCUMENTATION, "status": str(status)}


def _json(status: int, body: Any, headers: dict[str, str]) -> Response:
    if body is None:
        return Response(status_code=status, headers=headers)
    return _text(status, json.dumps(body), headers)


def _text(status: int, text: str, headers: dict[str, str]) -> Response:
    return Response(text, status_code=status, headers=headers, media_type="application/json; charset=utf-8")
