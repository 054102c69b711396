"""Where the API runs: the project with its environments and services, ids behind names, and the client that reaches each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.graphql import ask, fault
from strideiq_console.providers.railway.prices import Plan, plan_of
from strideiq_console.providers.railway.wire import WireNamedPage, WireTopology

API = "api"
STRANGERS = 1000
_KINDS = (("postgres", "database"), ("redis", "redis"), ("valkey", "redis"))


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by name; ``more`` says that Railway has further ones which the answer left out."""

    ids: dict[str, str]
    more: bool

    @classmethod
    def of(cls, page: WireNamedPage) -> Names:
        """Read a page, without what was deleted."""
        return cls({e.node.name: e.node.id for e in page.edges if e.node.deleted_at is None}, page.page_info.has_next_page)

    def name(self, identity: str | None) -> str | None:
        """Return the name behind an id, None for one that is not among them."""
        return next((name for name, known in self.ids.items() if known == identity), None)


class Place:
    """Resolves names once and keeps them; asks again only for a name that it does not know.

    ``environments`` maps the console's names to Railway's. ``clients`` holds those environments that have a token of their own;
    ``client`` reaches all others.
    """

    def __init__(
        self,
        *,
        client: HttpClient,
        clients: Mapping[str, HttpClient],
        project: str,
        service: str,
        environments: Mapping[str, str],
        plan: str = "",
    ) -> None:
        self._client, self._clients = client, dict(clients)
        self.project, self.service = project, service
        self.environments = dict(environments)
        self._setting = plan
        self._environments = Names({}, more=False)
        self._services = Names({}, more=False)
        self._plan: str | None = None
        self._workspace: str | None = None
        self._strangers: set[str] = set()
        self._asking = asyncio.Lock()

    def client(self, environment: str = "") -> HttpClient:
        """Return the client that reaches an environment; without one, the client that reaches most."""
        return self._clients.get(environment, self._client)

    @property
    def clients(self) -> tuple[tuple[HttpClient, tuple[str, ...]], ...]:
        """Return every client once, with the environments that it reaches."""
        found: dict[int, tuple[HttpClient, list[str]]] = {}
        for name in self.environments or ("",):
            client = self.client(name)
            found.setdefault(id(client), (client, []))[1].append(name)
        return tuple((client, tuple(names)) for client, names in found.values())

    def railway_name(self, environment: str) -> str:
        """Return Railway's name of a console environment; UsageError for one that Railway does not deploy to."""
        if environment not in self.environments:
            raise UsageError(f"{clean_line(environment, limit=60)} is no environment that Railway deploys to")
        return self.environments[environment]

    async def ids(self, environment: str) -> tuple[str, str]:
        """Return the ids of an environment and of the API's service.

        OutsideError (MISSING) names the setting of the one that is not there.
        """
        return await self.service_ids(environment, self.service)

    async def service_ids(self, environment: str, service: str) -> tuple[str, str]:
        """Return the ids of an environment and of a service by Railway's name."""
        theirs = self.railway_name(environment)
        if theirs not in self._environments.ids or service not in self._services.ids:
            await self._refresh(environment, (theirs, service))
        return (
            self._known(self._environments, theirs, "environment", "[railway.environments]"),
            self._known(self._services, service, "service", "[railway] service"),
        )

    async def environment_id(self, environment: str) -> str:
        """Return the id of a console environment."""
        return (await self.ids(environment))[0]

    async def environment_of(self, environment_id: str | None) -> str | None:
        """Return the console's name of an environment id, else Railway's; None when the project has no such environment."""
        if environment_id is None:
            return None
        theirs = self._environments.name(environment_id)
        if theirs is None and environment_id not in self._strangers:
            await self.refresh()
            theirs = self._environments.name(environment_id)
            if theirs is None and len(self._strangers) < STRANGERS:
                self._strangers.add(environment_id)
        return next((name for name, railway in self.environments.items() if railway == theirs), theirs)

    async def component_of(self, service_id: str | None) -> str | None:
        """Return the component of a service id; None for none, and for a service that is gone."""
        if service_id is None:
            return None
        if not self._services.ids:
            await self.refresh()
        name = self._services.name(service_id)
        return None if name is None else self.component(name)

    def component(self, service: str, image: str = "") -> str:
        """Return the console's word for a service: ``api``, ``database``, ``redis``, else its name, clean and in lower case."""
        if service == self.service:
            return API
        words = f"{service} {image}".lower()
        return next((component for part, component in _KINDS if part in words), clean_line(service.lower(), limit=60))

    async def plan(self) -> Plan | None:
        """Return the plan of the project, else the one of the settings; None when neither names a plan that is known."""
        if self._plan is None:
            await self.refresh()
        return plan_of(self._plan, self._setting)

    async def workspace(self) -> str | None:
        """Return the id of the workspace that pays, None when Railway does not say."""
        if self._plan is None:
            await self.refresh()
        return self._workspace

    async def refresh(self) -> None:
        """Ask for the project's environments and services."""
        await self._refresh("", None)

    async def _refresh(self, environment: str, wanted: tuple[str, str] | None) -> None:
        async with self._asking:
            # Several reads may have waited for the same answer.
            if wanted is not None and wanted[0] in self._environments.ids and wanted[1] in self._services.ids:
                return
            variables = {"projectId": self.project}
            client = self.client(environment)
            found = (await ask(client, "project_topology", "ProjectTopology", variables, "the project", WireTopology)).project
            self._environments, self._services = Names.of(found.environments), Names.of(found.services)
            self._plan, self._workspace = found.subscription_type or "", found.workspace_id

    def _known(self, names: Names, name: str, what: str, setting: str) -> str:
        if name in names.ids:
            return names.ids[name]
        have = ", ".join(clean_line(known, limit=40) for known in sorted(names.ids)[:10]) or "none"
        raise fault(
            FaultKind.INCOMPLETE if names.more else FaultKind.MISSING,
            f"the project has no {what} named {clean_line(name, limit=60)} (it has {have}{', …' if names.more else ''})",
            "Its deployments are unknown",
            f"Correct {setting} in config.toml",
        )


def reaches_not(error: OutsideError) -> bool:
    """Say whether an error means that a token does not reach what was asked for, so that another one may."""
    return error.fault.kind in (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.MISSING)
