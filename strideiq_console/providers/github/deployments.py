"""Environments at GitHub, the approvals that runs wait for, and deployments as they are told to GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError, UsageError
from strideiq_console.domain.gated_deploy import (
    DeploymentStatus,
    HostDeployment,
    HostEnvironment,
    PendingDeployment,
    RunApproval,
)
from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.providers.github import mapping
from strideiq_console.providers.github import wire_actions as wire
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_sha
from strideiq_console.providers.wire import decode

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
_NAME, _TEXT, _COMMENT = 255, 300, 4000
_LONGEST_DESCRIPTION = 140


class GitHubGates:
    """Implements ``gated_deploy.GatedDeploys``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def pending(self, run_id: int) -> tuple[PendingDeployment, ...]:
        """Return what waits, with who may approve."""
        what = f"deployments that wait in run {run_id}"
        answer = await self._repository.get(self._path(run_id))
        found = decode(SOURCE, what, answer.json(), list[wire.Pending])
        return tuple(
            PendingDeployment(
                environment_id=shape.environment.id,
                environment=clean_line(shape.environment.name, limit=_NAME),
                can_approve=shape.current_user_can_approve,
                reviewers=_reviewers(shape.reviewers),
                wait_minutes=shape.wait_timer,
                wait_started_at=mapping.utc(shape.wait_timer_started_at),
            )
            for shape in found
        )

    async def approvals(self, run_id: int) -> tuple[RunApproval, ...]:
        """Return who answered what."""
        answer = await self._repository.get(self._repository.path("actions", "runs", run_id, "approvals"))
        found = decode(SOURCE, f"approvals of run {run_id}", answer.json(), list[wire.Approval])
        return tuple(
            RunApproval(
                by=mapping.login(shape.user),
                state=clean_line(shape.state, limit=40),
                comment=clean(shape.comment or "", limit=_COMMENT),
                environments=tuple(clean_line(e.name, limit=_NAME) for e in shape.environments[:100]),
            )
            for shape in found
        )

    async def review(self, run_id: int, environment_ids: Sequence[int], *, approve: bool, comment: str) -> None:
        """Approve or reject. 403: the token's owner is no required reviewer; 422: nothing waits there."""
        if not environment_ids:
            raise UsageError("no environment is named to approve or reject", next_step="Look at what waits with r")
        state = "approved" if approve else "rejected"
        body = {"environment_ids": list(environment_ids), "state": state, "comment": comment}
        await self._repository.write("POST", self._path(run_id), body)

    def _path(self, run_id: int) -> str:
        return self._repository.path("actions", "runs", run_id, "pending_deployments")


class GitHubEnvironments:
    """Implements ``gated_deploy.HostEnvironments``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def all(self) -> tuple[HostEnvironment, ...]:
        """Return all environments."""
        path = self._repository.path("environments")
        found = await self._repository.all("environments", wire.Environment, path, key="environments")
        return tuple(_environment(shape) for shape in found)

    async def get(self, name: str) -> HostEnvironment:
        """Return one environment."""
        path = self._repository.path("environments", name)
        return _environment(await self._repository.one(f"environment {name}", wire.Environment, path))


class GitHubDeployments:
    """Implements ``gated_deploy.HostDeployments``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def recent(
        self, *, environment: str | None = None, sha: str | None = None, limit: int = 20
    ) -> tuple[HostDeployment, ...]:
        """Return the newest deployments."""
        asked = {"environment": environment, "sha": wanted_sha(sha) if sha is not None else None}
        params = {name: value for name, value in asked.items() if value is not None}
        found = await self._repository.all("deployments", wire.Deployment, self._path(), params, limit=limit)
        return tuple(_deployment(shape) for shape in found)

    async def get(self, deployment_id: int) -> HostDeployment:
        """Return one deployment."""
        what = f"deployment {deployment_id}"
        return _deployment(await self._repository.one(what, wire.Deployment, self._path(deployment_id)))

    async def statuses(self, deployment_id: int) -> tuple[DeploymentStatus, ...]:
        """Return its statuses, newest first."""
        what, path = f"statuses of deployment {deployment_id}", self._path(deployment_id, "statuses")
        return tuple(_status(shape) for shape in await self._repository.all(what, wire.DeploymentStatus, path))

    async def create(self, *, sha: str, environment: str, description: str, production: bool) -> HostDeployment:
        """Record a deployment of exactly ``sha``: never merges anything, waits for no check (gotcha 7)."""
        body = {
            "ref": wanted_sha(sha),
            "environment": environment,
            "auto_merge": False,
            "required_contexts": [],
            "production_environment": production,
            "description": description[:_LONGEST_DESCRIPTION],
        }
        answer = await self._repository.write("POST", self._path(), body)
        if answer.status == 202:
            # Only ``auto_merge`` leads here, and it was refused: GitHub has merged something and recorded nothing.
            why = "GitHub: it merged a branch instead of recording a deployment (202)"
            step = "Look at the branch with r; do not send it again before that"
            raise OutsideError(Fault(FaultKind.REFUSED, SOURCE, why, "No deployment was recorded", step), status=202)
        return _deployment(decode(SOURCE, "the new deployment", answer.json(), wire.Deployment))

    async def report(
        self, deployment_id: int, *, state: str, description: str = "", environment_url: str = "", log_url: str = ""
    ) -> DeploymentStatus:
        """Add a status to a deployment."""
        if state not in STATES:
            raise UsageError(f"a deployment's status is one of {', '.join(STATES)}")
        body = {"state": state, "auto_inactive": True, "description": description[:_LONGEST_DESCRIPTION]}
        body |= {name: url for name, url in (("environment_url", environment_url), ("log_url", log_url)) if url}
        answer = await self._repository.write("POST", self._path(deployment_id, "statuses"), body)
        return _status(decode(SOURCE, "the new status", answer.json(), wire.DeploymentStatus))

    def _path(self, *rest: str | int) -> str:
        return self._repository.path("deployments", *rest)


def _reviewers(shapes: Iterable[wire.Reviewer]) -> tuple[str, ...]:
    names = []
    for shape in list(shapes)[:100]:
        account = shape.reviewer
        if account is not None and account.login:
            names.append(clean_line(account.login, limit=100))
        elif account is not None and account.slug:
            names.append(f"team:{clean_line(account.slug, limit=100)}")
    return tuple(names)


def _environment(shape: wire.Environment) -> HostEnvironment:
    rules, policy = shape.protection_rules, shape.deployment_branch_policy
    branches = "all" if policy is None else "protected" if policy.protected_branches else "custom"
    return HostEnvironment(
        id=shape.id,
        name=clean_line(shape.name, limit=_NAME),
        reviewers=_reviewers(reviewer for rule in rules for reviewer in rule.reviewers),
        prevent_self_review=any(rule.prevent_self_review for rule in rules),
        wait_minutes=max((rule.wait_timer for rule in rules), default=0),
        branches=branches,
        url=mapping.web_url(shape.html_url),
    )


def _deployment(shape: wire.Deployment) -> HostDeployment:
    return HostDeployment(
        id=shape.id,
        environment=clean_line(shape.environment, limit=_NAME),
        sha=shape.sha,
        ref=clean_line(shape.ref, limit=_NAME),
        task=clean_line(shape.task, limit=100),
        description=clean_line(shape.description or "", limit=_TEXT),
        by=mapping.login(shape.creator),
        created_at=mapping.utc(shape.created_at),
        updated_at=mapping.utc(shape.updated_at),
        production=shape.production_environment,
    )


def _status(shape: wire.DeploymentStatus) -> DeploymentStatus:
    return DeploymentStatus(
        id=shape.id,
        state=clean_line(shape.state, limit=40),
        environment=clean_line(shape.environment, limit=_NAME),
        description=clean_line(shape.description or "", limit=_TEXT),
        by=mapping.login(shape.creator),
        created_at=mapping.utc(shape.created_at),
        environment_url=mapping.web_url(shape.environment_url),
        log_url=mapping.web_url(shape.log_url),
    )
