"""What production serves and how that is moved: rollback, promotion, redeployment, pause (R41, R96; contracts, gotchas 3 to 5)."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.hosting import JobState, Pin, ServingJob
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import quote_segment
from strideiq_console.providers.vercel.access import SOURCE, Access, advised, segment
from strideiq_console.providers.vercel.account import HOBBY, VercelAccount
from strideiq_console.providers.vercel.deployments import VercelDeployments, mapped_to
from strideiq_console.providers.vercel.mapping import is_held, job_of, release_of, serving_id
from strideiq_console.providers.vercel.wire import WireDeployment, WireProject, WirePromoteAliases, WireRollingRelease
from strideiq_console.providers.wire import decode

_NO_ROLLBACK = (
    "Vercel rolls back to ready production deployments that have served before, on Hobby only to the previous one: choose that"
    " one, or revert the commit on main"
)
_DONE_WORDS = ("completed", "succeeded", "pending", "in-progress", "skipped")


class VercelServing:
    """Moves what the project's domains point at. Every write is sent once and taken on, not done, when it returns."""

    def __init__(self, access: Access, deployments: VercelDeployments, account: VercelAccount) -> None:
        self._access = access
        self._deployments = deployments
        self._account = account

    async def rollback_targets(self, environment: str) -> tuple[Deployment, ...]:
        """Return what production can go back to: what Vercel names a candidate, older than what serves; on Hobby the newest.

        A preview branch has none: its address follows its newest build.
        """
        wanted = self._deployments.environment(environment)
        if not wanted.production:
            return ()
        project = await self._access.read_project()
        serving = serving_id(project, wanted)
        wires = await self._deployments.listed(wanted, limit=20, rollbackCandidate="true")
        found = [mapped_to(w, environment) for w in wires if w.is_rollback_candidate is True]
        found = [replace(d, live=False) for d in newest_first(found) if d.state is DeploymentState.READY and d.id != serving]
        since = await self._created(serving, wires)
        if since is not None:
            found = [d for d in found if d.created_at is not None and d.created_at.timestamp() * 1000 < since]
        return tuple(found[:1] if await self._account.plan() == HOBBY else found)

    async def rollback(self, deployment_id: str, description: str = "") -> None:
        """Ask for the production domains to point at an older deployment; Vercel keeps ``description``, such as an incident."""
        path = f"/v1/projects/{await self._access.project_id()}/rollback/{segment(deployment_id)}"
        try:
            await self._access.write("POST", path, {}, {"description": description} if description else {})
        except OutsideError as error:
            if error.status in (402, 422):
                raise advised(error, _NO_ROLLBACK) from error
            if error.status == 403 and error.fault.retry_at is None:  # the plan, or the token: Vercel does not tell them apart
                raise advised(error, f"{_NO_ROLLBACK}. {error.fault.next_step}") from error
            raise

    async def promote(self, deployment_id: str) -> ServingJob:
        """Ask for the production domains to point at a production build, which also ends the pinning of a rollback.

        The job is RUNNING when Vercel took it on (201), PENDING when it waits behind a rolling release (202); :meth:`pin` tells how
        it ends. A preview was built with other variables and is refused here: :meth:`redeploy` builds it for production.
        """
        wire = await self._deployments.one(deployment_id)
        if wire.target != "production":
            raise OutsideError(
                Fault(
                    FaultKind.REFUSED,
                    SOURCE,
                    f"Vercel: {deployment_id} is a preview and was built with the preview's variables: it cannot be promoted",
                    "Nothing was changed",
                    "Redeploy it for production, which builds the same commit with production's variables",
                ),
                known_not_done=True,
            )
        path = f"/v10/projects/{await self._access.project_id()}/promote/{segment(deployment_id)}"
        answer = await self._access.write("POST", path, {})
        return ServingJob("promote", JobState.PENDING if answer.status == 202 else JobState.RUNNING, deployment_id)

    async def redeploy(self, deployment_id: str, *, production: bool = False) -> Deployment:
        """Build the same commit again with today's variables, for where it was built for, or for ``production``.

        A production build takes the production domains when it is ready, unless they are held. Hobby: 100 deployments in 24 h.
        """
        wire = await self._deployments.one(deployment_id)
        name = wire.name or (await self._access.read_project()).name
        body: dict[str, str] = {"name": name, "deploymentId": deployment_id}
        if production or wire.target is not None:
            body["target"] = "production" if production else str(wire.target)
        elif wire.custom_environment is not None:
            body["customEnvironmentSlugOrId"] = wire.custom_environment.slug or wire.custom_environment.id
        answer = await self._access.write("POST", "/v13/deployments", body, {"forceNew": "1"})
        made = decode(SOURCE, "the new deployment", answer.json(), WireDeployment)
        return self._deployments.placed(made)

    async def cancel(self, deployment_id: str) -> None:
        """Stop a deployment that is queued or building."""
        await self._access.write("PATCH", f"/v12/deployments/{segment(deployment_id)}/cancel")

    async def set_paused(self, paused: bool) -> None:
        """Pause the project: its production answers nobody and new builds do not take the domains, until it is unpaused."""
        await self._access.write("POST", f"/v1/projects/{await self._access.project_id()}/{'pause' if paused else 'unpause'}")

    async def pin(self, environment: str) -> Pin:
        """Return whether production is held on a deployment, and the last rollback or promotion.

        ``autoAssignCustomDomains`` decides. Where that is missing, or does not fit what serves, it cannot be told: None.
        """
        wanted = self._deployments.environment(environment)
        project = await self._access.read_project()
        wires = await self._deployments.listed(wanted, limit=20)
        mapped = newest_first(mapped_to(wire, environment) for wire in wires)
        newest = next((d.id for d in mapped if d.state is DeploymentState.READY), None)
        serving = serving_id(project, wanted)
        if not wanted.production:
            return _branch_pin(wanted, serving, newest)
        job = job_of(project.last_alias_request)
        pinned, notes = _judged(project, serving, newest)
        if job is not None and job.state in (JobState.PENDING, JobState.RUNNING):
            notes.append(f"A {job.kind} to {job.to_id} is under way")
        if job is not None and job.state is JobState.FAILED:
            notes.append(f"The last {job.kind} failed{await self._stuck()}")
        notes.append(await self._account.rollback_depth())
        note = ". ".join(part for part in notes if part)
        return Pin(environment, "web", pinned, clean_line(serving or "", limit=100), job, note)

    async def failed_aliases(self) -> tuple[str, ...]:
        """Return the names that the last rollback or promotion could not move."""
        path = f"/v1/projects/{await self._access.project_id()}/promote/aliases"
        found = await self._access.read(path, "promoted names", WirePromoteAliases, {"failedOnly": "true", "limit": 100})
        return tuple(clean_line(a.alias, limit=253) for a in found.aliases if a.status not in _DONE_WORDS)

    async def rolling_release(self) -> ServingJob | None:
        """Return the rolling release of the project, None when it uses none."""
        path = f"/v1/projects/{quote_segment(self._access.project)}/rolling-release"
        found = (await self._access.read(path, "the rolling release", WireRollingRelease)).rolling_release
        return None if found is None else release_of(found)

    async def _stuck(self) -> str:
        """Say for which names the last job failed, as the end of a sentence."""
        try:
            names = await self.failed_aliases()
        except OutsideError:
            return ", for which names could not be read"
        return f" for {', '.join(names)}" if names else ""

    async def _created(self, serving: str | None, wires: list[WireDeployment]) -> float | None:
        """Return when what serves was created; None when that cannot be told."""
        if serving is None:
            return None
        known = next((wire for wire in wires if serving in (wire.uid, wire.id)), None)
        if known is None:
            try:
                known = await self._deployments.one(serving)
            except OutsideError as error:
                if error.status in (404, 410):
                    return None
                raise
        return known.created if known.created_at is None else known.created_at


def _judged(project: WireProject, serving: str | None, newest: str | None) -> tuple[bool | None, list[str]]:
    """Weigh what the project says of new builds against what serves; return the judgement and its reasons."""
    held = is_held(project)
    behind = serving is not None and newest is not None and serving != newest
    notes = ["The project is paused: it serves nobody"] if project.paused else []
    if held:
        return True, [*notes, "New production builds do not take the domains: promote one to end that"]
    if held is None:
        return None, [*notes, "Vercel does not say whether new production builds take the domains"]
    if behind:
        reason = "New builds should take the domains, and yet what serves is not the newest ready one: it may be changing now"
        return None, [*notes, reason]
    return (False if serving is not None else None), notes


def _branch_pin(environment: Environment, serving: str | None, newest: str | None) -> Pin:
    """Judge a preview branch: its address follows its newest ready build; a domain that shows another one is in doubt."""
    shown = clean_line(serving or newest or "", limit=100)
    if newest is None:
        return Pin(environment.name, "web", None, shown, note="No ready build of this branch is known")
    if serving is not None and serving != newest:
        return Pin(environment.name, "web", None, shown, note="Its domain does not show the newest ready build")
    return Pin(environment.name, "web", False, shown)
