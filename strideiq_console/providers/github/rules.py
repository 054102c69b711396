"""Branches at GitHub: tips, distances, creating and deleting, and reading what protects them."""

from __future__ import annotations

from collections.abc import Container

from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError
from strideiq_console.domain.policy.promotion import PERMANENT_BRANCHES
from strideiq_console.domain.pull_request import Protection
from strideiq_console.providers.github import protection as judging
from strideiq_console.providers.github import wire, wire_rules
from strideiq_console.providers.github.protection import Source
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_ref, wanted_sha
from strideiq_console.providers.http import quote_segment
from strideiq_console.providers.wire import decode


class GitHubRules:
    """Implements ``ports.BranchRules``. ``permanent`` names branches that are never deleted, beside ``main`` and ``staging``."""

    def __init__(self, repository: Repository, permanent: Container[str] = ()) -> None:
        self._repository = repository
        self._permanent = permanent

    async def protection(self, branch: str) -> Protection:
        """Return what is enforced: rulesets first, classic protection second (contracts, what a 403 or 404 means)."""
        rulesets = await self._rulesets(branch)
        classic = await self._classic(branch)
        return judging.join(branch, rulesets, classic)

    async def _rulesets(self, branch: str) -> Source:
        repository = self._repository
        try:
            path = repository.path("rules", "branches", branch)
            rules = await repository.all(f"rules of {branch}", wire_rules.Rule, path)
        except OutsideError as error:
            if error.status not in (403, 404) or error.fault.kind is FaultKind.RATE_LIMITED:
                raise
            return judging.unreadable_rulesets(error)
        bypass = [await self._bypass(number) for number in judging.gating_rulesets(rules)]
        return judging.of_rules(rules, bypass)

    async def _bypass(self, ruleset: int) -> bool | None:
        """Say whether anybody may pass a ruleset by; None where the token may not see it, as for an organisation's."""
        try:
            path = self._repository.path("rulesets", ruleset)
            found = await self._repository.one(f"ruleset {ruleset}", wire_rules.Ruleset, path)
        except OutsideError as error:
            if error.status not in (403, 404) or error.fault.kind is FaultKind.RATE_LIMITED:
                raise
            return None
        return None if found.bypass_actors is None else bool(found.bypass_actors)

    async def _classic(self, branch: str) -> Source:
        repository = self._repository
        answer = await repository.get(repository.path("branches", branch, "protection"), allow=(403, 404))
        if answer.status == 200:
            return judging.of_classic(decode(SOURCE, f"protection of {branch}", answer.json(), wire_rules.Protection))
        seen = await repository.get(repository.path("branches", branch), allow=(403, 404))
        shape = decode(SOURCE, f"branch {branch}", seen.json(), wire_rules.Branch) if seen.status == 200 else None
        return judging.unreadable_classic(answer, exists=shape is not None, shape=shape)

    async def tip(self, branch: str) -> str | None:
        """Return the tip of a branch at GitHub; None when it does not exist.

        GitHub answers 404 for a branch that is missing and for a repository that the token may not see, so that is told apart.
        """
        repository = self._repository
        answer = await repository.get(repository.ref_path("ref", branch), allow=(404, 409))
        if answer.status == 200:
            return decode(SOURCE, f"the tip of {branch}", answer.json(), wire.GitRef).object.sha
        await repository.get(repository.path())
        return None

    async def compare(self, base: str, head: str) -> Divergence:
        """Count how far ``head`` is ahead of and behind ``base`` at GitHub."""
        repository = self._repository
        path = repository.path("compare") + f"/{quote_segment(base)}...{quote_segment(head)}"
        found = await repository.one(f"the distance of {base} and {head}", wire.Comparison, path, {"per_page": 1})
        return Divergence(found.ahead_by, found.behind_by)

    async def create(self, branch: str, sha: str) -> None:
        """Create a branch at GitHub."""
        body = {"ref": f"refs/heads/{wanted_ref(branch)}", "sha": wanted_sha(sha)}
        await self._repository.write("POST", self._repository.path("git", "refs"), body)

    async def delete(self, branch: str) -> None:
        """Delete a branch at GitHub; the caller has read its tip. Refused for permanent branches (R17)."""
        if branch.lower() in PERMANENT_BRANCHES or branch in self._permanent:
            raise BlockedError(f"{branch} is a permanent branch and is never deleted", consequence="Nothing was changed")
        await self._repository.write("DELETE", self._repository.ref_path("refs", wanted_ref(branch)))
