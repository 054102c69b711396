"""All that the console knows at one moment: one reading per feed. Presentation turns it into rows and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckSummary, WorkflowRun
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.cost import CostEntry, MonthCosts
from strideiq_console.domain.database_share import DatabaseShare
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.dns import Resolution
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.health import Health
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.metric import Metrics, Series
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.domain.policy.budget import Budget
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.pull_request import Protection, PullRequest
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.schema_ladder import SchemaLadder


@dataclass(frozen=True, slots=True)
class PullStanding:
    """An open pull request with its checks and every reason why it cannot be merged now."""

    pull: PullRequest
    checks: CheckSummary | None
    blockers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateBudget:
    """What is left of a provider's limit in the current window. None: the provider has not said."""

    provider: str
    remaining: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One reading per feed. ``deployments``, ``pins``, ``costs`` and ``status`` are keyed by provider, ``health`` by environment.

    ``metrics`` is keyed by environment and source (``production/prometheus``), ``history`` by environment: the last hour of each
    quantity, one series a part; ``rules`` are the alerts with the limits that are configured. ``entries`` are the amounts that were
    entered by hand, the newest of each line and month. ``mainline`` are the newest commits of main, newest first. ``databases``
    says whether each environment has one of its own; ``by_hand`` are the entries of the settings, of values and of days.
    """

    environments: tuple[Environment, ...]
    clone: Reading[CloneStatus]
    branches: Reading[tuple[Branch, ...]]
    promotion: Reading[Promotion]
    pulls: Reading[tuple[PullStanding, ...]]
    runs: Reading[tuple[WorkflowRun, ...]]
    protections: Reading[tuple[Protection, ...]]
    deployments: Mapping[str, Reading[tuple[Deployment, ...]]] = field(default_factory=dict)
    health: Mapping[str, Reading[Health]] = field(default_factory=dict)
    verification: Verification | None = None
    executions: tuple[Execution, ...] = ()
    sandbox: bool = False
    pre_deployment: bool = False
    required_checks: tuple[str, ...] = ()
    pins: Mapping[str, Reading[tuple[Pin, ...]]] = field(default_factory=dict)
    metrics: Mapping[str, Reading[Metrics]] = field(default_factory=dict)
    history: Mapping[str, Reading[tuple[Series, ...]]] = field(default_factory=dict)
    costs: Mapping[str, Reading[MonthCosts]] = field(default_factory=dict)
    entries: tuple[CostEntry, ...] = ()
    status: Mapping[str, Reading[ProviderStatus]] = field(default_factory=dict)
    mainline: Reading[tuple[Commit, ...]] = field(default_factory=lambda: Reading("git"))
    names: Reading[tuple[Resolution, ...]] = field(default_factory=lambda: Reading("dns"))
    ladder: Reading[SchemaLadder] = field(default_factory=lambda: Reading("migrations"))
    budget: Budget = field(default_factory=Budget)
    rules: tuple[AlertRule, ...] = RULES
    databases: Reading[tuple[DatabaseShare, ...]] = field(default_factory=lambda: Reading("postgres"))
    by_hand: tuple[ManualEntry, ...] = ()
