"""Section 3 of the architecture document: the six jobs, which needs which, and what a deploy job does not prove (R61, R64, R65)."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.ci import CheckState, Job, WorkflowRun
from strideiq_console.domain.policy.promotion import PERMANENT_BRANCHES, REQUIRED_CHECKS

PROVES_NOTHING = "no proof of a deployment"
DEPLOY_PROVES_NOTHING = "a deploy job only echoes: Vercel and Railway deploy by themselves, and only they say what is live"
CI_BASES = PERMANENT_BRANCHES
"""The branches whose pushes, and the pull requests into which, start CI."""


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """A job as the document plans it. ``deploys`` is the branch whose push it runs for, ``""`` for a check."""

    name: str
    needs: tuple[str, ...] = ()
    deploys: str = ""


JOBS = (
    *(PlannedJob(name) for name in REQUIRED_CHECKS),
    PlannedJob("deploy-staging", REQUIRED_CHECKS, "staging"),
    PlannedJob("deploy-production", REQUIRED_CHECKS, "main"),
)
_PLANNED = {job.name: job for job in JOBS}


@dataclass(frozen=True, slots=True)
class JobPlace:
    """One line of a run's job matrix: what the document plans, what GitHub has, and a sentence where the two need one."""

    name: str
    state: CheckState | None
    job: Job | None
    planned: PlannedJob | None
    words: str = ""


def is_deploy(name: str) -> bool:
    """Say whether a job only says that something is deployed."""
    planned = _PLANNED.get(name)
    return bool(planned and planned.deploys)


def matrix(run: WorkflowRun, jobs: tuple[Job, ...]) -> tuple[JobPlace, ...]:
    """Return the document's six jobs in its order, then whatever else the run has; ``state`` None: the run has no such job.

    A job that waits for others does not exist at GitHub before they are done, so its absence says little while the run goes on.
    """
    by_name = {job.name: job for job in jobs}
    places = [_place(planned, by_name, run) for planned in JOBS] if any(name in _PLANNED for name in by_name) else []
    others = [job for job in jobs if job.name not in _PLANNED or not places]
    return (*places, *(JobPlace(job.name, job.state, job, None) for job in others))


def _place(planned: PlannedJob, jobs: dict[str, Job], run: WorkflowRun) -> JobPlace:
    job = jobs.get(planned.name)
    if job is None:
        words = "not in this run" if run.state.finished else _waits(planned, jobs) or "not there yet"
        return JobPlace(planned.name, None, None, planned, words)
    words = ""
    if planned.deploys and job.state is CheckState.SKIPPED:
        words = _why_skipped(planned, jobs, run)
    elif planned.deploys and job.state is CheckState.SUCCESS:
        words = PROVES_NOTHING
    elif not job.state.finished:
        words = _waits(planned, jobs)
    return JobPlace(planned.name, job.state, job, planned, words)


def _waits(planned: PlannedJob, jobs: dict[str, Job]) -> str:
    open_ones = [name for name in planned.needs if name not in jobs or not jobs[name].state.finished]
    if not open_ones:
        return ""
    return f"waits for {'all four' if len(open_ones) == len(REQUIRED_CHECKS) else ', '.join(open_ones)}"


def _why_skipped(planned: PlannedJob, jobs: dict[str, Job], run: WorkflowRun) -> str:
    """Skipped is neutral (R64): say which of the two reasons it has."""
    if run.event != "push" or run.branch != planned.deploys:
        return f"runs on pushes to {planned.deploys} only"
    red = [name for name in planned.needs if name in jobs and not jobs[name].state.passes]
    return f"needs {', '.join(red)}" if red else "skipped by its condition"
