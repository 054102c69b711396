"""Steering GitHub Actions: running again, cancelling, starting a workflow."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.fault import UsageError
from strideiq_console.providers.github import wire_actions as wire
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_ref
from strideiq_console.providers.wire import decode

_MOST_INPUTS = 25


class GitHubRunControl:
    """Implements ``ci_control.RunControl``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def rerun(self, run_id: int) -> None:
        """Run all jobs again, as a new attempt. Refused when it still runs or is older than a month (R63)."""
        await self._post("runs", run_id, "rerun")

    async def rerun_failed(self, run_id: int) -> None:
        """Run the failed jobs, and those that wait for them, again (R63)."""
        await self._post("runs", run_id, "rerun-failed-jobs")

    async def rerun_job(self, job_id: int) -> None:
        """Run one job, and those that wait for it, again."""
        await self._post("jobs", job_id, "rerun")

    async def cancel(self, run_id: int) -> None:
        """Cancel a run; it ends some time after. 409 when it has ended."""
        await self._post("runs", run_id, "cancel")

    async def force_cancel(self, run_id: int) -> None:
        """Cancel a run past conditions such as ``always()``, for one that :meth:`cancel` does not end."""
        await self._post("runs", run_id, "force-cancel")

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        """Start a workflow file on a branch or tag; return the new run's id, None when GitHub does not name it (gotcha 14)."""
        if len(inputs) > _MOST_INPUTS:
            raise UsageError(f"a workflow takes at most {_MOST_INPUTS} inputs")
        repository = self._repository
        body = {"ref": wanted_ref(ref), "inputs": dict(inputs), "return_run_details": True}
        path = repository.path("actions", "workflows", workflow, "dispatches")
        answer = await repository.write("POST", path, body)
        if not answer.body:
            return None
        return decode(SOURCE, "the started run", answer.json(), wire.Dispatched).workflow_run_id

    async def _post(self, kind: str, number: int, deed: str) -> None:
        await self._repository.write("POST", self._repository.path("actions", kind, number, deed))
