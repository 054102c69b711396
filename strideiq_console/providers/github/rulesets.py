"""Rulesets and classic protection, read and written whole. Only the runbook that protects branches writes here."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.ruleset import BranchPolicy, BypassActor, ClassicProtection, Ruleset
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import policy_bodies as bodies
from strideiq_console.providers.github import wire_protection as wire
from strideiq_console.providers.github.mapping import web_url
from strideiq_console.providers.github.meanings import sense_of
from strideiq_console.providers.github.refusals import Sense
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_ref
from strideiq_console.providers.wire import decode

_NAME = 255
_PUT = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")


class GitHubRulesets:
    """Implements ``ruleset.Rulesets``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def all(self) -> tuple[Ruleset, ...]:
        """Return all rulesets that apply to the repository, without rules and without who may pass them by."""
        found = await self._repository.all("rulesets", wire.Ruleset, self._path())
        return tuple(_ruleset(shape, whole=False) for shape in found)

    async def get(self, ruleset_id: int) -> Ruleset:
        """Return one ruleset, whole."""
        return _ruleset(await self._read(ruleset_id))

    async def create(self, policy: BranchPolicy, *, name: str) -> Ruleset:
        """Create an active ruleset for one branch that nobody may pass by."""
        wanted_ref(policy.branch)
        answer = await self._repository.write("POST", self._path(), bodies.ruleset(policy, name))
        return _ruleset(decode(SOURCE, "the new ruleset", answer.json(), wire.Ruleset))

    async def update(self, ruleset_id: int, policy: BranchPolicy) -> Ruleset:
        """Make a ruleset enforce the policy; rules and parameters of which the policy says nothing stay."""
        wanted_ref(policy.branch)
        shape = await self._read(ruleset_id)
        if shape.source_type not in ("", "Repository"):
            why = f"the ruleset {clean_line(shape.name, limit=100)} belongs to the organization"
            raise BlockedError(why, consequence="Nothing was changed", next_step="Change it in the organization's settings")
        if shape.target != "branch":
            why = f"the ruleset {clean_line(shape.name, limit=100)} is for a {clean_line(shape.target, limit=40)}, not for branches"
            raise BlockedError(why, consequence="Nothing was changed", next_step="Name another ruleset, or create one")
        return await self._put(ruleset_id, bodies.changed_ruleset(bodies.ruleset_body(shape), policy))

    async def restore(self, ruleset_id: int, snapshot: str) -> Ruleset:
        """Put back what ``snapshot`` of a ruleset holds."""
        return await self._put(ruleset_id, bodies.from_snapshot(snapshot, ("name", "enforcement", "rules")))

    async def delete(self, ruleset_id: int) -> None:
        """Delete a ruleset: the way back from :meth:`create`."""
        await self._repository.write("DELETE", self._path(ruleset_id))

    async def _read(self, ruleset_id: int) -> wire.Ruleset:
        return await self._repository.one(f"ruleset {ruleset_id}", wire.Ruleset, self._path(ruleset_id))

    async def _put(self, ruleset_id: int, body: dict[str, Any]) -> Ruleset:
        answer = await self._repository.write("PUT", self._path(ruleset_id), body)
        return _ruleset(decode(SOURCE, f"ruleset {ruleset_id}", answer.json(), wire.Ruleset))

    def _path(self, *rest: int) -> str:
        return self._repository.path("rulesets", *rest)


class GitHubClassic:
    """Implements ``ruleset.ClassicRules``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def get(self, branch: str) -> ClassicProtection | None:
        """Return the protection, None when the branch exists and no classic rule protects it; raises when it cannot be read."""
        shape = await self._read(branch)
        return None if shape is None else _classic(branch, shape)

    async def write(self, policy: BranchPolicy) -> ClassicProtection:
        """Make the branch's protection enforce the policy; what the policy says nothing of stays (read, change, write back)."""
        body = bodies.changed_classic(bodies.classic_body(await self._read(policy.branch)), policy)
        return await self._put(policy.branch, body)

    async def restore(self, branch: str, snapshot: str) -> ClassicProtection:
        """Put back what ``snapshot`` of a protection holds."""
        return await self._put(branch, bodies.from_snapshot(snapshot, _PUT))

    async def delete(self, branch: str) -> None:
        """Take the protection away: the way back from a :meth:`write` that found none."""
        await self._repository.write("DELETE", self._path(branch))

    async def _read(self, branch: str) -> wire.Protection | None:
        path = self._path(branch)
        try:
            return await self._repository.one(f"protection of {branch}", wire.Protection, path)
        except OutsideError as error:
            if sense_of("GET", path, error) is not Sense.UNPROTECTED:
                raise
            return None

    async def _put(self, branch: str, body: dict[str, Any]) -> ClassicProtection:
        answer = await self._repository.write("PUT", self._path(branch), body)
        return _classic(branch, decode(SOURCE, f"protection of {branch}", answer.json(), wire.Protection))

    def _path(self, branch: str) -> str:
        return self._repository.path("branches", wanted_ref(branch), "protection")


def _ruleset(shape: wire.Ruleset, *, whole: bool = True) -> Ruleset:
    refs = (shape.conditions or {}).get("ref_name", {})
    actors = shape.bypass_actors
    link = shape.links.html if shape.links else None
    return Ruleset(
        id=shape.id,
        name=clean_line(shape.name, limit=_NAME),
        target=clean_line(shape.target, limit=40),
        enforcement=clean_line(shape.enforcement, limit=40),
        own=shape.source_type in ("", "Repository"),
        include=_words(refs.get("include")),
        exclude=_words(refs.get("exclude")),
        kinds=_words([rule.type for rule in shape.rules or []]),
        bypass=None if actors is None else tuple(_actor(actor) for actor in actors),
        url=web_url(link.href if link else None),
        snapshot=bodies.snapshot(bodies.ruleset_body(shape)) if whole else "",
    )


def _words(values: Any) -> tuple[str, ...]:
    """Return the texts of an untyped list, clean."""
    return tuple(clean_line(v, limit=_NAME) for v in values if isinstance(v, str)) if isinstance(values, list) else ()


def _actor(actor: dict[str, Any]) -> BypassActor:
    kind, number, mode = (actor.get(name) for name in ("actor_type", "actor_id", "bypass_mode"))
    return BypassActor(
        clean_line(kind, limit=60) if isinstance(kind, str) else "unknown",
        number if isinstance(number, int) else None,
        clean_line(mode, limit=60) if isinstance(mode, str) else "always",
    )


def _classic(branch: str, shape: wire.Protection) -> ClassicProtection:
    body = bodies.classic_body(shape)
    reviews, checks = body["required_pull_request_reviews"], body["required_status_checks"]
    return ClassicProtection(
        branch=branch,
        approvals=reviews["required_approving_review_count"] if reviews else None,
        checks=tuple(clean_line(name, limit=_NAME) for name in checks["contexts"]) if checks else None,
        up_to_date=bool(checks and checks["strict"]),
        enforce_admins=body["enforce_admins"],
        dismiss_stale=bool(reviews and reviews["dismiss_stale_reviews"]),
        restricted=body["restrictions"] is not None,
        force_push=body["allow_force_pushes"],
        deletion=body["allow_deletions"],
        signatures=bool(shape.required_signatures and shape.required_signatures.enabled),
        snapshot=bodies.snapshot(body),
    )
