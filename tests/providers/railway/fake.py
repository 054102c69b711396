"""A Railway for tests: the documents that the console sends, with the filters and the paging of the schema."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import Call, Wire, client

PROJECT = "98f54143-ab4e-46b2-ac3a-fee0f50f2f51"
SERVICE = "a033a528-b603-4ed4-af86-1d4b3542c417"
PRODUCTION = "90a8834d-e763-4686-af3e-703cd6151308"
STAGING = "d9390b2c-4011-4621-a794-999e812abc00"
END = {"hasNextPage": False, "endCursor": None}


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
    own = {"id": PROJECT, "name": "strideiq", "prDeploys": False, "workspaceId": None, "primaryEnvironmentId": None}
    known = page({"api": SERVICE} if services is None else services, {"icon": None, "deletedAt": None})
    return {"project": {**own, "subscriptionType": "hobby", "services": known, "environments": found}}


class FakeRailway:
    """The documents that the console sends, answered with the filters and the paging of the schema."""

    def __init__(self, deployments: list[dict[str, Any]]) -> None:
        self.deployments = sorted(deployments, key=lambda d: str(d["createdAt"]), reverse=True)
        self.topology = topology()

    def __call__(self, call: Call) -> tuple[int, Any]:
        return 200, {"data": self.data(call.body["operationName"], call.body["variables"])}

    def data(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        if operation == "ProjectTopology":
            return self.topology
        if operation == "DeploymentGet":
            found = next(d for d in self.deployments if d["id"] == variables["id"])
            return {"deployment": {**found, "projectId": PROJECT, "diagnosis": None, "instances": []}}
        wanted = variables["input"]
        allowed = wanted.get("status", {}).get("in")
        mine = [
            d
            for d in self.deployments
            if d["environmentId"] == wanted["environmentId"] and (allowed is None or d["status"] in allowed)
        ]
        start = int(variables.get("after", "0"))
        end = start + variables["first"]
        info = {"hasNextPage": len(mine) > end, "endCursor": str(end)}
        edges = [{"cursor": str(start + n), "node": d} for n, d in enumerate(mine[start:end])]
        return {"deployments": {"edges": edges, "pageInfo": info}}


def railway(answering: Any, environments: dict[str, str] | None = None, service: str = "api") -> tuple[Railway, Wire]:
    wire = Wire(answering)
    names = {"production": "production", "staging": "staging"} if environments is None else environments
    http = client("railway", "https://backboard.railway.com/graphql/v2", wire)
    return Railway(client=http, project=PROJECT, service=service, environments=names), wire


def only(answer: Any) -> Any:
    return lambda call: (200, answer)


async def fault_of(answering: Any) -> Any:
    port, _ = railway(answering)
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert caught.value.fault.source == "railway"
    assert is_clean(caught.value.fault.sentence())
    return caught.value.fault
