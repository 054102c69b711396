"""Asks Railway for the deployments of the API component (contracts, Railway; R6, R15, R75)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.fault import OutsideError
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.mapping import SERVING, deployment_of, reason_of
from strideiq_console.providers.railway.topology import Place, reaches_not
from strideiq_console.providers.railway.wire import (
    WireDeployment,
    WireDeploymentPage,
    WireDeployments,
    WireOneDeployment,
    WireOverview,
)

PAGE = 50
MAX_PAGES = 4
COMMIT_DEPTH = 100
ROLLBACK_DEPTH = 50
_MAY_SERVE = {"in": ["SUCCESS", "SLEEPING"]}


class Reader:
    """Reads deployments. :attr:`live` and :attr:`moved` remember what was last seen, so that nothing is asked twice for it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._clients: dict[str, HttpClient] = {}
        self.live: dict[str, Deployment] = {}
        self.moved: dict[str, tuple[str, Deployment]] = {}

    async def recent(self, limit: int) -> tuple[Deployment, ...]:
        """Return the newest deployments of every environment: one request for each two environments of a token."""
        found: list[Deployment] = []
        for client, names in self._place.clients:
            names = tuple(name for name in names if name)
            pairs = names if limit <= PAGE else ()
            for one, other in zip(pairs[::2], pairs[1::2], strict=False):
                found += await self._pair(client, one, other, limit)
            for name in names[len(pairs) - len(pairs) % 2 :]:
                found += await self.judged(name, limit)
        return newest_first(found)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of this commit among the environment's newest 100: Railway cannot filter by commit."""
        found = newest_first(await self.judged(environment, COMMIT_DEPTH, until=sha.lower()))
        return next((d for d in found if d.sha == sha.lower()), None)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; ``live`` is None for one that may serve: :meth:`recent` tells."""
        wire = await self._one(deployment_id)
        name = await self._place.environment_of(wire.environment_id)
        found = deployment_of(wire, name or "unknown", retention=await self._retention())
        return found if found.state in (*SERVING, DeploymentState.UNKNOWN) else replace(found, live=False)

    async def client_of(self, deployment_id: str) -> HttpClient:
        """Return the client whose token reaches a deployment; asks only where environments have tokens of their own."""
        if len(self._place.clients) > 1 and deployment_id not in self._clients:
            await self._one(deployment_id)
        return self._clients.get(deployment_id, self._place.clients[0][0])

    async def live_of(self, environment: str) -> Deployment | None:
        """Return what serves an environment, as last seen; asks when nothing was seen yet."""
        if environment not in self.live:
            await self.judged(environment, 1)
        return self.live.get(environment)

    async def judged(self, environment: str, limit: int, *, until: str = "") -> list[Deployment]:
        """Read an environment's newest deployments and mark the one that serves, which is read too where it is older."""
        self._place.railway_name(environment)
        wires, more = await self._list(environment, limit, until=until)
        older: list[WireDeployment] = []
        if more and not any(d.state in SERVING for d in await self._mapped(wires, environment)):
            older, _ = await self._list(environment, 1, status=_MAY_SERVE)
        return await self._marked(environment, wires, older)

    async def _pair(self, client: HttpClient, one: str, other: str, limit: int) -> list[Deployment]:
        asked: dict[str, Any] = {"first": max(limit, 1)}
        for key, environment in (("one", one), ("other", other)):
            asked[f"{key}Newest"] = await self._input(environment)
            asked[f"{key}Serving"] = {**asked[f"{key}Newest"], "status": _MAY_SERVE}
        page = await ask(client, "overview", "Overview", asked, f"deployments of {one} and {other}", WireOverview)
        found = await self._marked(one, _nodes(page.one_newest)[:limit], _nodes(page.one_serving))
        return found + await self._marked(other, _nodes(page.other_newest)[:limit], _nodes(page.other_serving))

    async def _marked(self, environment: str, wires: list[WireDeployment], serving: list[WireDeployment]) -> list[Deployment]:
        """Map deployments and mark the newest that serves; everything else certainly does not.

        Railway removes the deployment that a newer one replaces, so the newest which succeeded and was not removed is the live one.
        """
        known = {wire.id for wire in wires}
        further = [w for w in await self._mapped([w for w in serving if w.id not in known], environment) if w.state in SERVING]
        found = newest_first(await self._mapped(wires, environment))
        live = next((d for d in (*found, *further) if d.state in SERVING), None)
        behind = [] if live is None or live in found else [live]
        # A state that nobody knows may well serve, so it is not called dead.
        marked = [
            replace(d, live=None if d.state is DeploymentState.UNKNOWN else live is not None and d.id == live.id)
            for d in (*found, *behind)
        ]
        self._remember(environment, marked, wires)
        return marked

    def _remember(self, environment: str, marked: list[Deployment], wires: list[WireDeployment]) -> None:
        self.live.pop(environment, None)
        for found in marked:
            if found.live:
                self.live[environment] = found
        reasons: Mapping[str, str] = {w.id.strip(): reason_of(w.meta) for w in wires}
        newest = next(((reasons[d.id], d) for d in marked if reasons.get(d.id)), None)
        if newest is not None:
            self.moved[environment] = newest
        if len(self._clients) > 2000:
            self._clients.clear()
        self._clients.update({d.id: self._place.client(environment) for d in marked})

    async def _mapped(self, wires: list[WireDeployment], environment: str) -> list[Deployment]:
        retention = await self._retention()
        return [deployment_of(wire, environment, retention=retention) for wire in wires]

    async def _retention(self) -> timedelta | None:
        plan = await self._place.plan()
        return None if plan is None else plan.retention

    async def _one(self, deployment_id: str) -> WireDeployment:
        """Read one deployment with the first token that reaches it."""
        asked = {"id": deployment_id}
        refused: OutsideError | None = None
        for client, _ in self._place.clients:
            try:
                found = await ask(client, "deployment_get", "DeploymentGet", asked, "a deployment", WireOneDeployment)
            except OutsideError as error:
                if not reaches_not(error):
                    raise
                refused = refused or error
            else:
                self._clients[deployment_id] = client
                return found.deployment
        raise refused or AssertionError("there is always a client")

    async def _input(self, environment: str) -> dict[str, Any]:
        environment_id, service_id = await self._place.ids(environment)
        return {"projectId": self._place.project, "environmentId": environment_id, "serviceId": service_id}

    async def _list(
        self, environment: str, limit: int, *, status: Mapping[str, list[str]] | None = None, until: str = ""
    ) -> tuple[list[WireDeployment], bool]:
        """Read up to ``limit`` deployments, newest first, or until one of commit ``until``; say whether Railway has more."""
        asked = await self._input(environment)
        if status is not None:
            asked["status"] = dict(status)
        variables: dict[str, Any] = {"input": asked, "first": min(max(limit, 1), PAGE)}
        client, found = self._place.client(environment), list[WireDeployment]()
        for _ in range(MAX_PAGES):
            what = f"deployments of {environment}"
            page = (await ask(client, "deployments_list", "DeploymentsList", variables, what, WireDeployments)).deployments
            found += _nodes(page)
            more, cursor = page.page_info.has_next_page, page.page_info.end_cursor
            hit = until and any(deployment_of(wire, environment).sha == until for wire in _nodes(page))
            if not more or not cursor or not page.edges or len(found) >= limit or hit or cursor == variables.get("after"):
                return found[:limit], more or len(found) > limit
            variables["after"] = cursor
        return found[:limit], True


def _nodes(page: WireDeploymentPage) -> list[WireDeployment]:
    return [edge.node for edge in page.edges]
