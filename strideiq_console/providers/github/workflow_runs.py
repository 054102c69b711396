"""GitHub Actions: the newest runs, a run's jobs, the end of a job's log."""

from __future__ import annotations

import asyncio
import re

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.log import WholeLog
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github.repository import Repository
from strideiq_console.providers.http import Tail

LONGEST_LINE = 16 * 1024
_STAMP = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?")
# Colours and cursor moves (CSI), titles and links (OSC) that CI tools write; anything else that is raw becomes a visible mark.
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class GitHubWorkflowRuns:
    """Implements ``ports.WorkflowRuns``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def recent(self, *, limit: int = 50) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of the repository without their jobs."""
        path = self._repository.path("actions", "runs")
        found = await self._repository.all("workflow runs", wire.Run, path, key="workflow_runs", limit=limit)
        return tuple(mapping.run(shape) for shape in found)

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of the latest attempt."""
        path = self._repository.path("actions", "runs", run_id, "jobs")
        found = await self._repository.all(f"jobs of run {run_id}", wire.Job, path, {"filter": "latest"}, key="jobs")
        return tuple(mapping.job(shape) for shape in found)

    async def log_tail(self, job_id: int, *, lines: int = 50) -> tuple[str, ...]:
        """Return the last clean lines of a job's log; the redirect is followed without the token."""
        raw = await self._repository.redirected(self._repository.path("actions", "jobs", job_id, "logs"))
        return tail(raw, lines)

    async def log(self, job_id: int, *, most: int = 100_000) -> WholeLog:
        """Return a job's log, of a longer one its last ``most`` lines or 24 MB. GitHub has none before the job has ended."""
        end = Tail()
        raw = await self._repository.redirected(self._repository.path("actions", "jobs", job_id, "logs"), end=end)
        # Cleaning a hundred thousand lines takes a second, and the screen goes on meanwhile.
        return await asyncio.to_thread(whole, raw, most, dropped=end.dropped)


def whole(raw: bytes, most: int, *, dropped: bool) -> WholeLog:
    """Return the last lines of a log; ``dropped``: its beginning was left out already, and its first line is a piece."""
    if dropped:
        raw = raw.partition(b"\n")[2]
    count = raw.rstrip(b"\r\n").count(b"\n") + 1
    lines = tail(raw, most)
    if dropped:
        return WholeLog(lines, f"only the last {len(lines):,} lines are here: the log is longer than 24 MB")
    return WholeLog(lines, f"the last {most:,} of {count:,} lines" if count > most else "")


def tail(raw: bytes, lines: int) -> tuple[str, ...]:
    """Return the last lines of a log without time stamps and colours, each clean and at most 16 KB long."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
    if not text or lines <= 0:
        return ()
    return tuple(_line(line) for line in text.split("\n")[-lines:])


def _line(raw: str) -> str:
    # Cut before the patterns run: a line of megabytes is work for nothing.
    bare = _STAMP.sub("", raw[: 2 * LONGEST_LINE].rstrip("\r"))
    if bare.isascii() and bare.isprintable() and len(bare) <= LONGEST_LINE:
        return bare  # most lines are clean already, and there are a hundred thousand of them
    bare = _ANSI.sub("", bare)
    return clean_line(bare, limit=LONGEST_LINE)
