"""The one project with its services and environments, and all that stands in an environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import board, jobs, memory, nodes, variables
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, PROJECT, SERVICES, WORKSPACE, connection, identity, iso


def project(call: Call, arguments: Arguments) -> Node:
    """Answer the project, which a token of any of its environments may read."""
    if arguments.get("id") != PROJECT:
        raise GraphQLError(NOT_AUTHORIZED)
    return whole(call)


def projects(call: Call, arguments: Arguments) -> Node:
    """Answer the projects of a workspace, which no token of one environment may read."""
    call.wide()
    found = [whole(call)] if arguments.get("workspaceId") in (None, WORKSPACE) else []
    return connection("QueryProjectsConnection", found, arguments)


def environment(call: Call, arguments: Arguments) -> Node:
    """Answer one environment."""
    return furnished(call, call.environment(arguments, "id"))


def whole(call: Call) -> Node:
    """Return the project."""
    born = iso(call.state["repository"]["created_at"])
    services = [nodes.service(name) for name in SERVICES.values()]
    environments = [furnished(call, name) for name in ENVIRONMENTS.values()]
    fields = {
        "id": PROJECT,
        "name": "strideiq",
        "prDeploys": False,
        "workspaceId": WORKSPACE,
        "primaryEnvironmentId": identity(ENVIRONMENTS, "production"),
        "subscriptionType": memory.plan(call.state),
        "createdAt": born,
        "updatedAt": born,
        "deletedAt": None,
        "services": lambda arguments: connection("ProjectServicesConnection", services, arguments),
        "environments": lambda arguments: connection(
            "ProjectEnvironmentsConnection", [] if arguments.get("isEphemeral") else environments, arguments
        ),
    }
    return Node("Project", fields)


def furnished(call: Call, name: str) -> Node:
    """Return an environment with all that stands in it; what stands in it needs a token that reaches it."""

    def page(kind: str, found: Callable[[Call, str], Sequence[Node]]) -> Callable[[Arguments], Any]:
        return lambda arguments: connection(f"Environment{kind}Connection", found(call, call.reach(name)), arguments)

    fields = {
        "unmergedChangesCount": lambda _: jobs.unmerged(call, name),
        "serviceInstances": page("ServiceInstances", board.instances),
        "volumeInstances": page("VolumeInstances", board.volumes),
        "deploymentTriggers": page("DeploymentTriggers", board.triggers),
        "variables": page("Variables", variables.listed),
    }
    return Node("Environment", nodes.environment(call.state, name) | fields)


QUERIES: dict[str, Resolve] = {"project": project, "projects": projects, "environment": environment}
