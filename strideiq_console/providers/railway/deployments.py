"""Asks Railway for the deployments of the API component (contracts, Railway; R6, R15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.mapping import SERVING, SOURCE, deployment_of
from strideiq_console.providers.railway.topology import Topology
from strideiq_console.providers.railway.wire import (
    WireApiToken,
    WireDeployment,
    WireDeployments,
    WireOneDeployment,
    WireProjectToken,
)

PAGE = 50
MAX_PAGES = 4
COMMIT_DEPTH = 100


class Railway:
    """One service of one project. ``environments`` maps the console's environment names to Railway's.

    The client's base address is the GraphQL endpoint itself; it carries the token's header, which differs by kind of token.
    """

    def __init__(self, *, client: HttpClient, project: str, service: str, environments: Mapping[str, str]) -> None:
        self._client = client
        self._project = project
        self._service = service
        self._environments = dict(environments)
        self._topology = Topology(client, project)

    @property
    def provider(self) -> str:
        """Return ``railway``."""
        return SOURCE

    @property
    def component(self) -> str:
        """Return ``api``."""
        return "api"

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        """Return up to ``limit`` newest deployments of each environment, newest first, and what serves it if that is older.

        One request an environment: Railway's Hobby plan allows 1,000 an hour.
        """
        found: list[Deployment] = []
        for name in self._environments:
            found += await self._judged(name, limit)
        return newest_first(found)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of this commit among the environment's newest 100: Railway cannot filter by commit."""
        if environment not in self._environments:
            raise UsageError(f"{clean_line(environment, limit=60)} is no environment that Railway deploys to")
        found = newest_first(await self._judged(environment, COMMIT_DEPTH, until=sha.lower()))
        return next((d for d in found if d.sha == sha.lower()), None)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; ``live`` is None for one that may serve: :meth:`recent` tells."""
        asked = {"id": deployment_id}
        wire = (await ask(self._client, "deployment_get", "DeploymentGet", asked, "a deployment", WireOneDeployment)).deployment
        theirs = await self._topology.environment_name(wire.environment_id)
        ours = next((name for name, railway in self._environments.items() if railway == theirs), None)
        found = deployment_of(wire, ours or theirs or "unknown")
        return found if found.state in (*SERVING, DeploymentState.UNKNOWN) else replace(found, live=False)

    async def whoami(self) -> str:
        """Return what the token reaches, as one clean line: its workspaces, or the one environment of a project token."""
        try:
            token = await ask(self._client, "api_token_whoami", "ApiTokenWhoami", {}, "the token", WireApiToken)
        except OutsideError as error:
            if error.fault.kind is not FaultKind.UNAUTHORISED:
                raise
        else:
            names = ", ".join(clean_line(w.name, limit=60) for w in token.api_token.workspaces[:5])
            return f"workspaces: {names}" if names else "no workspace"
        scope = (
            await ask(self._client, "project_token_whoami", "ProjectTokenWhoami", {}, "the token", WireProjectToken)
        ).project_token
        return clean_line(f"project {scope.project.name}, environment {scope.environment.name}", limit=200)

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard."""
        return self._client.governor.budget()

    async def _judged(self, environment: str, limit: int, *, until: str = "") -> list[Deployment]:
        """Map the deployments of one environment and mark the newest that serves; everything else certainly does not.

        Railway removes the deployment that a newer one replaces, so the newest which succeeded and was not removed is the live one.
        """
        wires, more = await self._list(environment, limit, until=until)
        found = list(newest_first(deployment_of(wire, environment) for wire in wires))
        serving = next((d for d in found if d.state in SERVING), None)
        if serving is None and more:
            older, _ = await self._list(environment, 1, status=["SUCCESS", "SLEEPING"])
            mapped = [d for d in (deployment_of(wire, environment) for wire in older) if d.state in SERVING]
            serving = mapped[0] if mapped else None
            found += mapped
        # A state that nobody knows may well serve, so it is not called dead.
        return [
            replace(d, live=None if d.state is DeploymentState.UNKNOWN else serving is not None and d.id == serving.id)
            for d in found
        ]

    async def _list(
        self, environment: str, limit: int, *, status: list[str] | None = None, until: str = ""
    ) -> tuple[list[WireDeployment], bool]:
        """Read up to ``limit`` deployments, newest first, or until one of commit ``until``; say whether Railway has more."""
        environment_id, service_id = await self._topology.ids(self._environments[environment], self._service)
        asked: dict[str, Any] = {"projectId": self._project, "environmentId": environment_id, "serviceId": service_id}
        if status is not None:
            asked["status"] = {"in": status}
        variables: dict[str, Any] = {"input": asked, "first": min(max(limit, 1), PAGE)}
        found: list[WireDeployment] = []
        for _ in range(MAX_PAGES):
            what = f"deployments of {environment}"
            page = (await ask(self._client, "deployments_list", "DeploymentsList", variables, what, WireDeployments)).deployments
            found += [edge.node for edge in page.edges]
            more, cursor = page.page_info.has_next_page, page.page_info.end_cursor
            hit = until and any(deployment_of(edge.node, environment).sha == until for edge in page.edges)
            if not more or not cursor or not page.edges or len(found) >= limit or hit or cursor == variables.get("after"):
                return found[:limit], more or len(found) > limit
            variables["after"] = cursor
        return found[:limit], True
