"""Whose the token is, what it may do, and which plan the project is on (R82)."""

from __future__ import annotations

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.token_report import Permission, TokenReport
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import quote_segment
from strideiq_console.providers.vercel.access import SOURCE, Access
from strideiq_console.providers.vercel.wire_account import WireTeam, WireTeams, WireUser, WireWhoami
from strideiq_console.providers.wire import line_or_none

HOBBY = "hobby"
MAX_PAGES = 5
_NO_ROLES = "Vercel tokens have no permissions of their own and none is read-only: it may do whatever its owner may"
_NO_EXPIRY = "Vercel does not say here when the token expires: look in the account settings under Tokens"
_LIMITS = {
    "scope": "the token's scope leaves this team out",
    "mfa": "the team wants two-factor authentication first",
    "invalidated": "the team has invalidated older tokens: make a new one",
    "saml": "the team wants the token authorised again by single sign-on",
}
# What the console orders, by the name under which a project lists what its reader may do.
_DEEDS = {
    "deploymentRollback": ("create", "rolling production back"),
    "deploymentPromote": ("create", "promoting a deployment"),
    "deployment": ("create", "redeploying and cancelling"),
    "projectEnvVars": ("list", "names of variables"),
    "projectDomain": ("list", "domains"),
    "logs": ("read", "runtime logs"),
}


class VercelAccount:
    """Asks about the token's owner and team. ``plan`` is the word that was set, ``""`` to ask Vercel."""

    def __init__(self, access: Access, plan: str = "") -> None:
        self._access = access
        self._plan = plan.strip().lower()

    async def plan(self) -> str:
        """Return ``hobby``, ``pro``, ``enterprise`` or another word of Vercel's; ``""`` when it cannot be told at all.

        A known plan is remembered: it only says how far back a rollback may go, and Vercel refuses what goes further.
        """
        if self._plan:
            return self._plan
        try:
            owner = await self._team() if self._access.team else await self._user()
        except OutsideError:
            return ""
        self._plan = _plan_of(owner)
        return self._plan

    async def rollback_depth(self) -> str:
        """Say how far the plan lets production go back."""
        plan = await self.plan()
        if plan == HOBBY:
            return "On Hobby only the previous production deployment can be rolled back to"
        return "" if plan else "The plan is not known: on Hobby only the previous production deployment can be rolled back to"

    async def whoami(self) -> str:
        """Return the name that the token belongs to, as one clean line."""
        return _name(await self._user())

    async def inspect(self) -> TokenReport:
        """Return the owner, the scope and what can be found out about access; raises when the token itself is refused."""
        user = await self._user()
        teams, whole = await self._teams()
        ours = next((t for t in teams if self._access.team in (t.id, t.slug)), None) if self._access.team else None
        notes = [_NO_ROLES, _NO_EXPIRY]
        if self._access.team and ours is None and whole:
            notes.append("The configured team is not among those that the token may see")
        if ours is not None:
            notes += [_LIMITS.get(word, f"the team limits it ({clean_line(word, limit=60)})") for word in ours.limited_by or ()]
        plan = self._plan or _plan_of(ours if self._access.team else user)
        notes += [f"Plan: {plan}"] if plan else []
        role = line_or_none(ours.membership.role) if ours is not None and ours.membership is not None else None
        notes += [f"Role in the team: {role.lower()}"] if role else []
        return TokenReport(
            provider=SOURCE,
            who=_name(user),
            kind="access token",
            scope=self._scope(user, teams, ours),
            permissions=await self._permissions(),
            notes=tuple(notes),
        )

    def _scope(self, user: WireUser, teams: list[WireTeam], ours: WireTeam | None) -> str:
        """Say what the token reaches: a limited user's is bound to teams; otherwise it is the whole account."""
        if user.limited:
            seen = [t for t in teams if not t.limited] or ([ours] if ours else [])
            return f"team {', '.join(clean_line(t.name or t.slug, limit=60) for t in seen)}" if seen else "team"
        if ours is not None:
            return f"account, with team {clean_line(ours.name or ours.slug, limit=60)}"
        return "account"

    async def _permissions(self) -> tuple[Permission, ...]:
        """Return access to the project, and where the project lists what its reader may do, the deeds of the console."""
        everything = "deployments, logs, variables and domains"
        try:
            project = await self._access.read_project()
        except OutsideError as error:
            if error.status not in (403, 404):
                raise
            return (Permission("access to the project", everything, False, error.fault.next_step),)
        found = [Permission("access to the project", everything, True)]
        listed = project.permissions or {}
        for name, (action, needed_for) in _DEEDS.items():
            actions = listed.get(name)
            if isinstance(actions, list):
                found.append(Permission(f"{name}: {action}", needed_for, action in actions))
        return tuple(found)

    async def _user(self) -> WireUser:
        return (await self._access.read_owner("/v2/user", "the token's user", WireWhoami)).user

    async def _team(self) -> WireTeam:
        return await self._access.read_owner(f"/v2/teams/{quote_segment(self._access.team)}", "the team", WireTeam)

    async def _teams(self) -> tuple[list[WireTeam], bool]:
        """Read the teams that the token may see, and whether these are all."""
        params: dict[str, str | int] = {"limit": 100}
        found: dict[str, WireTeam] = {}
        for _ in range(MAX_PAGES):
            page = await self._access.read_owner("/v2/teams", "teams", WireTeams, params)
            found |= {team.id: team for team in page.teams}
            until = page.pagination.next if page.pagination else None
            if until is None or int(until) == params.get("until"):
                return list(found.values()), until is None
            params["until"] = int(until)
        return list(found.values()), False


def _name(user: WireUser) -> str:
    return clean_line(user.username or user.email or "a user without a name", limit=100)


def _plan_of(owner: WireUser | WireTeam | None) -> str:
    plan = (owner.billing or {}).get("plan") if owner is not None else None
    return (line_or_none(plan, limit=40) or "").lower()
