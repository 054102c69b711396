"""The shapes of rulesets and of classic protection in GitHub's answers."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Rule(Struct):
    """One active rule of a branch; ``parameters`` differ by ``type`` and are read leniently."""

    type: str
    ruleset_id: int | None = None
    ruleset_source_type: str = ""
    parameters: dict[str, Any] = {}


class Ruleset(Struct):
    """A ruleset; ``bypass_actors`` is left out for tokens that may not see it."""

    bypass_actors: list[Any] | None = None


class Switch(Struct):
    """A rule that is on or off."""

    enabled: bool


class RequiredCheck(Struct):
    """A check that must pass."""

    context: str


class RequiredChecks(Struct):
    """The checks that must pass, and whether the branch must be up to date (``strict``)."""

    contexts: list[str] = []
    checks: list[RequiredCheck] = []
    strict: bool = False


class RequiredReviews(Struct):
    """What classic protection wants of reviews."""

    required_approving_review_count: int = 0


class Protection(Struct):
    """Classic protection; what is absent is off."""

    required_status_checks: RequiredChecks | None = None
    required_pull_request_reviews: RequiredReviews | None = None
    enforce_admins: Switch | None = None
    allow_force_pushes: Switch | None = None
    allow_deletions: Switch | None = None


class BranchProtection(Struct):
    """What a branch itself tells of its classic protection, to tokens that may not read it."""

    enabled: bool = False


class Branch(Struct):
    """A branch."""

    name: str
    protected: bool = True
    protection: BranchProtection | None = None
