"""What the deeds at a hosting provider share: what serves now, what is under way, and how the one before is served again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.deployment import Deployment, DeploymentState, live_of, newest_first
from strideiq_console.domain.fault import BlockedError, DivergedError
from strideiq_console.domain.hosting import Hosting, JobState, Pin, Project, Promoter, ServingJob
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.services.action import Action, Ask, Ports, Seen, happened, lost, not_yet, under_way

JOB_LIMIT = 60.0
"""Seconds of the clock that a provider is given to end its job before the step is said to be in doubt."""
LOOK_EVERY = 2.0
UNDER_WAY = (JobState.PENDING, JobState.RUNNING)


def hosting_of(ports: Ports, ask: Ask) -> Hosting:
    """Return the provider that the step names. Raises BlockedError where it is not configured."""
    provider = ask.need("provider")
    host = ports.outside.hosting.get(provider)
    if host is None:
        raise BlockedError(
            f"{provider} is not configured",
            consequence=f"{ask.get('component')} stays as it is",
            next_step=f"configure [{provider}] and store its token, or do it in {provider}'s own console and mark the step as done",
        )
    return host


def project_of(ports: Ports, host: Hosting) -> Project | None:
    """Return what surrounds the API, where this provider runs it."""
    return ports.outside.project if host.provider == "railway" else None


def short(sha: str) -> str:
    """Return seven digits of a commit; what is not known yet stays as it is."""
    return short_sha(sha) if is_sha(sha) else sha


async def served(host: Hosting, environment: str) -> tuple[Deployment | None, tuple[Deployment, ...]]:
    """Return what serves the environment and all its deployments in sight, newest first."""
    mine = tuple(d for d in newest_first(await host.recent(limit=40)) if d.environment == environment)
    return live_of(mine, environment, host.component), mine


def ours(job: ServingJob | None, deployment: str, observed: Mapping[str, Any]) -> bool:
    """Say whether a job moves what is served to ``deployment`` and is not the one that was there before the intention."""
    return job is not None and job.to_id == deployment and _mark(job) != observed.get("job")


def _mark(job: ServingJob | None) -> list[str] | None:
    """Return what tells one job from another; its state is no part of it, for that changes while it runs."""
    if job is None:
        return None
    return [job.kind, job.to_id, job.at.isoformat() if job.at is not None else "", "ended" if _ended(job) else ""]


def _ended(job: ServingJob) -> bool:
    return job.state not in UNDER_WAY


def observed_of(live: Deployment | None, mine: tuple[Deployment, ...], pin: Pin) -> dict[str, Any]:
    """Return what is recorded with the intention: what served, all that was there, and the job that came last."""
    return {
        "live": live.id if live is not None else "",
        "live_sha": (live.sha or "") if live is not None else "",
        "known": [d.id for d in mine],
        "job": _mark(pin.job) if pin.job is not None and _ended(pin.job) else None,
        "pinned": pin.pinned,
    }


async def settled(ports: Ports, host: Hosting, environment: str, deployment: str) -> Pin:
    """Return the pin once no job to ``deployment`` is under way any more, or when its time is up."""
    waited = 0.0
    while True:
        pin = await host.pin(environment)
        job = pin.job
        if job is None or job.to_id != deployment or _ended(job) or waited >= JOB_LIMIT:
            return pin
        await ports.clock.sleep(LOOK_EVERY)
        waited += LOOK_EVERY


async def moved_to(ports: Ports, host: Hosting, ask: Ask, deployment: str, observed: Mapping[str, Any]) -> Seen:
    """Say whether the provider serves ``deployment``, for providers that move an address and build nothing."""
    pin = await settled(ports, host, ask.step.environment, deployment)
    live, _ = await served(host, ask.step.environment)
    result = {"deployment": deployment, **_before(observed), "sha": ask.get("sha")}
    if live is not None and live.id == deployment:
        return happened(**result)
    job = pin.job
    if job is not None and ours(job, deployment, observed):
        if job.state is JobState.FAILED:
            return lost(f"{host.provider}: the {job.kind} to {deployment} failed: {pin.note}".rstrip(": "))
        if not _ended(job):
            return under_way(f"{host.provider}: the {job.kind} to {deployment} is {job.state}")
    return not_yet(f"{host.provider} serves {live.id if live else 'what nobody says'}, not {deployment}")


async def made_anew(host: Hosting, ask: Ask, observed: Mapping[str, Any]) -> Seen:
    """Say whether a new deployment of the step's commit came up, for providers that make one for every deed."""
    live, mine = await served(host, ask.step.environment)
    sha, known = ask.need("sha"), set(observed.get("known", ()))
    found = next((d for d in mine if d.sha == sha and d.id not in known), None)
    if found is None:
        now = short_sha(live.sha) if live is not None else "what nobody says"
        return not_yet(f"{host.provider} has no new deployment of {short_sha(sha)} and serves {now}")
    if found.state.lost and found.state is not DeploymentState.CANCELLED:
        return lost(f"{host.provider}: the deployment {found.id} of {short_sha(sha)} {found.state}; see {found.url or 'its log'}")
    return happened(deployment=found.id, **_before(observed), sha=sha)


def _before(observed: Mapping[str, Any]) -> dict[str, Any]:
    return {"before": str(observed.get("live", "")), "before_sha": str(observed.get("live_sha", ""))}


def diverged(ask: Ask, live: Deployment | None) -> DivergedError:
    """Return the error for a provider that serves something else than the plan was made for."""
    component = ask.get("component")
    now = f"{live.id} ({short_sha(live.sha)})" if live is not None else "nothing that it names"
    return DivergedError(
        f"planned: {component} goes to {ask.get('deployment') or short_sha(ask.get('sha'))} · expected: it serves"
        f" {ask.get('live')} · actual: it serves {now}",
        consequence="nothing was moved: somebody else deployed or rolled back meanwhile",
        next_step="look at the deployments, then plan the rollback again",
    )


class Serving(Action):
    """An action that makes a provider serve another deployment. Taking it back serves again what served before."""

    least_level = 3
    recovery = "what served before is served again, as long as the provider keeps it"

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Serve what served before."""
        before, sha = str(record.result.get("before", "")), str(record.result.get("before_sha", ""))
        if not before:
            return f"nobody said what {ask.get('component')} served before: choose it in {ask.get('provider')}'s own console"
        return (
            Effect(
                f"serve {short_sha(sha)} again as {ask.get('component')} in {ask.step.environment}",
                _request(ask.get("provider"), before),
            ),
        )

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Serve it again, unless it serves already, is on its way, or somebody else has moved on since."""
        host, environment = hosting_of(ports, ask), ask.step.environment
        before, sha = str(record.result["before"]), str(record.result.get("before_sha", ""))
        mark = str(record.result.get("deployment", ""))
        live, mine = await self._at_rest(ports, host, environment, mark)
        if live is not None and (live.id == before or (sha and live.sha == sha)):
            return f"{host.component} serves {short_sha(sha)} again"
        if live is not None and live.id not in (mark, before) and live.sha != ask.get("sha"):
            raise DivergedError(
                f"{host.component} serves {short_sha(live.sha)}, which is neither of the two",
                consequence="somebody moved it since: it is left as it is",
                next_step=f"choose in {host.provider}'s own console what should serve",
            )
        if isinstance(host, Promoter):
            return await self._promoted(ports, host, environment, before, sha)
        newer = _newer_than(mine, mark)
        if not any(d.sha == sha and not d.state.lost for d in newer):
            await host.rollback(before)
        return f"{host.provider} was told to serve {short_sha(sha)} as {host.component} again"

    @staticmethod
    async def _at_rest(
        ports: Ports, host: Hosting, environment: str, mark: str
    ) -> tuple[Deployment | None, tuple[Deployment, ...]]:
        """Return what serves once the step's own order has ended: one that is still under way would undo the undo."""
        await settled(ports, host, environment, mark)
        waited = 0.0
        while True:
            live, mine = await served(host, environment)
            if waited >= JOB_LIMIT or not any(d.id == mark and d.state.moving for d in mine):
                return live, mine
            await ports.clock.sleep(LOOK_EVERY)
            waited += LOOK_EVERY

    @staticmethod
    async def _promoted(ports: Ports, host: Hosting, environment: str, before: str, sha: str) -> str:
        assert isinstance(host, Promoter), "the caller has looked"  # noqa: S101
        pin = await settled(ports, host, environment, before)
        live, _ = await served(host, environment)
        if live is None or live.id != before:
            await host.promote(before)
            pin = await settled(ports, host, environment, before)
        job = pin.job
        if job is not None and job.to_id == before and job.state is JobState.FAILED:
            raise BlockedError(
                f"{host.provider} could not serve {before} again: {pin.note}",
                next_step=f"promote it in {host.provider}'s own console",
            )
        live, _ = await served(host, environment)
        if live is None or live.id != before:
            now = live.id if live is not None else "what nobody says"
            return f"{host.provider} was told to serve {before} as {host.component} again, and serves {now} yet: look there"
        return f"{host.component} serves {short_sha(sha)} again; new builds go live again"


def _newer_than(mine: tuple[Deployment, ...], mark: str) -> tuple[Deployment, ...]:
    """Return the deployments that came after the one that this step made; ``mine`` is newest first."""
    ids = [d.id for d in mine]
    return mine[: ids.index(mark)] if mark in ids else mine


def _request(provider: str, deployment: str) -> str:
    if provider == "vercel":
        return f"POST /v10/projects/‹project›/promote/{deployment}"
    return f"mutation deploymentRollback(id: {deployment})"
