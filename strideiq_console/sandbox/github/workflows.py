"""The repository's one workflow: read, started by hand, and what its runs used and left."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci, ci_minutes, objects, workflow_file
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.actions import find_run, list_runs
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.run_shapes import WORKFLOW, WORKFLOW_ID, WORKFLOW_PATH
from strideiq_console.sandbox.github.shapes import node

ARTIFACT_DAYS = 90
VERBOSE_LINES = 120_000
"""So many lines the tests write when somebody asked for a verbose run."""
_HALVES = {"backend": ("backend-lint", "backend-test"), "frontend": ("frontend-lint", "frontend-build")}
_NAMES = (str(WORKFLOW_ID), WORKFLOW_PATH.rsplit("/", 1)[-1])
Run = dict[str, Any]


def list_workflows(call: Call) -> Reply:
    """``GET /actions/workflows``."""
    return call.paged([WORKFLOW_ID], lambda _: _workflow(call), wrap="workflows")


def _workflow(call: Call) -> dict[str, Any]:
    began = iso(call.state["repository"]["created_at"])
    return {
        "id": WORKFLOW_ID,
        "node_id": node("W", WORKFLOW_ID),
        "name": WORKFLOW,
        "path": WORKFLOW_PATH,
        "state": "active",
        "created_at": began,
        "updated_at": began,
        "url": f"{call.repo}/actions/workflows/{WORKFLOW_ID}",
        "html_url": f"{call.page}/blob/main/{WORKFLOW_PATH}",
        "badge_url": f"{call.page}/workflows/{WORKFLOW.replace('/', '%2F').replace(' ', '%20')}/badge.svg",
    }


def _check_name(call: Call) -> None:
    if call.at["workflow"] not in _NAMES:
        raise ApiError(404, "Not Found")


def list_workflow_runs(call: Call) -> Reply:
    """``GET /actions/workflows/{id or file}/runs``."""
    _check_name(call)
    return list_runs(call)


def dispatch(call: Call) -> Reply:
    """``POST /actions/workflows/{id or file}/dispatches``: 204, or 200 with the run when ``return_run_details`` asks for it.

    422 for a ref that is not there, inputs that the workflow does not know, and a workflow that takes no call by hand.
    """
    _check_name(call)
    ref = call.text("ref")
    branch = ref.removeprefix("refs/heads/")
    if branch not in call.state["refs"]:
        raise invalid(f"No ref found for: {ref}")
    sha = call.state["refs"][branch]
    known = _inputs(call, sha)
    given = call.body.get("inputs") or {}
    refused = workflow_file.refusal(known, given) if isinstance(given, dict) else "Invalid inputs: not an object"
    if refused:
        raise invalid(refused)
    said = workflow_file.filled(known, given)
    parts = _HALVES.get(said.get("suite", ""), ())
    run = ci.on_dispatch(call.state, branch, sha, call.now, broken=ci.breaks(call.origin, sha), actor=call.login, parts=parts)
    run["inputs"] = said
    if said.get("verbose") == "true":
        for job in run["jobs"]:
            job["log_lines"] = VERBOSE_LINES
    call.effect(f"started #{run['number']} on {branch}")
    if call.body.get("return_run_details") is not True:
        return Reply(204)
    details = {"workflow_run_id": run["id"], "run_url": f"{call.repo}/actions/runs/{run['id']}"}
    return Reply(200, details | {"html_url": f"{call.page}/actions/runs/{run['id']}"})


def _inputs(call: Call, sha: str) -> tuple[workflow_file.Input, ...]:
    file = objects.entry(call.origin.path, sha, WORKFLOW_PATH)
    text = "" if file is None else objects.blob(call.origin.path, file.sha).decode("utf-8", "replace")
    if "workflow_dispatch" not in text:
        raise invalid("Workflow does not have 'workflow_dispatch' trigger")
    return workflow_file.inputs(text)


def run_usage(call: Call) -> Reply:
    """``GET /actions/runs/{id}/timing``: a private repository's minutes, in milliseconds."""
    run = find_run(call)
    rows = [{"job_id": job["id"], "duration_ms": int(spent * 1000)} for job, spent in ci_minutes.job_times(run, call.now)]
    ubuntu = {"total_ms": sum(row["duration_ms"] for row in rows), "jobs": len(rows), "job_runs": rows}
    return Reply(200, {"billable": {"UBUNTU": ubuntu}, "run_duration_ms": int((run["updated_at"] - run["started_at"]) * 1000)})


def list_artifacts(call: Call) -> Reply:
    """``GET /actions/runs/{id}/artifacts``, by ``name``: the site's build, once there is one; it is kept 90 days."""
    run = find_run(call)
    names = ("web-build",) if call.query.get("name") in (None, "web-build") else ()
    built = [job for job in run["jobs"] if job["name"] == "frontend-build" and job["conclusion"] == "success"]
    rows = [(name, job) for name in names for job in built]
    return call.paged(rows, lambda row: _artifact(call, run, *row), wrap="artifacts")


def _artifact(call: Call, run: Run, name: str, job: dict[str, Any]) -> dict[str, Any]:
    number = job["id"] + 5_000_000_000
    url = f"{call.repo}/actions/artifacts/{number}"
    ends = job["completed_at"] + ARTIFACT_DAYS * 86_400
    return {
        "id": number,
        "node_id": node("AR", number),
        "name": name,
        "size_in_bytes": 1_482_336,
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": ends <= call.now,
        "created_at": iso(job["completed_at"]),
        "updated_at": iso(job["completed_at"]),
        "expires_at": iso(ends),
        "workflow_run": {
            "id": run["id"],
            "repository_id": call.state["repository"]["id"],
            "head_repository_id": call.state["repository"]["id"],
            "head_branch": run["branch"],
            "head_sha": run["sha"],
        },
    }


def cache_usage(call: Call) -> Reply:
    """``GET /actions/cache/usage``: one cache of packages for each branch that was built."""
    branches = {run["branch"] for run in call.state["runs"]}
    size = 88_604_672 * len(branches)
    return Reply(200, {"full_name": call.full_name, "active_caches_size_in_bytes": size, "active_caches_count": len(branches)})
