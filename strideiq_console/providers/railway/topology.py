"""Which ids stand behind the names of a Railway project's environments and services."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.mapping import SOURCE
from strideiq_console.providers.railway.wire import WireNamedPage, WireTopology


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by name; ``more`` says that Railway has further ones which the answer left out."""

    ids: dict[str, str]
    more: bool

    @classmethod
    def of(cls, page: WireNamedPage) -> Names:
        """Read a page, without what was deleted."""
        return cls({e.node.name: e.node.id for e in page.edges if e.node.deleted_at is None}, page.page_info.has_next_page)


class Topology:
    """Resolves names once and keeps them; asks again only for a name that it does not know."""

    def __init__(self, client: HttpClient, project: str) -> None:
        self._client = client
        self._project = project
        self._environments = Names({}, more=False)
        self._services = Names({}, more=False)

    async def ids(self, environment: str, service: str) -> tuple[str, str]:
        """Return the ids of an environment and a service; OutsideError (MISSING) names the setting of the one that is not there."""
        if environment not in self._environments.ids or service not in self._services.ids:
            await self.refresh()
        return (
            self._known(self._environments, environment, "environment", "[railway.environments]"),
            self._known(self._services, service, "service", "[railway] service"),
        )

    async def environment_name(self, environment_id: str) -> str | None:
        """Return Railway's name of an environment id, None when the project has no such environment."""
        if environment_id not in self._environments.ids.values():
            await self.refresh()
        return next((name for name, known in self._environments.ids.items() if known == environment_id), None)

    async def refresh(self) -> None:
        """Ask for the project's environments and services."""
        variables = {"projectId": self._project}
        found = await ask(self._client, "project_topology", "ProjectTopology", variables, "the project", WireTopology)
        self._environments = Names.of(found.project.environments)
        self._services = Names.of(found.project.services)

    def _known(self, names: Names, name: str, what: str, setting: str) -> str:
        if name in names.ids:
            return names.ids[name]
        have = ", ".join(clean_line(known, limit=40) for known in sorted(names.ids)[:10]) or "none"
        fault = Fault(
            FaultKind.INCOMPLETE if names.more else FaultKind.MISSING,
            SOURCE,
            f"Railway: the project has no {what} named {clean_line(name, limit=60)} (it has {have}{', …' if names.more else ''})",
            "Its deployments are unknown",
            f"Correct {setting} in config.toml",
        )
        raise OutsideError(fault)
