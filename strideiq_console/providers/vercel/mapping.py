"""Vercel's deployments and project in the domain's words; pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.hosting import JobState, ServingJob
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.vercel.access import SOURCE
from strideiq_console.providers.vercel.wire import WireAliasRequest, WireDeployment, WireProject, WireRelease
from strideiq_console.providers.wire import https_url, line_or_none, malformed, moment, sha_or_none, subject_of

PREVIEW = "preview"

_STATES = {
    "QUEUED": DeploymentState.QUEUED,
    "INITIALIZING": DeploymentState.BUILDING,
    "BUILDING": DeploymentState.BUILDING,
    "READY": DeploymentState.READY,
    "ERROR": DeploymentState.FAILED,
    "CANCELED": DeploymentState.CANCELLED,
    "BLOCKED": DeploymentState.WAITING,
    "DELETED": DeploymentState.REMOVED,
}
_JOBS = {
    "pending": JobState.PENDING,
    "in-progress": JobState.RUNNING,
    "succeeded": JobState.DONE,
    "failed": JobState.FAILED,
    "skipped": JobState.SKIPPED,
}
_RELEASES = {"ACTIVE": JobState.RUNNING, "COMPLETE": JobState.DONE, "ABORTED": JobState.FAILED}


def state_of(word: str) -> DeploymentState:
    """Map ``readyState``; a word that the contract does not know is unknown."""
    return _STATES.get(word, DeploymentState.UNKNOWN)


def branch_of(wire: WireDeployment) -> str | None:
    """Return the branch that was built, None when Vercel does not say."""
    return line_or_none((wire.meta or {}).get("githubCommitRef"))


def belongs_to(wire: WireDeployment, environment: Environment) -> bool:
    """Say whether a deployment is one of ``environment``.

    Production is what was built with ``target=production``, whichever branch it came from: a preview that was rebuilt for
    production keeps the branch ``staging``. Every other environment is the previews of its branch, since Vercel's staging
    is a preview branch and not a target (contracts, Vercel gotchas 2 and 5).
    """
    if environment.production:
        return wire.target == "production"
    return wire.target != "production" and branch_of(wire) in (None, environment.branch)


def deployment_of(wire: WireDeployment, environment: str, *, live: bool | None = None) -> Deployment:
    """Return a deployment with clean texts. Raises OutsideError (MALFORMED) without an id or with a time that is none."""
    identity = line_or_none(wire.uid or wire.id)
    if identity is None:
        raise malformed(SOURCE, "a deployment", "uid is missing")
    meta = wire.meta or {}
    state = state_of(wire.ready_state)
    created = wire.created if wire.created_at is None else wire.created_at
    ready_at = moment(SOURCE, "ready", wire.ready)
    return Deployment(
        id=identity,
        provider=SOURCE,
        component="web",
        environment=clean_line(environment, limit=250),
        state=state,
        branch=branch_of(wire),
        sha=sha_or_none(meta.get("githubCommitSha")),
        subject=subject_of(meta.get("githubCommitMessage")),
        created_at=moment(SOURCE, "createdAt", created),
        ready_at=ready_at if state is DeploymentState.READY else None,
        url=https_url(wire.url),
        live=live,
        can_rollback=wire.is_rollback_candidate,
    )


def serving_id(project: WireProject, environment: Environment) -> str | None:
    """Return the id of the deployment that serves ``environment`` by the project's own word, None when it does not say.

    The environment's domain decides where the project lists it. For production a succeeded rollback comes next: it pins the
    domain until something is promoted, whatever was built since (gotcha 4); then the production target, then a promotion.
    """
    host = (urlsplit(environment.url).hostname or "") if environment.url else ""
    for alias in project.alias or ():
        if host and alias.domain.lower() == host and alias.deployment is not None and alias.deployment.id:
            return alias.deployment.id
    if not environment.production:
        return None
    request = project.last_alias_request
    done = request.to_deployment_id if request is not None and request.job_status == "succeeded" else None
    if done and is_held(project):
        return done
    target = (project.targets or {}).get("production")
    if target is not None and target.id:
        # A target that is still being built does not serve yet; which one does until then is not said.
        return target.id if target.ready_state in (None, "READY") else None
    return done or None


def is_held(project: WireProject) -> bool | None:
    """Say whether new production builds do not take the production domains; None when Vercel does not say.

    ``autoAssignCustomDomains`` says it. Where that is missing, only a rollback that nothing followed is proof of it (gotcha 4).
    """
    if project.auto_assign_custom_domains is not None:
        return not project.auto_assign_custom_domains
    request = project.last_alias_request
    return True if request is not None and request.type == "rollback" and request.job_status == "succeeded" else None


def job_of(request: WireAliasRequest | None) -> ServingJob | None:
    """Return the last job that moved the production domains; a status that the contract does not know is unknown."""
    if request is None:
        return None
    return ServingJob(
        kind=clean_line(request.type, limit=40) or "job",
        state=_JOBS.get(request.job_status, JobState.UNKNOWN),
        to_id=clean_line(request.to_deployment_id or "", limit=100),
        from_id=clean_line(request.from_deployment_id or "", limit=100),
        at=moment(SOURCE, "lastAliasRequest.requestedAt", request.requested_at),
    )


def release_of(release: WireRelease) -> ServingJob:
    """Return a rolling release as a job: from what serves to the canary; one that waits for a person is pending."""
    state = _RELEASES.get(release.state, JobState.UNKNOWN)
    if state is JobState.RUNNING and release.substate == "PAUSED":
        state = JobState.PENDING
    canary, current = release.canary_deployment, release.current_deployment
    return ServingJob(
        kind="rolling release",
        state=state,
        to_id=clean_line(canary.id, limit=100) if canary else "",
        from_id=clean_line(current.id, limit=100) if current else "",
        at=moment(SOURCE, "rollingRelease.startedAt", release.started_at),
    )
