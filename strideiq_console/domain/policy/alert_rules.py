"""The alerts of the document's section 7A as data, with the window and the minimum that it lacks (R108, R109, T24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from strideiq_console.domain.metric import ENOUGH, Quantity
from strideiq_console.domain.reading import Level

WINDOW = timedelta(minutes=5)
"""The time that a condition must hold before an alert fires (R108), and be gone before it ends."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule: ``quantity`` above ``limit`` over ``window``, strictly: a value exactly at the limit is good.

    ``limit`` is in the quantity's unit; with ``of`` it is a share of that quantity (connections of their maximum). ``least`` is the
    number of requests below which a value says nothing, None where no requests are counted. ``severity`` counts in production;
    elsewhere an alert is never more than a warning.
    """

    name: str
    title: str
    quantity: Quantity
    limit: float
    severity: Level
    of: Quantity | None = None
    least: int | None = None
    window: timedelta = WINDOW
    recovery: timedelta = WINDOW


RULES: tuple[AlertRule, ...] = (
    AlertRule("error_rate", "API errors", Quantity.ERROR_RATE, 0.05, Level.CRITICAL, least=ENOUGH),
    AlertRule("p99", "API p99", Quantity.P99, 2000.0, Level.WARNING, least=ENOUGH),
    AlertRule("connections", "DB connections", Quantity.CONNECTIONS, 0.80, Level.WARNING, of=Quantity.CONNECTIONS_MAX),
    AlertRule("queue", "queue", Quantity.QUEUE_DEPTH, 100.0, Level.WARNING),
)
"""The document's four. The owner's emergency number for the queue is 1000: each limit is a setting (T25)."""


def with_limits(error_rate: float, p99: float, connections: float, queue: float) -> tuple[AlertRule, ...]:
    """Return the rules with other limits, each in the unit of its quantity: ratio, ms, ratio, messages."""
    limits = {"error_rate": error_rate, "p99": p99, "connections": connections, "queue": queue}
    return tuple(replace(rule, limit=limits[rule.name]) for rule in RULES)
