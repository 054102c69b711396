"""Issues, and the side of a pull request that is an issue: state, labels, assignees and comments."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.labels import known_label
from strideiq_console.sandbox.github.pull_shapes import comment, issue
from strideiq_console.sandbox.state import take_number

Issue = dict[str, Any]
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


def _find(call: Call) -> Issue:
    number = call.at["number"]
    found: Issue | None = call.state["issues"].get(number) or call.state["pulls"].get(number)
    if found is None:
        raise ApiError(404, "Not Found")
    return found


def list_issues(call: Call) -> Reply:
    """``GET /issues``: pull requests too, by ``state``, ``labels``, ``creator``, ``assignee`` and ``since``; newest first."""
    ask = call.query
    labels = {name.lower() for name in ask.get("labels", "").split(",") if name}
    state = ask.get("state", "open")
    rows = [
        entry
        for entry in (*call.state["issues"].values(), *call.state["pulls"].values())
        if state in ("all", entry["state"])
        and labels <= {name.lower() for name in entry["labels"]}
        and ask.get("creator") in (None, entry["author"])
        and ask.get("assignee", "*") in ("*", *entry.get("assignees", []))
        and iso(entry["updated_at"]) >= ask.get("since", "")
    ]
    order = {"updated": "updated_at", "comments": "comments"}.get(ask.get("sort", ""), "created_at")
    rows.sort(key=lambda entry: (_rank(entry[order]), entry["number"]), reverse=ask.get("direction", "desc") == "desc")
    return call.paged(rows, lambda entry: issue(call, entry))


def _rank(value: Any) -> float:
    return float(len(value) if isinstance(value, list) else value)


def create_issue(call: Call) -> Reply:
    """``POST /issues``: a label that is not there yet becomes one; 422 for assignees that nobody knows."""
    title = call.text("title")
    if not title.strip():
        raise invalid("Validation Failed", {"resource": "Issue", "field": "title", "code": "missing_field"})
    assignees = _assignees(call)
    body = call.body.get("body")
    entry = {
        "number": take_number(call.state, "pull"),
        "title": title,
        "body": body if isinstance(body, str) else None,
        "author": call.login,
        "state": "open",
        "reason": None,
        "labels": _labels(call),
        "assignees": assignees,
        "created_at": call.now,
        "updated_at": call.now,
        "closed_at": None,
        "comments": [],
    }
    call.state["issues"][str(entry["number"])] = entry
    call.effect(f"opened the issue #{entry['number']}")
    return Reply(201, issue(call, entry), {"location": f"{call.repo}/issues/{entry['number']}"})


def _labels(call: Call) -> list[str]:
    wanted = call.body.get("labels") or []
    if not isinstance(wanted, list):
        raise invalid("Invalid request.", "labels must be a list.")
    return list(dict.fromkeys(known_label(call, entry) for entry in wanted))


def _assignees(call: Call) -> list[str]:
    wanted = call.texts("assignees")
    if any(login not in call.state["accounts"] for login in wanted):
        raise invalid("Validation Failed", {"resource": "Issue", "field": "assignees", "code": "invalid"})
    return wanted


def update_issue(call: Call) -> Reply:
    """``PATCH /issues/{number}``: ``labels`` replaces them all; a name that is no label yet becomes one, as GitHub does it."""
    entry = _find(call)
    state, reason = call.body.get("state"), call.body.get("state_reason")
    if state not in (None, "open", "closed") or reason not in (None, *_REASONS):
        raise invalid("Validation Failed", {"resource": "Issue", "field": "state", "code": "invalid"})
    if "assignees" in call.body:
        entry["assignees"] = _assignees(call)
    if call.body.get("labels") is not None:
        entry["labels"] = _labels(call)
    for key in ("title", "body"):
        if isinstance(call.body.get(key), str):
            entry[key] = call.body[key]
    if state is not None and "head" not in entry and state != entry["state"]:
        closed = state == "closed"
        entry |= {"state": state, "closed_at": call.now if closed else None}
        entry["reason"] = (reason or "completed") if closed else "reopened"
    entry["updated_at"] = call.now
    call.effect(f"changed #{entry['number']}: {', '.join(sorted(call.body))}")
    return Reply(200, issue(call, entry))


def create_comment(call: Call) -> Reply:
    """``POST /issues/{number}/comments``."""
    entry = _find(call)
    body = call.text("body")
    if not body.strip():
        raise invalid("Validation Failed", {"resource": "IssueComment", "code": "missing_field", "field": "body"})
    given = {"id": take_number(call.state, "comment"), "author": call.login, "body": body, "at": call.now}
    entry["comments"].append(given)
    entry["updated_at"] = call.now
    call.effect(f"commented on #{entry['number']}")
    return Reply(201, comment(call, entry, given))
