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
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.run_shapes import steps
from strideiq_console.sandbox.state import State, record_violation

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

LIFETIME = 60.0
_FAILURE = """FAILED apps/api/tests/test_week.py::test_a_week_starts_on_monday
=================================== FAILURES ===================================
_________________________ test_a_week_starts_on_monday _________________________

    def test_a_week_starts_on_monday() -> None:
>       assert first_day(date(2026, 1, 7)) == date(2026, 1, 5)
E       assert datetime.date(2026, 1, 4) == datetime.date(2026, 1, 5)

apps/api/tests/test_week.py:8: AssertionError
=========================== short test summary info ============================
FAILED apps/api/tests/test_week.py::test_a_week_starts_on_monday
======================== 1 failed, 211 passed in 48.20s ========================
\x1b[31m##[error]Process completed with exit code 1.\x1b[0m"""


def has_log(job: dict[str, Any]) -> bool:
    """Say whether a job has left a log."""
    return bool(job["status"] == "completed" and job["outcome"] != "skipped")


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
        return None if found is None else PlainTextResponse(text(found[1], now))
    run = next((entry for entry in state["runs"] if str(entry["id"]) == number), None)
    return None if run is None else Response(_archive(run, now), media_type="application/zip")


def _archive(run: dict[str, Any], now: float) -> bytes:
    """Return the logs of a run's jobs as one zip: ``0_backend-lint.txt`` and so on."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
        for number, job in enumerate(found for found in run["jobs"] if has_log(found)):
            archive.writestr(ZipInfo(f"{number}_{job['name']}.txt"), text(job, now))
    return whole.getvalue()


def text(job: dict[str, Any], now: float) -> str:
    """Return a job's log, each line with its time as GitHub writes it."""
    lines = []
    for step in steps(job, now):
        lines.append((step["started_at"], f"##[group]{step['name']}"))
        lines.append((step["started_at"], f"{step['name'].removeprefix('Run ')}"))
        if step["conclusion"] == "failure":
            lines += [(step["completed_at"], line) for line in _FAILURE.split("\n")]
        elif step["conclusion"] == "cancelled":
            lines.append((step["completed_at"], "##[error]The operation was canceled."))
        lines.append((step["completed_at"], "##[endgroup]"))
    end = iso(job["completed_at"])
    return "".join(f"{(when or end).removesuffix('Z')}.0000000Z {line}\n" for when, line in lines)
