"""The way to one project of one team: every call carries the team, and a refusal says which setting it points at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.providers.http import Answer, HttpClient, quote_segment
from strideiq_console.providers.vercel.wire import WireProject
from strideiq_console.providers.wire import decode, malformed

SOURCE = "vercel"
T = TypeVar("T")
Params = Mapping[str, str | int]
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")
_NOTHING: Params = {}


class Access:
    """Asks about ``project`` (an id or a name) of ``team`` (its id, ``""`` for a personal account).

    Without ``teamId`` Vercel answers 403 or 404 for a team's project; only calls about the token's owner go without it.
    """

    def __init__(self, client: HttpClient, project: str, team: str) -> None:
        self._client = client
        self.project = project
        self.team = team
        self._project_id = project if project.startswith("prj_") else ""

    async def get(self, path: str, params: Params = _NOTHING, *, allow: tuple[int, ...] = ()) -> Answer:
        """Read. What Vercel answers is never laid on the disk: a project's answer can hold values and bypass secrets."""
        try:
            return await self._client.get(path, self._scoped(params), allow=allow, keep=False)
        except OutsideError as error:
            raise self._explained(error) from error

    async def read(self, path: str, what: str, kind: type[T], params: Params = _NOTHING) -> T:
        """Read and decode; ``what`` names it in the fault for a shape that does not fit."""
        return decode(SOURCE, what, (await self.get(path, params)).json(), kind)

    async def read_owner(self, path: str, what: str, kind: type[T], params: Params = _NOTHING) -> T:
        """Read about the token's owner, which no team is asked for: the contract knows no ``teamId`` there."""
        return decode(SOURCE, what, (await self._client.get(path, params or None, keep=False)).json(), kind)

    async def lines(self, path: str, params: Params = _NOTHING, *, limit: int, seconds: float) -> tuple[list[bytes], bool]:
        """Read the head of an endless answer; see :meth:`HttpClient.lines`."""
        try:
            return await self._client.lines(path, self._scoped(params), limit=limit, seconds=seconds)
        except OutsideError as error:
            raise self._explained(error) from error

    async def write(self, method: str, path: str, body: object = None, params: Params = _NOTHING) -> Answer:
        """Change something, once."""
        try:
            return await self._client.write(method, path, body, params=self._scoped(params))
        except OutsideError as error:
            raise self._explained(error) from error

    async def read_project(self) -> WireProject:
        """Read the project, and remember its id."""
        found = await self.read(f"/v9/projects/{quote_segment(self.project)}", "the project", WireProject)
        self._project_id = found.id
        return found

    async def project_id(self) -> str:
        """Return the project's id, which some calls want where others take the name too."""
        if not self._project_id:
            await self.read_project()
        return quote_segment(self._project_id)

    def _scoped(self, params: Params) -> Params:
        return {**params, "teamId": self.team} if self.team else dict(params)

    def _explained(self, error: OutsideError) -> OutsideError:
        """Say which setting a 403 or 404 points at: Vercel hides a team's project from a call without its team."""
        if error.status not in (403, 404) or error.fault.retry_at is not None:
            return error
        if self.team:
            step = "Check [vercel] project and team, and that the token may see that team (a SAML team wants it authorised again)"
        else:
            step = "If the project belongs to a team, set [vercel] team to its id (team_…); else check [vercel] project"
        return advised(error, step)


def advised(error: OutsideError, step: str) -> OutsideError:
    """Return the same error with another next step."""
    fault = replace(error.fault, next_step=step)
    return OutsideError(
        fault, status=error.status, known_not_done=error.known_not_done, said=error.said, permissions=error.permissions
    )


def incomplete(cause: str, step: str) -> OutsideError:
    """Return the error for a list of which parts are known to be missing, where the port has no place to say so."""
    return OutsideError(Fault(FaultKind.INCOMPLETE, SOURCE, cause, "Nothing is concluded from the rest", step))


def segment(deployment_id: str) -> str:
    """Return a deployment's id as a path segment; OutsideError (MALFORMED) for one that is none."""
    if not _ID.match(deployment_id):
        raise malformed(SOURCE, "a deployment", "its id is none")
    return quote_segment(deployment_id)
