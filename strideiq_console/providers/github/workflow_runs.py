"""GitHub Actions: the newest runs, a run's jobs, the end of a job's log."""

from __future__ import annotations

import re

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github.repository import Repository

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


def tail(raw: bytes, lines: int) -> tuple[str, ...]:
    """Return the last lines of a log without time stamps and colours, each clean and at most 16 KB long."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
    if not text or lines <= 0:
        return ()
    return tuple(_line(line) for line in text.split("\n")[-lines:])


def _line(raw: str) -> str:
    # Cut before the patterns run: a line of megabytes is work for nothing.
    bare = _ANSI.sub("", _STAMP.sub("", raw[: 2 * LONGEST_LINE].rstrip("\r")))
    return clean_line(bare, limit=LONGEST_LINE)
