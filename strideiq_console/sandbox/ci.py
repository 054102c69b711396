"""GitHub Actions in the world: the document's six jobs, planned when a run starts and moved along by the world's clock.

A run is ``{"id", "number", "event", "branch", "sha", "title", "actor", "pull" (number or None), "attempt", "created_at",
"started_at", "updated_at", "status", "conclusion", "broken", "flaky", "parts"?: [name], "jobs": [job], "earlier": [job],
"approvals"?: [approval], "inputs"?: {name: text}}``; ``broken`` is ``""`` or why the tests fail each time, ``parts`` the jobs that
somebody asked for by hand.

A job is ``{"id", "name", "attempt", "created_at", "started_at", "completed_at", "outcome", "status", "conclusion", "gate"?, "why"?,
"log_lines"?}`` where the times and ``outcome`` are the plan, and ``status`` and ``conclusion`` what the clock has reached of it. A
job does not exist yet before its ``created_at``. ``gate`` names the environment whose reviewers a waiting job needs, ``why`` is why
a failing one fails; ``log_lines`` is how many lines the tests write. An approval is ``{"environment", "state": "approved" |
"rejected", "comment", "login", "at"}``.

The state's ``ci`` may hold ``{"live_logs": True}``: a job's log can be read, and grows, while it runs. GitHub itself has none then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from strideiq_console.sandbox import head_gate
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.rules import REQUIRED
from strideiq_console.sandbox.state import State, take_number

BREAKING_WORDS = "[break ci]"
BREAKING_PATH = "tests/broken"
FAILING_JOB = "backend-test"
TESTS = "a test fails"
DEPLOY_JOBS = {"deploy-staging": "staging", "deploy-production": "main"}
_SECONDS = {"backend-lint": (40, 60), "backend-test": (110, 150), "frontend-lint": (45, 65), "frontend-build": (80, 120)}
ENVIRONMENTS = {"deploy-staging": "staging", "deploy-production": "production"}
KEEP_RUNS = 200
NEVER = float(2**33)


def breaks(origin: Origin, sha: str) -> str:
    """Say why a commit breaks the tests, ``""`` when it does not: words in its message, a file, a wrong head of its migrations."""
    if BREAKING_WORDS in origin.commit(sha).message or origin.has_path(sha, BREAKING_PATH):
        return TESTS
    return head_gate.complaint(origin, sha)


def on_push(
    state: State,
    branch: str,
    sha: str,
    subject: str,
    now: float,
    *,
    broken: str = "",
    flaky: bool = False,
    actor: str = "founder",
) -> None:
    """Start the run that a push to main or staging starts."""
    run = _new_run(state, "push", branch, sha, subject, now, actor)
    run |= {"broken": broken, "flaky": flaky}
    _plan(state, run, now)


def on_dispatch(
    state: State, branch: str, sha: str, now: float, *, broken: str, actor: str, parts: Sequence[str] = ()
) -> dict[str, Any]:
    """Start the run that somebody asked for by hand; return it. Its deploy jobs are skipped: they are for pushes alone.

    With ``parts`` only those jobs run, and the other ones are skipped.
    """
    run = _new_run(state, "workflow_dispatch", branch, sha, "CI/CD Pipeline", now, actor)
    run |= {"broken": broken} | ({"parts": list(parts)} if parts else {})
    _plan(state, run, now)
    return run


def on_pull_request(state: State, pull: dict[str, Any], now: float, *, broken: str = "") -> None:
    """Start the run that a new or moved head of a pull request into main or staging starts; other bases start none."""
    if pull["base"] not in DEPLOY_JOBS.values():
        return
    run = _new_run(state, "pull_request", pull["head"], pull["head_sha"], pull["title"], now, pull["author"])
    run |= {"broken": broken, "pull": pull["number"]}
    _plan(state, run, now)


def settle(state: State, now: float) -> None:
    """Let every unfinished run reach what its plan says for this moment."""
    for run in state["runs"]:
        if run["status"] != "completed":
            _reach(run, now)
    del state["runs"][:-KEEP_RUNS]


def rerun(state: State, run: dict[str, Any], now: float, *, names: Sequence[str] | None = None) -> None:
    """Start a new attempt with all jobs, or with the jobs of ``names`` and what depends on them."""
    run["earlier"] += run["jobs"]
    run |= {"attempt": run["attempt"] + 1, "status": "queued", "conclusion": None, "started_at": now}
    _plan(state, run, now, names=names)


def replan(state: State, run: dict[str, Any], *, flaky: bool) -> None:
    """Plan a first attempt anew, as it was before anybody looked, and let it come to its end."""
    run["flaky"] = flaky
    _plan(state, run, run["created_at"])
    _reach(run, max(job["completed_at"] for job in run["jobs"]))


def failed_jobs(run: dict[str, Any]) -> list[str]:
    """Return the names of the jobs that did not come to a good end."""
    return [job["name"] for job in run["jobs"] if job["conclusion"] in ("failure", "cancelled")]


def cancel(run: dict[str, Any], now: float) -> None:
    """Stop what has not finished."""
    for job in run["jobs"]:
        if job["completed_at"] > now:
            job["created_at"] = min(job["created_at"], now)
            job["started_at"] = min(job["started_at"], now)
            job |= {"completed_at": now, "outcome": "cancelled"}
    _reach(run, now)


def waiting_jobs(run: dict[str, Any], now: float) -> list[dict[str, Any]]:
    """Return the jobs that need a reviewer's word now."""
    return [job for job in visible_jobs(run, now) if job.get("gate") and run["status"] != "completed"]


def open_gate(state: State, run: dict[str, Any], job: dict[str, Any], now: float, *, approved: bool) -> None:
    """Let a waiting job start, no sooner than its environment's wait timer says, or fail it."""
    minutes = state["environments"].get(job.pop("gate"), {}).get("wait_minutes", 0)
    start = max(now, job["created_at"] + minutes * 60) + 3
    if approved:
        job |= {"started_at": start, "completed_at": start + 8, "outcome": "success"}
    else:
        job |= {"started_at": now, "completed_at": now, "outcome": "failure"}
    _reach(run, now)


def visible_jobs(run: dict[str, Any], now: float) -> list[dict[str, Any]]:
    """Return the jobs of the latest attempt that exist by now; those that wait for others do not yet."""
    return [job for job in run["jobs"] if job["created_at"] <= now]


def find_job(state: State, number: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return a run and its job by the job's id, of any attempt."""
    for run in state["runs"]:
        for job in (*run["jobs"], *run["earlier"]):
            if job["id"] == number:
                return run, job
    return None


def _new_run(state: State, event: str, branch: str, sha: str, title: str, now: float, actor: str) -> dict[str, Any]:
    run: dict[str, Any] = {
        "id": take_number(state, "run"),
        "number": take_number(state, "run_number"),
        "event": event,
        "branch": branch,
        "sha": sha,
        "title": title,
        "actor": actor,
        "pull": None,
        "attempt": 1,
        "created_at": now,
        "started_at": now,
        "updated_at": now,
        "status": "queued",
        "conclusion": None,
        "broken": "",
        "flaky": False,
        "jobs": [],
        "earlier": [],
    }
    state["runs"].append(run)
    return run


def _plan(state: State, run: dict[str, Any], now: float, *, names: Sequence[str] | None = None) -> None:
    kept = {job["name"]: job for job in run["jobs"]} if names is not None else {}
    jobs: list[dict[str, Any]] = []
    for name in REQUIRED:
        if names is not None and name not in names and name in kept:
            jobs.append(kept[name] | {"id": take_number(state, "job"), "attempt": run["attempt"]})
            continue
        if name not in run.get("parts", REQUIRED):
            jobs.append(_job(state, run, name, now, now, now, "skipped"))
            continue
        queue, length = _luck(run, name)
        why = (run["broken"] or (TESTS if run["flaky"] and run["attempt"] == 1 else "")) if name == FAILING_JOB else ""
        end = now + queue + length * (0.7 if why else 1.0)
        made = _job(state, run, name, now, now + queue, end, "failure" if why else "success")
        jobs.append(made | ({"why": why} if why else {}))
    done = max(now, *(job["completed_at"] for job in jobs))
    green = all(job["outcome"] == "success" for job in jobs)
    for name, branch in DEPLOY_JOBS.items():
        if run["event"] == "push" and run["branch"] == branch and green:
            jobs.append(_deploy_job(state, run, name, done))
        else:
            jobs.append(_job(state, run, name, done, done, done, "skipped"))
    run["jobs"] = jobs
    _reach(run, now)


def _deploy_job(state: State, run: dict[str, Any], name: str, done: float) -> dict[str, Any]:
    """Return a job that waits for its environment's reviewers, or for its timer, where there are any."""
    environment = ENVIRONMENTS[name]
    said = state.get("environments", {}).get(environment, {})
    if said.get("reviewers"):
        return _job(state, run, name, done, NEVER, NEVER, "success") | {"gate": environment}
    start = done + said.get("wait_minutes", 0) * 60 + 3
    return _job(state, run, name, done, start, start + 8, "success")


def _luck(run: dict[str, Any], name: str) -> tuple[float, float]:
    """Return queue time and length of a job: different for each, the same whenever the same world is asked."""
    digest = hashlib.sha256(f"{run['number']}.{run['attempt']}.{name}".encode()).digest()
    low, high = _SECONDS[name]
    return 2 + digest[0] / 255 * 5, low + digest[1] / 255 * (high - low)


def _job(
    state: State, run: dict[str, Any], name: str, created: float, started: float, completed: float, outcome: str
) -> dict[str, Any]:
    return {
        "id": take_number(state, "job"),
        "name": name,
        "attempt": run["attempt"],
        "created_at": created,
        "started_at": started,
        "completed_at": completed,
        "outcome": outcome,
        "status": "queued",
        "conclusion": None,
    }


def _reach(run: dict[str, Any], now: float) -> None:
    for job in run["jobs"]:
        if now >= job["completed_at"]:
            job |= {"status": "completed", "conclusion": job["outcome"]}
        elif job.get("gate") and now >= job["created_at"]:
            job |= {"status": "waiting", "conclusion": None}
        else:
            job |= {"status": "in_progress" if now >= job["started_at"] else "queued", "conclusion": None}
    stages = {job["status"] for job in run["jobs"]}
    if stages == {"completed"}:
        outcomes = {job["conclusion"] for job in run["jobs"]}
        worst = next((word for word in ("failure", "cancelled") if word in outcomes), "success")
        run |= {"status": "completed", "conclusion": worst, "updated_at": max(job["completed_at"] for job in run["jobs"])}
    elif stages == {"queued"}:
        run |= {"status": "queued", "conclusion": None, "updated_at": run["started_at"]}
    elif stages == {"completed", "waiting"}:
        since = max(job["created_at"] for job in run["jobs"] if job["status"] == "waiting")
        run |= {"status": "waiting", "conclusion": None, "updated_at": since}
    else:
        reached = [t for job in run["jobs"] for t in (job["started_at"], job["completed_at"]) if t <= now]
        run |= {"status": "in_progress", "conclusion": None, "updated_at": max([run["started_at"], *reached])}
