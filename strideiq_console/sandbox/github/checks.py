"""Check runs and commit statuses of a commit."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.run_shapes import check_run
from strideiq_console.sandbox.github.shapes import node, repository, user
from strideiq_console.sandbox.state import State, take_number

STATES = ("error", "failure", "pending", "success")
_PASSES = ("success", "skipped", "neutral")


def list_check_runs(call: Call) -> Reply:
    """``GET /commits/{ref}/check-runs``: the jobs of every run on that commit, the latest attempt unless ``filter=all``."""
    sha = call.resolve(call.at["ref"]).sha
    everything = call.query.get("filter") == "all"
    rows: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for run in reversed(call.state["runs"]):
        if run["sha"] != sha:
            continue
        jobs = ci.visible_jobs(run, call.now) + (run["earlier"] if everything else [])
        rows += [(run, job) for job in jobs if _wanted(call, job)]
    return call.paged(rows, lambda row: check_run(call, *row), wrap="check_runs")


def _wanted(call: Call, job: dict[str, Any]) -> bool:
    names, states = call.query.get("check_name"), call.query.get("status")
    return (names is None or job["name"] == names) and (states is None or job["status"] == states)


def context_states(state: State, sha: str, now: float) -> dict[str, str]:
    """Return for each check name on a commit what a required check would see: success, failure or pending; the newest counts."""
    found: dict[str, tuple[float, str]] = {}
    for run in state["runs"]:
        if run["sha"] != sha:
            continue
        for job in ci.visible_jobs(run, now):
            word = "pending" if job["conclusion"] is None else "success" if job["conclusion"] in _PASSES else "failure"
            if job["name"] not in found or found[job["name"]][0] <= job["started_at"]:
                found[job["name"]] = (job["started_at"], word)
    for status in state["statuses"].get(sha, []):
        word = {"error": "failure"}.get(status["state"], status["state"])
        if status["context"] not in found or found[status["context"]][0] <= status["at"]:
            found[status["context"]] = (status["at"], word)
    return {name: word for name, (_, word) in found.items()}


def combined_status(call: Call) -> Reply:
    """``GET /commits/{ref}/status``: the newest status of each context, and what they add up to."""
    sha = call.resolve(call.at["ref"]).sha
    newest = {status["context"]: status for status in call.state["statuses"].get(sha, [])}
    words = {status["state"] for status in newest.values()}
    verdict = "failure" if words & {"failure", "error"} else "success" if words == {"success"} else "pending"
    return Reply(
        200,
        {
            "state": verdict,
            "statuses": [_status(call, sha, status) for status in newest.values()],
            "sha": sha,
            "total_count": len(newest),
            "repository": repository(call),
            "commit_url": f"{call.repo}/commits/{sha}",
            "url": f"{call.repo}/commits/{sha}/status",
        },
    )


def create_status(call: Call) -> Reply:
    """``POST /statuses/{sha}``."""
    found = call.origin.find(call.at["sha"])
    if found is None:
        raise invalid(f"No commit found for SHA: {call.at['sha']}")
    word = call.text("state")
    if word not in STATES:
        raise invalid("Validation Failed", {"resource": "Status", "field": "state", "code": "invalid"})
    description, target = call.body.get("description"), call.body.get("target_url")
    if isinstance(description, str) and len(description) > 140:
        raise invalid("Validation Failed", {"resource": "Status", "field": "description", "code": "custom"})
    status = {
        "id": take_number(call.state, "status"),
        "context": call.text("context", "default"),
        "state": word,
        "description": description,
        "target_url": target or None,
        "creator": call.login,
        "at": call.now,
    }
    call.state["statuses"].setdefault(found.sha, []).append(status)
    call.effect(f"status {status['context']} {word} on {found.sha[:7]}")
    return Reply(201, _status(call, found.sha, status) | {"creator": user(call, call.login)})


def _status(call: Call, sha: str, status: dict[str, Any]) -> dict[str, Any]:
    creator = user(call, status["creator"])
    if creator is None:
        raise ApiError(500, "a status without a creator")
    return {
        "url": f"{call.repo}/statuses/{sha}",
        "avatar_url": creator["avatar_url"],
        "id": status["id"],
        "node_id": node("SC", status["id"]),
        "state": status["state"],
        "description": status["description"],
        "target_url": status["target_url"],
        "context": status["context"],
        "created_at": iso(status["at"]),
        "updated_at": iso(status["at"]),
    }


def list_annotations(call: Call) -> Reply:
    """``GET /check-runs/{id}/annotations``: where a failed job says that it failed."""
    number = call.at["id"]
    found = ci.find_job(call.state, int(number)) if number.isdecimal() else None
    if found is None:
        raise ApiError(404, "Not Found")
    run, job = found
    return call.paged([job] if job["conclusion"] == "failure" else [], lambda _: _annotation(call, run["sha"]))


def _annotation(call: Call, sha: str) -> dict[str, Any]:
    return {
        "path": "apps/api/tests/test_week.py",
        "blob_href": f"{call.page}/blob/{sha}/apps/api/tests/test_week.py",
        "start_line": 8,
        "end_line": 8,
        "start_column": None,
        "end_column": None,
        "annotation_level": "failure",
        "title": "test_a_week_starts_on_monday",
        "message": "AssertionError: assert datetime.date(2026, 1, 4) == datetime.date(2026, 1, 5)",
        "raw_details": None,
    }
