"""The host that logs are fetched from: signed addresses that expire after a minute, and no place for a token."""

from __future__ import annotations

import hashlib
import hmac
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.github.log_text import has_log, text
from strideiq_console.sandbox.state import State, record_violation

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

LIFETIME = 60.0


def signed_path(state: State, name: str, wall: float) -> str:
    """Return the path of a log (``jobs/7.log``, ``runs/7.zip``), good for a minute of real time."""
    expires = int(wall + LIFETIME)
    return f"/{name}?expires={expires}&signature={_sign(state, name, expires)}"


def _sign(state: State, name: str, expires: int) -> str:
    return hmac.new(state["secret"].encode(), f"{name}.{expires}".encode(), hashlib.sha256).hexdigest()[:32]


def logs_app(world: World) -> Starlette:
    """Return the log host of a world. A request that brings an Authorization header is noted as a violation and refused."""

    def answer(name: str, expires: str, signature: str, authorised: bool) -> Response:
        with world.change() as state:
            now = world.clock.seconds()
            if authorised:
                record_violation(state, at=now, what=f"an Authorization header was sent to the log host for {name}")
                return PlainTextResponse("InvalidAuthenticationInfo", 400)
            if not expires.isdecimal() or signature != _sign(state, name, int(expires)):
                return PlainTextResponse("AuthenticationFailed", 403)
            if int(expires) < world.clock.wall():
                return PlainTextResponse("AuthenticationFailed: the signature is not valid any more", 403)
            return _content(state, name, now) or PlainTextResponse("BlobNotFound", 404)

    async def log(request: Request) -> Response:
        query, authorised = request.query_params, "authorization" in request.headers
        name = f"{request.path_params['kind']}/{request.path_params['name']}"
        return await run_in_threadpool(answer, name, query.get("expires", ""), query.get("signature", ""), authorised)

    return Starlette(routes=[Route("/{kind}/{name}", log)])


def _content(state: State, name: str, now: float) -> Response | None:
    kind, _, rest = name.partition("/")
    number = rest.partition(".")[0]
    if kind == "jobs":
        found = ci.find_job(state, int(number))
        return None if found is None or not has_log(state, found[1]) else PlainTextResponse(text(found[1], now))
    run = next((entry for entry in state["runs"] if str(entry["id"]) == number), None)
    return None if run is None else Response(_archive(state, run, now), media_type="application/zip")


def _archive(state: State, run: dict[str, Any], now: float) -> bytes:
    """Return the logs of a run's jobs as one zip: ``0_backend-lint.txt`` and so on."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
        for number, job in enumerate(found for found in run["jobs"] if has_log(state, found)):
            archive.writestr(ZipInfo(f"{number}_{job['name']}.txt"), text(job, now))
    return whole.getvalue()
