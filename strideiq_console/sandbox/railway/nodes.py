"""Services and environments by name, as much of them as stands inside other objects."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.railway.graphql import Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, PROJECT, SERVICES, identity, iso

Record = dict[str, Any]


def service(name: str) -> Node:
    """Return a service."""
    return Node("Service", {"id": identity(SERVICES, name), "name": name, "icon": None, "deletedAt": None, "projectId": PROJECT})


def environment(state: Record, name: str) -> Node:
    """Return an environment without what stands in it."""
    born = iso(state["repository"]["created_at"])
    return Node(
        "Environment",
        {
            "id": identity(ENVIRONMENTS, name),
            "name": name,
            "isEphemeral": False,
            "projectId": PROJECT,
            "createdAt": born,
            "updatedAt": born,
            "deletedAt": None,
        },
    )
