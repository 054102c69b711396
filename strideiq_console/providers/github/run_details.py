"""Single runs and jobs of GitHub Actions, what they leave behind, and the workflow files."""

from __future__ import annotations

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.ci_control import Annotation, Artifact, CacheUsage, Workflow
from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.providers.github import mapping
from strideiq_console.providers.github import wire as runs
from strideiq_console.providers.github import wire_actions as wire
from strideiq_console.providers.github.repository import Repository, wanted_sha

_PATH, _NAME = 500, 255
_MESSAGE = 64 * 1024


class GitHubRunDetails:
    """Implements ``ci_control.RunDetails``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def run(self, run_id: int) -> WorkflowRun:
        """Return one run without its jobs, as of its latest attempt."""
        repository = self._repository
        return mapping.run(await repository.one(f"run {run_id}", runs.Run, repository.path("actions", "runs", run_id)))

    async def runs_of(self, *, sha: str | None = None, branch: str | None = None, limit: int = 50) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of a commit, of a branch, or of a commit on a branch."""
        asked = {"head_sha": wanted_sha(sha) if sha is not None else None, "branch": branch}
        params = {name: value for name, value in asked.items() if value is not None}
        path = self._repository.path("actions", "runs")
        found = await self._repository.all("workflow runs", runs.Run, path, params, key="workflow_runs", limit=limit)
        return tuple(mapping.run(shape) for shape in found)

    async def job(self, job_id: int) -> Job:
        """Return one job with its steps."""
        repository = self._repository
        return mapping.job(await repository.one(f"job {job_id}", runs.Job, repository.path("actions", "jobs", job_id)))

    async def jobs_of_every_attempt(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of all attempts, told apart by ``attempt``."""
        path = self._repository.path("actions", "runs", run_id, "jobs")
        found = await self._repository.all(f"jobs of run {run_id}", runs.Job, path, {"filter": "all"}, key="jobs")
        return tuple(mapping.job(shape) for shape in found)

    async def artifacts(self, run_id: int) -> tuple[Artifact, ...]:
        """Return what a run uploaded."""
        path = self._repository.path("actions", "runs", run_id, "artifacts")
        found = await self._repository.all(f"artifacts of run {run_id}", wire.Artifact, path, key="artifacts")
        return tuple(
            Artifact(
                id=shape.id,
                name=clean_line(shape.name, limit=_NAME),
                size=shape.size_in_bytes,
                expired=shape.expired,
                created_at=mapping.utc(shape.created_at),
                expires_at=mapping.utc(shape.expires_at),
            )
            for shape in found
        )

    async def annotations(self, check_run_id: int) -> tuple[Annotation, ...]:
        """Return what a check run says of the code. Needs a token that may read checks."""
        path = self._repository.path("check-runs", check_run_id, "annotations")
        found = await self._repository.all(f"annotations of check {check_run_id}", wire.Annotation, path)
        return tuple(
            Annotation(
                path=clean_line(shape.path, limit=_PATH),
                line=shape.start_line,
                level=clean_line(shape.annotation_level or "", limit=40),
                message=clean(shape.message or "", limit=_MESSAGE),
                title=clean_line(shape.title or "", limit=_NAME),
            )
            for shape in found
        )


class GitHubWorkflows:
    """Implements ``ci_control.Workflows``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def all(self) -> tuple[Workflow, ...]:
        """Return all workflows, also those that are switched off."""
        path = self._repository.path("actions", "workflows")
        found = await self._repository.all("workflows", wire.Workflow, path, key="workflows")
        return tuple(
            Workflow(
                id=shape.id,
                name=clean_line(shape.name, limit=_NAME),
                path=clean_line(shape.path, limit=_PATH),
                state=clean_line(shape.state, limit=40),
                url=mapping.web_url(shape.html_url),
            )
            for shape in found
        )

    async def runs(self, workflow: str, *, branch: str | None = None, limit: int = 20) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of one workflow file."""
        path = self._repository.path("actions", "workflows", workflow, "runs")
        params = {"branch": branch} if branch is not None else {}
        found = await self._repository.all(f"runs of {workflow}", runs.Run, path, params, key="workflow_runs", limit=limit)
        return tuple(mapping.run(shape) for shape in found)

    async def cache_usage(self) -> CacheUsage:
        """Return what the caches take."""
        path = self._repository.path("actions", "cache", "usage")
        shape = await self._repository.one("the use of caches", wire.CacheUsage, path)
        return CacheUsage(shape.active_caches_count, shape.active_caches_size_in_bytes)
