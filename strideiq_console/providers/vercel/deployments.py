"""Asks Vercel for the deployments of the web component (contracts, Vercel; R6, R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import OutsideError, UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.vercel.access import Access, segment
from strideiq_console.providers.vercel.mapping import PREVIEW, belongs_to, deployment_of, serving_id
from strideiq_console.providers.vercel.wire import WireDeployment, WireDeployments

PAGE = 100
MAX_PAGES = 5


class VercelDeployments:
    """One project's deployments over the environments that Vercel deploys to."""

    def __init__(self, access: Access, environments: Sequence[Environment]) -> None:
        self._access = access
        self._environments = tuple(environments)

    async def recent(self, *, limit: int) -> tuple[Deployment, ...]:
        """Return up to ``limit`` newest deployments of each environment, newest first, and what serves it if that is older."""
        project = await self._access.read_project()
        found: list[Deployment] = []
        for environment in self._environments:
            wires = await self.listed(environment, limit=limit)
            found += await self._judged(environment, wires, serving_id(project, environment), full=len(wires) >= limit)
        return newest_first(found)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of exactly this commit; ``live`` is None for a ready one."""
        wanted = self.environment(environment)
        wires = await self.listed(wanted, limit=20, sha=sha)
        mapped = (mapped_to(wire, environment) for wire in wires)
        return next((d for d in newest_first(mapped) if d.sha == sha.lower()), None)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; its environment is ``preview`` when it belongs to none that is configured."""
        return self.placed(await self.one(deployment_id))

    async def listed(self, environment: Environment, *, limit: int, **filters: str) -> list[WireDeployment]:
        """Read pages backwards in time until there are ``limit`` deployments of the environment, at most five pages.

        ``filters`` are query parameters: ``sha``, ``state``, ``rollbackCandidate``.
        """
        params: dict[str, str | int] = {"projectId": self._access.project, "limit": min(max(limit, 1), PAGE)}
        params |= {"target": "production"} if environment.production else {"branch": environment.branch}
        params |= filters
        found: dict[str, WireDeployment] = {}  # by id: a page that comes twice adds nothing
        for _ in range(MAX_PAGES):
            page = await self._access.read("/v7/deployments", "deployments", WireDeployments, params)
            found |= {wire.uid: wire for wire in page.deployments if belongs_to(wire, environment)}
            until = page.pagination.next if page.pagination else None
            if until is None or not page.deployments or len(found) >= limit or int(until) == params.get("until"):
                break
            params["until"] = int(until)
        return list(found.values())[:limit]

    async def one(self, deployment_id: str) -> WireDeployment:
        """Read one deployment by id."""
        return await self._access.read(f"/v13/deployments/{segment(deployment_id)}", "a deployment", WireDeployment)

    def placed(self, wire: WireDeployment) -> Deployment:
        """Map a deployment to the environment that it belongs to, ``preview`` where it is none of the configured."""
        return mapped_to(wire, next((e.name for e in self._environments if belongs_to(wire, e)), PREVIEW))

    def environment(self, name: str) -> Environment:
        """Return a configured environment; UsageError for one that Vercel does not deploy to."""
        found = next((e for e in self._environments if e.name == name), None)
        if found is None:
            raise UsageError(f"{clean_line(name, limit=60)} is no environment that Vercel deploys to")
        return found

    async def _judged(
        self, environment: Environment, wires: list[WireDeployment], serving: str | None, *, full: bool
    ) -> list[Deployment]:
        """Map the deployments of one environment and mark the one that serves it.

        A preview branch's address always follows its newest ready build, so that one is live where no domain says otherwise.
        """
        found = list(newest_first(mapped_to(wire, environment.name) for wire in wires))
        if serving is None and not environment.production:
            ready = next((d for d in found if d.state is DeploymentState.READY), None)
            if ready is None and full:
                older = await self.listed(environment, limit=1, state="READY")
                ready = next((mapped_to(wire, environment.name) for wire in older), None)
            if ready is None:
                return found
            serving, found = ready.id, [*found, *([] if ready in found else [ready])]
        if serving is None:
            return found
        if all(d.id != serving for d in found):
            pinned = await self._serving(serving, environment)
            found += [pinned] if pinned is not None else []
        return [replace(d, live=d.id == serving) for d in found]

    async def _serving(self, deployment_id: str, environment: Environment) -> Deployment | None:
        """Return what serves although it is not among the newest, as after a rollback; None when it is deleted."""
        try:
            return mapped_to(await self.one(deployment_id), environment.name)
        except OutsideError as error:
            if error.status in (404, 410):
                return None
            raise


def mapped_to(wire: WireDeployment, environment: str) -> Deployment:
    """Map one; what is not ready certainly does not serve, of a ready one it cannot be told here."""
    found = deployment_of(wire, environment)
    return found if found.state in (DeploymentState.READY, DeploymentState.UNKNOWN) else replace(found, live=False)
