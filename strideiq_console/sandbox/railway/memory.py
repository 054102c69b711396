"""What the world's Railway remembers besides deployments.

Keys of the state document that live here, all of them below ``railway``, each as it stands when nothing was said::

    plan        "hobby" ("free", "pro"): how long an image is kept
    soft_limit  25: dollars of a month's usage at which the workspace is told
    approval    {environment: true}: deployments of it wait until they are approved
    auto_deploy {environment: false}: no push deploys there
    fails       [{"field": "Deployment.meta", "operation"?: name of the operation, "message"?, "times"?: counts down, below zero
                never}] fields that answer with an error; one that may be null leaves the rest standing, as partial data
    two_factor  true: the workspace demands two-factor authentication
    domains     {name: {"verified"?: bool, "certificate"?: "VALID", "expires_in"?: days, "error"?: text}}
    resources   {environment: [{"service", "from", "cpu"?, "memory_gb"?, "disk_gb"?}]} what a service uses from a time on
    variables   {environment: [{"name", "service" (None: shared), "value", "reference", "sealed", "created", "updated"}]}
    variable_sets  what they were over time, see variable_sets.py
    backups     {environment: [{"id", "kind" (None: by hand), "name", "at", "expires" (None: never), "used", "referenced",
                "schema"?: what the database held}]}
    schedules   {environment: {kind: made by then}} of the database's backups, see backups.py
    jobs        [{"id", "what", "environment", "begin", "end", "error", "done", …}] workflows, see jobs.py
    job_fails   the message with which the next workflow ends
    staged      {environment: {"id", "message", "created", "updated", "status", "backup"}} the latest change that was staged
    journal     [{"action", "object", "environment", "at", "payload"}] of changes; deployments are told from their own history
    databases   {environment: {service: [time of each later deployment]}} of Postgres and Redis
"""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]
RETENTION_HOURS = {"free": 24, "hobby": 72, "pro": 120}


def memory(state: Record) -> Record:
    """Return what Railway remembers."""
    found: Record = state.setdefault("railway", {})
    return found


def plan(state: Record) -> str:
    """Return the plan's name."""
    return str(memory(state).get("plan", "hobby"))


def retention(state: Record) -> float:
    """Return for how many seconds the image of a replaced deployment is kept."""
    return RETENTION_HOURS[plan(state)] * 3600.0


def fails(state: Record, kind: str, field: str, operation: str) -> str | None:
    """Return the message of a field that shall fail now, None for every other; one time is used up."""
    for fault in memory(state).get("fails", ()):
        if fault["field"] != f"{kind}.{field}" or fault.get("operation", operation) != operation:
            continue
        times = int(fault.get("times", -1))
        if times == 0:
            continue
        fault["times"] = times - 1 if times > 0 else times
        return str(fault.get("message", "Problem processing request"))
    return None


def note(state: Record, environment: str, action: str, what: str, at: float, **payload: Any) -> None:
    """Write an entry of the project's journal; never with a value of a variable."""
    entry = {"action": action, "object": what, "environment": environment, "at": at, "payload": payload}
    memory(state).setdefault("journal", []).append(entry)
