"""Bills, entries and facts made by hand: the 16th of a month of thirty days, at noon, when 15.5 of its days are over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from strideiq_console.domain.cost import Charges, CostEntry, CostKind, CostLine, MonthCosts
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.month import Month, MonthLine, month_of
from strideiq_console.domain.reading import Reading

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
PLACES = (
    Environment("production", "", "", "", "main", production=True),
    Environment("staging", "", "", "", "staging"),
    Environment("local", "", "", "", ""),
)


def line(
    amount: str, component: str | None = "api", environment: str | None = "production", what: str = "CPU", **more: Any
) -> CostLine:
    return CostLine("railway", what, Decimal(amount), "USD", more.pop("kind", CostKind.METERED), environment, component, **more)


def charges(*lines: CostLine, start: datetime = START, end: datetime = NOW, **more: Any) -> Charges:
    return Charges("railway", lines, start, end, **more)


def bill(*lines: CostLine, projection: Charges | None = None, before: Charges | None = None, **more: Any) -> MonthCosts:
    return MonthCosts("railway", charges(*lines, **more), projection, before)


def estimate(*pairs: tuple[str, str], start: datetime = START, end: datetime = END, **more: Any) -> Charges:
    lines = (CostLine("railway", what, Decimal(amount), kind=CostKind.ESTIMATED) for what, amount in pairs)
    return Charges("railway", tuple(lines), start, end, **more)


def seen(value: Any, at: datetime = NOW, source: str = "railway", **more: Any) -> Reading[Any]:
    return Reading(source, value, at, period=HALF_HOUR, **more)


def entry(
    amount: str, service: str = "railway-api", environment: str = "", month: str = "2026-11", at: datetime = NOW
) -> CostEntry:
    return CostEntry(service, environment, month, Decimal(amount), at, "founder")


def facts(costs: Mapping[str, Reading[Any]] | None = None, entries: Iterable[CostEntry] = (), **more: Any) -> Facts:
    never: dict[str, Reading[Any]] = {
        name: Reading("git") for name in ("clone", "branches", "promotion", "pulls", "runs", "protections")
    }
    return Facts(PLACES, **never, costs=costs or {}, entries=tuple(entries), **more)


def month(*bills: Reading[Any], entries: Iterable[CostEntry] = (), now: datetime = NOW, **more: Any) -> Month:
    return month_of(facts({one.source: one for one in bills}, entries, **more), now)


def part(found: Month, key: str) -> MonthLine:
    return next(one for one in found.all_lines if one.key == key)
