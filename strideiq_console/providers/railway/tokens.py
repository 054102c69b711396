"""Whose Railway's tokens are, of which kind, and what each cannot do (contracts, Railway, "Tokens"; R82)."""

from __future__ import annotations

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.token_report import Permission, TokenReport
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.billing import Billing
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.topology import Place, reaches_not
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_account import (
    WireAccount,
    WireApiToken,
    WireProjectScope,
    WireProjectToken,
    WireWorkspaces,
)

_READ = "deployments, logs, measurements, variables, backups and usage of {}"
_BILLING = "plan, billing period and invoices of the workspace"


class Tokens:
    """Asks Railway about the tokens in use. Railway tells no expiry and no finer permissions."""

    def __init__(self, place: Place, billing: Billing) -> None:
        self._place, self._billing = place, billing

    async def inspect(self) -> TokenReport:
        """Return one report on all tokens. Raises when the only token is refused; one of several that is makes a note."""
        scopes: list[WireProjectScope] = []
        notes: list[str] = []
        for client, names in self._place.clients:
            try:
                found = await self._one(client)
                if isinstance(found, TokenReport):
                    return found
                scopes.append(found)
            except OutsideError as error:
                if len(self._place.clients) == 1:
                    raise
                notes.append(f"the token of {', '.join(names)} cannot be used: {error.fault.cause}")
        return self._project(scopes, tuple(notes))

    async def _one(self, client: HttpClient) -> TokenReport | WireProjectScope:
        """Return the report on an account or workspace token, or the scope of a project token."""
        try:
            token = (await ask(client, "api_token_whoami", "ApiTokenWhoami", {}, "the token", WireApiToken)).api_token
        except OutsideError as error:
            if error.fault.kind is not FaultKind.UNAUTHORISED:
                raise
            try:
                return await self._scope(client)
            except OutsideError as second:
                # A token that is nothing at all: Railway's word on project tokens would mislead who has another kind.
                raise (error if second.fault.kind is FaultKind.UNAUTHORISED else second) from None
        return await self._wide(client, token)

    async def _wide(self, client: HttpClient, token: WireWorkspaces) -> TokenReport:
        names = ", ".join(clean_line(w.name, limit=60) for w in token.workspaces[:5])
        scope = f"workspaces: {names}" if names else "no workspace"
        try:
            me = (await ask(client, "account_whoami", "AccountWhoami", {}, "the account", WireAccount)).me
        except OutsideError as error:
            if not reaches_not(error):
                raise
            who, kind = names or "a workspace", "workspace"
        else:
            who, kind = clean_line(me.name or me.email, limit=120), "account"
        held = await self._reaches_project()
        needs = [Permission(f"environment {name}", _READ.format(name), held.get(name)) for name in self._place.environments]
        needs.append(Permission("workspace billing", _BILLING, await self._sees_billing()))
        return TokenReport(SOURCE, who, kind, scope, tuple(needs))

    async def _scope(self, client: HttpClient) -> WireProjectScope:
        asked = await ask(client, "project_token_whoami", "ProjectTokenWhoami", {}, "the token", WireProjectToken)
        return asked.project_token

    def _project(self, scopes: list[WireProjectScope], notes: tuple[str, ...]) -> TokenReport:
        """Return the report on project tokens: each reaches one environment of one project."""
        ours = [scope for scope in scopes if scope.project.id == self._place.project]
        reached = {scope.environment.name for scope in ours}
        other = [f"a token belongs to another project: {clean_line(s.project.name, limit=60)}" for s in scopes if s not in ours]
        hint = "a project token reaches one environment only"
        needs = [
            Permission(f"environment {name}", _READ.format(name), theirs in reached, "" if theirs in reached else hint)
            for name, theirs in self._place.environments.items()
        ]
        needs.append(Permission("workspace billing", _BILLING, False, "no project token sees it: the plan is a setting then"))
        lines = [clean_line(f"project {s.project.name}, environment {s.environment.name}", limit=200) for s in scopes]
        who = ", ".join(clean_line(s.name, limit=60) for s in scopes if s.name) or "project token"
        return TokenReport(SOURCE, who, "project", "; ".join(lines), tuple(needs), notes=(*notes, *other))

    async def _reaches_project(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for name in self._place.environments:
            try:
                await self._place.ids(name)
            except OutsideError as error:
                if not reaches_not(error):
                    raise
                found[name] = False
            else:
                found[name] = True
        return found

    async def _sees_billing(self) -> bool | None:
        try:
            return await self._billing.account() is not None or None
        except OutsideError as error:
            return False if reaches_not(error) else None
