"""A Railway for tests: the documents that the console sends, with the filters and the paging of the schema."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import Call, Wire, client
from tests.providers.railway import examples
from tests.providers.railway.places import DATABASE, END, PRODUCTION, PROJECT, REDIS, SERVICE, STAGING, WORKSPACE

URL = "https://backboard.railway.com/graphql/v2"


def deployment(
    name: str, minute: int, sha: str, status: str = "SUCCESS", environment: str = PRODUCTION, **more: Any
) -> dict[str, Any]:
    time = f"2026-01-09T10:{minute:02d}:00.000Z"
    base = {"id": name, "status": status, "createdAt": time, "updatedAt": time, "statusUpdatedAt": time, "creator": None}
    flags = {"canRollback": False, "canRedeploy": True, "deploymentStopped": False, "url": "api.strideiq.run", "staticUrl": None}
    place = {"environmentId": environment, "serviceId": SERVICE, "service": {"id": SERVICE, "name": "api"}}
    meta = {"commitHash": sha, "branch": "main", "commitMessage": "fix: it\nbody"}
    return {**base, **flags, **place, "meta": meta, **more}


def topology(environments: dict[str, str] | None = None, services: dict[str, str] | None = None) -> dict[str, Any]:
    def page(names: dict[str, str], more: dict[str, Any]) -> dict[str, Any]:
        return {"edges": [{"node": {"id": i, "name": n, **more}} for n, i in names.items()], "pageInfo": END}

    times = {"createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
    found = page(
        environments or {"production": PRODUCTION, "staging": STAGING}, {"isEphemeral": False, "unmergedChangesCount": 0, **times}
    )
    own = {"id": PROJECT, "name": "strideiq", "prDeploys": False, "workspaceId": WORKSPACE, "primaryEnvironmentId": None}
    names = {"api": SERVICE, "Postgres": DATABASE, "Redis": REDIS} if services is None else services
    known = page(names, {"icon": None, "deletedAt": None})
    return {"project": {**own, "subscriptionType": "hobby", "services": known, "environments": found}}


class FakeRailway:
    """The documents that the console sends, answered with the filters and the paging of the schema.

    ``answers`` holds the data of everything but deployments and topology; a function in it gets the variables.
    """

    def __init__(self, deployments: list[dict[str, Any]] | None = None, **answers: Any) -> None:
        self.deployments = sorted(deployments or [], key=lambda d: str(d["createdAt"]), reverse=True)
        self.topology = topology()
        self.answers: dict[str, Any] = examples.answers() | answers

    def __call__(self, call: Call) -> tuple[int, Any]:
        answer = self.data(call.body["operationName"], call.body["variables"])
        return 200, answer if "errors" in answer else {"data": answer}

    def data(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        if operation == "ProjectTopology":
            return self.topology
        if operation == "DeploymentGet":
            found = next((d for d in self.deployments if d["id"] == variables["id"]), None)
            if found is None:
                return refusal("Deployment not found")
            return {"deployment": {**found, "projectId": PROJECT, "diagnosis": None, "instances": []}}
        if operation == "Overview":
            first = {"Newest": variables["first"], "Serving": 1}
            names = [f"{which}{part}" for which in ("one", "other") for part in first]
            return {name: self.page(variables[name], first["Newest" if name.endswith("Newest") else "Serving"]) for name in names}
        if operation == "DeploymentsList":
            return {"deployments": self.page(variables["input"], variables["first"], variables.get("after", "0"))}
        answer = self.answers[operation]
        return answer(variables) if callable(answer) else deepcopy(answer)

    def page(self, wanted: dict[str, Any], first: int, after: str = "0") -> dict[str, Any]:
        allowed = wanted.get("status", {}).get("in")
        mine = [
            d
            for d in self.deployments
            if d["environmentId"] == wanted["environmentId"] and (allowed is None or d["status"] in allowed)
        ]
        start, end = int(after), int(after) + first
        edges = [{"cursor": str(start + n), "node": d} for n, d in enumerate(mine[start:end])]
        return {"edges": edges, "pageInfo": {"hasNextPage": len(mine) > end, "endCursor": str(end)}}


def refusal(*messages: str, data: Any = None) -> dict[str, Any]:
    return {"errors": [{"message": message} for message in messages], "data": data}


def railway(answering: Any, environments: dict[str, str] | None = None, service: str = "api", **more: Any) -> tuple[Railway, Wire]:
    wire = Wire(answering)
    names = {"production": "production", "staging": "staging"} if environments is None else environments
    return Railway(client=client("railway", URL, wire), project=PROJECT, service=service, environments=names, **more), wire


def two_tokens(answering: Callable[[Call], tuple[int, Any]]) -> tuple[Railway, Wire]:
    """Return a Railway over a project token for each environment; the wire tells them by their header."""
    wire = Wire(answering)
    own = {name: client("railway", URL, wire, (f"X-Token-{name}", "")) for name in ("production", "staging")}
    names = {name: name for name in own}
    return Railway(clients=own, project=PROJECT, service="api", environments=names), wire


def operations(wire: Wire) -> list[str]:
    return [call.body["operationName"] for call in wire.calls]


def only(answer: Any) -> Any:
    return lambda call: (200, answer)


async def fault_of(answering: Any) -> Any:
    port, _ = railway(answering)
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert caught.value.fault.source == "railway"
    assert is_clean(caught.value.fault.sentence())
    return caught.value.fault
