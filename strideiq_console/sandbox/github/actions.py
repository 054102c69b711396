"""GitHub Actions: workflow runs, their jobs and logs, running again and cancelling."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.logs import signed_path
from strideiq_console.sandbox.github.run_shapes import job, workflow_run

MOST_RUNS = 1000
Run = dict[str, Any]


def _run(call: Call) -> Run:
    found: Run | None = next((run for run in call.state["runs"] if str(run["id"]) == call.at["id"]), None)
    if found is None:
        raise ApiError(404, "Not Found")
    return found


def _job(call: Call) -> tuple[Run, dict[str, Any]]:
    found = ci.find_job(call.state, int(call.at["id"])) if call.at["id"].isdecimal() else None
    if found is None:
        raise ApiError(404, "Not Found")
    return found


def list_runs(call: Call) -> Reply:
    """``GET /actions/runs``: newest first, by ``branch``, ``event``, ``status`` (or conclusion), ``head_sha`` and ``actor``."""
    ask = call.query
    rows = [
        run
        for run in reversed(call.state["runs"])
        if ask.get("branch") in (None, run["branch"])
        and ask.get("event") in (None, run["event"])
        and ask.get("head_sha") in (None, run["sha"])
        and ask.get("actor") in (None, run["actor"])
        and ask.get("status") in (None, run["status"], run["conclusion"])
    ][:MOST_RUNS]
    call.origin.prefetch([run["sha"] for run in rows])
    return call.paged(rows, lambda run: workflow_run(call, run), wrap="workflow_runs")


def get_run(call: Call) -> Reply:
    """``GET /actions/runs/{id}``."""
    return Reply(200, workflow_run(call, _run(call)))


def list_jobs(call: Call) -> Reply:
    """``GET /actions/runs/{id}/jobs``: the latest attempt, every attempt with ``filter=all``."""
    run = _run(call)
    rows = ci.visible_jobs(run, call.now) + (run["earlier"] if call.query.get("filter") == "all" else [])
    return call.paged(rows, lambda found: job(call, run, found), wrap="jobs")


def get_job(call: Call) -> Reply:
    """``GET /actions/jobs/{id}``."""
    return Reply(200, job(call, *_job(call)))


def get_job_logs(call: Call) -> Reply:
    """``GET /actions/jobs/{id}/logs``: 302 to another host, where the token must not go; 404 while there is no log yet."""
    _, found = _job(call)
    if found["status"] != "completed" or found["outcome"] == "skipped":
        raise ApiError(404, "Not Found")
    return Reply(302, None, {"location": call.logs + signed_path(call.state, found["id"], call.wall)})


def rerun(call: Call) -> Reply:
    """``POST /actions/runs/{id}/rerun``."""
    return _again(call, _run(call), None)


def rerun_failed(call: Call) -> Reply:
    """``POST /actions/runs/{id}/rerun-failed-jobs``."""
    run = _run(call)
    return _again(call, run, [found["name"] for found in run["jobs"] if found["conclusion"] in ("failure", "cancelled")])


def rerun_job(call: Call) -> Reply:
    """``POST /actions/jobs/{id}/rerun``."""
    run, found = _job(call)
    return _again(call, run, [found["name"]])


def _again(call: Call, run: Run, names: list[str] | None) -> Reply:
    if run["status"] != "completed":
        raise ApiError(403, "This workflow is already running")
    if names == []:
        raise ApiError(403, "The workflow run containing this job has no failed jobs")
    ci.rerun(call.state, run, call.now, names=names)
    call.effect(f"ran #{run['number']} again")
    return Reply(201, {})


def cancel(call: Call) -> Reply:
    """``POST /actions/runs/{id}/cancel``: 409 when it is over."""
    run = _run(call)
    if run["status"] == "completed":
        raise ApiError(409, "Cannot cancel a workflow run that is completed.")
    ci.cancel(run, call.now)
    call.effect(f"cancelled #{run['number']}")
    return Reply(202, {})
