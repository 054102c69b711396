"""The environments as plain JSON values, each fact with when it was seen, its source, and the fault that hides a newer one."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Health, Probe
from strideiq_console.domain.policy.month import MonthSide
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.presentation.environment_cells import waiting_words
from strideiq_console.presentation.environment_ci import CiCount
from strideiq_console.presentation.environment_data_json import data_json
from strideiq_console.presentation.environment_measures import months, slowest
from strideiq_console.presentation.environment_state import (
    EnvironmentState,
    LiveComponent,
    alerted,
    environment_states,
    overall,
    reading_of,
)
from strideiq_console.presentation.feed_json import moment, provenance


def environments_json(facts: Facts, now: datetime) -> list[dict[str, Any]]:
    """Return every environment as the panel shows it."""
    costs = months(facts, now)
    alerts = alerted(facts, now)
    states = environment_states(facts, now)
    return [_environment(facts, state, overall(state, alerts), costs.get(state.environment.name)) for state in states]


def _environment(facts: Facts, state: EnvironmentState, level: Level, cost: MonthSide | None) -> dict[str, Any]:
    environment = state.environment
    live: dict[str, Any] = {component.name: _live(component) for component in state.components}
    if environment.local:
        live = {"clone": _clone(facts)}
    return {
        "name": environment.name,
        "branch": environment.branch,
        "url": environment.url,
        "purpose": environment.purpose,
        "data": environment.data,
        "testers": environment.testers,
        "production": environment.production,
        "level": str(level),
        "head": state.head,
        "head_at": moment(state.head_at),
        "drift": state.drift,
        "overdue_s": _seconds(state.overdue),
        "live": live,
        "health": _health(state.health, state.health_reading),
        "ci": _ci(facts, state.shown_ci),
        "unproven": [component.name for component, _ in state.unproven],
        "waiting": _waiting(facts, state),
        "pinned": state.pinned,
        "p99": None if environment.local else _p99(facts, state),
        "month": None if environment.local else _month(facts, cost),
        "schema": _schema(facts, state),
        **data_json(facts, environment, state.now),
    }


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _live(component: LiveComponent) -> dict[str, Any]:
    live, latest = component.live, component.latest
    facts: dict[str, Any] = {
        "sha": component.sha,
        "state": str(live.state) if live else "unknown",
        "deployment": live.id if live else None,
        "deployed_at": moment(component.live_at),
        "url": live.url if live else "",
        "pinned": component.pinned,
    }
    if latest is not None and (live is None or latest.id != live.id):
        facts["newest"] = {
            "sha": latest.sha,
            "state": str(latest.state),
            "deployment": latest.id,
            "created_at": moment(latest.created_at),
        }
    return {**facts, **provenance(reading_of(component))}


def _clone(facts: Facts) -> dict[str, Any]:
    clone = facts.clone.value
    if clone is None:
        return {"sha": None, **provenance(facts.clone)}
    return {"sha": clone.head, "branch": clone.branch, "dirty": clone.dirty, **provenance(facts.clone)}


def _health(health: Health | None, reading: Reading[Health] | None) -> dict[str, Any]:
    if health is None:
        return {"level": "unknown", **provenance(reading)}
    answer: dict[str, Any] = {"level": str(health.level), "running": health.running}
    answer.update({label: _probe(probe) for label, probe in (("web", health.web), ("api", health.api)) if probe is not None})
    return {**answer, **provenance(reading)}


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "url": probe.url,
        "level": str(probe.level),
        "words": probe.error or probe.words,
        "status": probe.status,
        "latency_ms": probe.latency_ms,
        "parts": {name: str(level) for name, level in probe.parts},
        "tls_days": probe.tls_days,
        "version": probe.version,
    }


def _ci(facts: Facts, ci: CiCount | None) -> dict[str, Any]:
    """Return what CI says of the commit that serves; of the head while nobody says what serves."""
    counted = {} if ci is None else {"sha": ci.sha, "passed": ci.passed, "total": ci.total, "ended_at": moment(ci.ended_at)}
    return {"state": str(ci.state) if ci else "unknown", **counted, **provenance(facts.runs)}


def _waiting(facts: Facts, state: EnvironmentState) -> dict[str, Any]:
    words, _ = waiting_words(facts, state)
    promotion, environment = facts.promotion.value, state.environment
    return {
        "words": words,
        "commits": promotion.to_main if promotion and environment.production else None,
        **provenance(facts.clone if environment.local else facts.promotion),
    }


def _p99(facts: Facts, state: EnvironmentState) -> dict[str, Any]:
    """Return the p99 in milliseconds; ``value`` null with a ``state`` that says why."""
    found = slowest(facts, state, state.now)
    reading = facts.metrics.get(f"{state.environment.name}/{found.source}")
    answer = {
        "state": str(found.state),
        "value": found.value,
        "unit": found.quantity.unit,
        "n": found.n,
        "window_s": _seconds(found.window),
        "note": found.note,
        "seen": moment(found.seen),
        "source": found.source or None,
    }
    fault = provenance(reading).get("fault") if reading is not None else None
    return {**answer, **({"fault": fault} if fault is not None else {})}


def _month(facts: Facts, side: MonthSide | None) -> dict[str, Any]:
    """Return plan, actual and forecast as decimal texts; ``complete`` false: the figure is a lower bound."""
    answer: dict[str, Any] = {"planned": None, "actual": None, "forecast": None, "currency": facts.budget.currency}
    if side is not None:
        answer.update(planned=_money(side.planned), actual=_money(side.actual), forecast=_money(side.forecast))
        answer.update(complete=side.complete, forecast_complete=side.forecast_complete)
    return {**answer, "sources": {name: provenance(reading) for name, reading in facts.costs.items()}}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _schema(facts: Facts, state: EnvironmentState) -> dict[str, Any]:
    """Return where the schema stands; ``rows`` null: not known. ``due``: what its own branch has beyond it, null: not known."""
    rung = state.schema
    answer: dict[str, Any] = {"rows": None, "note": rung.note if rung is not None else ""}
    if rung is not None:
        answer["rows"] = list(rung.rows) if rung.rows is not None else None
        answer["undefined"] = list(rung.strange)
        answer["due"] = None if rung.due is None else [revision.id for revision in rung.due]
        answer["branch"] = rung.branch or None
        answer["behind_its_code"] = state.schema_lags
    return {**answer, **provenance(facts.ladder)}


def status_json(facts: Facts) -> dict[str, Any]:
    """Return what the providers' own pages say: theirs, not ours."""
    return {
        name: {
            "level": str(reading.value.level) if reading.value is not None else "unknown",
            "words": reading.value.words if reading.value is not None else "",
            "url": reading.value.url if reading.value is not None else "",
            "incidents": [incident.name for incident in reading.value.incidents] if reading.value is not None else [],
            **provenance(reading),
        }
        for name, reading in facts.status.items()
    }
