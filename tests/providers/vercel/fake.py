"""A Vercel for tests: three reads with the filters and the paging that the contract describes."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from typing import Any

import httpx

from strideiq_console.domain.environment import Environment
from strideiq_console.providers.vercel import Vercel
from tests.providers.hosting import Call, Wire, client

ENVIRONMENTS = (
    Environment("production", "https://strideiq.run", "https://api.strideiq.run", "/health", "main", production=True),
    Environment("staging", "https://staging.strideiq.run", "", "/health", "staging"),
    Environment("local", "http://localhost:3000", "", "/health", ""),
)
T0 = 1_767_952_800_000


def deployment(uid: str, minutes: int, sha: str, **more: Any) -> dict[str, Any]:
    branch = more.pop("branch", "main")
    state = more.pop("state", "READY")
    return {
        "uid": uid,
        "name": "strideiq-web",
        "projectId": "prj_1",
        "type": "LAMBDAS",
        "creator": {"uid": "usr_1"},
        "inspectorUrl": None,
        "created": T0 + minutes * 60_000,
        "createdAt": T0 + minutes * 60_000,
        "ready": T0 + minutes * 60_000 + 30_000,
        "readyState": state,
        "target": "production" if branch == "main" else None,
        "url": f"{uid.replace('_', '-')}-acme.vercel.app",
        "isRollbackCandidate": True,
        "meta": {"githubCommitSha": sha, "githubCommitRef": branch, "githubCommitMessage": "fix: it\n\nbody"},
        **more,
    }


def project(**more: Any) -> dict[str, Any]:
    base = {"accountId": "team_1", "deploymentExpiration": {}, "directoryListing": False, "nodeVersion": "22.x", "alias": []}
    sizes = {"defaultResourceConfig": {"functionDefaultRegions": []}, "resourceConfig": {"functionDefaultRegions": []}}
    return {**base, **sizes, "id": "prj_1", "name": "strideiq-web", **more}


def target(uid: str) -> dict[str, Any]:
    """A target of a project with all that the contract wants of one."""
    known = {"createdAt": 1, "createdIn": "sfo1", "creator": None, "deploymentHostname": "web", "name": "web", "plan": "hobby"}
    return {**known, "id": uid, "private": False, "readyState": "READY", "type": "LAMBDAS", "url": "web.vercel.app"}


class FakeVercel:
    """The three reads, with the filters and the paging that the contract describes."""

    def __init__(self, deployments: list[dict[str, Any]], settings: dict[str, Any] | None = None) -> None:
        self.deployments = sorted(deployments, key=lambda d: -d["createdAt"])
        self.project = settings or project()
        self.page = 100

    def __call__(self, call: Call) -> tuple[int, Any]:
        if call.path.startswith("/v9/projects/"):
            return 200, self.project
        if call.path.startswith("/v13/deployments/"):
            found = next((d for d in self.deployments if d["uid"] == call.path.rsplit("/", 1)[1]), None)
            return (200, whole(found)) if found else (404, {"error": {"code": "not_found", "message": "gone"}})
        query = call.query
        wanted = [d for d in self.deployments if self.fits(d, query)]
        size = min(int(query["limit"]), self.page)
        following = wanted[size - 1]["createdAt"] if len(wanted) > size else None
        pagination = {"count": len(wanted[:size]), "next": following, "prev": None}
        return 200, {"deployments": wanted[:size], "pagination": pagination}

    @staticmethod
    def fits(one: dict[str, Any], query: dict[str, str]) -> bool:
        meta = one["meta"]
        return (
            query.get("target") in (None, one["target"])
            and query.get("branch") in (None, meta.get("githubCommitRef"))
            and query.get("sha") in (None, meta.get("githubCommitSha"))
            and query.get("state") in (None, one["readyState"])
            and one["createdAt"] < int(query.get("until", one["createdAt"] + 1))
        )


def whole(one: dict[str, Any]) -> dict[str, Any]:
    """The shape of a single deployment, which says ``id`` instead of ``uid``."""
    fields = {"env": [], "build": {"env": []}, "createdIn": "sfo1", "ownerId": "team_1", "plan": "hobby", "projectSettings": {}}
    more = {"public": False, "regions": ["iad1"], "routes": [], "status": one["readyState"], "version": 2, "bootedAt": 1}
    kept = {k: v for k, v in one.items() if k not in ("uid", "created", "isRollbackCandidate")}
    queue = {"isInConcurrentBuildsQueue": False, "isInSystemBuildsQueue": False, "buildSkipped": False, "buildingAt": 1}
    return {**kept, **fields, **more, **queue, "id": one["uid"], "aliasAssigned": True, "automaticAliases": [], "alias": []}


def vercel(answering: Any, team: str = "team_1") -> tuple[Vercel, Wire]:
    wire = Wire(answering)
    made = Vercel(client=client("vercel", "https://api.vercel.com", wire), project="prj_1", team=team, environments=ENVIRONMENTS)
    return made, wire


@dataclass
class Raw:
    """A body that is no plain JSON."""

    body: bytes
    kind: str = "application/jsonl"


class RawWire(Wire):
    """A wire whose answers may be :class:`Raw`; a status that takes no body gets none."""

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        call = Call(request.method, request.url.path, dict(request.url.params), body, request.headers)
        self.calls.append(call)
        call.status, call.answer = self.answering(call)
        if isinstance(call.answer, Raw):
            return httpx.Response(call.status, content=call.answer.body, headers={"content-type": call.answer.kind})
        if call.answer is None:
            return httpx.Response(call.status)
        return httpx.Response(call.status, json=call.answer)


class Table:
    """Answers by method and the beginning of the path's words; ``[status, body]`` or the body of a 200."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def __call__(self, call: Call) -> tuple[int, Any]:
        found = self.answers.get(kind_of(call))
        if found is None:
            return 404, {"error": {"code": "not_found", "message": f"{call.method} {call.path}"}}
        if callable(found):
            found = found(call)
        return found if isinstance(found, tuple) else (200, found)


_KINDS = (
    ("user", "/v2/user"),
    ("team", "/v2/teams/*"),
    ("teams", "/v2/teams"),
    ("charges", "/v1/billing/charges"),
    ("listed", "/v7/deployments"),
    ("cancel", "/v12/deployments/*/cancel"),
    ("one", "/v13/deployments/*"),
    ("create", "/v13/deployments"),
    ("runs", "/v2/deployments/*/check-runs"),
    ("events", "/v3/deployments/*/events"),
    ("runtime", "/v1/projects/*/deployments/*/runtime-logs"),
    ("aliases", "/v1/projects/*/promote/aliases"),
    ("release", "/v1/projects/*/rolling-release"),
    ("rollback", "/v1/projects/*/rollback/*"),
    ("pause", "/v1/projects/*/pause"),
    ("unpause", "/v1/projects/*/unpause"),
    ("promote", "/v10/projects/*/promote/*"),
    ("env", "/v10/projects/*/env"),
    ("custom", "/v9/projects/*/custom-environments"),
    ("domains", "/v9/projects/*/domains"),
    ("config", "/v6/domains/*/config"),
    ("project", "/v9/projects/*"),
)


def kind_of(call: Call) -> str:
    """Return the short name of the operation that a call is."""
    return next((name for name, pattern in _KINDS if fnmatch.fnmatchcase(call.path, pattern)), "?")


def table(*, under: str = "team_1", named: str = "prj_1", plan: str = "", **answers: Any) -> tuple[Vercel, RawWire]:
    """Return a Vercel whose every operation answers from a table."""
    wire = RawWire(Table(**answers))
    http = client("vercel", "https://api.vercel.com", wire)
    made = Vercel(client=http, project=named, team=under, environments=ENVIRONMENTS, plan=plan, stream_seconds=0.05)
    return made, wire
