"""Measured values and alerts as plain JSON values, each with when it was seen, its source, and the fault that hides a newer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.measured import Measured, readings_of
from strideiq_console.domain.metric import EndpointErrors, Metrics, Series
from strideiq_console.domain.policy.alerting import AlertStanding, standings
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.alerts import key_of as alert_key
from strideiq_console.presentation.feed_json import fault_json, moment
from strideiq_console.presentation.measured import above
from strideiq_console.presentation.metrics import key_of, measuring, served, shown
from strideiq_console.presentation.metrics_detail import endpoints_of


def metrics_json(facts: Facts, now: datetime) -> dict[str, Any]:
    """Return every quantity of every environment in the panel's order, and the endpoints that fail."""
    places = served(facts) if measuring(facts) else ()
    items = [_item(facts, one) for place in places for one, _ in shown(facts, place, now, more=True)]
    return {"items": items, "endpoints": {e.name: _endpoints(facts, e.name) for e in served(facts)}}


def _item(facts: Facts, one: Measured) -> dict[str, Any]:
    rule = above(one, facts.rules)
    item = {
        "id": key_of(one.environment, one.quantity),
        "environment": one.environment,
        "quantity": str(one.quantity),
        "unit": one.quantity.unit,
        "state": str(one.state),
        "value": one.value,
        "limit": one.limit,
        "above": rule.limit if rule is not None else None,
        "n": one.n,
        "window": one.window.total_seconds() if one.window is not None else None,
        "part": one.part,
        "parts": [_part(part) for part in one.parts] if len(one.parts) > 1 else [],
        "complete": one.complete,
        "note": one.note,
        "seen": moment(one.seen),
        "source": one.source or None,
    }
    fault = fault_of(facts, one)
    return item if fault is None else {**item, "fault": fault}


def _part(part: Series) -> dict[str, Any]:
    return {"name": part.part, "value": part.value, "n": part.n, "note": part.note}


def reading_of(facts: Facts, environment: str, source: str) -> Reading[Metrics] | None:
    """Return the reading that a source's values came with; sources are called as their series or as their feed call them."""
    for name, reading in readings_of(facts, environment):
        if name == source or (reading.value is not None and any(one.source == source for one in reading.value.series)):
            return reading
    return None


def fault_of(facts: Facts, one: Measured) -> dict[str, Any] | None:
    """Return the fault that hides a newer value, None where none does."""
    reading = reading_of(facts, one.environment, one.source)
    return None if reading is None or reading.fault is None else fault_json(reading.fault)


def _endpoints(facts: Facts, environment: str) -> dict[str, Any] | None:
    """Return the endpoints with the most errors; None where no source tells endpoints apart."""
    source, worst = endpoints_of(facts, environment)
    if source is None:
        return None
    reading = reading_of(facts, environment, source.source)
    return {
        "source": source.source,
        "seen": moment(reading.seen) if reading is not None else None,
        "complete": source.endpoints_complete,
        "items": [_endpoint(one) for one in worst],
    }


def _endpoint(one: EndpointErrors) -> dict[str, Any]:
    return {
        "method": one.method,
        "path": one.path,
        "rate": one.rate,
        "errors": one.errors,
        "refused": one.refused,
        "requests": one.requests,
    }


def alerts_json(facts: Facts, now: datetime) -> dict[str, Any]:
    """Return where every rule stands, worst first, as the panel shows it."""
    return {"items": [_standing(facts, one) for one in standings(facts, now)] if measuring(facts) else []}


def _standing(facts: Facts, one: AlertStanding) -> dict[str, Any]:
    rule = one.rule
    item = {
        "id": alert_key(one),
        "rule": rule.name,
        "environment": one.environment,
        "part": one.part,
        "state": str(one.state),
        "before": str(one.before) if one.before is not None else None,
        "severity": str(one.severity),
        "level": str(one.level),
        "value": one.value,
        "limit": rule.limit,
        "quantity": str(rule.quantity),
        "of": str(rule.of) if rule.of is not None else None,
        "n": one.n,
        "since": moment(one.since),
        "since_may_be_earlier": one.earlier,
        "note": one.note,
        "seen": moment(one.seen),
        "source": one.source or None,
    }
    reading = reading_of(facts, one.environment, one.source)
    return item if reading is None or reading.fault is None else {**item, "fault": fault_json(reading.fault)}
