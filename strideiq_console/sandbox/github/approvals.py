"""Jobs that wait for an environment's reviewers: what waits, who may say so, and what they said."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.actions import find_run
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.deployments import record, shape
from strideiq_console.sandbox.github.environments import short_environment
from strideiq_console.sandbox.github.shapes import user

_WORDS = {"approved": True, "rejected": False}


def list_approvals(call: Call) -> Reply:
    """``GET /actions/runs/{id}/approvals``: what reviewers have said so far."""
    return Reply(200, [_approval(call, given) for given in find_run(call).get("approvals", [])])


def _approval(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    place = call.state["environments"].get(given["environment"])
    return {
        "state": given["state"],
        "comment": given["comment"],
        "environments": [short_environment(call, given["environment"])] if place else [],
        "user": user(call, given["login"]),
    }


def list_pending(call: Call) -> Reply:
    """``GET /actions/runs/{id}/pending_deployments``: ``[]`` when nothing waits."""
    run = find_run(call)
    return Reply(200, [_pending(call, run, job) for job in ci.waiting_jobs(run, call.now)])


def _pending(call: Call, run: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    place = call.state["environments"][job["gate"]]
    return {
        "environment": short_environment(call, job["gate"]),
        "wait_timer": place["wait_minutes"],
        "wait_timer_started_at": iso(job["created_at"]) if place["wait_minutes"] else None,
        "current_user_can_approve": _may_approve(call, run, place),
        "reviewers": [{"type": "User", "reviewer": user(call, login)} for login in place["reviewers"]],
    }


def _may_approve(call: Call, run: dict[str, Any], place: dict[str, Any]) -> bool:
    return call.login in place["reviewers"] and not (place["prevent_self_review"] and run["actor"] == call.login)


def review_pending(call: Call) -> Reply:
    """``POST /actions/runs/{id}/pending_deployments``: 422 when nothing of that name waits, 403 for who is no reviewer."""
    run = find_run(call)
    word, wanted, comment = call.text("state"), call.body.get("environment_ids"), call.text("comment")
    if word not in _WORDS or not isinstance(wanted, list):
        raise invalid("Validation Failed", {"resource": "Deployment", "field": "state", "code": "invalid"})
    places = call.state["environments"]
    jobs = [job for job in ci.waiting_jobs(run, call.now) if places[job["gate"]]["id"] in wanted]
    if not jobs or len(jobs) < len(set(wanted)):
        raise invalid("There are no pending deployment requests to approve or reject for these environments.")
    if not all(_may_approve(call, run, places[job["gate"]]) for job in jobs):
        raise ApiError(403, "You are not a required reviewer of this environment.")
    made = []
    for job in jobs:
        name = job["gate"]
        ci.open_gate(call.state, run, job, call.now, approved=_WORDS[word])
        given = {"environment": name, "state": word, "comment": comment, "login": call.login, "at": call.now}
        run.setdefault("approvals", []).append(given)
        made.append(record(call, run["sha"], run["branch"], name, creator=run["actor"]))
        call.effect(f"{word} the deployment of #{run['number']} to {name}")
    return Reply(200, [shape(call, entry) for entry in made])
