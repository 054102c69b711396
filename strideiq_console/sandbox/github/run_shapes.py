"""GitHub's objects for workflow runs, jobs, steps and check runs."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import head_gate
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import Call
from strideiq_console.sandbox.github.commit_shapes import short_commit
from strideiq_console.sandbox.github.pull_shapes import minimal_pull
from strideiq_console.sandbox.github.shapes import actions_app, node, repository, user

WORKFLOW_ID = 88_412_300
WORKFLOW = "CI/CD Pipeline"
WORKFLOW_PATH = ".github/workflows/ci.yml"
Run = dict[str, Any]
Job = dict[str, Any]
_UNSTARTED = ("queued", "waiting")
_STEPS = {
    "backend-lint": ("Set up job", "Run actions/checkout@v4", "Run pip install ruff", "Run ruff check apps/api", "Complete job"),
    "backend-test": (
        "Set up job",
        "Initialize containers",
        "Run actions/checkout@v4",
        "Run pip install -r apps/api/requirements.txt",
        "Run pytest apps/api",
        "Complete job",
    ),
    "frontend-lint": ("Set up job", "Run actions/checkout@v4", "Run npm ci", "Run npm run lint", "Complete job"),
    "frontend-build": ("Set up job", "Run actions/checkout@v4", "Run npm ci", "Run npm run build", "Complete job"),
    "deploy-staging": ("Set up job", "Run echo deploying staging", "Complete job"),
    "deploy-production": ("Set up job", "Run echo deploying production", "Complete job"),
}


def _open_pulls(call: Call, run: Run) -> list[dict[str, Any]]:
    pulls = call.state["pulls"].values()
    return [
        minimal_pull(call, p) for p in pulls if p["state"] == "open" and p["head"] == run["branch"] and p["head_sha"] == run["sha"]
    ]


def workflow_run(call: Call, run: Run) -> dict[str, Any]:
    """Return a workflow run."""
    url = f"{call.repo}/actions/runs/{run['id']}"
    earlier = f"{url}/attempts/{run['attempt'] - 1}" if run["attempt"] > 1 else None
    return {
        "id": run["id"],
        "name": WORKFLOW,
        "node_id": node("WFR", run["id"]),
        "check_suite_id": suite(run),
        "check_suite_node_id": node("CS", suite(run)),
        "head_branch": run["branch"],
        "head_sha": run["sha"],
        "path": WORKFLOW_PATH,
        "run_number": run["number"],
        "run_attempt": run["attempt"],
        "referenced_workflows": [],
        "event": run["event"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "workflow_id": WORKFLOW_ID,
        "url": url,
        "html_url": f"{call.page}/actions/runs/{run['id']}",
        "pull_requests": _open_pulls(call, run),
        "created_at": iso(run["created_at"]),
        "updated_at": iso(run["updated_at"]),
        "run_started_at": iso(run["started_at"]),
        "actor": user(call, run["actor"]),
        "triggering_actor": user(call, run["actor"]),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{call.repo}/check-suites/{suite(run)}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": earlier,
        "workflow_url": f"{call.repo}/actions/workflows/{WORKFLOW_ID}",
        "head_commit": short_commit(call.origin.commit(run["sha"])),
        "repository": repository(call),
        "head_repository": repository(call),
        "head_repository_id": call.state["repository"]["id"],
        "display_title": run["title"],
    }


def suite(run: Run) -> int:
    """Return the number of a run's check suite."""
    return int(run["id"]) + 20_000_000_000


def job(call: Call, run: Run, found: Job) -> dict[str, Any]:
    """Return a job with its steps."""
    started = found["status"] not in _UNSTARTED
    runner = found["conclusion"] != "skipped" and started
    return {
        "id": found["id"],
        "run_id": run["id"],
        "run_url": f"{call.repo}/actions/runs/{run['id']}",
        "run_attempt": found["attempt"],
        "workflow_name": WORKFLOW,
        "head_branch": run["branch"],
        "node_id": node("JOB", found["id"]),
        "head_sha": run["sha"],
        "url": f"{call.repo}/actions/jobs/{found['id']}",
        "html_url": f"{call.page}/actions/runs/{run['id']}/job/{found['id']}",
        "status": found["status"],
        "conclusion": found["conclusion"],
        "created_at": iso(found["created_at"]),
        "started_at": iso(found["started_at"] if started else found["created_at"]),
        "completed_at": iso(found["completed_at"]) if found["status"] == "completed" else None,
        "name": found["name"],
        "steps": steps(found, call.now),
        "check_run_url": f"{call.repo}/check-runs/{found['id']}",
        "labels": ["ubuntu-latest"],
        "runner_id": 7 if runner else None,
        "runner_name": "GitHub Actions 7" if runner else None,
        "runner_group_id": 2 if runner else None,
        "runner_group_name": "GitHub Actions" if runner else None,
    }


def names(found: Job) -> tuple[str, ...]:
    """Return the names of a job's steps; where the gate of the migrations stops a job, the gate is one of them."""
    if not by_gate(found):
        return _STEPS[found["name"]]
    *before, tests, last = _STEPS[found["name"]]
    return (*before, head_gate.STEP, tests, last)


def by_gate(found: Job) -> bool:
    """Say whether the gate of the migrations stops a job."""
    return str(found.get("why", "")).startswith(head_gate.WORDS)


def spans(found: Job) -> list[tuple[str, float, float]]:
    """Return the steps of a job that has started, each with when it begins and ends by the plan."""
    if found["status"] in _UNSTARTED or found["outcome"] == "skipped":
        return []
    every = names(found)
    share = (found["completed_at"] - found["started_at"]) / len(every)
    begin = float(found["started_at"])
    return [(name, begin + number * share, begin + (number + 1) * share) for number, name in enumerate(every)]


def steps(found: Job, now: float) -> list[dict[str, Any]]:
    """Return the steps that a job has reached; after the failing one, the real steps that follow are skipped."""
    planned = spans(found)
    stopped = len(planned) - (2 if by_gate(found) else 1)
    rows = []
    for number, (name, begin, end) in enumerate(planned, 1):
        if begin > now:
            state, conclusion = "queued", None
        elif end > now and found["status"] != "completed":
            state, conclusion = "in_progress", None
        else:
            state, conclusion = "completed", "success"
        if found["status"] == "completed" and found["outcome"] in ("failure", "cancelled"):
            if number == stopped:
                conclusion = found["outcome"]
            elif stopped < number < len(planned):
                conclusion = "skipped"
        rows.append(
            {
                "name": name,
                "status": state,
                "conclusion": conclusion,
                "number": number,
                "started_at": iso(begin) if begin <= now else None,
                "completed_at": iso(end) if conclusion else None,
            }
        )
    return rows


def check_run(call: Call, run: Run, found: Job) -> dict[str, Any]:
    """Return a job as the check run that it also is."""
    url = f"{call.repo}/check-runs/{found['id']}"
    page = f"{call.page}/actions/runs/{run['id']}/job/{found['id']}"
    failed = found["conclusion"] == "failure"
    return {
        "id": found["id"],
        "head_sha": run["sha"],
        "node_id": node("CR", found["id"]),
        "external_id": str(found["id"]),
        "url": url,
        "html_url": page,
        "details_url": page,
        "status": found["status"],
        "conclusion": found["conclusion"],
        "started_at": iso(found["started_at"] if found["status"] not in _UNSTARTED else found["created_at"]),
        "completed_at": iso(found["completed_at"]) if found["status"] == "completed" else None,
        "output": {
            "title": ("the migration head gate failed" if by_gate(found) else "1 test failed") if failed else None,
            "summary": "Process completed with exit code 1." if failed else None,
            "text": None,
            "annotations_count": 1 if failed else 0,
            "annotations_url": f"{url}/annotations",
        },
        "name": found["name"],
        "check_suite": {"id": suite(run)},
        "app": actions_app(call),
        "pull_requests": _open_pulls(call, run),
    }
