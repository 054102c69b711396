"""Turns counted buckets, counted answers and gauges into series: one mapping for the server and for a metrics page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from strideiq_console.domain.metric import EndpointErrors, Quantity, Sample, Series, collapse_path, worst_endpoints
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.prometheus.quantiles import Quantile, quantile, total

PERCENTILES = {Quantity.P50: 0.50, Quantity.P95: 0.95, Quantity.P99: 0.99}
GAUGES = {
    Quantity.CONNECTIONS: "connections",
    Quantity.CONNECTIONS_MAX: "connections_max",
    Quantity.POOL_USED: "pool_used",
    Quantity.POOL_SIZE: "pool_size",
    Quantity.REDIS_MEMORY: "redis_memory",
    Quantity.REDIS_MEMORY_MAX: "redis_memory_max",
    Quantity.QUEUE_DEPTH: "queue_depth",
    Quantity.WORKERS: "workers",
    Quantity.DAILY_ACTIVE_USERS: "daily_active_users",
    Quantity.REGISTERED_USERS: "registered_users",
}
"""Quantities that a gauge gives, by the field of :class:`MetricNames` that names it."""

COUNTERS = {Quantity.ACTIVITIES_SYNCED: "activities_synced", Quantity.COACH_CONVERSATIONS: "coach_conversations"}
SETTINGS = {
    **GAUGES,
    **COUNTERS,
    **dict.fromkeys(PERCENTILES, "duration"),
    Quantity.REQUESTS: "requests",
    Quantity.ERROR_RATE: "requests",
    Quantity.STRAVA_SYNC_SUCCESS: "strava_syncs",
    Quantity.STRAVA_SYNC_ATTEMPTS: "strava_syncs",
}
"""The field of :class:`MetricNames` behind each quantity that these sources can give."""

_NOTES = {
    Quantity.CONNECTIONS: "connections of the server, all databases",
    Quantity.POOL_USED: "connections in use in the process's own pool",
    Quantity.POOL_SIZE: "size of the process's own pool",
    Quantity.QUEUE_DEPTH: "messages that wait in the broker, without those that a worker has taken",
    Quantity.WORKERS: "workers that send heartbeats",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A series and its value: a gauge's, or how far a counter went. None is a gap."""

    labels: Mapping[str, str]
    value: float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What all series of one reading share."""

    environment: str
    source: str
    names: MetricNames

    def series(
        self,
        quantity: Quantity,
        samples: tuple[Sample, ...],
        *,
        window: timedelta | None = None,
        n: int | None = None,
        note: str = "",
        part: str = "",
        complete: bool = True,
    ) -> Series:
        """Return one series of this reading."""
        return Series(quantity, self.environment, self.source, samples, part, window, n, note, complete)


def bounds(counted: Iterable[Counted]) -> dict[float, float]:
    """Return cumulative counts by upper bound, series with one bound added up; what has no readable bound is left out."""
    found: dict[float, float] = {}
    for item in counted:
        try:
            bound = float(item.labels.get("le", "nan"))
        except ValueError:
            continue
        if item.value is not None and bound == bound:
            found[bound] = found.get(bound, 0.0) + item.value
    return found


def to_ms(metric: str) -> float:
    """Return what a duration is multiplied with, by the unit at the end of its metric's name (seconds, where it says nothing)."""
    return 1.0 if metric.endswith(("_milliseconds", "_ms")) else 1000.0


def percentile(frame: Frame, quantity: Quantity, buckets: Mapping[float, float]) -> tuple[float | None, str]:
    """Return a percentile in ms, None where nothing was observed, and the note that goes with it."""
    found: Quantile | None = quantile(PERCENTILES[quantity], buckets)
    if found is None:
        return None, "n/a: no request in the window" if total(buckets) == 0 else "the histogram has no +Inf bucket"
    scale = to_ms(frame.names.duration)
    if found.beyond:
        return found.value * scale, f"at least {found.value * scale:g} ms: slower than the highest bucket"
    return found.value * scale, ""


def latency(frame: Frame, buckets: Mapping[float, float], at: datetime, window: timedelta | None, note: str) -> list[Series]:
    """Return p50, p95 and p99 at one time with the number of requests behind them."""
    made = []
    count = total(buckets)
    for quantity in PERCENTILES:
        value, words = percentile(frame, quantity, buckets)
        n = None if count is None else round(count)
        made.append(frame.series(quantity, (Sample(at, value),), window=window, n=n, note=_joined(words, note)))
    return made


def answers(
    frame: Frame, counted: Iterable[Counted], at: datetime, window: timedelta | None, note: str
) -> tuple[list[Series], tuple[EndpointErrors, ...] | None]:
    """Return requests and error rate at one time, and the endpoints with the most errors (R103).

    The error rate has no value where nothing was asked (0/0), and where answers come without a status; endpoints are None where
    they come without a handler.
    """
    names = frame.names
    rows: dict[tuple[str, str], list[float]] = {}
    unknown = named = 0.0
    for item in counted:
        value = max(item.value or 0.0, 0.0)
        path = item.labels.get(names.handler, "")
        if path in names.health_handlers:
            continue
        row = rows.setdefault((clean_line(item.labels.get(names.method, ""), limit=20), _endpoint(path)), [0.0, 0.0, 0.0])
        status = item.labels.get(names.status, "")
        row[0] += value
        row[1] += value if status.startswith("5") else 0.0
        row[2] += value if status.startswith("4") else 0.0
        unknown += 0.0 if status else value
        named += 1 if path else 0
    requests, errors = (sum(row[index] for row in rows.values()) for index in (0, 1))
    rate, words = _rate(errors, requests, unknown, names.status)
    n = round(requests)
    both = [
        frame.series(Quantity.REQUESTS, (Sample(at, float(n)),), window=window, n=n, note=note),
        frame.series(Quantity.ERROR_RATE, (Sample(at, rate),), window=window, n=n, note=_joined(words, note)),
    ]
    endpoints = (EndpointErrors(m, p, round(row[0]), _at_least_one(row[1]), round(row[2])) for (m, p), row in rows.items())
    return both, worst_endpoints(endpoints) if named or not rows else None


def _rate(errors: float, requests: float, unknown: float, label: str) -> tuple[float | None, str]:
    if unknown:
        return None, f"answers come without the label {label}, so errors cannot be told"
    if round(requests) <= 0:
        return None, "n/a: no request in the window"
    return min(errors / requests, 1.0), ""


def _at_least_one(errors: float) -> int:
    """Return a number of errors; an estimate below one half is still an error, and must not vanish."""
    return max(1, round(errors)) if errors > 0 else 0


def _endpoint(path: str) -> str:
    return clean_line(collapse_path(path), limit=200) if path else "(no path)"


def gauges(frame: Frame, counted: Iterable[Counted], at: datetime) -> list[Series]:
    """Return what gauges say at one time, one series a part; quantities that no series gives are not in it."""
    by_name: dict[str, list[Counted]] = {}
    for item in counted:
        by_name.setdefault(item.labels.get("__name__", ""), []).append(item)
    made: list[Series] = []
    for quantity, field in GAUGES.items():
        found = by_name.get(getattr(frame.names, field), ())
        made += [gauge(frame, quantity, part, ((at, value),)) for part, value in parts(frame.names, quantity, found).items()]
    return made


def instances_apart(quantity: Quantity, labels: Iterable[Mapping[str, str]]) -> bool:
    """Say whether a gauge comes from several instances that must not be added up; workers may be."""
    return quantity is not Quantity.WORKERS and len({one.get("instance", "") for one in labels}) > 1


def part_of(names: MetricNames, quantity: Quantity, labels: Mapping[str, str], *, apart: bool) -> str:
    """Return which part of a quantity a series belongs to: its queue or process, and with ``apart`` its instance."""
    own = {Quantity.QUEUE_DEPTH: names.queue, Quantity.POOL_USED: names.process, Quantity.POOL_SIZE: names.process}.get(quantity)
    words = [labels.get(own, "") if own else "", labels.get("instance", "") if apart else ""]
    return clean_line(" ".join(word for word in words if word), limit=100)


def parts(names: MetricNames, quantity: Quantity, counted: Iterable[Counted]) -> dict[str, float | None]:
    """Return a gauge's values by part, added up within each; a gap in one series leaves its part unknown, never smaller."""
    items = list(counted)
    apart = instances_apart(quantity, (item.labels for item in items))
    found: dict[str, float | None] = {}
    for item in items:
        part = part_of(names, quantity, item.labels, apart=apart)
        before = found.get(part, 0.0)
        found[part] = None if before is None or item.value is None else before + item.value
    return dict(sorted(found.items()))


def gauge(frame: Frame, quantity: Quantity, part: str, points: Iterable[tuple[datetime, float | None]]) -> Series:
    """Return one part's series of a gauge. A ``maxmemory`` of 0 is no limit, so it has no sample (R105)."""
    samples = tuple(Sample(at, value) for at, value in points)
    note = _NOTES.get(quantity, "")
    if quantity is Quantity.REDIS_MEMORY_MAX and all(sample.value == 0 for sample in samples):
        return frame.series(quantity, (), part=part, note="no maxmemory set")
    if quantity is Quantity.CONNECTIONS_MAX:
        note = "limit of the server"
    return frame.series(quantity, samples, part=part, note=note, complete=all(s.value is not None for s in samples))


def strava(frame: Frame, counted: Iterable[Counted], at: datetime, window: timedelta | None, note: str) -> tuple[Series, Series]:
    """Return the share of Strava syncs that worked and the attempts; without an attempt the share is n/a (R107)."""
    attempts = worked = 0.0
    for item in counted:
        attempts += item.value or 0.0
        worked += (item.value or 0.0) if item.labels.get(frame.names.result) == frame.names.success else 0.0
    n = round(attempts)
    share = min(worked / attempts, 1.0) if n > 0 else None
    words = "" if n > 0 else "n/a: no sync was tried"
    return (
        frame.series(Quantity.STRAVA_SYNC_SUCCESS, (Sample(at, share),), window=window, n=n, note=_joined(words, note)),
        frame.series(Quantity.STRAVA_SYNC_ATTEMPTS, (Sample(at, float(n)),), window=window, note=note),
    )


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
