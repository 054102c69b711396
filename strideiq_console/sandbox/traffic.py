"""What users do to the world's StrideIQ, as a function of its clock: requests, their latencies, errors and business counts.

Keys of the state document that live here::

    metrics  {environment: [{"from": at, knob: value, …}]} changes of knobs, oldest first; what is not said stays as it was

A deployment may change knobs for as long as it serves, see troubles.py; how gauges move by themselves, see levels.py. Counts are
integrals over the knobs, so a page, a query over five minutes and one over a day agree with each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from strideiq_console.sandbox import deploys, troubles

State = dict[str, Any]
Knobs = dict[str, float]
K = TypeVar("K")
MINUTE, DAY = 60.0, 86_400.0
WEEK = 7.0 * DAY
HOUR = 3600.0
AGE_DAYS = 72.0
"""So old is the project when its world begins."""
BOUNDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 7.5, 10.0, 30.0, 60.0)
GOOD = ("ok", "healthy", "connected", "up")
# ``api_cpu`` is how many times the processor a request needs, ``api_memory_gb`` what the API holds beyond what it needs.
_CALM: Knobs = {
    "requests_per_minute": 90.0,
    "p50_ms": 85.0,
    "p99_ms": 640.0,
    "error_rate": 0.004,
    "connections": 23.0,
    "connections_max": 100.0,
    "pool_size": 10.0,
    "pool_used": 4.0,
    "redis_bytes": 41_500_000.0,
    "redis_max_bytes": 268_435_456.0,
    "queue_celery": 3.0,
    "queue_sync": 11.0,
    "workers": 2.0,
    "api_cpu": 1.0,
    "api_memory_gb": 0.0,
    "daily_users": 138.0,
    "registered_users": 1204.0,
    "activities_a_day": 412.0,
    "conversations_a_day": 57.0,
    "syncs_a_day": 430.0,
    "sync_success": 0.986,
}
_QUIET = {
    "requests_per_minute": 6.0,
    "p50_ms": 70.0,
    "p99_ms": 330.0,
    "error_rate": 0.0,
    "connections": 7.0,
    "redis_bytes": 3_100_000.0,
    "redis_max_bytes": 0.0,
}
_FEW = {"queue_celery": 0.0, "queue_sync": 1.0, "workers": 1.0, "daily_users": 3.0, "registered_users": 12.0}
_RARE = {"activities_a_day": 9.0, "conversations_a_day": 4.0, "syncs_a_day": 12.0}
CALM = {"production": _CALM, "staging": _CALM | _QUIET | _FEW | _RARE}
# Handler, method, its share of the requests, and its share of the errors.
ENDPOINTS = (
    ("/v1/activities", "GET", 0.40, 0.15),
    ("/v1/activities/{activity_id}", "GET", 0.25, 0.05),
    ("/v1/coach/messages", "POST", 0.15, 0.55),
    ("/v1/strava/webhook", "POST", 0.12, 0.25),
    ("/v1/auth/refresh", "POST", 0.08, 0.0),
)
REFUSED_SHARE = 0.06  # of the refreshed sign-ins: 4xx
HEALTH_A_MINUTE = 4.0
CPU_A_REQUEST = 0.0011
"""vCPU of the API for each request a minute, where ``api_cpu`` is 1."""


@dataclass
class Tally:
    """What was counted between two times; ``latencies`` are cumulative by upper bound, the last one without an end."""

    requests: dict[tuple[str, str, str], float] = field(default_factory=dict)
    latencies: dict[float, float] = field(default_factory=dict)
    seconds: float = 0.0
    activities: float = 0.0
    conversations: float = 0.0
    syncs: dict[str, float] = field(default_factory=lambda: {"success": 0.0, "failure": 0.0})


def set_knobs(state: State, environment: str, at: float, **knobs: float) -> None:
    """Change what happens from ``at`` on. ValueError for a knob or an environment that there is not."""
    unknown = sorted(set(knobs) - set(_CALM))
    if unknown or environment not in CALM:
        raise ValueError(f"no such knob or environment: {', '.join(unknown) or environment}")
    state.setdefault("metrics", {}).setdefault(environment, []).append({"from": at, **knobs})


def stretches(state: State, environment: str, start: float, end: float) -> Iterator[tuple[float, float, Knobs]]:
    """Yield the parts of a time in which no knob changed, with their knobs; the last part may be of no length."""
    changes = sorted(state.get("metrics", {}).get(environment, []), key=lambda one: float(one["from"]))
    spells = troubles.spells(state, environment)
    edges = {float(change["from"]) for change in changes} | {moment for spell in spells for moment in (spell.begin, spell.end)}
    times = [start, *sorted(edge for edge in edges if start < edge <= end)]
    for begin, stop in pairwise([*times, end]):
        knobs = dict(CALM[environment])
        for change in changes:
            if float(change["from"]) <= begin:
                knobs |= {name: float(value) for name, value in change.items() if name != "from"}
        for spell in spells:
            if spell.begin <= begin < spell.end:
                knobs |= spell.knobs
        yield begin, stop, knobs


def knobs_at(state: State, environment: str, at: float) -> tuple[float, Knobs]:
    """Return the knobs at a time, and since when they stand so."""
    last = list(stretches(state, environment, -math.inf, at))[-1]
    return last[0], last[2]


def tally(state: State, environment: str, start: float, end: float) -> Tally:
    """Return what was counted from ``start`` to ``end``."""
    made = Tally()
    for begin, stop, knobs in stretches(state, environment, start, max(start, end)):
        asked = _waves(begin, stop) * knobs["requests_per_minute"] / MINUTE
        days = _week(state, stop) - _week(state, begin)
        _add_requests(made, asked, knobs, (stop - begin) / MINUTE * HEALTH_A_MINUTE)
        made.activities += knobs["activities_a_day"] * days
        made.conversations += knobs["conversations_a_day"] * days
        made.syncs["success"] += knobs["syncs_a_day"] * days * knobs["sync_success"]
        made.syncs["failure"] += knobs["syncs_a_day"] * days * (1.0 - knobs["sync_success"])
    return made


def between(state: State, environment: str, start: float, end: float) -> Tally:
    """Return what whole counters gained from ``start`` to ``end``: nothing happens in fractions."""
    origin = start - start % DAY - DAY
    before, after = tally(state, environment, origin, start), tally(state, environment, origin, end)
    return Tally(
        requests=_gained(before.requests, after.requests),
        latencies=_gained(whole_latencies(before), whole_latencies(after)),
        seconds=after.seconds - before.seconds,
        activities=float(math.floor(after.activities) - math.floor(before.activities)),
        conversations=float(math.floor(after.conversations) - math.floor(before.conversations)),
        syncs=_gained(before.syncs, after.syncs),
    )


def whole_latencies(counted: Tally) -> dict[float, float]:
    """Return whole cumulative counts by bound, as many as whole requests between each bound and the next one make.

    So a slow request is there when one has been counted, not by rounding among few.
    """
    whole, below, made = 0, 0.0, {}
    for bound, count in sorted(counted.latencies.items()):
        whole += math.floor(count - below)
        below, made[bound] = count, float(whole)
    return made


def _gained(before: dict[K, float], after: dict[K, float]) -> dict[K, float]:
    return {key: float(math.floor(count) - math.floor(before.get(key, 0.0))) for key, count in after.items()}


def load(at: float) -> float:
    """Return how busy an hour is against the mean of its day: few ask at night, most in the evening."""
    turn = 2.0 * math.pi / DAY
    return 1.0 - 0.3 * math.cos(turn * (at - 3 * HOUR)) + 0.1 * math.cos(2.0 * turn * (at - 7 * HOUR))


def _waves(begin: float, stop: float) -> float:
    """Return a time in seconds, each weighted with its load."""
    turn = 2.0 * math.pi / DAY

    def passed(at: float) -> float:
        return -0.3 / turn * math.sin(turn * (at - 3 * HOUR)) + 0.05 / turn * math.sin(2.0 * turn * (at - 7 * HOUR))

    return (stop - begin) + passed(stop) - passed(begin)


def began(state: State) -> float:
    """Return when the world began, as far as its project's age tells."""
    return float(state["repository"]["created_at"]) + AGE_DAYS * DAY


def _week(state: State, at: float) -> float:
    """Return days up to a time, some of a week weighted more than others; the last one before the world began is a mean one."""
    turn = 2.0 * math.pi / WEEK
    middle = began(state) - DAY / 2.0
    return (at - middle) / DAY - 0.2 / (turn * DAY) * math.cos(turn * (at - middle))


def _add_requests(made: Tally, asked: float, knobs: Knobs, health: float) -> None:
    errors = asked * knobs["error_rate"]
    rows: dict[tuple[str, str, str], float] = {("/health", "GET", "2xx"): health}
    for handler, method, share, wrong in ENDPOINTS:
        failed = min(errors * wrong, asked * share)
        refused = (asked * share - failed) * REFUSED_SHARE if handler == "/v1/auth/refresh" else 0.0
        rows[handler, method, "5xx"] = failed
        rows[handler, method, "4xx"] = refused
        rows[handler, method, "2xx"] = asked * share - failed - refused
    for key, count in rows.items():
        if count > 0:
            made.requests[key] = made.requests.get(key, 0.0) + count
    for bound, share in zip((*BOUNDS, math.inf), _shares(knobs["p50_ms"], knobs["p99_ms"]), strict=True):
        made.latencies[bound] = made.latencies.get(bound, 0.0) + asked * share + health
    made.seconds += asked * knobs["p50_ms"] / 1000.0


@lru_cache(maxsize=256)
def _shares(p50_ms: float, p99_ms: float) -> tuple[float, ...]:
    """Return the share of requests that take at most each bound: log-normal through the median and the 99th percentile."""
    middle, slow = p50_ms / 1000.0, max(p99_ms, p50_ms * 1.01) / 1000.0
    spread = math.log(slow / middle) / 2.3263478740408408
    return (*(0.5 * (1.0 + math.erf(math.log(bound / middle) / (spread * math.sqrt(2.0)))) for bound in BOUNDS), 1.0)


def is_up(state: State, environment: str) -> bool:
    """Say whether the API of an environment answers."""
    entry = deploys.live(state, environment, "api")
    knob = state.get("site", {}).get(environment, {}).get("api", "ok")
    return entry is not None and entry["state"] != "crashed" and knob in GOOD


def started(state: State, environment: str) -> float | None:
    """Return when the API's process began: with the deployment that serves; None when nothing does."""
    entry = deploys.live(state, environment, "api")
    return None if entry is None or entry["live_from"] is None else float(entry["live_from"])
