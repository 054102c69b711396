"""How long the jobs of CI ran, and the minutes of each day as GitHub bills them."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.belongings import day_of
from strideiq_console.sandbox.state import State

Run = dict[str, Any]


def job_times(run: Run, now: float) -> list[tuple[dict[str, Any], float]]:
    """Return the jobs of every attempt that ran to their end, each with its seconds."""
    jobs = {job["id"]: job for job in (*run["earlier"], *ci.visible_jobs(run, now))}
    done = [job for job in jobs.values() if job["status"] == "completed" and job["conclusion"] != "skipped"]
    return [(job, job["completed_at"] - job["started_at"]) for job in done]


def by_day(state: State, now: float) -> dict[str, int]:
    """Return minutes by day (``2026-01-09``), rounded up by job, with those of runs that nobody remembers."""
    minutes: dict[str, int] = defaultdict(int, state.get("billed_minutes", {}))
    for run in state["runs"]:
        for job, seconds in job_times(run, now):
            minutes[day_of(job["completed_at"])] += math.ceil(seconds / 60)
    return minutes
