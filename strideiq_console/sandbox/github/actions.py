"""GitHub Actions: workflow runs, their jobs and logs, running again and cancelling."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.log_text import has_log
from strideiq_console.sandbox.github.logs import signed_path
from strideiq_console.sandbox.github.run_shapes import job, suite, workflow_run

MOST_RUNS = 1000
Run = dict[str, Any]


def find_run(call: Call) -> Run:
    """Return the run that the path names. Raises ApiError 404."""
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
    """``GET /actions/runs``: newest first, by branch, event, status (or conclusion), commit, actor, suite and time."""
    ask = call.query
    rows = [
        run
        for run in reversed(call.state["runs"])
        if ask.get("branch") in (None, run["branch"])
        and ask.get("event") in (None, run["event"])
        and ask.get("head_sha") in (None, run["sha"])
        and ask.get("actor") in (None, run["actor"])
        and ask.get("status") in (None, run["status"], run["conclusion"])
        and ask.get("check_suite_id") in (None, str(suite(run)))
        and _created(ask.get("created"), iso(run["created_at"]))
    ][:MOST_RUNS]
    call.origin.prefetch([run["sha"] for run in rows])
    return call.paged(rows, lambda run: workflow_run(call, run), wrap="workflow_runs")


def _created(asked: str | None, moment: str) -> bool:
    """Say whether a moment fits GitHub's date words: ``2026-01-09``, ``>=…``, ``<…``, ``a..b`` with ``*`` for an open end."""
    if not asked:
        return True
    low, dots, high = asked.partition("..")
    if dots:
        return (low == "*" or moment[: len(low)] >= low) and (high == "*" or moment[: len(high)] <= high)
    sign = asked[: len(asked) - len(asked.lstrip("<>="))]
    wanted = asked[len(sign) :]
    mine = moment[: len(wanted)]
    verdicts = {">": mine > wanted, ">=": mine >= wanted, "<": mine < wanted, "<=": mine <= wanted, "": mine == wanted}
    return verdicts.get(sign, False)


def get_run(call: Call) -> Reply:
    """``GET /actions/runs/{id}``."""
    return Reply(200, workflow_run(call, find_run(call)))


def list_jobs(call: Call) -> Reply:
    """``GET /actions/runs/{id}/jobs``: the latest attempt, every attempt with ``filter=all``."""
    run = find_run(call)
    rows = ci.visible_jobs(run, call.now) + (run["earlier"] if call.query.get("filter") == "all" else [])
    return call.paged(rows, lambda found: job(call, run, found), wrap="jobs")


def get_job(call: Call) -> Reply:
    """``GET /actions/jobs/{id}``."""
    return Reply(200, job(call, *_job(call)))


def get_job_logs(call: Call) -> Reply:
    """``GET /actions/jobs/{id}/logs``: 302 to another host, where the token must not go; 404 while there is no log yet."""
    _, found = _job(call)
    if not has_log(call.state, found):
        raise ApiError(404, "Not Found")
    return Reply(302, None, {"location": call.logs + signed_path(call.state, f"jobs/{found['id']}.log", call.wall)})


def get_run_logs(call: Call) -> Reply:
    """``GET /actions/runs/{id}/logs``: 302 to a zip on another host; 404 while no job has a log."""
    run = find_run(call)
    if not any(has_log(call.state, found) for found in run["jobs"]):
        raise ApiError(404, "Not Found")
    return Reply(302, None, {"location": call.logs + signed_path(call.state, f"runs/{run['id']}.zip", call.wall)})


def rerun(call: Call) -> Reply:
    """``POST /actions/runs/{id}/rerun``."""
    return _again(call, find_run(call), None)


def rerun_failed(call: Call) -> Reply:
    """``POST /actions/runs/{id}/rerun-failed-jobs``."""
    run = find_run(call)
    return _again(call, run, ci.failed_jobs(run))


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
    run = find_run(call)
    if run["status"] == "completed":
        raise ApiError(409, "Cannot cancel a workflow run that is completed.")
    ci.cancel(run, call.now)
    call.effect(f"cancelled #{run['number']}")
    return Reply(202, {})


def force_cancel(call: Call) -> Reply:
    """``POST /actions/runs/{id}/force-cancel``: also past what a job does ``always()``; 409 when it is over."""
    return cancel(call)
