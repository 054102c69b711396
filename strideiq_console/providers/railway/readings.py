"""Railway's measurements in the domain's units; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from strideiq_console.domain.metric import EndpointErrors, Quantity, Sample, Series, collapse_path, worst_endpoints
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_measures import (
    WireDuration,
    WireEnvironmentMetrics,
    WireHttpLog,
    WireMeasurement,
    WireStatusCount,
)
from strideiq_console.providers.wire import moment

GB = 1_000_000_000
RESOURCES = {
    "CPU_USAGE": (Quantity.CPU, 1.0),
    "CPU_LIMIT": (Quantity.CPU_LIMIT, 1.0),
    "MEMORY_USAGE_GB": (Quantity.MEMORY, GB),
    "MEMORY_LIMIT_GB": (Quantity.MEMORY_LIMIT, GB),
    "DISK_USAGE_GB": (Quantity.DISK, GB),
    "NETWORK_RX_GB": (Quantity.NETWORK_RX, GB),
    "NETWORK_TX_GB": (Quantity.NETWORK_TX, GB),
}
# The steps of Railway's own charts (contracts, Railway, "Units").
_STEPS = ((1, 30), (6, 60), (24, 240), (24 * 7, 3600))


def step_of(window: timedelta) -> int:
    """Return the seconds between two samples of a window."""
    hours = window.total_seconds() / 3600
    return next((step for longest, step in _STEPS if hours <= longest), 14400)


def resources(wires: Iterable[WireMeasurement], environment: str, part: str, step: timedelta) -> list[Series]:
    """Return the series of a service's resources, in vCPU and bytes, oldest first; a measurement that is unknown is left out.

    CPU is averaged over a step; network is what went through in a step.
    """
    made = []
    for wire in wires:
        if wire.measurement not in RESOURCES:
            continue
        quantity, factor = RESOURCES[wire.measurement]
        ordered = sorted(wire.values, key=lambda value: value.ts)
        samples = tuple(Sample(_time(value.ts), value.value * factor) for value in ordered)
        note = "" if samples else "no sample in this window"
        made.append(Series(quantity, environment, SOURCE, samples, part, step, note=note))
    return made


def durations(wires: Sequence[WireDuration], environment: str, window: timedelta, end: datetime, n: int) -> list[Series]:
    """Return p50, p95 and p99 of a window. Percentiles cannot be averaged: of several steps the worst is shown, and said so."""
    note = "at the edge, health checks included"
    if len(wires) > 1:
        note = f"the worst of {len(wires)} steps, as percentiles cannot be averaged; {note}"
    elif not wires:
        note = "no request in this window"
    made = []
    for quantity in (Quantity.P50, Quantity.P95, Quantity.P99):
        values = [getattr(wire, quantity.value) for wire in wires]
        samples = (Sample(end, max(values)),) if values else ()
        made.append(Series(quantity, environment, SOURCE, samples, window=window, n=n, note=note))
    return made


def answers(found: WireEnvironmentMetrics, environment: str, window: timedelta, end: datetime, health: str) -> list[Series]:
    """Return the requests of a window and the share of them that failed (5xx); health checks are taken off, 4xx stand apart."""
    counts, checks = _counts(found.statuses), _counts(found.health)
    own = {status: max(count - checks.get(status, 0), 0) for status, count in counts.items()}
    n, failed = sum(own.values()), failures(own)
    refused = sum(count for status, count in own.items() if 400 <= status < 500)
    note = f"at the edge without health checks ({clean_line(health, limit=60)}); {refused} were refused (4xx)"
    rate = Sample(end, failed / n if n else None)
    return [
        Series(Quantity.REQUESTS, environment, SOURCE, (Sample(end, float(n)),), window=window, n=n, note=note),
        Series(Quantity.ERROR_RATE, environment, SOURCE, (rate,), window=window, n=n, note=note),
    ]


def total(wires: Iterable[WireStatusCount]) -> int:
    """Return how many requests were answered, health checks included."""
    return sum(_counts(wires).values())


def failures(counts: dict[int, int]) -> int:
    """Return how many answers were 5xx."""
    return sum(count for status, count in counts.items() if 500 <= status < 600)


def any_failure(wires: Iterable[WireStatusCount]) -> bool:
    """Say whether any answer was 5xx."""
    return failures(_counts(wires)) > 0


def endpoints(wires: Iterable[WireHttpLog], health: str) -> tuple[EndpointErrors, ...]:
    """Return the endpoints with the most errors, ids collapsed, the health path left out (R103)."""
    skipped = collapse_path(health)
    rows: dict[tuple[str, str], list[int]] = {}
    for wire in wires:
        path = clean_line(collapse_path(wire.path))
        if path == skipped:
            continue
        row = rows.setdefault((clean_line(wire.method, limit=20).upper(), path), [0, 0, 0])
        row[0] += 1
        row[1] += 500 <= wire.http_status < 600
        row[2] += 400 <= wire.http_status < 500
    return worst_endpoints(EndpointErrors(method, path, *row) for (method, path), row in rows.items())


def _counts(wires: Iterable[WireStatusCount]) -> dict[int, int]:
    found: dict[int, int] = {}
    for wire in wires:
        found[wire.status_code] = found.get(wire.status_code, 0) + round(sum(sample.value for sample in wire.samples))
    return found


def _time(ts: int) -> datetime:
    found = moment(SOURCE, "ts", ts * 1000.0)
    assert found is not None  # noqa: S101 - only None gives None
    return found
