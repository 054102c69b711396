"""Names and ids of the one project that the world's Railway has, and how it writes times and pages."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT

Record = dict[str, Any]
PROJECT = RAILWAY_PROJECT
_NAMESPACE = uuid.UUID(PROJECT)


def made(text: str) -> str:
    """Return the id of whatever ``text`` names; the same in every world."""
    return str(uuid.uuid5(_NAMESPACE, text))


ENVIRONMENTS = {made(f"environment {name}"): name for name in ("production", "staging")}
SERVICES = {made(f"service {name}"): name for name in ("api", "Postgres", "Redis")}
IMAGES = {"Postgres": "ghcr.io/railwayapp-templates/postgres-ssl:16", "Redis": "redis:7"}
DOMAINS = {"production": "api.strideiq.run", "staging": "api-staging.strideiq.run"}
BRANCHES = {"production": "main", "staging": "staging"}
REPOSITORY = "acme/strideiq"
REGION = "us-west2"
WORKSPACE = made("workspace")
FOUNDER = made("founder")
PAGE = 20


def identity(names: Mapping[str, str], name: str) -> str:
    """Return the id of a named environment or service."""
    return next(key for key, value in names.items() if value == name)


def iso(seconds: float) -> str:
    """Write a time as Railway does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def nano(seconds: float) -> str:
    """Write a time as Railway's logs do, with nanoseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def moment(text: Any, name: str) -> float:
    """Read a ``DateTime`` as epoch seconds. Raises GraphQLError for what is none."""
    try:
        at = datetime.fromisoformat(str(text))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise GraphQLError(f'Argument "{name}" is no date: {text!r}') from error


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


def _cursor(node: Node) -> str:
    return base64.urlsafe_b64encode(f"{node.kind}:{node['id']}".encode()).decode()
