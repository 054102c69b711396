"""The world's GitHub as one ASGI application: who asks, may they, how much is left, which endpoint, has it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from strideiq_console.sandbox.github import account, actions, branches, checks, labels, merging, protection, pulls, repository
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.state import State, take_number

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Endpoint = Callable[[Call], Reply]
LOGS = "https://logs.sandbox.invalid"
DOCUMENTATION = "https://docs.github.com/rest"
_REPO = "/repos/{owner}/{repo}"


@dataclass(frozen=True, slots=True)
class Way:
    """One operation. ``permission`` is what a token needs, as ``X-Accepted-GitHub-Permissions`` names it (``""``: nothing)."""

    method: str
    path: str
    endpoint: Endpoint
    permission: str = "metadata=read"


# Longer paths stand before those that would swallow them: a branch's name may hold slashes.
WAYS = (
    Way("GET", "/user", account.get_user, ""),
    Way("GET", "/rate_limit", account.get_rate_limit, ""),
    Way("GET", _REPO, repository.get_repository),
    Way("GET", _REPO + "/rules/branches/{branch:path}", protection.list_branch_rules),
    Way("GET", _REPO + "/rulesets", protection.list_rulesets),
    Way("GET", _REPO + "/rulesets/{id}", protection.get_ruleset),
    Way("GET", _REPO + "/branches", branches.list_branches, "contents=read"),
    Way("GET", _REPO + "/branches/{branch:path}/protection", protection.get_protection, "administration=read"),
    Way("PUT", _REPO + "/branches/{branch:path}/protection", protection.put_protection, "administration=write"),
    Way("DELETE", _REPO + "/branches/{branch:path}/protection", protection.delete_protection, "administration=write"),
    Way("GET", _REPO + "/branches/{branch:path}", branches.get_branch, "contents=read"),
    Way("GET", _REPO + "/compare/{basehead:path}", repository.compare, "contents=read"),
    Way("GET", _REPO + "/git/ref/{ref:path}", branches.get_ref, "contents=read"),
    Way("POST", _REPO + "/git/refs", branches.create_ref, "contents=write"),
    Way("PATCH", _REPO + "/git/refs/{ref:path}", branches.update_ref, "contents=write"),
    Way("DELETE", _REPO + "/git/refs/{ref:path}", branches.delete_ref, "contents=write"),
    Way("GET", _REPO + "/commits", repository.list_commits, "contents=read"),
    Way("GET", _REPO + "/commits/{ref:path}/check-runs", checks.list_check_runs, "checks=read"),
    Way("GET", _REPO + "/commits/{ref:path}/status", checks.combined_status, "statuses=read"),
    Way("GET", _REPO + "/commits/{ref:path}", repository.get_commit, "contents=read"),
    Way("POST", _REPO + "/statuses/{sha}", checks.create_status, "statuses=write"),
    Way("GET", _REPO + "/pulls", pulls.list_pulls, "pull_requests=read"),
    Way("POST", _REPO + "/pulls", pulls.create_pull, "pull_requests=write"),
    Way("GET", _REPO + "/pulls/{number}", pulls.get_pull, "pull_requests=read"),
    Way("PATCH", _REPO + "/pulls/{number}", pulls.update_pull, "pull_requests=write"),
    Way("GET", _REPO + "/pulls/{number}/files", pulls.list_files, "pull_requests=read"),
    Way("GET", _REPO + "/pulls/{number}/commits", pulls.list_commits, "pull_requests=read"),
    Way("GET", _REPO + "/pulls/{number}/reviews", pulls.list_reviews, "pull_requests=read"),
    Way("POST", _REPO + "/pulls/{number}/reviews", pulls.create_review, "pull_requests=write"),
    Way("PUT", _REPO + "/pulls/{number}/update-branch", merging.update_branch, "pull_requests=write"),
    Way("GET", _REPO + "/pulls/{number}/merge", merging.is_merged, "pull_requests=read"),
    Way("PUT", _REPO + "/pulls/{number}/merge", merging.merge, "contents=write"),
    Way("GET", _REPO + "/labels", labels.list_labels, "issues=read"),
    Way("POST", _REPO + "/labels", labels.create_label, "issues=write"),
    Way("PATCH", _REPO + "/issues/{number}", labels.update_issue, "issues=write"),
    Way("POST", _REPO + "/issues/{number}/comments", labels.create_comment, "issues=write"),
    Way("GET", _REPO + "/actions/runs", actions.list_runs, "actions=read"),
    Way("GET", _REPO + "/actions/runs/{id}", actions.get_run, "actions=read"),
    Way("GET", _REPO + "/actions/runs/{id}/jobs", actions.list_jobs, "actions=read"),
    Way("POST", _REPO + "/actions/runs/{id}/rerun", actions.rerun, "actions=write"),
    Way("POST", _REPO + "/actions/runs/{id}/rerun-failed-jobs", actions.rerun_failed, "actions=write"),
    Way("POST", _REPO + "/actions/runs/{id}/cancel", actions.cancel, "actions=write"),
    Way("GET", _REPO + "/actions/jobs/{id}", actions.get_job, "actions=read"),
    Way("GET", _REPO + "/actions/jobs/{id}/logs", actions.get_job_logs, "actions=read"),
    Way("POST", _REPO + "/actions/jobs/{id}/rerun", actions.rerun_job, "actions=write"),
)


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
        try:
            login = _who(state, request)
            reply = _reply(world, state, way, request, raw, login, now)
        except ApiError as error:
            reply = Reply(error.status, _problem(error.status, error.message, error.errors))
            known = _account(state, request)
            return _json(reply.status, reply.body, common | (_spend(state, known, now, 1) if known else {}))
        return _finish(state, way, request, reply, login, now, common)


def _reply(world: World, state: State, way: Way, request: Request, raw: bytes, login: str, now: float) -> Reply:
    if account.rate_of(state, login, now)["used"] >= account.HOURLY_LIMIT and way.path != "/rate_limit":
        raise ApiError(403, f"API rate limit exceeded for user ID {state['accounts'][login]['id']}.")
    _check_permission(state, way, request, login)
    call = Call(
        state=state,
        origin=world.repository,
        now=now,
        wall=world.clock.wall(),
        login=login,
        method=way.method,
        path=request.url.path.removeprefix(request.scope.get("root_path", "")),
        at=request.path_params,
        query=dict(request.query_params),
        body=_body(raw) if way.method != "GET" else {},
        api=str(request.base_url).rstrip("/"),
        logs=str(request.scope.get("sandbox.logs", LOGS)),
    )
    return way.endpoint(call)


def _account(state: State, request: Request) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() not in ("bearer", "token"):
        return None
    return next((t["login"] for t in state["tokens"].values() if "login" in t and t["value"] == value.strip()), None)


def _who(state: State, request: Request) -> str:
    if not request.headers.get("user-agent"):
        raise ApiError(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
    login = _account(state, request)
    if login is None:
        given = "authorization" in request.headers
        raise ApiError(401, "Bad credentials" if given else "Requires authentication")
    return login


def _check_permission(state: State, way: Way, request: Request, login: str) -> None:
    own = state["repository"]
    named = (request.path_params.get("owner", own["owner"]), request.path_params.get("repo", own["name"]))
    if tuple(part.lower() for part in named) != (own["owner"], own["name"]):
        raise ApiError(404, "Not Found")
    if way.permission:
        name, _, level = way.permission.partition("=")
        granted = state["permissions"].get(login, {}).get(name)
        if granted is None or (level == "write" and granted != "write"):
            raise ApiError(403, "Resource not accessible by personal access token")


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
    cost = 0 if way.path == "/rate_limit" else 1
    if way.method == "GET" and reply.status == 200:
        text = json.dumps(reply.body)
        headers["etag"] = f'W/"{hashlib.sha256(f"{login} {text}".encode()).hexdigest()}"'
        headers |= {"cache-control": "private, max-age=60, s-maxage=60", "vary": "Accept, Authorization, Accept-Encoding"}
        asked = request.headers.get("if-none-match", "")
        if headers["etag"] in [tag.strip() for tag in asked.split(",")]:
            return _json(304, None, headers | _spend(state, login, now, 0))
        return _text(200, text, headers | _spend(state, login, now, cost))
    return _json(reply.status, reply.body, headers | _spend(state, login, now, cost))


def _spend(state: State, login: str, now: float, cost: int) -> dict[str, str]:
    rate = account.rate_of(state, login, now)
    rate["used"] = min(account.HOURLY_LIMIT, rate["used"] + cost)
    return {
        "x-ratelimit-limit": str(account.HOURLY_LIMIT),
        "x-ratelimit-remaining": str(account.HOURLY_LIMIT - rate["used"]),
        "x-ratelimit-used": str(rate["used"]),
        "x-ratelimit-reset": str(rate["reset"]),
        "x-ratelimit-resource": "core",
    }


def _problem(status: int, message: str, errors: tuple[Any, ...] = ()) -> dict[str, Any]:
    extra = {"errors": list(errors)} if errors else {}
    return {"message": message, **extra, "documentation_url": DOCUMENTATION, "status": str(status)}


def _json(status: int, body: Any, headers: dict[str, str]) -> Response:
    if body is None:
        return Response(status_code=status, headers=headers)
    return _text(status, json.dumps(body), headers)


def _text(status: int, text: str, headers: dict[str, str]) -> Response:
    return Response(text, status_code=status, headers=headers, media_type="application/json; charset=utf-8")
