"""What must protect a branch, and the rulesets and classic protection that do; with the ports that read and write them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

GITHUB_ACTIONS = 15368
"""The app id of GitHub Actions; confirm it from a check run's ``app_id`` (contracts, GitHub gotcha 15)."""


@dataclass(frozen=True, slots=True)
class BranchPolicy:
    """What a branch must be protected with. ``app_id`` is who must report the checks, None: anybody may.

    ``bypass`` true lets administrators pass it by (classic protection); in a ruleset nobody is ever listed as able to.
    ``keep_stricter``: a write drops no check that is required already, nor the app that must report it, and loosens neither "up
    to date", nor the dismissal of stale approvals, nor that the rules hold for administrators. Approvals are always as given.
    """

    branch: str
    approvals: int
    checks: tuple[str, ...]
    up_to_date: bool
    bypass: bool = False
    dismiss_stale: bool = True
    app_id: int | None = GITHUB_ACTIONS
    keep_stricter: bool = False


@dataclass(frozen=True, slots=True)
class BypassActor:
    """Who may pass a ruleset by. ``mode`` is always, pull_request or exempt."""

    kind: str
    id: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A ruleset, whole. ``enforcement`` is active, evaluate or disabled; ``kinds`` are the types of its rules.

    ``bypass`` None: the token may not see who may pass it by. ``own`` is false for one of the organization, which the repository
    cannot change. ``snapshot`` is what brings it back as it was (JSON, to be stored and handed to ``restore``, never drawn); ``""``
    where it was not read whole.
    """

    id: int
    name: str
    target: str
    enforcement: str
    own: bool
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    bypass: tuple[BypassActor, ...] | None = None
    url: str = ""
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class ClassicProtection:
    """Classic protection of one branch, whole. ``snapshot`` is what brings it back as it was (JSON, never drawn).

    ``signatures`` is kept by GitHub apart and not touched by a write.
    """

    branch: str
    approvals: int | None
    checks: tuple[str, ...] | None
    up_to_date: bool
    enforce_admins: bool
    dismiss_stale: bool
    restricted: bool
    force_push: bool
    deletion: bool
    signatures: bool
    snapshot: str


class Rulesets(Protocol):
    """Rulesets of the repository. They count before classic protection, and a branch must satisfy both."""

    async def all(self) -> tuple[Ruleset, ...]:
        """Return all rulesets that apply to the repository, without rules and without who may pass them by."""
        ...

    async def get(self, ruleset_id: int) -> Ruleset:
        """Return one ruleset, whole."""
        ...

    async def create(self, policy: BranchPolicy, *, name: str) -> Ruleset:
        """Create an active ruleset for one branch that nobody may pass by."""
        ...

    async def update(self, ruleset_id: int, policy: BranchPolicy) -> Ruleset:
        """Make a ruleset enforce the policy; rules and parameters of which the policy says nothing stay."""
        ...

    async def restore(self, ruleset_id: int, snapshot: str) -> Ruleset:
        """Put back what ``snapshot`` of a :class:`Ruleset` holds."""
        ...

    async def delete(self, ruleset_id: int) -> None:
        """Delete a ruleset: the way back from :meth:`create`."""
        ...


class ClassicRules(Protocol):
    """Classic protection of branches."""

    async def get(self, branch: str) -> ClassicProtection | None:
        """Return the protection, None when the branch exists and no classic rule protects it; raises when it cannot be read."""
        ...

    async def write(self, policy: BranchPolicy) -> ClassicProtection:
        """Make the branch's protection enforce the policy; what the policy says nothing of stays (read, change, write back)."""
        ...

    async def restore(self, branch: str, snapshot: str) -> ClassicProtection:
        """Put back what ``snapshot`` of a :class:`ClassicProtection` holds."""
        ...

    async def delete(self, branch: str) -> None:
        """Take the protection away: the way back from a :meth:`write` that found none."""
        ...


def policies(required: Sequence[str]) -> tuple[BranchPolicy, ...]:
    """Return section 2 of the architecture document for ``main`` and ``staging`` (R21-R28)."""
    return (
        BranchPolicy("main", approvals=1, checks=tuple(required), up_to_date=True),
        BranchPolicy("staging", approvals=0, checks=tuple(required), up_to_date=False, bypass=True, dismiss_stale=False),
    )
