"""What CI says of a commit that serves, or of a branch's head, from the runs that are known. No words yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.ci import CheckState, WorkflowRun, worst
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.branch_state import find


@dataclass(frozen=True, slots=True)
class CiCount:
    """What CI says of one commit: jobs that passed of those that were not skipped. ``total`` 0: jobs not known yet.

    ``ended_at`` is when the last of its runs ended, None while one has not; ``url`` leads to the worst of them.
    """

    state: CheckState
    passed: int
    total: int
    sha: str
    ended_at: datetime | None = None
    url: str = ""

    @property
    def unproven(self) -> bool:
        """Say whether the commit should not serve users yet: its CI is red, or has not ended (R66)."""
        return not self.state.passes


def pushes_of(facts: Facts, shas: Iterable[str | None]) -> list[WorkflowRun]:
    """Return the runs of pushes that environments are judged by: those of their branches, and of these commits.

    All runs are looked through once: there may be ten thousand, and the verdict asks for each environment and each commit.
    """
    branches, wanted = {environment.branch for environment in facts.environments}, set(shas)
    return [r for r in facts.runs.value or () if (r.branch in branches or r.sha in wanted) and r.event == "push"]


def head_of(facts: Facts, environment: Environment, runs: Iterable[WorkflowRun]) -> tuple[str | None, datetime | None]:
    """Return the newest known commit of the environment's branch; ``runs`` are those of its pushes, at least.

    The clone knows it as of its last fetch; GitHub's push runs may know a later one, and then that one counts.
    """
    branch = find(facts, environment.branch)
    sha = (branch.remote or branch.local) if branch else None
    at = branch.tip.committed_at if branch and branch.tip.sha == sha else None
    pushes = [r for r in runs if r.branch == environment.branch and r.event == "push" and r.created_at]
    newest = max(pushes, key=_created, default=None)
    if newest is not None and newest.sha != sha and (at is None or _created(newest) > at.timestamp()):
        return newest.sha, newest.created_at
    return sha, at


def _created(run: WorkflowRun) -> float:
    return run.created_at.timestamp() if run.created_at else 0.0


def ci_of(runs: Iterable[WorkflowRun], branch: str, head: str | None) -> CiCount | None:
    """Add up the push runs of a branch's head; of its newest run when the head is unknown. None: no run."""
    mine = sorted((r for r in runs if r.branch == branch and r.event == "push"), key=_created, reverse=True)
    sha = head or (mine[0].sha if mine else None)
    return None if sha is None else ci_of_commit(mine, sha)


def ci_of_commit(runs: Iterable[WorkflowRun], sha: str) -> CiCount | None:
    """Add up the newest push run of each workflow for one commit; None: no run of it is known."""
    newest: dict[str, WorkflowRun] = {}
    for run in sorted((r for r in runs if r.sha == sha and r.event == "push"), key=_created, reverse=True):
        newest.setdefault(run.name, run)
    if not newest:
        return None
    jobs = [job for run in newest.values() for job in run.jobs or ()]
    counted = [job for job in jobs if job.state is not CheckState.SKIPPED]
    passed = sum(job.state is CheckState.SUCCESS for job in counted)
    state = worst(run.state for run in newest.values())
    ends = [run.updated_at for run in newest.values() if run.updated_at is not None]
    ended = max(ends) if state.finished and len(ends) == len(newest) else None
    url = next((run.url for run in newest.values() if run.state is state), "")
    return CiCount(state, passed, len(counted), sha, ended, url)
