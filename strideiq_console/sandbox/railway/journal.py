"""The project's journal, newest first: what deployments went through, and every change that was made; and Railway's own state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve, environment_id, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import PROJECT, connection, iso, made

Record = dict[str, Any]
_ACTIONS = {
    "ready": ("deployed", "INFO"),
    "failed": ("failed", "WARNING"),
    "crashed": ("crashed", "CRITICAL"),
    "removed": ("removed", "INFO"),
}
_HOUR = 3600.0


def events(call: Call, arguments: Arguments) -> Node:
    """Answer the journal of the project, or of one environment of it."""
    if text(arguments, "projectId") != PROJECT:
        raise GraphQLError(NOT_AUTHORIZED)
    own = call.scope.environment
    if arguments.get("environmentId") is not None:
        own = call.environment(arguments)
    rows = [row for row in _rows(call) if own in (None, row["environment"]) and _fits(row, arguments.get("filter"))]
    rows.sort(key=lambda row: -float(row["at"]))
    return connection("QueryEventsConnection", [_node(row) for row in rows], arguments, default=50)


def platform(call: Call, _: Arguments) -> Node:
    """Answer what Railway says of itself, which agrees with its status page."""
    said = call.state.get("status_pages", {}).get("railway", {})
    hour = call.now - call.now % _HOUR
    incident = maintenance = None
    if said.get("incident"):
        known = _announced(said["incident"], "incident")
        incident = Node("Incident", known | {"status": "INVESTIGATING", "createdAt": iso(hour)})
    if said.get("maintenance"):
        known = _announced(said["maintenance"], "maintenance")
        maintenance = Node("Maintenance", known | {"status": "NOTSTARTEDYET", "start": iso(hour + 2 * _HOUR)})
    stable = not said.get("incident") or said.get("impact") == "minor"
    return Node("PlatformStatus", {"isStable": stable, "incident": incident, "maintenance": maintenance})


def _announced(title: str, kind: str) -> Record:
    key = hashlib.sha256(title.encode()).hexdigest()[:12]
    return {"id": key, "message": title, "url": f"https://status.railway.com/{kind}/{key}"}


def _rows(call: Call) -> list[Record]:
    rows = []
    for entry in deploys.records(call.state):
        if entry["provider"] != "railway":
            continue
        for number, (step, at) in enumerate(entry["history"]):
            if step not in _ACTIONS:
                continue
            action, severity = _ACTIONS[step]
            payload = {"commitMessage": entry["subject"], "branch": entry["branch"]}
            key = f"journal {entry['id']} {number}"
            rows.append(_row(key, action, "deployment", severity, entry["environment"], at, payload))
    for number, said in enumerate(call.memory.get("journal", ())):
        key = f"journal of changes {number}"
        rows.append(_row(key, said["action"], said["object"], "NOTICE", said["environment"], said["at"], said["payload"]))
    return rows


def _row(key: str, action: str, thing: str, severity: str, environment: str, at: float, payload: Record) -> Record:
    known = {"key": key, "action": action, "object": thing, "severity": severity}
    return known | {"environment": environment, "at": at, "payload": payload}


def _fits(row: Record, wanted: object) -> bool:
    if not isinstance(wanted, Mapping):
        return True
    for key in ("action", "object"):
        rule = wanted.get(key) or {}
        if (rule.get("in") and row[key] not in rule["in"]) or row[key] in (rule.get("notIn") or ()):
            return False
    return True


def _node(row: Record) -> Node:
    fields = {
        "id": made(row["key"]),
        "action": row["action"],
        "object": row["object"],
        "severity": row["severity"],
        "createdAt": iso(row["at"]),
        "environmentId": environment_id(row["environment"]),
        "projectId": PROJECT,
        "activityPayload": row["payload"],
        "payload": row["payload"],
    }
    return Node("Event", fields)


QUERIES: dict[str, Resolve] = {"events": events, "platformStatus": platform}
