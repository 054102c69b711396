"""Deployments: of the API as the world's pushes made them, of Postgres and Redis as old as the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import memory, nodes
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve, given, service_id, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import (
    DOMAINS,
    ENVIRONMENTS,
    FOUNDER,
    IMAGES,
    PROJECT,
    REPOSITORY,
    connection,
    identity,
    iso,
    made,
)

Record = dict[str, Any]
STATES = {
    "waiting": "NEEDS_APPROVAL",
    "queued": "QUEUED",
    "building": "BUILDING",
    "deploying": "DEPLOYING",
    "ready": "SUCCESS",
    "failed": "FAILED",
    "crashed": "CRASHED",
    "removed": "REMOVED",
    "cancelled": "REMOVED",  # Railway has no word of its own for a build that was stopped
    "stopped": "SUCCESS",  # it did succeed; that its instances are stopped stands beside
}
_INSTANCES = {"deploying": "INITIALIZING", "ready": "RUNNING", "crashed": "CRASHED", "removed": "REMOVED", "stopped": "STOPPED"}
_PRE_DEPLOY = 0.4  # of the time between the build and the first good answer


def listed(call: Call, arguments: Arguments) -> Node:
    """Answer the deployments of a project, an environment or a service, newest first."""
    asked = given(arguments)
    environment, own = asked.get("environmentId"), call.scope.environment
    if asked.get("projectId", PROJECT) != PROJECT or (environment and environment not in ENVIRONMENTS):
        raise GraphQLError(NOT_AUTHORIZED)
    if own is not None and environment != identity(ENVIRONMENTS, own):
        raise GraphQLError(NOT_AUTHORIZED)
    found = [node(call, entry) for entry in deploys.records(call.state) if entry["provider"] == "railway"]
    for name in ENVIRONMENTS.values():
        for service in IMAGES:
            found += databases(call, name, service)
    chosen = [one for one in found if _fits(one, asked)]
    chosen.sort(key=lambda one: str(one["createdAt"]), reverse=True)
    return connection("QueryDeploymentsConnection", chosen, arguments)


def one(call: Call, arguments: Arguments) -> Node:
    """Answer one deployment, also of a database."""
    identifier = text(arguments, "id")
    for name in ENVIRONMENTS.values():
        for service in IMAGES:
            for database in databases(call, name, service):
                if database["id"] == identifier:
                    call.reach(name)
                    return database
    return node(call, call.deployment(identifier))


def node(call: Call, entry: Record) -> Node:
    """Return a deployment of the API."""
    name = entry["environment"]
    instance = _INSTANCES.get(entry["state"]) if deploys.time_of(entry, "deploying") else None
    meta = {
        "repo": REPOSITORY,
        "branch": entry["branch"],
        "commitHash": entry["sha"],
        "commitMessage": entry["subject"],
        "commitAuthor": entry["author"],
        "reason": entry["reason"],
    }
    own = {
        "id": entry["id"],
        "status": STATES[entry["state"]],
        "createdAt": iso(entry["created"]),
        "updatedAt": iso(entry["changed"]),
        "statusUpdatedAt": iso(entry["changed"]),
        "url": DOMAINS[name],
        "staticUrl": f"api-{name}.up.railway.app",
        "canRollback": deploys.can_roll_back(entry, call.now, memory.retention(call.state)),
        "canRedeploy": entry["state"] not in (*deploys.MOVING, "waiting"),
        "deploymentStopped": entry["state"] in ("removed", "stopped"),
        "meta": meta,
        "instances": _instances(entry["id"], instance),
    }
    return Node("Deployment", _around(call, name, "api") | own)


def databases(call: Call, name: str, service: str) -> list[Node]:
    """Return the deployments of Postgres or Redis in an environment, newest first: a restore made each but the first."""
    later = call.memory.get("databases", {}).get(name, {}).get(service, [])
    times = [call.state["repository"]["created_at"], *later]
    found = []
    for number, at in enumerate(times):
        key = made(f"deployment {service} {name}" + (f" {number}" if number else ""))
        last = number == len(times) - 1
        ended = at if last else times[number + 1]
        own = {
            "id": key,
            "status": "SUCCESS" if last else "REMOVED",
            "createdAt": iso(at),
            "updatedAt": iso(ended),
            "statusUpdatedAt": iso(ended),
            "url": None,
            "staticUrl": None,
            "canRollback": False,
            "canRedeploy": True,
            "deploymentStopped": not last,
            "meta": {"image": IMAGES[service], "reason": "redeploy" if number else "deploy"},
            "instances": _instances(key, "RUNNING" if last else "REMOVED"),
        }
        found.append(Node("Deployment", _around(call, name, service) | own))
    return found[::-1]


def events(call: Call, arguments: Arguments) -> Node:
    """Answer the build and deploy steps of a deployment, oldest first."""
    entry = call.deployment(text(arguments, "id"))
    steps = [_event(entry, number, *step) for number, step in enumerate(_steps(entry))]
    return connection("QueryDeploymentEventsConnection", steps, arguments, default=50)


def _steps(entry: Record) -> list[tuple[str, float, float | None, bool]]:
    """Return the steps as name, begin, end and whether it failed."""
    found: list[tuple[str, float, float | None, bool]] = []
    history = entry["history"]
    for number, (state, at) in enumerate(history):
        after = history[number + 1] if number + 1 < len(history) else None
        end = None if after is None else float(after[1])
        failed = after is not None and after[0] == "failed"
        if state == "queued":
            found.append(("SNAPSHOT_CODE", at, end, failed))
        elif state == "building":
            found.append(("BUILD_IMAGE", at, end, failed))
            if after is not None and after[0] == "deploying":
                found.append(("PUBLISH_IMAGE", float(after[1]), float(after[1]), False))
        elif state == "deploying":
            planned = end if end is not None else float(entry["timeline"][0][1]) if entry["timeline"] else at
            middle = at + (planned - at) * _PRE_DEPLOY
            seen = end is not None
            found.append(("PRE_DEPLOY_COMMAND", at, middle if seen else None, failed))
            if seen and not failed:
                found.append(("HEALTHCHECK", middle, end, False))
        elif state == "removed" and entry["live_from"] is not None:
            found.append(("DRAIN_INSTANCES", at, at, False))
    return found


def _event(entry: Record, number: int, step: str, at: float, end: float | None, failed: bool) -> Node:
    error = f"{step.replace('_', ' ').capitalize()} failed: exit code 1" if failed else None
    fields = {
        "id": made(f"event {entry['id']} {number}"),
        "step": step,
        "createdAt": iso(at),
        "completedAt": None if end is None else iso(end),
        "payload": Node("DeploymentEventPayload", {"error": error}),
    }
    return Node("DeploymentEvent", fields)


def _around(call: Call, name: str, service: str) -> Record:
    creator = {"id": FOUNDER, "name": "Founder", "email": "founder@strideiq.example", "avatar": None}
    return {
        "environmentId": identity(ENVIRONMENTS, name),
        "environment": nodes.environment(call.state, name),
        "serviceId": service_id(service),
        "service": nodes.service(service),
        "projectId": PROJECT,
        "snapshotId": None,
        "diagnosis": None,
        "suggestAddServiceDomain": False,
        "creator": Node("DeploymentCreator", creator),
    }


def _instances(key: str, status: str | None) -> list[Node]:
    return [Node("DeploymentDeploymentInstance", {"id": instance_of(key), "status": status})] if status else []


def instance_of(deployment: str) -> str:
    """Return the id of a deployment's one instance."""
    return made(f"instance {deployment}")


def _fits(found: Node, asked: Mapping[str, Any]) -> bool:
    status: Mapping[str, Any] = asked.get("status") or {}
    same = all(asked.get(key) in (None, found[key]) for key in ("environmentId", "serviceId"))
    return same and (not status.get("in") or found["status"] in status["in"]) and found["status"] not in (status.get("notIn") or ())


QUERIES: dict[str, Resolve] = {"deployments": listed, "deployment": one, "deploymentEvents": events}
