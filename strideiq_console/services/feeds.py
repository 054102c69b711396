"""The table of feeds: where each reading comes from, how often, and what it is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.cost import MonthCosts
from strideiq_console.domain.database_share import DatabaseShare
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.dns import Resolution
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.health import Health
from strideiq_console.domain.metric import Metrics, Series
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.schema_ladder import SchemaLadder

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Feed(Generic[T]):
    """A named kind of reading. ``type`` is what its value is stored and read back as; periods are while busy and while idle."""

    name: str
    source: str
    type: Any
    busy: timedelta
    idle: timedelta


def _feed(name: str, source: str, type_: Any, busy: float, idle: float) -> Feed[Any]:
    return Feed(name, source, type_, timedelta(seconds=busy), timedelta(seconds=idle))


CLONE: Feed[CloneStatus] = _feed("clone", "git", CloneStatus, 3, 10)
BRANCHES: Feed[tuple[Branch, ...]] = _feed("branches", "git", tuple[Branch, ...], 5, 20)
PROMOTION: Feed[Promotion] = _feed("promotion", "git", Promotion, 5, 20)
PULLS: Feed[tuple[PullStanding, ...]] = _feed("pulls", "github", tuple[PullStanding, ...], 15, 180)
RUNS: Feed[tuple[WorkflowRun, ...]] = _feed("runs", "github", tuple[WorkflowRun, ...], 8, 90)
PROTECTIONS: Feed[tuple[Protection, ...]] = _feed("protections", "github", tuple[Protection, ...], 300, 3600)


def deployments(provider: str) -> Feed[tuple[Deployment, ...]]:
    """Return the feed of a hosting provider's deployments."""
    return _feed(f"deployments/{provider}", provider, tuple[Deployment, ...], 15, 120)


def pins(provider: str) -> Feed[tuple[Pin, ...]]:
    """Return the feed of what a hosting provider holds production on (T14)."""
    return _feed(f"pins/{provider}", provider, tuple[Pin, ...], 30, 600)


def health(environment: str) -> Feed[Health]:
    """Return the feed of an environment's probes."""
    return _feed(f"health/{environment}", "probe", Health, 10, 30)


def metrics(environment: str, source: str) -> Feed[Metrics]:
    """Return the feed of what one source measures of one environment (R102-R107)."""
    # Railway counts every request against one hourly limit, which a runbook needs too: there it is asked more seldom.
    busy, idle = (60, 900) if source == "railway" else (15, 60)
    return _feed(f"metrics/{environment}/{source}", source, Metrics, busy, idle)


def history(environment: str) -> Feed[tuple[Series, ...]]:
    """Return the feed of an environment's last hour."""
    return _feed(f"history/{environment}", "history", tuple[Series, ...], 30, 120)


def costs(provider: str) -> Feed[MonthCosts]:
    """Return the feed of what a provider charges for the running month (R119)."""
    return _feed(f"costs/{provider}", provider, MonthCosts, 600, 1800)


def status(provider: str) -> Feed[ProviderStatus]:
    """Return the feed of a provider's own status page (R73)."""
    return _feed(f"status/{provider}", f"{provider} status", ProviderStatus, 120, 600)


MAINLINE: Feed[tuple[Commit, ...]] = _feed("mainline", "git", tuple[Commit, ...], 5, 20)
NAMES: Feed[tuple[Resolution, ...]] = _feed("names", "dns", tuple[Resolution, ...], 300, 1800)
LADDER: Feed[SchemaLadder] = _feed("ladder", "migrations", SchemaLadder, 60, 600)
DATABASES: Feed[tuple[DatabaseShare, ...]] = _feed("databases", "postgres", tuple[DatabaseShare, ...], 300, 1800)

Reader = Callable[[], Awaitable[Any]]
"""Reads a feed's value from outside; raises ConsoleError when it cannot."""
