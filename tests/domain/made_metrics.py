"""Measured values made by hand: a minute's grid of samples, readings of sources, and the facts that the policies look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import Fault
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.domain.reading import Reading

NOW = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIVE = timedelta(minutes=5)
PLACES = (
    Environment("production", "", "https://api.strideiq.run", "/health", "main", production=True),
    Environment("staging", "", "https://api-staging.strideiq.run", "/health", "staging"),
    Environment("local", "", "", "/health", ""),
)


@dataclass(frozen=True)
class MadeFacts:
    """What the alert policy looks at, and nothing else."""

    environments: tuple[Environment, ...] = PLACES[:1]
    metrics: Mapping[str, Reading[Metrics]] = field(default_factory=dict)
    history: Mapping[str, Reading[tuple[Series, ...]]] = field(default_factory=dict)
    rules: tuple[AlertRule, ...] = RULES


def minutes(
    values: Sequence[float | None], n: int | None = None, *, end: datetime = NOW, step: timedelta = MINUTE
) -> tuple[Sample, ...]:
    """Return samples a minute apart, the last one at ``end``."""
    return tuple(Sample(end - step * (len(values) - 1 - i), value, n) for i, value in enumerate(values))


def series(
    quantity: Quantity,
    values: Sequence[float | None],
    *,
    n: int | None = None,
    part: str = "",
    source: str = "prometheus",
    window: timedelta | None = None,
    end: datetime = NOW,
    note: str = "",
) -> Series:
    return Series(quantity, "production", source, minutes(values, n, end=end), part, window, n, note)


def reading(
    *found: Series,
    source: str = "prometheus",
    seen: datetime = NOW,
    fault: Fault | None = None,
    complete: bool = True,
    **more: object,
) -> Reading[Metrics]:
    metrics = Metrics("production", source, found, complete=complete, **more)  # type: ignore[arg-type]
    return Reading(source, metrics, seen, fault, seen, period=MINUTE)


def history(*found: Series, seen: datetime = NOW) -> dict[str, Reading[tuple[Series, ...]]]:
    return {"production": Reading("history", found, seen, period=2 * MINUTE)}
