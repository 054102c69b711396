"""What is read of CI only when somebody looks: a run's jobs, all its attempts, a job's log, the workflow file (R59-R68)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strideiq_console.domain.ci import CheckState, Job, WorkflowRun
from strideiq_console.domain.ci_file import CI_FILE, CiFile, read_ci_file
from strideiq_console.domain.fault import BlockedError, CloneError, OutsideError

if TYPE_CHECKING:  # a glance has the console, and must not pay for these
    from strideiq_console.domain.code_host import CodeHost
    from strideiq_console.domain.log import LogSource
    from strideiq_console.domain.outside import Outside
    from strideiq_console.domain.ports import Clock

POLL = 5.0
"""Seconds between two looks at one job or run that somebody watches: 720 requests an hour of GitHub's 5,000."""
RECENT = 100
LOOKS = 5
"""Looks in a row that may fail before watching is given up."""


class CiReads:
    """Reads on demand. Each raises OutsideError, or BlockedError where GitHub is not configured.

    ``stretch`` is how many seconds of the clock are one of a period, as the board has it. Jobs of a finished attempt never change,
    so they are asked for once.
    """

    def __init__(self, outside: Outside, clock: Clock, *, main: str = "main", stretch: float = 1.0) -> None:
        self._outside = outside
        self._clock = clock
        self._main = main
        self._stretch = stretch
        self._jobs: dict[tuple[int, int], tuple[Job, ...]] = {}
        self._file: tuple[str, CiFile] | None = None

    @property
    def _host(self) -> CodeHost:
        if self._outside.host is None:
            raise BlockedError("GitHub is not configured", next_step="strideiq secrets set github, then start again")
        return self._outside.host

    async def recent(self) -> tuple[WorkflowRun, ...]:
        """Return the newest runs, newest first, without their jobs."""
        return await self._host.workflow_runs.recent(limit=RECENT)

    async def run(self, run_id: int) -> WorkflowRun:
        """Return a run as it is now, without its jobs."""
        return await self._host.run_details.run(run_id)

    async def jobs(self, run: WorkflowRun) -> tuple[Job, ...]:
        """Return the jobs of every attempt of a run, the newest attempt's first; see :func:`latest`."""
        key = (run.id, run.attempt)
        if key not in self._jobs:
            host = self._host
            found = await (host.run_details.jobs_of_every_attempt(run.id) if run.attempt > 1 else host.workflow_runs.jobs(run.id))
            jobs = tuple(sorted(found, key=lambda job: -job.attempt))
            if not run.state.finished:
                return jobs
            self._jobs[key] = jobs
        return self._jobs[key]

    def log(self, job: Job, title: str) -> LogSource:
        """Return the log of a job, for the log screen."""
        return JobLog(self._host, job, title, POLL * self._stretch)

    async def log_end(self, job: Job, lines: int) -> tuple[str, ...]:
        """Return the last lines of a job's log."""
        return await self._host.workflow_runs.log_tail(job.id, lines=lines)

    async def file(self) -> CiFile | None:
        """Return what ``ci.yml`` says at main, None without a clone or without the file; read anew when main has moved."""
        clone = self._outside.clone
        if clone is None:
            return None
        tip = await clone.tip(f"refs/remotes/origin/{self._main}") or await clone.tip(f"refs/heads/{self._main}")
        if tip is None:
            return None
        if self._file is None or self._file[0] != tip:
            try:
                raw = await clone.file_at(tip, CI_FILE)
            except CloneError:
                return None  # a file that cannot be read is not one that is in order: nothing is said of it
            if raw is None:
                return None
            self._file = (tip, read_ci_file(raw.decode("utf-8", "replace")))
        return self._file[1]

    async def ended(self, run_id: int) -> WorkflowRun:
        """Wait until a run has ended, looking every few seconds, and return it. Raises when several looks in a row fail."""
        failed = 0
        while True:
            try:
                run = await self.run(run_id)
            except OutsideError:
                failed += 1
                if failed >= LOOKS:
                    raise
            else:
                failed = 0
                if run.state.finished:
                    return run
            await self._clock.sleep(POLL * self._stretch)


def latest(run: WorkflowRun, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Return the jobs of the newest attempt, in GitHub's order."""
    newest = max((job.attempt for job in jobs), default=run.attempt)
    return tuple(job for job in jobs if job.attempt == newest)


class JobLog:
    """The log of one job (``domain.log.LogSource``). GitHub gives it when the job has ended; before, its steps are told instead."""

    def __init__(self, host: CodeHost, job: Job, title: str, period: float) -> None:
        self._host = host
        self._job = job
        self._title = title
        self.period = period
        self.note = ""
        self.ended = False

    @property
    def title(self) -> str:
        """Return what the log is of, with how the job stands."""
        return f"{self._title} · {self._job.name} · {self._job.state}"

    @property
    def url(self) -> str:
        """Return the job's page."""
        return self._job.url

    @property
    def step(self) -> str:
        """Return the step that failed first."""
        failure = self._job.first_failure()
        return failure.name if failure else ""

    @property
    def outcome(self) -> str:
        """Return how the job ended."""
        return str(self._job.state) if self._job.state.finished else ""

    async def lines(self) -> tuple[str, ...]:
        """Return the log, or the steps so far while the job goes on."""
        if not self._job.state.finished:
            self._job = await self._host.run_details.job(self._job.id)
        if not self._job.state.finished:
            self.note = "GitHub gives a job's log when the job has ended; these are its steps so far: f follows"
            return _steps(self._job)
        self.ended = True
        if self._job.state is CheckState.SKIPPED:
            self.note = "a skipped job has no log"
            return ()
        whole = await self._host.workflow_runs.log(self._job.id)
        self.note = whole.note
        return whole.lines


def _steps(job: Job) -> tuple[str, ...]:
    if not job.steps:
        return (f"{job.name} is {job.state}: no step has begun",)
    return tuple(f"{step.number:>3} {step.name}: {step.state}" for step in job.steps)
