"""What is said of one quantity beside its chart: sources, parts, its rule, and the endpoints that fail (R102-R106)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.measured import Measured, MeasuredState, measured, readings_of
from strideiq_console.domain.metric import ENOUGH, EndpointErrors, Metrics, Quantity, Series
from strideiq_console.domain.policy.alerting import standings
from strideiq_console.presentation.alert_words import standing_words
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.chart_lines import Marker
from strideiq_console.presentation.draw import cut, fit
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import measured_cell, number_words, rule_of, source_words
from strideiq_console.presentation.metrics import name_of, of_key

_LATENCY = (Quantity.P50, Quantity.P95, Quantity.P99)
_WITH_ENDPOINTS = (Quantity.ERROR_RATE, Quantity.REQUESTS)
_PATH = 34


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the text of one row: value, source and n, rule, parts, the other sources, and for errors the endpoints."""
    found = of_key(key)
    if found is None:
        return ()
    environment, quantity = found
    one = measured(facts, environment, quantity, now)
    name = Cell(f"{name_of(quantity)} of {environment}  ", Tone.ACCENT)
    lines: list[Line] = [text(name, measured_cell(one, glyphs, rules=facts.rules))]
    lines.append((Cell(source_words(one), Tone.MUTED),))
    if one.note:
        lines.append((Cell(one.note[:1].upper() + one.note[1:] + ".", Tone.MUTED),))
    lines += _guarded(facts, one, now, glyphs)
    lines += _parts(one)
    lines += _elsewhere(facts, one, now)
    if quantity in _LATENCY:
        lines += _probes(facts, environment)
    if quantity in _WITH_ENDPOINTS:
        lines += _endpoints(facts, environment)
    return tuple(lines)


def _guarded(facts: Facts, one: Measured, now: datetime, glyphs: Glyphs) -> list[Line]:
    if rule_of(one, facts.rules) is None:
        return []
    mine = [s for s in standings(facts, now, only=one.environment) if s.rule.quantity is one.quantity]
    return [standing_words(standing, now, glyphs) for standing in mine]


def _parts(one: Measured) -> list[Line]:
    """Return each queue, process or instance by itself: a sum would hide the one that is in trouble (R106)."""
    if len(one.parts) < 2:
        return []
    wide = max(len(part.part) for part in one.parts)
    rows = sorted(one.parts, key=lambda part: -(part.value or 0.0))
    return [(), *(_part(part, wide, one.quantity) for part in rows)]


def _part(part: Series, wide: int, quantity: Quantity) -> Line:
    value = "cannot be told" if part.value is None else number_words(part.value, quantity.unit)
    return text(f"{fit(part.part or 'all', min(wide, 24))}  ", Cell(value, Tone.UNKNOWN if part.value is None else Tone.PLAIN))


def _elsewhere(facts: Facts, one: Measured, now: datetime) -> list[Line]:
    """Return what other sources say of the same: two that differ are told apart, and never averaged (T29)."""
    lines: list[Line] = []
    for _, reading in readings_of(facts, one.environment):
        for series in reading.value.of(one.quantity) if reading.value is not None else ():
            if series.source == one.source or series.value is None:
                continue
            n = f" n={series.n}" if series.n is not None else ""
            few = " (too few)" if series.too_few else ""
            note = f": {series.note}" if series.note else ""
            words = f"{series.source} says {number_words(series.value, one.quantity.unit)}{n}{few}{note}"
            lines.append((Cell(words, Tone.MUTED),))
    return [(), *lines] if lines else []


def _probes(facts: Facts, environment: str) -> list[Line]:
    """Return the console's own probe: one request of its own, no percentile of the users' (R102)."""
    reading = facts.health.get(environment)
    health = reading.value if reading is not None else None
    probe = health.api if health is not None else None
    if probe is None or probe.latency_ms is None:
        return []
    return [(Cell(f"Synthetic probe of the health path: {probe.latency_ms} ms, one request of the console's own.", Tone.MUTED),)]


def endpoints_of(facts: Facts, environment: str) -> tuple[Metrics | None, tuple[EndpointErrors, ...]]:
    """Return the source that tells endpoints apart, and those with the most errors; None where no source does (R103)."""
    for _, reading in readings_of(facts, environment):
        if reading.value is not None and reading.value.endpoints is not None:
            return reading.value, reading.value.endpoints[:10]
    return None, ()


def _endpoints(facts: Facts, environment: str) -> list[Line]:
    source, worst = endpoints_of(facts, environment)
    if source is None:
        read = [r.value for _, r in readings_of(facts, environment) if r.value is not None]
        unread = next((one.source for one in read if not one.endpoints_complete), "")
        why = f"{unread} could not read them just now" if unread else "no source tells endpoints apart"
        return [(), (Cell(f"Errors by endpoint: {why}.", Tone.UNKNOWN if unread else Tone.MUTED),)]
    part = "" if source.endpoints_complete else ", in part"
    head = f"Errors by endpoint, no health checks · {source.source}{part}"
    if not worst:
        return [(), (Cell(head, Tone.MUTED),), text("No endpoint answered with a 5xx in the window.")]
    return [(), (Cell(head, Tone.MUTED),), *(_endpoint(one) for one in worst)]


def _endpoint(one: EndpointErrors) -> Line:
    rate = number_words(one.rate, "ratio") if one.rate is not None else "n/a"
    few = one.requests < ENOUGH
    tone = Tone.UNKNOWN if few else Tone.PLAIN
    refused = f"  4xx {one.refused}" if one.refused else ""
    name = fit(cut(f"{one.method} {one.path}", _PATH), _PATH)
    return text(
        name, Cell(f" {rate:>7}", tone), Cell(f"  {one.errors} of {one.requests}{' (few)' if few else ''}{refused}", Tone.MUTED)
    )


_SERVED = frozenset({DeploymentState.READY, DeploymentState.REMOVED, DeploymentState.SLEEPING, DeploymentState.CRASHED})


def deploy_markers(facts: Facts, environment: str) -> tuple[Marker, ...]:
    """Return when which commit came to an environment, the first of its components; what never served is left out."""
    first: dict[str, datetime] = {}
    for reading in facts.deployments.values():
        for deployment in reading.value or ():
            at = deployment.ready_at or deployment.created_at
            if deployment.environment != environment or deployment.state not in _SERVED or at is None or deployment.sha is None:
                continue
            first[deployment.sha] = min(at, first.get(deployment.sha, at))
    return tuple(Marker(at, sha[:7]) for sha, at in sorted(first.items(), key=lambda pair: pair[1]))


def state_sentence(one: Measured) -> str:
    """Return why there is nothing to draw."""
    if one.state is MeasuredState.NO_SOURCE:
        return f"No source: {one.note or 'nobody tells it'}."
    if one.state is MeasuredState.BLIND:
        return f"Blind: {one.source} is configured and gives nothing: {one.note}."
    return "Nothing is known of this time."


def notes(found: Sequence[Series]) -> str:
    """Return where the samples of a chart come from, in one line."""
    sources = list(dict.fromkeys(one.source for one in found))
    return ", ".join(sources) + ("" if all(one.complete for one in found) else ", in part")
