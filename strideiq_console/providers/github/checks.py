"""What CI says of a commit: check runs and commit statuses, or the jobs of Actions where checks may not be read."""

from __future__ import annotations

from strideiq_console.domain.ci import CheckRun, CheckState, check_state
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github.repository import Repository, wanted_sha

_STATES = ("error", "failure", "pending", "success")
_LONGEST_DESCRIPTION = 140


class GitHubChecks:
    """Implements ``ports.Checks``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def of(self, sha: str) -> tuple[CheckRun, ...]:
        """Return check runs and commit statuses of a commit, every attempt.

        Fine-grained tokens may lack the permission for checks: on 403 the jobs of the commit's workflow runs stand in.
        """
        wanted_sha(sha)
        repository = self._repository
        try:
            path = repository.path("commits", sha, "check-runs")
            found = await repository.all(f"checks of {sha[:7]}", wire.CheckRun, path, {"filter": "all"}, key="check_runs")
            checks = [mapping.check_run(shape) for shape in found]
        except OutsideError as error:
            if error.status != 403 or error.fault.kind is FaultKind.RATE_LIMITED:
                raise
            checks = await self._jobs(sha)
        path = repository.path("commits", sha, "status")
        statuses = await repository.all(f"statuses of {sha[:7]}", wire.Status, path, key="statuses")
        return (*checks, *(mapping.status(shape, sha) for shape in statuses))

    async def _jobs(self, sha: str) -> list[CheckRun]:
        repository = self._repository
        path = repository.path("actions", "runs")
        runs = await repository.all(f"runs of {sha[:7]}", wire.Run, path, {"head_sha": sha}, key="workflow_runs")
        checks: list[CheckRun] = []
        for run in runs:
            path = repository.path("actions", "runs", run.id, "jobs")
            jobs = await repository.all(f"jobs of run {run.id}", wire.Job, path, {"filter": "latest"}, key="jobs")
            checks += [mapping.job_as_check(shape) for shape in jobs]
        return checks

    async def combined(self, sha: str) -> CheckState:
        """Return GitHub's sum of the commit statuses alone; UNKNOWN when there is none, where GitHub itself says pending."""
        path = self._repository.path("commits", wanted_sha(sha), "status")
        found = await self._repository.one(f"the status of {sha[:7]}", wire.CombinedStatus, path, {"per_page": 1})
        if not found.total_count:
            return CheckState.UNKNOWN
        return CheckState.RUNNING if found.state == "pending" else check_state("completed", found.state)

    async def publish(self, sha: str, *, context: str, state: str, description: str, url: str = "") -> None:
        """Write a commit status. ``state`` is error, failure, pending or success."""
        if state not in _STATES:
            raise UsageError(f"a commit status is one of {', '.join(_STATES)}")
        body = {"state": state, "context": context, "description": description[:_LONGEST_DESCRIPTION]}
        if url:
            body["target_url"] = url
        await self._repository.write("POST", self._repository.path("statuses", wanted_sha(sha)), body)
