"""Security alerts: Dependabot's, of code scanning, of secret scanning. What is switched off is a value, not a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.security_alert import AlertKind, AlertList, AlertSource, SecurityAlert
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import mapping_alerts as mapping
from strideiq_console.providers.github import wire_alerts as wire
from strideiq_console.providers.github import wire_repository
from strideiq_console.providers.github.meanings import sense_of
from strideiq_console.providers.github.refusals import Sense
from strideiq_console.providers.github.repository import Params, Repository

T = TypeVar("T")
MOST = 1000
_SOURCES = {
    Sense.OFF: AlertSource.OFF,
    Sense.NEVER: AlertSource.NEVER,
    Sense.DENIED: AlertSource.UNREADABLE,
    Sense.HIDDEN: AlertSource.UNREADABLE,
    Sense.PLAN: AlertSource.OFF,
}


class GitHubAlerts:
    """Implements ``security_alert.SecurityAlerts``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def dependencies(self) -> AlertList:
        """Return Dependabot's open alerts."""
        return await self._list(AlertKind.DEPENDENCY, "dependabot", wire.DependabotAlert, mapping.dependency)

    async def code(self) -> AlertList:
        """Return the open alerts of code scanning."""
        return await self._list(AlertKind.CODE, "code-scanning", wire.CodeAlert, mapping.code)

    async def secrets(self) -> AlertList:
        """Return the open alerts of secret scanning; the secrets themselves never cross the wire (gotcha 13)."""
        hidden = {"hide_secret": "true"}
        # A server that does not know the parameter would send them: then they must at least not reach the disk.
        return await self._list(AlertKind.SECRET, "secret-scanning", wire.SecretAlert, mapping.secret, hidden, keep=False)

    async def all(self) -> tuple[AlertList, ...]:
        """Return all three kinds."""
        return (await self.dependencies(), await self.code(), await self.secrets())

    async def dependencies_watched(self) -> bool | None:
        """Say whether Dependabot alerts are switched on; None when the token may not see it.

        GitHub answers 404 for "off" and to those who may not know, so only an admin's 404 counts.
        """
        repository = self._repository
        answer = await repository.get(repository.path("vulnerability-alerts"), allow=(403, 404))
        if answer.status != 404:
            return None if answer.status == 403 else True
        facts = await repository.one("the repository", wire_repository.Facts, repository.path())
        return False if (facts.permissions or {}).get("admin") else None

    async def _list(
        self,
        kind: AlertKind,
        family: str,
        shape: type[T],
        made: Callable[[T], SecurityAlert],
        params: Params = None,
        *,
        keep: bool = True,
    ) -> AlertList:
        repository = self._repository
        path = repository.path(family, "alerts")
        asked = {"state": "open", **(params or {})}
        try:
            found, complete = await repository.part(f"{kind} alerts", shape, path, asked, limit=MOST, keep=keep)
        except OutsideError as error:
            source = _SOURCES.get(sense_of("GET", path, error) or Sense.REFUSED)
            if source is None:
                raise
            return AlertList(kind, source, complete=False, note=clean_line(error.fault.sentence(), limit=800))
        note = "" if complete else f"GitHub answered only a part: at least {len(found)} are open"
        return AlertList(kind, AlertSource.ON, tuple(made(each) for each in found), complete, note)
