"""Deployments that GitHub knows of, the environments they go to, and the approvals they wait for; with the ports for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PendingDeployment:
    """A job that waits at an environment's gate. ``can_approve`` is about the token's owner."""

    environment_id: int
    environment: str
    can_approve: bool
    reviewers: tuple[str, ...] = ()
    wait_minutes: int = 0
    wait_started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunApproval:
    """Somebody's answer at an environment's gate. ``state`` is approved, rejected or pending."""

    by: str
    state: str
    comment: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostEnvironment:
    """An environment at GitHub and what guards it. ``reviewers`` are logins, and teams as ``team:slug``.

    ``branches`` is what may deploy to it: ``all``, ``protected`` or ``custom``. No reviewers may also mean that the plan has none
    to offer: required reviewers on a private repository need a paid plan.
    """

    id: int
    name: str
    reviewers: tuple[str, ...] = ()
    prevent_self_review: bool = False
    wait_minutes: int = 0
    branches: str = "all"
    url: str = ""


@dataclass(frozen=True, slots=True)
class HostDeployment:
    """A deployment that was told to GitHub."""

    id: int
    environment: str
    sha: str | None
    ref: str
    task: str
    description: str
    by: str
    created_at: datetime | None
    updated_at: datetime | None = None
    production: bool | None = None


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """One status of a deployment: error, failure, inactive, in_progress, queued, pending or success."""

    id: int
    state: str
    environment: str
    description: str
    by: str
    created_at: datetime | None
    environment_url: str = ""
    log_url: str = ""


class GatedDeploys(Protocol):
    """Jobs of a run that wait for approval at an environment."""

    async def pending(self, run_id: int) -> tuple[PendingDeployment, ...]:
        """Return what waits, with who may approve."""
        ...

    async def approvals(self, run_id: int) -> tuple[RunApproval, ...]:
        """Return who answered what."""
        ...

    async def review(self, run_id: int, environment_ids: Sequence[int], *, approve: bool, comment: str) -> None:
        """Approve or reject. 403: the token's owner is no required reviewer; 422: nothing waits there."""
        ...


class HostEnvironments(Protocol):
    """The environments of the repository."""

    async def all(self) -> tuple[HostEnvironment, ...]:
        """Return all environments."""
        ...

    async def get(self, name: str) -> HostEnvironment:
        """Return one environment."""
        ...


class HostDeployments(Protocol):
    """Deployments as they are told to GitHub."""

    async def recent(
        self, *, environment: str | None = None, sha: str | None = None, limit: int = 20
    ) -> tuple[HostDeployment, ...]:
        """Return the newest deployments."""
        ...

    async def get(self, deployment_id: int) -> HostDeployment:
        """Return one deployment."""
        ...

    async def statuses(self, deployment_id: int) -> tuple[DeploymentStatus, ...]:
        """Return its statuses, newest first."""
        ...

    async def create(self, *, sha: str, environment: str, description: str, production: bool) -> HostDeployment:
        """Record a deployment of exactly ``sha``: never merges anything, waits for no check."""
        ...

    async def report(
        self, deployment_id: int, *, state: str, description: str = "", environment_url: str = "", log_url: str = ""
    ) -> DeploymentStatus:
        """Add a status to a deployment."""
        ...
