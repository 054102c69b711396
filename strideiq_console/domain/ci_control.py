"""Steering GitHub Actions: running again, cancelling, starting, and what a run leaves behind; with the ports for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.ci import Job, WorkflowRun


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file. ``state`` is GitHub's word: active, deleted, disabled_fork, disabled_inactivity, disabled_manually."""

    id: int
    name: str
    path: str
    state: str
    url: str = ""

    @property
    def active(self) -> bool:
        """Say whether it runs at all; GitHub switches a schedule off by itself after 60 quiet days."""
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a run uploaded. ``size`` is in bytes; ``expired`` means that it cannot be downloaded any more."""

    id: int
    name: str
    size: int
    expired: bool
    created_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a check says of a line. ``level`` is notice, warning or failure. Texts are clean; ``message`` may have several lines."""

    path: str
    line: int | None
    level: str
    message: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class CacheUsage:
    """What the caches of Actions take: GitHub drops the oldest above 10 GB."""

    count: int
    size: int


class RunControl(Protocol):
    """Changing what GitHub Actions does. Each is sent once; the caller reads the run to see what came of it."""

    async def rerun(self, run_id: int) -> None:
        """Run all jobs again, as a new attempt. Refused when it still runs or is older than a month (R63)."""
        ...

    async def rerun_failed(self, run_id: int) -> None:
        """Run the failed jobs, and those that wait for them, again (R63)."""
        ...

    async def rerun_job(self, job_id: int) -> None:
        """Run one job, and those that wait for it, again."""
        ...

    async def cancel(self, run_id: int) -> None:
        """Cancel a run; it ends some time after. 409 when it has ended."""
        ...

    async def force_cancel(self, run_id: int) -> None:
        """Cancel a run past conditions such as ``always()``, for one that :meth:`cancel` does not end."""
        ...

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        """Start a workflow file (``ci.yml``) on a branch or tag; return the new run's id, None when GitHub does not name it."""
        ...


class RunDetails(Protocol):
    """What is known of single runs and jobs."""

    async def run(self, run_id: int) -> WorkflowRun:
        """Return one run without its jobs, as of its latest attempt."""
        ...

    async def runs_of(self, *, sha: str | None = None, branch: str | None = None, limit: int = 50) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of a commit, of a branch, or of a commit on a branch."""
        ...

    async def job(self, job_id: int) -> Job:
        """Return one job with its steps."""
        ...

    async def jobs_of_every_attempt(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of all attempts, told apart by ``attempt``."""
        ...

    async def artifacts(self, run_id: int) -> tuple[Artifact, ...]:
        """Return what a run uploaded."""
        ...

    async def annotations(self, check_run_id: int) -> tuple[Annotation, ...]:
        """Return what a check run says of the code; ``id`` of a :class:`CheckRun`. Needs a token that may read checks."""
        ...


class Workflows(Protocol):
    """The workflow files that GitHub knows, and their caches."""

    async def all(self) -> tuple[Workflow, ...]:
        """Return all workflows, also those that are switched off."""
        ...

    async def runs(self, workflow: str, *, branch: str | None = None, limit: int = 20) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of one workflow file."""
        ...

    async def cache_usage(self) -> CacheUsage:
        """Return what the caches take."""
        ...
