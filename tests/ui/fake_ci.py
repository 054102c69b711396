"""What is read of CI on demand, from what a test puts into the fake console."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.ci_file import CiFile
from strideiq_console.domain.fault import ConsoleError

if TYPE_CHECKING:
    from .fakes import FakeConsole


class FakeLog:
    """A log source whose lines and end a test sets."""

    def __init__(self, lines: tuple[str, ...] = (), *, title: str = "log", step: str = "", ended: bool = True) -> None:
        self.title, self.step, self.ended = title, step, ended
        self.url, self.note, self.period = "", "", 5.0
        self.outcome = "failure" if ended else ""
        self.now = lines
        self.error: ConsoleError | None = None
        self.reads = 0

    async def lines(self) -> tuple[str, ...]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.now


class FakeCiReads:
    """Stands for ``CiReads``: jobs and log are the console's, a watched run ends when the test lets it."""

    def __init__(self, console: FakeConsole) -> None:
        self._console = console
        self.opened: list[Job] = []
        self.workflow: CiFile | None = None
        self.error: ConsoleError | None = None
        self.over = asyncio.Event()
        self.ending: WorkflowRun | None = None

    async def jobs(self, run: WorkflowRun) -> tuple[Job, ...]:
        if self.error is not None:
            raise self.error
        return self._console.job_list or run.jobs or ()

    def log(self, job: Job, title: str) -> FakeLog:
        self.opened.append(job)
        failure = job.first_failure()
        return FakeLog(self._console.log, title=f"{title} · {job.name} · {job.state}", step=failure.name if failure else "")

    async def log_end(self, job: Job, lines: int) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        return self._console.log[-lines:]

    async def file(self) -> CiFile | None:
        return self.workflow

    async def ended(self, run_id: int) -> WorkflowRun:
        await self.over.wait()
        assert self.ending is not None
        return self.ending
