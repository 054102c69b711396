"""Railway's deployments in the domain's words; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.wire import SOURCE, WireDeployment
from strideiq_console.providers.wire import https_url, line_or_none, malformed, sha_or_none, subject_of
from strideiq_console.providers.wire import utc as in_utc

SERVING = (DeploymentState.READY, DeploymentState.SLEEPING)

# WAITING is Railway's "wait for CI": it goes on by itself, unlike NEEDS_APPROVAL.
_STATES = {
    "QUEUED": DeploymentState.QUEUED,
    "WAITING": DeploymentState.QUEUED,
    "INITIALIZING": DeploymentState.BUILDING,
    "BUILDING": DeploymentState.BUILDING,
    "DEPLOYING": DeploymentState.DEPLOYING,
    "SUCCESS": DeploymentState.READY,
    "SLEEPING": DeploymentState.SLEEPING,
    "FAILED": DeploymentState.FAILED,
    "CRASHED": DeploymentState.CRASHED,
    "SKIPPED": DeploymentState.SKIPPED,
    "NEEDS_APPROVAL": DeploymentState.WAITING,
    "REMOVED": DeploymentState.REMOVED,
    "REMOVING": DeploymentState.REMOVED,
}


def state_of(status: str, *, stopped: bool = False) -> DeploymentState:
    """Map a status; a word that the contract does not know is unknown.

    A deployment that succeeded and whose instances have all been stopped since serves nobody, so it counts as removed. A sleeping
    one is stopped by nature and wakes at the next request.
    """
    if status == "SUCCESS" and stopped:
        return DeploymentState.REMOVED
    return _STATES.get(status, DeploymentState.UNKNOWN)


def deployment_of(
    wire: WireDeployment, environment: str, *, live: bool | None = None, retention: timedelta | None = None
) -> Deployment:
    """Return a deployment with clean texts; commit, branch and message are unknown where ``meta`` does not carry them.

    ``retention`` is how long the plan keeps the image of one that was removed.
    """
    identity = line_or_none(wire.id)
    if identity is None:
        raise malformed(SOURCE, "a deployment", "id is empty")
    meta: Mapping[str, object] = wire.meta if isinstance(wire.meta, Mapping) else {}
    state = state_of(wire.status, stopped=wire.deployment_stopped)
    removed = utc(wire.status_updated_at) if wire.can_rollback and state is DeploymentState.REMOVED else None
    return Deployment(
        id=identity,
        provider=SOURCE,
        component="api",
        environment=clean_line(environment, limit=250),
        state=state,
        branch=line_or_none(meta.get("branch")),
        sha=sha_or_none(meta.get("commitHash")),
        subject=subject_of(meta.get("commitMessage")),
        created_at=utc(wire.created_at),
        ready_at=utc(wire.status_updated_at) if state is DeploymentState.READY else None,
        url=https_url(wire.url) or https_url(wire.static_url),
        live=live,
        can_rollback=wire.can_rollback,
        rollback_until=_until(removed, retention),
    )


def reason_of(meta: object) -> str:
    """Return why a deployment was made (``deploy``, ``redeploy``, ``rollback``), ``""`` where Railway does not say."""
    return (line_or_none(meta.get("reason"), limit=40) or "").lower() if isinstance(meta, Mapping) else ""


def utc(time: datetime | None) -> datetime | None:
    """Return a time in UTC; Railway writes UTC, also where it leaves the zone out."""
    return in_utc(SOURCE, time)


def _until(removed: datetime | None, retention: timedelta | None) -> datetime | None:
    """Return when an image is thrown away; None where that is not known, or no date that exists."""
    try:
        return None if removed is None or retention is None else removed + retention
    except OverflowError:
        return None
