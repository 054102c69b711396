"""What the tokens may do, found out by reading alone: nothing is ever written to try a permission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.token_report import Permission, TokenReport
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import probes, wire, wire_actions, wire_repository
from strideiq_console.providers.github.meanings import sense_of
from strideiq_console.providers.github.permissions import worded
from strideiq_console.providers.github.probes import Probe, Right
from strideiq_console.providers.github.refusals import Sense
from strideiq_console.providers.github.repository import SOURCE, Repository
from strideiq_console.providers.wire import decode

_ONE = {"per_page": 1}
_BY_SENSE: dict[Sense, tuple[bool | None, str]] = {
    Sense.UNPROTECTED: (True, ""),
    Sense.NEVER: (True, "never ran yet"),
    Sense.OFF: (None, "switched off for this repository, so it cannot be told"),
    Sense.PLAN: (None, "not on this plan, so it cannot be told"),
}
# Refusals that have more causes than a missing permission.
_AMBIGUOUS = ("Secret scanning alerts: read", "Plan: read", "Administration (organization): read")


class GitHubTokenDoctor:
    """Implements ``code_host.TokenDoctor``; ``bot`` is the repository through the bot's client."""

    def __init__(self, repository: Repository, bot: Repository | None) -> None:
        self._repository = repository
        self._bot = bot

    async def inspect(self) -> TokenReport:
        """Return whose the founder's token is and what it may do; raises like every read when the token is refused."""
        return await _Examination(self._repository).report(probes.READS, probes.WRITES, billing=True)

    async def inspect_bot(self) -> TokenReport | None:
        """Return the same of the bot's token, for what the bot does; None when there is no bot."""
        if self._bot is None:
            return None
        return await _Examination(self._bot).report(probes.BOT_READS, probes.BOT_WRITES, billing=False)


class _Examination:
    """One token at one repository. After a fault that would meet every read, the rest is unknown and not asked."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._stopped = ""

    async def report(self, reads: Sequence[Probe], writes: Sequence[Right], *, billing: bool) -> TokenReport:
        answer = await self._repository.get("/user", keep=False)
        who = clean_line(decode(SOURCE, "the token's owner", answer.json(), wire.User).login, limit=100)
        scopes = _scopes(answer.headers)
        expires, expiry_known = _expiry(answer.headers, classic=scopes is not None)
        named = "github-authentication-token-expiration" in answer.headers
        kind = "classic" if scopes is not None else "fine-grained" if named else ""
        notes = [] if kind else ["GitHub does not tell its kind: fine-grained without an end, or of an app"]
        facts, seen = await self._facts()
        held = [seen]
        held += [await self._read(probe, facts) for probe in reads]
        if billing:
            held.append(await self._billing(facts))
        held += [_right(right, facts, scopes) for right in writes]
        if facts is not None and not facts.private:
            notes.append("The repository is public: reads need no permission, so they prove little")
        scope = clean_line(", ".join(scopes) or "no scope", limit=300) if scopes is not None else self._repository.name
        return TokenReport(SOURCE, who, kind, scope, tuple(held), expires, expiry_known, tuple(notes))

    async def _facts(self) -> tuple[wire_repository.Facts | None, Permission]:
        name, why = "Metadata: read", "seeing the repository at all"
        try:
            answer = await self._repository.get(self._repository.path(), keep=False)
        except OutsideError as error:
            if error.status not in (403, 404) or error.fault.kind is FaultKind.RATE_LIMITED:
                raise
            self._stopped = "the repository is hidden from the token, so nothing below it can be asked"
            return None, Permission(name, why, False, clean_line(error.fault.cause, limit=300))
        return decode(SOURCE, "the repository", answer.json(), wire_repository.Facts), Permission(name, why, True)

    async def _read(self, probe: Probe, facts: wire_repository.Facts | None) -> Permission:
        if facts is None or self._stopped:
            return Permission(probe.name, probe.needed_for, None, self._stopped)
        words = {"{head}": facts.default_branch}
        if "{environment}" in probe.segments:
            found = await self._environment()
            if not found:
                return Permission(probe.name, probe.needed_for, None, self._stopped or "there is no environment to ask about")
            words["{environment}"] = found
        path = self._repository.path(*(words.get(segment, segment) for segment in probe.segments))
        # GitHub's classic protection is one object; everything else is a list of which one item is enough.
        params = {} if probe.segments[-1] == "protection" else {**_ONE, **dict(probe.params)}
        return await self._try(probe.name, probe.needed_for, path, params)

    async def _environment(self) -> str:
        try:
            answer = await self._repository.get(self._repository.path("environments"), _ONE, keep=False)
        except OutsideError as error:
            self._give_up(error)
            return ""
        page = answer.json()
        rows = page.get("environments") if isinstance(page, dict) else None
        found = decode(SOURCE, "environments", rows or [], list[wire_actions.EnvironmentName])
        return found[0].name if found else ""

    async def _billing(self, facts: wire_repository.Facts | None) -> Permission:
        organization = facts is not None and facts.owner.type == "Organization"
        name = "Administration (organization): read" if organization else "Plan: read"
        if facts is None or self._stopped:
            return Permission(name, probes.BILLING, None, self._stopped)
        path = f"/{'organizations' if organization else 'users'}/{self._repository.owner}/settings/billing/usage/summary"
        return await self._try(name, probes.BILLING, path, {})

    async def _try(self, name: str, needed_for: str, path: str, params: Mapping[str, str | int]) -> Permission:
        try:
            await self._repository.get(path, params, allow=(409,), keep=False)  # 409: an empty repository, which may be read
        except OutsideError as error:
            return self._judge(name, needed_for, path, error)
        return Permission(name, needed_for, True)

    def _judge(self, name: str, needed_for: str, path: str, error: OutsideError) -> Permission:
        sense = sense_of("GET", path, error)
        if sense is None:
            self._give_up(error)
            return Permission(name, needed_for, None, clean_line(error.fault.cause, limit=300))
        if sense in _BY_SENSE:
            held, note = _BY_SENSE[sense]
            return Permission(name, needed_for, held, note)
        wanted = worded(error.permissions)
        note = clean_line(f"GitHub names {wanted}" if wanted else error.said or error.fault.cause, limit=300)
        return Permission(name, needed_for, None if name in _AMBIGUOUS else False, note)

    def _give_up(self, error: OutsideError) -> None:
        """Ask nothing more after a limit, a refused token or a network that is gone; one odd answer alone stops nothing."""
        if error.fault.kind in (FaultKind.RATE_LIMITED, FaultKind.UNAUTHORISED, FaultKind.UNREACHABLE, FaultKind.TIMEOUT):
            self._stopped = clean_line(f"not asked: {error.fault.cause}", limit=300)


def _right(right: Right, facts: wire_repository.Facts | None, scopes: tuple[str, ...] | None) -> Permission:
    """Judge a permission to write by the owner's role and, for a classic token, by its scopes."""
    roles = None if facts is None else facts.permissions
    if facts is None or roles is None:
        return Permission(right.name, right.needed_for, None, "GitHub does not tell the owner's role in the repository")
    if not roles.get(right.role):
        return Permission(right.name, right.needed_for, False, f"its owner has no {right.role} access to the repository")
    if scopes is None:
        return Permission(right.name, right.needed_for, None, "GitHub does not tell without changing something")
    fitting = right.scopes or ("repo",)
    wide = "repo" in fitting and not facts.private and "public_repo" in scopes
    held = wide or any(scope in scopes for scope in fitting)
    return Permission(right.name, right.needed_for, held, "" if held else f"needs the scope {' or '.join(fitting)}")


def _scopes(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the scopes of a classic token, perhaps none; None for a token of another kind."""
    text = headers.get("x-oauth-scopes")
    return None if text is None else tuple(scope.strip() for scope in text.split(",") if scope.strip())


def _expiry(headers: Mapping[str, str], *, classic: bool) -> tuple[datetime | None, bool]:
    """Return when a token ends, and whether that is known. A classic one without the header never ends."""
    text = headers.get("github-authentication-token-expiration", "").strip()
    if not text:
        return None, classic
    try:
        return datetime.strptime(text.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z"), True
    except ValueError:
        return None, False
