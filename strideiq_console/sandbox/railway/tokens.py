"""Whose token a request brings, what it reaches, and what may be asked of it.

The world's Railway token is an account token (``Authorization: Bearer``). The same token with ``-workspace`` at its end is a
workspace token, with ``-production`` or ``-staging`` that environment's project token (``Project-Access-Token``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import memory, nodes, projects
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve, Scope
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, FOUNDER, PROJECT, WORKSPACE

Record = dict[str, Any]
NO_TOKEN = "Project Token not found"  # noqa: S105 - Railway's words


def scope_of(state: Record, headers: Mapping[str, str]) -> Scope:
    """Return what a request's token reaches. Raises GraphQLError."""
    value = state["tokens"]["railway"]["value"]
    project = headers.get("project-access-token")
    if project is not None:
        found = next((name for name in ENVIRONMENTS.values() if project == f"{value}-{name}"), None)
        if found is None:
            raise GraphQLError(NO_TOKEN)
        return Scope(found)
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or given.strip() not in (value, f"{value}-workspace"):
        raise GraphQLError(NOT_AUTHORIZED)
    if memory.memory(state).get("two_factor"):
        raise GraphQLError("Two Factor Authentication Required", (), {"workspaceName": "StrideIQ"})
    return Scope(account=given.strip() == value)


def project_token(call: Call, _: Arguments) -> Node:
    """Answer whose project token this is."""
    own = call.scope.environment
    if own is None:
        raise GraphQLError(NO_TOKEN)
    environment = nodes.environment(call.state, own)
    fields = {
        "id": f"token-{own}",
        "name": own,
        "displayToken": "****-" + own[:4],
        "createdAt": environment["createdAt"],
        "projectId": PROJECT,
        "environmentId": environment["id"],
        "project": projects.whole(call),
        "environment": environment,
    }
    return Node("ProjectToken", fields)


def api_token(call: Call, _: Arguments) -> Node:
    """Answer which workspaces the token reaches."""
    call.wide()
    return Node("ApiTokenContext", {"workspaces": [Node("ApiTokenWorkspace", {"id": WORKSPACE, "name": "StrideIQ"})]})


def me(call: Call, _: Arguments) -> Node:
    """Answer who the token's owner is; only an account token is somebody's."""
    if not call.scope.account:
        raise GraphQLError(NOT_AUTHORIZED)
    workspace = Node("Workspace", {"id": WORKSPACE, "name": "StrideIQ", "plan": memory.plan(call.state).upper()})
    fields = {"id": FOUNDER, "name": "Founder", "email": "founder@strideiq.example", "workspaces": [workspace]}
    return Node("User", fields)


QUERIES: dict[str, Resolve] = {"projectToken": project_token, "apiToken": api_token, "me": me}
