"""The running month as plain JSON values (DESIGN section 10)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.money import in_cents
from strideiq_console.domain.policy.month import MonthLine, MonthSide, month_of, triggers
from strideiq_console.presentation.costs_detail import plan_sentences
from strideiq_console.presentation.costs_triggers import triggers_json
from strideiq_console.presentation.feed_json import fault_json, moment, provenance


def costs_json(facts: Facts, now: datetime) -> dict[str, Any]:
    """Return planned, actual and forecast with their currency, by environment and line by line.

    An amount is a number in whole cents, null when it is not known; where ``complete`` is false it is a lower bound.
    """
    month = month_of(facts, now)
    faults = [reading.fault for reading in facts.costs.values() if reading.fault is not None]
    seen = [reading.seen for reading in facts.costs.values() if reading.seen is not None]
    return {
        "month": month.name,
        **_side(month),
        "currency": month.currency,
        "before": _number(month.before),
        "before_complete": month.before_complete,
        "by_environment": {name: _side(side) for name, side in month.by_environment.items()},
        "items": [_line(line) for line in month.all_lines],
        "triggers": triggers_json(triggers(facts, now)),
        "sources": {name: provenance(reading) for name, reading in facts.costs.items()},
        "notes": [*month.notes, *plan_sentences(facts.budget.lines, month.currency)],
        "seen": moment(min(seen, default=None)),
        "source": ", ".join(facts.costs) or "plan",
        **({"fault": fault_json(faults[0])} if faults else {}),
    }


def _side(side: MonthSide) -> dict[str, Any]:
    return {
        "planned": _number(side.planned),
        "actual": _number(side.actual),
        "complete": side.complete,
        "forecast": _number(side.forecast),
        "forecast_complete": side.forecast_complete,
        "delta": _number(side.delta),
    }


def _line(line: MonthLine) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": line.key,
        "name": line.name,
        "service": line.service,
        "environment": line.environment or None,
        **_side(line),
        "kind": str(line.kind) if line.kind else None,
        "method": line.method or None,
        "in_plan": line.in_plan,
        "seen": moment(line.seen),
        "source": line.source or None,
    }
    if line.entry is not None:
        found["entered"] = {"at": moment(line.entry.entered_at), "by": line.entry.by, "note": line.entry.note}
        found["without_entry"] = _number(line.metered)
    if line.fault is not None:
        found["fault"] = fault_json(line.fault)
    return found


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(in_cents(amount))
