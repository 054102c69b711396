"""What Prometheus' and Alertmanager's APIs answer, as far as the console reads it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.wire import malformed

Pair = tuple[float, str]
MAX_LABELS = 64


class Envelope(msgspec.Struct):
    """The envelope of every answer of Prometheus' API; ``warnings`` and ``infos`` mean that the data may be partial."""

    status: Literal["success", "error"]
    data: Any = None
    error_type: str = msgspec.field(default="", name="errorType")
    error: str = ""
    warnings: list[str] | None = None
    infos: list[str] | None = None


class Result(msgspec.Struct):
    """What a query gives; the shape of ``result`` follows from the type."""

    kind: Literal["vector", "matrix", "scalar", "string"] = msgspec.field(name="resultType")
    result: Any


class Scalar(msgspec.Struct, array_like=True):
    """One value at one time, without labels."""

    at: float
    value: str


class VectorItem(msgspec.Struct):
    """One series at one time. ``value`` is absent for a native histogram."""

    metric: dict[str, str]
    value: Pair | None = None


class MatrixItem(msgspec.Struct):
    """One series over time. ``values`` is absent for a native histogram."""

    metric: dict[str, str]
    values: list[Pair] = []


class TargetWire(msgspec.Struct, rename="camel"):
    """An active target."""

    labels: dict[str, str]
    health: str
    scrape_url: str = ""
    last_error: str = ""
    last_scrape: str = ""


class TargetsWire(msgspec.Struct, rename="camel"):
    """The answer about targets."""

    active_targets: list[TargetWire]


class AlertWire(msgspec.Struct, rename="camel"):
    """An alert of a rule that is pending or firing."""

    labels: dict[str, str]
    state: str
    annotations: dict[str, str] = {}
    active_at: str | None = None
    value: str = ""


class AlertsWire(msgspec.Struct):
    """The answer about alerts."""

    alerts: list[AlertWire]


class RuleWire(msgspec.Struct, rename="camel"):
    """A rule. ``state``, ``alerts`` and ``duration`` come with alerting ones only."""

    name: str
    type: str
    query: str = ""
    health: str = ""
    state: str = ""
    last_error: str = ""
    last_evaluation: str = ""
    duration: float = 0.0
    alerts: list[Any] | None = None


class GroupWire(msgspec.Struct):
    """A group of rules."""

    name: str
    rules: list[RuleWire]


class RulesWire(msgspec.Struct, rename="camel"):
    """The answer about rules; with ``group_next_token`` there are more."""

    groups: list[GroupWire]
    group_next_token: str = ""


class AmStatusWire(msgspec.Struct, rename="camel"):
    """How an alert stands in Alertmanager."""

    state: str
    silenced_by: list[str] | None = None
    inhibited_by: list[str] | None = None


class AmAlertWire(msgspec.Struct, rename="camel"):
    """An alert of Alertmanager."""

    labels: dict[str, str]
    status: AmStatusWire
    fingerprint: str = ""
    annotations: dict[str, str] = {}
    starts_at: str = ""


class AmMatcherWire(msgspec.Struct, rename="camel"):
    """One condition of a silence."""

    name: str
    value: str
    is_regex: bool
    is_equal: bool = True


class AmSilenceStatusWire(msgspec.Struct):
    """Where a silence stands."""

    state: str


class AmSilenceWire(msgspec.Struct, rename="camel"):
    """A silence of Alertmanager."""

    id: str
    status: AmSilenceStatusWire
    matchers: list[AmMatcherWire]
    starts_at: str
    ends_at: str
    created_by: str = ""
    comment: str = ""


class AmVersionWire(msgspec.Struct):
    """The version of Alertmanager."""

    version: str = ""


class AmClusterWire(msgspec.Struct):
    """Whether Alertmanager's cluster is ready."""

    status: str


class AmServerWire(msgspec.Struct, rename="camel"):
    """What Alertmanager says of itself."""

    cluster: AmClusterWire
    version_info: AmVersionWire
    uptime: str = ""


def number(text: str) -> float | None:
    """Return a value as Prometheus writes it; None for ``NaN``, ``+Inf``, ``-Inf`` and what is no number: gaps, never zero."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def at_epoch(source: str, seconds: float) -> datetime:
    """Return epoch seconds as an aware time; OutsideError (malformed) when no such time exists."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise malformed(source, "a sample", "its time is no epoch seconds") from error


def at_iso(text: str | None) -> datetime | None:
    """Return an RFC 3339 time as an aware one; None for nothing, for Go's year 1 and for what is no such time."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None or found.year < 1971:
        return None
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def clean_labels(labels: dict[str, str]) -> dict[str, str]:
    """Return labels as clean lines, sorted by name, as many as a sane series has."""
    return {clean_line(k, limit=100): clean_line(v, limit=300) for k, v in sorted(labels.items())[:MAX_LABELS]}
