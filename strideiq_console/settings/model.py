"""The settings as the rest of the console sees them: frozen, complete, every value checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from strideiq_console.domain.environment import Component, Environment
from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.domain.policy.budget import Budget
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.settings.outside import OutsideSettings


class Mode(StrEnum):
    """The document's lifecycle (R1). Before the first deployment a missing provider is grey, not red."""

    PRE_DEPLOYMENT = "pre-deployment"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """``repository`` is ``owner/name``, ``""`` when not configured and not found in the clone's remote."""

    api_url: str = "https://api.github.com"
    repository: str = ""
    required_checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VercelSettings:
    """``project`` is an id or a name; ``team`` an id (``team_…``) or ``""`` for a personal account."""

    api_url: str = "https://api.vercel.com"
    project: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class RailwaySettings:
    """``service``, ``database`` and ``redis`` are names of services; ``plan`` is ``free``, ``hobby`` or ``pro``.

    ``token_kind`` is ``workspace``, ``account`` or ``project``; a project token reaches one environment.
    """

    api_url: str = "https://backboard.railway.com/graphql/v2"
    project: str = ""
    service: str = "api"
    token_kind: str = "workspace"  # noqa: S105 - a kind of token, not a token
    environments: tuple[tuple[str, str], ...] = (("production", "production"), ("staging", "staging"))
    plan: str = "hobby"
    database: str = "Postgres"
    redis: str = "Redis"


@dataclass(frozen=True, slots=True)
class UiSettings:
    """``glyphs`` is ``auto``, ``unicode`` or ``ascii``. ``keys`` maps an action id to keys, comma-separated."""

    theme: str = "night"
    glyphs: str = "auto"
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured, with defaults filled in.

    ``file`` is where it was read (None: defaults alone). ``values`` holds what each dotted key came to, ``origins`` where that
    came from (``default``, a file, ``environment``, ``clone``). ``warnings`` are clean sentences about what was ignored.
    ``runbooks`` are the founder's own, from the user's config.toml alone.
    """

    mode: Mode = Mode.PRE_DEPLOYMENT
    clone: Path = field(default_factory=Path)
    main: str = "main"
    staging: str = "staging"
    environments: tuple[Environment, ...] = ()
    components: tuple[Component, ...] = (Component("web", "vercel"), Component("api", "railway"))
    github: GitHubSettings = field(default_factory=GitHubSettings)
    vercel: VercelSettings = field(default_factory=VercelSettings)
    railway: RailwaySettings = field(default_factory=RailwaySettings)
    outside: OutsideSettings = field(default_factory=OutsideSettings)
    metric_names: MetricNames = field(default_factory=MetricNames)
    alerts: tuple[AlertRule, ...] = RULES
    budget: Budget = field(default_factory=Budget)
    ui: UiSettings = field(default_factory=UiSettings)
    runbooks: tuple[Runbook, ...] = ()
    founder: str = ""
    file: Path | None = None
    state: Path = field(default_factory=Path)
    origins: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def environment(self, name: str) -> Environment | None:
        """Return an environment by name."""
        return next((e for e in self.environments if e.name == name), None)

    def environment_of_branch(self, branch: str) -> Environment | None:
        """Return the environment that a branch deploys to."""
        return next((e for e in self.environments if e.branch == branch and not e.local), None)
