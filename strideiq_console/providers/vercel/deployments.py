"""Asks Vercel for the deployments of the web component (contracts, Vercel; R6, R15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import OutsideError, UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient, quote_segment
from strideiq_console.providers.vercel.mapping import PREVIEW, SOURCE, belongs_to, deployment_of, serving_id
from strideiq_console.providers.vercel.wire import WireDeployment, WireDeployments, WireProject, WireWhoami
from strideiq_console.providers.wire import decode, malformed

PAGE = 100
MAX_PAGES = 5
T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Vercel:
    """One project's deployments. ``project`` is an id or a name; ``team`` an id, ``""`` for a personal account.

    Local environments are left out. Every call carries ``teamId`` when a team is set; without it Vercel answers 403 or 404
    for a team's project, and the fault then names the setting.
    """

    def __init__(self, *, client: HttpClient, project: str, team: str, environments: Sequence[Environment]) -> None:
        self._client = client
        self._project = project
        self._team = team
        self._environments = tuple(e for e in environments if not e.local and (e.production or e.branch))

    @property
    def provider(self) -> str:
        """Return ``vercel``."""
        return SOURCE

    @property
    def component(self) -> str:
        """Return ``web``."""
        return "web"

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        """Return up to ``limit`` newest deployments of each environment, newest first, and what serves it if that is older."""
        project = await self._read(f"/v9/projects/{quote_segment(self._project)}", {}, "the project", WireProject)
        found: list[Deployment] = []
        for environment in self._environments:
            wires = await self._list(environment, limit=limit)
            found += await self._judged(environment, wires, serving_id(project, environment), full=len(wires) >= limit)
        return newest_first(found)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of exactly this commit; ``live`` is None for a ready one: :meth:`recent` tells."""
        wanted = self._environment(environment)
        wires = await self._list(wanted, limit=20, sha=sha)
        mapped = (self._mapped(wire, environment) for wire in wires)
        return next((d for d in newest_first(mapped) if d.sha == sha.lower()), None)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; its environment is ``preview`` when it belongs to none that is configured."""
        wire = await self._one(deployment_id)
        return self._mapped(wire, next((e.name for e in self._environments if belongs_to(wire, e)), PREVIEW))

    async def whoami(self) -> str:
        """Return the name that the token belongs to, as one clean line."""
        user = (await self._read("/v2/user", {}, "the token's user", WireWhoami)).user
        return clean_line(user.username or user.email or "a user without a name", limit=100)

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard."""
        return self._client.governor.budget()

    async def _judged(
        self, environment: Environment, wires: list[WireDeployment], serving: str | None, *, full: bool
    ) -> list[Deployment]:
        """Map the deployments of one environment and mark the one that serves it.

        A preview branch's address always follows its newest ready build, so that one is live where no domain says otherwise.
        """
        found = list(newest_first(self._mapped(wire, environment.name) for wire in wires))
        if serving is None and not environment.production:
            ready = next((d for d in found if d.state is DeploymentState.READY), None)
            if ready is None and full:
                older = await self._list(environment, limit=1, state="READY")
                ready = next((self._mapped(wire, environment.name) for wire in older), None)
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
            return self._mapped(await self._one(deployment_id), environment.name)
        except OutsideError as error:
            if error.status in (404, 410):
                return None
            raise

    async def _list(self, environment: Environment, *, limit: int, sha: str = "", state: str = "") -> list[WireDeployment]:
        """Read pages backwards in time until there are ``limit`` deployments of the environment, at most five pages."""
        params: dict[str, str | int] = {"projectId": self._project, "limit": min(max(limit, 1), PAGE)}
        params |= {"target": "production"} if environment.production else {"branch": environment.branch}
        params |= {name: value for name, value in (("sha", sha), ("state", state)) if value}
        found: dict[str, WireDeployment] = {}  # by id: a page that comes twice adds nothing
        for _ in range(MAX_PAGES):
            page = await self._read("/v7/deployments", params, "deployments", WireDeployments)
            found |= {wire.uid: wire for wire in page.deployments if belongs_to(wire, environment)}
            until = page.pagination.next if page.pagination else None
            if until is None or not page.deployments or len(found) >= limit or int(until) == params.get("until"):
                break
            params["until"] = int(until)
        return list(found.values())[:limit]

    async def _one(self, deployment_id: str) -> WireDeployment:
        if not _ID.match(deployment_id):
            raise malformed(SOURCE, "a deployment", "its id is none")
        return await self._read(f"/v13/deployments/{quote_segment(deployment_id)}", {}, "a deployment", WireDeployment)

    async def _read(self, path: str, params: dict[str, str | int], what: str, kind: type[T]) -> T:
        asked = params | ({"teamId": self._team} if self._team else {})
        try:
            answer = await self._client.get(path, asked)
        except OutsideError as error:
            raise self._explained(error) from error
        return decode(SOURCE, what, answer.json(), kind)

    def _explained(self, error: OutsideError) -> OutsideError:
        """Say which setting a 403 or 404 points at: Vercel hides a team's project from a call without its team."""
        if error.status not in (403, 404) or error.fault.retry_at is not None:
            return error
        if self._team:
            step = "Check [vercel] project and team, and that the token may see that team (a SAML team wants it authorised again)"
        else:
            step = "If the project belongs to a team, set [vercel] team to its id (team_…); else check [vercel] project"
        fault = replace(error.fault, next_step=step)
        return OutsideError(fault, status=error.status, known_not_done=error.known_not_done)

    def _environment(self, name: str) -> Environment:
        found = next((e for e in self._environments if e.name == name), None)
        if found is None:
            raise UsageError(f"{clean_line(name, limit=60)} is no environment that Vercel deploys to")
        return found

    @staticmethod
    def _mapped(wire: WireDeployment, environment: str) -> Deployment:
        """Map one; what is not ready certainly does not serve, of a ready one it cannot be told here."""
        found = deployment_of(wire, environment)
        return found if found.state in (DeploymentState.READY, DeploymentState.UNKNOWN) else replace(found, live=False)
