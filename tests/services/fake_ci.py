"""GitHub Actions in memory: runs with attempts, and the deeds that steer them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from strideiq_console.domain.ci import CheckState, Job, WorkflowRun
from strideiq_console.domain.ci_control import Workflow
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.log import WholeLog
from tests.services.fake_outside import BEGIN, FakeOutside


def refused(words: str, status: int = 403) -> OutsideError:
    return OutsideError(Fault(FaultKind.REFUSED, "github", words), status=status, known_not_done=True)


@dataclass
class FakeCi:
    """Actions. ``lists_late``: looks that pass before a started run is listed; ``ends_late``: before a cancelled one ends."""

    o: FakeOutside
    runs_by_id: dict[int, WorkflowRun] = field(default_factory=dict)
    jobs_of: dict[int, tuple[Job, ...]] = field(default_factory=dict)
    logs: dict[int, tuple[str, ...]] = field(default_factory=dict)
    known: tuple[Workflow, ...] = (Workflow(1, "CI", ".github/workflows/ci.yml", "active"),)
    lists_late: int = 0
    ends_late: int = 0
    dispatched: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(500))
    _hidden: dict[int, int] = field(default_factory=dict)
    _ending: dict[int, int] = field(default_factory=dict)

    def add(self, state: CheckState, *, branch: str = "feature/x", event: str = "push", attempt: int = 1) -> WorkflowRun:
        """Put a run there."""
        number = next(self._numbers)
        run = WorkflowRun(
            id=90_000 + number,
            number=number,
            name="CI",
            branch=branch,
            sha="c" * 40,
            event=event,
            state=state,
            attempt=attempt,
            created_at=BEGIN,
            started_at=BEGIN,
        )
        self.runs_by_id[run.id] = run
        return run

    # ports.WorkflowRuns
    async def recent(self, *, limit: int = 50) -> tuple[WorkflowRun, ...]:
        return tuple(sorted(self.runs_by_id.values(), key=lambda run: -run.id))[:limit]

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        return self.jobs_of.get(run_id, ())

    async def log_tail(self, job_id: int, *, lines: int = 50) -> tuple[str, ...]:
        return self.logs.get(job_id, ())[-lines:]

    async def log(self, job_id: int, *, most: int = 100_000) -> WholeLog:
        return WholeLog(self.logs.get(job_id, ()))

    # ci_control.RunDetails
    async def run(self, run_id: int) -> WorkflowRun:
        if run_id not in self.runs_by_id:
            raise OutsideError(Fault(FaultKind.MISSING, "github", f"there is no run {run_id}"), status=404)
        if run_id in self._ending:
            self._ending[run_id] -= 1
            if self._ending[run_id] < 0:
                del self._ending[run_id]
                self.runs_by_id[run_id] = replace(self.runs_by_id[run_id], state=CheckState.CANCELLED)
        return self.runs_by_id[run_id]

    async def job(self, job_id: int) -> Job:
        return next(job for jobs in self.jobs_of.values() for job in jobs if job.id == job_id)

    async def jobs_of_every_attempt(self, run_id: int) -> tuple[Job, ...]:
        return self.jobs_of.get(run_id, ())

    # ci_control.Workflows
    async def all(self) -> tuple[Workflow, ...]:
        return self.known

    async def runs(self, workflow: str, *, branch: str | None = None, limit: int = 20) -> tuple[WorkflowRun, ...]:
        found = []
        for run in await self.recent(limit=1000):
            self._hidden[run.id] = self._hidden.get(run.id, 0) - 1
            if branch in (None, run.branch) and self._hidden[run.id] < 0:
                found.append(run)
        return tuple(found[:limit])

    # ci_control.RunControl
    async def rerun(self, run_id: int) -> None:
        run = self.runs_by_id[run_id]
        if not run.state.finished:
            raise refused("This workflow is already running")
        self.runs_by_id[run_id] = replace(run, attempt=run.attempt + 1, state=CheckState.QUEUED)
        self.o.did(f"POST runs/{run.number}/rerun")

    async def rerun_failed(self, run_id: int) -> None:
        run = self.runs_by_id[run_id]
        self.runs_by_id[run_id] = replace(run, attempt=run.attempt + 1, state=CheckState.QUEUED)
        self.o.did(f"POST runs/{run.number}/rerun-failed-jobs")

    async def cancel(self, run_id: int) -> None:
        if self.runs_by_id[run_id].state.finished:
            raise refused("Cannot cancel a workflow run that is completed", 409)
        self._ending[run_id] = self.ends_late
        self.o.did(f"POST runs/{self.runs_by_id[run_id].number}/cancel")

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        self.dispatched.append((workflow, ref, dict(inputs)))
        run = self.add(CheckState.QUEUED, branch=ref, event="workflow_dispatch")
        self._hidden[run.id] = self.lists_late
        self.o.did(f"POST dispatches {workflow} {ref}")
        return None
