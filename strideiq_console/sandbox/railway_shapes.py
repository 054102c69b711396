"""Railway's objects: the project with its services and environments, and deployments."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.creation import RAILWAY_PROJECT
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway_graphql import Arguments, Node

Record = dict[str, Any]
_NAMESPACE = uuid.UUID(RAILWAY_PROJECT)
ENVIRONMENTS = {str(uuid.uuid5(_NAMESPACE, f"environment {name}")): name for name in ("production", "staging")}
SERVICES = {str(uuid.uuid5(_NAMESPACE, f"service {name}")): name for name in ("api", "Postgres", "Redis")}
IMAGES = {"Postgres": "ghcr.io/railwayapp-templates/postgres-ssl:16", "Redis": "redis:7"}
DOMAINS = {"production": "api.strideiq.run", "staging": "api-staging.strideiq.run"}
WORKSPACE = str(uuid.uuid5(_NAMESPACE, "workspace"))
FOUNDER = str(uuid.uuid5(_NAMESPACE, "founder"))
STATES = {
    "queued": "QUEUED",
    "building": "BUILDING",
    "deploying": "DEPLOYING",
    "ready": "SUCCESS",
    "failed": "FAILED",
    "crashed": "CRASHED",
    "removed": "REMOVED",
    "cancelled": "REMOVED",  # Railway has no word of its own for a build that was stopped
}
_INSTANCES = {"deploying": "INITIALIZING", "ready": "RUNNING", "crashed": "CRASHED", "removed": "REMOVED"}
_STEPS = {"queued": "SNAPSHOT_CODE", "building": "BUILD_IMAGE", "deploying": "HEALTHCHECK", "removed": "DRAIN_INSTANCES"}
PAGE = 20


def identity(names: dict[str, str], name: str) -> str:
    """Return the id of a named environment or service."""
    return next(key for key, value in names.items() if value == name)


def iso(seconds: float) -> str:
    """Write a time as Railway does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def connection(kind: str, nodes: Sequence[Node], arguments: Arguments, default: int = PAGE) -> Node:
    """Return a Relay page of ``nodes``: ``first`` after the cursor ``after``. Raises GraphQLError for a cursor nobody gave out."""
    first = arguments.get("first")
    first = default if first is None else int(first)
    begin = 0
    if arguments.get("after"):
        cursors = [_cursor(node) for node in nodes]
        if arguments["after"] not in cursors:
            raise GraphQLError("Invalid cursor")
        begin = cursors.index(arguments["after"]) + 1
    page = list(nodes[begin : begin + max(first, 0)])
    info = {
        "hasNextPage": begin + len(page) < len(nodes),
        "hasPreviousPage": begin > 0,
        "startCursor": _cursor(page[0]) if page else None,
        "endCursor": _cursor(page[-1]) if page else None,
    }
    edges = [Node(f"{kind}Edge", {"cursor": _cursor(node), "node": node}) for node in page]
    return Node(kind, {"edges": edges, "pageInfo": Node("PageInfo", info)})


def project(state: Record) -> Node:
    """Return the one project."""
    born = iso(state["repository"]["created_at"])
    services = [service(name) for name in SERVICES.values()]
    environments = [environment(state, name) for name in ENVIRONMENTS.values()]
    return Node(
        "Project",
        {
            "id": RAILWAY_PROJECT,
            "name": "strideiq",
            "prDeploys": False,
            "workspaceId": WORKSPACE,
            "primaryEnvironmentId": identity(ENVIRONMENTS, "production"),
            "subscriptionType": "hobby",
            "createdAt": born,
            "updatedAt": born,
            "services": lambda arguments: connection("ProjectServicesConnection", services, arguments),
            "environments": lambda arguments: connection(
                "ProjectEnvironmentsConnection", [] if arguments.get("isEphemeral") else environments, arguments
            ),
        },
    )


def service(name: str) -> Node:
    """Return a service."""
    return Node(
        "Service", {"id": identity(SERVICES, name), "name": name, "icon": None, "deletedAt": None, "projectId": RAILWAY_PROJECT}
    )


def environment(state: Record, name: str) -> Node:
    """Return an environment."""
    born = iso(state["repository"]["created_at"])
    return Node(
        "Environment",
        {
            "id": identity(ENVIRONMENTS, name),
            "name": name,
            "isEphemeral": False,
            "unmergedChangesCount": 0,
            "projectId": RAILWAY_PROJECT,
            "createdAt": born,
            "updatedAt": born,
            "deletedAt": None,
        },
    )


def deployment(state: Record, entry: Record, now: float) -> Node:
    """Return a deployment of the API."""
    name = entry["environment"]
    instance = _INSTANCES.get(entry["state"]) if deploys.time_of(entry, "deploying") else None
    meta = {
        "repo": "acme/strideiq",
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
        "canRollback": deploys.can_roll_back(entry, now),
        "canRedeploy": entry["state"] not in deploys.MOVING,
        "deploymentStopped": entry["state"] == "removed",
        "meta": meta,
        "instances": _instances(entry["id"], instance),
    }
    return Node("Deployment", _around(state, name, "api") | own)


def database_deployments(state: Record) -> list[Node]:
    """Return the deployments of Postgres and Redis, one in each environment, as old as the project."""
    born = iso(state["repository"]["created_at"])
    nodes = []
    for name in ENVIRONMENTS.values():
        for kind, image in IMAGES.items():
            key = str(uuid.uuid5(_NAMESPACE, f"deployment {kind} {name}"))
            own = {
                "id": key,
                "status": "SUCCESS",
                "createdAt": born,
                "updatedAt": born,
                "statusUpdatedAt": born,
                "url": None,
                "staticUrl": None,
                "canRollback": False,
                "canRedeploy": True,
                "deploymentStopped": False,
                "meta": {"image": image, "reason": "deploy"},
                "instances": _instances(key, "RUNNING"),
            }
            nodes.append(Node("Deployment", _around(state, name, kind) | own))
    return nodes


def events(entry: Record) -> list[Node]:
    """Return the build and deploy steps of a deployment, oldest first."""
    found = []
    history = entry["history"]
    for number, (step, at) in enumerate(history):
        if step not in _STEPS:
            continue
        after = history[number + 1] if number + 1 < len(history) else None
        failed = after is not None and after[0] == "failed"
        payload = Node("DeploymentEventPayload", {"error": "Build failed: exit code 1" if failed else None})
        fields = {
            "id": str(uuid.uuid5(_NAMESPACE, f"event {entry['id']} {number}")),
            "step": _STEPS[step],
            "createdAt": iso(at),
            "completedAt": iso(after[1]) if after else None,
            "payload": payload,
        }
        found.append(Node("DeploymentEvent", fields))
    return found


def _around(state: Record, environment_name: str, service_name: str) -> Record:
    creator = {"id": FOUNDER, "name": "Founder", "email": "founder@strideiq.example", "avatar": None}
    return {
        "environmentId": identity(ENVIRONMENTS, environment_name),
        "environment": environment(state, environment_name),
        "serviceId": identity(SERVICES, service_name),
        "service": service(service_name),
        "projectId": RAILWAY_PROJECT,
        "snapshotId": None,
        "diagnosis": None,
        "suggestAddServiceDomain": False,
        "creator": Node("DeploymentCreator", creator),
    }


def _instances(key: str, status: str | None) -> list[Node]:
    fields = {"id": str(uuid.uuid5(_NAMESPACE, f"instance {key}")), "status": status}
    return [Node("DeploymentDeploymentInstance", fields)] if status else []


def _cursor(node: Node) -> str:
    return base64.urlsafe_b64encode(f"{node.kind}:{node['id']}".encode()).decode()
