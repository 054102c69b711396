"""Reads ``[alerts]``: the limits of the document's alerts, in the units in which a founder thinks of them (R108, R109, T25)."""

from __future__ import annotations

from decimal import Decimal

from strideiq_console.domain.policy.alert_rules import AlertRule, with_limits
from strideiq_console.settings.table import Table

_KEYS: dict[str, tuple[int, float, float, Decimal]] = {
    "error_rate": (5, 0.1, 100, Decimal("0.01")),
    "p99": (2, 0.01, 600, Decimal(1000)),
    "connections": (80, 1, 100, Decimal("0.01")),
    "queue": (100, 1, 10_000_000, Decimal(1)),
}
"""Default, lowest and highest of each limit as it is written, and what makes the quantity's unit of it."""


def alert_rules(table: Table) -> tuple[AlertRule, ...]:
    """Return the rules; a limit out of its range is a fault, because an alert that can never fire looks like a good day."""
    limits = {key: _limit(table, key) for key in _KEYS}
    table.close()
    return with_limits(**limits)


def _limit(table: Table, key: str) -> float:
    default, low, high, factor = _KEYS[key]
    value = table.number(key, default)
    if value is None or not low <= value <= high:
        if value is not None:
            table.fault(key, f"must be from {low:g} to {high:g}")
        value = default
    # By way of Decimal: 7 percent must be the same number as 7 of 100 requests, or a value at the limit would not be.
    return float(Decimal(str(value)) * factor)
