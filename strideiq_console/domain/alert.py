"""What a monitoring server watches: its targets, its rules, the alerts that they raise and what silences them (R108-R110)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What a source lists. ``complete`` is false when more is known to exist or to be unknown; ``note`` says why."""

    items: tuple[T, ...]
    complete: bool = True
    note: str = ""


class AlertState(StrEnum):
    """Where an alert stands. ``SILENCED``: hidden by a silence or by another alert. ``UNKNOWN``: the source's word is new."""

    PENDING = "pending"
    FIRING = "firing"
    SILENCED = "silenced"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as a source tells it; texts are clean lines.

    ``environment`` is the console's name, None when the alert does not say or says one that the console does not know.
    ``severity`` is the source's own word, ``""`` for none. ``value`` None: not told, or no finite number. ``silenced_by`` are ids
    of silences, ``inhibited`` says that another alert hides it. ``fingerprint`` tells alerts of one source apart.
    """

    name: str
    state: AlertState
    source: str
    environment: str | None = None
    severity: str = ""
    summary: str = ""
    since: datetime | None = None
    value: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    silenced_by: tuple[str, ...] = ()
    inhibited: bool = False


class SilenceState(StrEnum):
    """Where a silence stands."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence. ``matchers`` are written as PromQL writes them, such as ``alertname="HighErrorRate"``."""

    id: str
    state: SilenceState
    matchers: tuple[str, ...]
    starts: datetime | None
    ends: datetime | None
    by: str = ""
    comment: str = ""


class TargetHealth(StrEnum):
    """Whether the last scrape of a target worked. ``UNKNOWN``: not scraped yet."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is scraped. ``error`` is the server's word on the last scrape; ``scraped`` None: never yet."""

    job: str
    instance: str
    health: TargetHealth
    environment: str | None = None
    error: str = ""
    scraped: datetime | None = None


class RuleState(StrEnum):
    """What an alerting rule says now; a recording rule is ``INACTIVE``. ``UNKNOWN``: the source's word is new."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the server. ``healthy`` None: not evaluated yet; a rule that is not healthy guards nothing (R109: blind).

    ``hold_seconds`` is how long its condition must last, ``alerts`` how many alerts it raises now.
    """

    group: str
    name: str
    state: RuleState
    query: str
    alerting: bool = True
    healthy: bool | None = None
    error: str = ""
    hold_seconds: float = 0.0
    alerts: int = 0
    evaluated: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertServer:
    """What an Alertmanager says of itself. ``ready`` None: its word for its cluster is new."""

    version: str
    ready: bool | None
    since: datetime | None = None
