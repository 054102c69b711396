"""All that the console knows at one moment: one reading per feed. Presentation turns it into rows and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckSummary, WorkflowRun
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.health import Health
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.pull_request import Protection, PullRequest
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.runbook.execution import Execution


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
    """One reading per feed. ``deployments`` and ``pins`` are keyed by provider (``vercel``), ``health`` by environment."""

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
    pins: Mapping[str, Reading[tuple[Pin, ...]]] = field(default_factory=dict)
