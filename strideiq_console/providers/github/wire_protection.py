"""The whole shapes of rulesets and classic protection, as they must be known to be written back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from strideiq_console.providers.github.wire import Team, User
from strideiq_console.providers.github.wire_rules import Switch

SWITCHES = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)


class Link(Struct):
    """Where something can be looked at."""

    href: str = ""


class Links(Struct):
    """The links of a ruleset."""

    html: Link | None = None


class Rule(Struct):
    """A rule of a ruleset."""

    type: str
    parameters: dict[str, Any] | None = None


class RefNames(Struct):
    """The branches that a ruleset is for."""

    include: list[str] = []
    exclude: list[str] = []


class Ruleset(Struct, rename={"links": "_links"}):
    """A ruleset. Parameters, conditions and actors are kept as they come: they go back as they came."""

    id: int
    name: str
    enforcement: str
    target: str = "branch"
    source_type: str = ""
    bypass_actors: list[dict[str, Any]] | None = None
    conditions: dict[str, dict[str, Any]] | None = None
    rules: list[Rule] | None = None
    links: Links | None = None


class App(Struct):
    """An app by its name in addresses."""

    slug: str


class Actors(Struct):
    """Who may do something."""

    users: list[User] = []
    teams: list[Team] = []
    apps: list[App] = []


class RequiredCheck(Struct):
    """A check that must pass; ``app_id`` null means that any app may report it."""

    context: str
    app_id: int | None = None


class RequiredChecks(Struct):
    """The checks that must pass."""

    contexts: list[str] = []
    checks: list[RequiredCheck] = []
    strict: bool = False


class RequiredReviews(Struct):
    """What is wanted of reviews."""

    dismiss_stale_reviews: bool = False
    require_code_owner_reviews: bool = False
    required_approving_review_count: int = 0
    require_last_push_approval: bool = False
    dismissal_restrictions: Actors | None = None
    bypass_pull_request_allowances: Actors | None = None


class Protection(Struct):
    """Classic protection; what is absent is off."""

    required_status_checks: RequiredChecks | None = None
    required_pull_request_reviews: RequiredReviews | None = None
    enforce_admins: Switch | None = None
    restrictions: Actors | None = None
    required_signatures: Switch | None = None
    required_linear_history: Switch | None = None
    allow_force_pushes: Switch | None = None
    allow_deletions: Switch | None = None
    block_creations: Switch | None = None
    required_conversation_resolution: Switch | None = None
    lock_branch: Switch | None = None
    allow_fork_syncing: Switch | None = None
