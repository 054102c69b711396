"""Deployments of a component to an environment, in one vocabulary for Vercel and Railway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeploymentState(StrEnum):
    """Where a deployment stands. ``READY`` is what the provider says; it is not proof of health (R41, R65)."""

    QUEUED = "queued"
    BUILDING = "building"
    DEPLOYING = "deploying"
    READY = "ready"
    FAILED = "failed"
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    SLEEPING = "sleeping"
    REMOVED = "removed"
    WAITING = "needs approval"
    UNKNOWN = "unknown"

    @property
    def moving(self) -> bool:
        """Say whether it will change by itself."""
        return self in (DeploymentState.QUEUED, DeploymentState.BUILDING, DeploymentState.DEPLOYING)

    @property
    def lost(self) -> bool:
        """Say whether it will never serve."""
        return self in (
            DeploymentState.FAILED,
            DeploymentState.CRASHED,
            DeploymentState.CANCELLED,
            DeploymentState.SKIPPED,
        )


@dataclass(frozen=True, slots=True)
class Deployment:
    """One release of one component.

    ``sha`` None means the provider did not say which commit it is (R15: unknown is said so). ``live`` is true when the provider
    names this deployment as the one that serves the environment, None when it cannot be told. ``rollback_until`` is when its image
    is thrown away, None where that is not known or not in sight.
    """

    id: str
    provider: str
    component: str
    environment: str
    state: DeploymentState
    branch: str | None = None
    sha: str | None = None
    subject: str = ""
    created_at: datetime | None = None
    ready_at: datetime | None = None
    url: str = ""
    live: bool | None = None
    can_rollback: bool | None = None
    rollback_until: datetime | None = None


def newest_first(deployments: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """Return deployments by creation, newest first; those without a time come last."""
    return tuple(sorted(deployments, key=lambda d: d.created_at.timestamp() if d.created_at else 0.0, reverse=True))


def live_of(deployments: Iterable[Deployment], environment: str, component: str) -> Deployment | None:
    """Return what serves ``component`` in ``environment``.

    The deployment that its provider marks live counts; where none is marked, the newest ready one does.
    """
    mine = newest_first(d for d in deployments if d.environment == environment and d.component == component)
    marked = next((d for d in mine if d.live), None)
    return marked or next((d for d in mine if d.state is DeploymentState.READY and d.live is None), None)


def latest_of(deployments: Iterable[Deployment], environment: str, component: str) -> Deployment | None:
    """Return the newest deployment of ``component`` in ``environment``, whatever its state."""
    mine = newest_first(d for d in deployments if d.environment == environment and d.component == component)
    return mine[0] if mine else None


def of_commit(deployments: Iterable[Deployment], environment: str, component: str, sha: str) -> Deployment | None:
    """Return the newest deployment of exactly this commit, or None."""
    mine = newest_first(d for d in deployments if d.environment == environment and d.component == component)
    return next((d for d in mine if d.sha == sha), None)
