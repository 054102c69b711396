"""What Railway's edge saw of an environment's API: every request, derived from the world's traffic, so counts and logs agree.

The n-th request of a kind comes when the counted traffic of that kind passes n. While nothing serves the API, or what serves it
has crashed, every request is answered with 502.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from strideiq_console.sandbox import deploys, traffic

State = dict[str, Any]
Kind = tuple[str, str, int]
STATUSES = {"2xx": 200, "4xx": 401, "5xx": 500}
DOWN = 502
UNREMEMBERED = "unremembered"
HEALTH = "/health"
HEALTH_MS = (5.0, 9.0)
STRETCH = 60.0
SEARCHED = 20_000
_UNSAID_OUTAGE = 300.0  # an outage that a knob of the site says has no beginning of its own


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``path`` as it was asked for, ``took`` in milliseconds, the ``deployment`` that was there for it."""

    at: float
    method: str
    path: str
    status: int
    took: int
    key: str
    deployment: str


def serving(state: State, environment: str, start: float, end: float) -> list[tuple[float, float, str, bool]]:
    """Return the parts of a time as begin, end, the id of the deployment and whether it answered.

    Before the first deployment that is still known, others have answered since the project began.
    """
    mine = [e for e in deploys.records(state) if e["provider"] == "railway" and e["environment"] == environment]
    served = sorted((e for e in mine if e["live_from"] is not None), key=lambda e: float(e["live_from"]))
    knob = state.get("site", {}).get(environment, {}).get("api", "ok")
    out = math.inf if knob in traffic.GOOD else end - _UNSAID_OUTAGE
    parts = _unremembered(state, served, start, end)
    for number, entry in enumerate(served):
        until = float(served[number + 1]["live_from"]) if number + 1 < len(served) else math.inf
        edges = [(float(entry["live_from"]), True)]
        for step, at in entry["history"]:
            if at > entry["live_from"] and step in ("ready", "crashed", "removed", "stopped"):
                edges.append((float(at), step == "ready"))
        for (begin, good), after in zip(edges, [*[at for at, _ in edges[1:]], until], strict=True):
            low, high = max(begin, start), min(after, end, until)
            for a, b, up in ((low, min(high, out), good), (max(low, out), high, False)):
                if b > a:
                    parts.append((a, b, entry["id"], up))
    return parts


def _unremembered(state: State, served: Sequence[Any], start: float, end: float) -> list[tuple[float, float, str, bool]]:
    if not served:
        return []
    low = max(start, float(state["repository"]["created_at"]))
    high = min(end, float(served[0]["live_from"]))
    return [(low, high, UNREMEMBERED, True)] if high > low else []


def counted(state: State, environment: str, start: float, end: float) -> dict[Kind, int]:
    """Return how many requests of each kind (handler, method, status) came from ``start`` to ``end``."""
    found: dict[Kind, int] = {}
    for begin, stop, _, up in serving(state, environment, start, end):
        before, after = _passed(state, environment, begin), _passed(state, environment, stop)
        for (handler, method, family), count in after.items():
            kind = (handler, method, STATUSES[family] if up else DOWN)
            number = math.floor(count) - math.floor(before.get((handler, method, family), 0.0))
            if number:
                found[kind] = found.get(kind, 0) + number
    return found


def backwards(
    state: State, environment: str, start: float, end: float, deployment: str = "", status: Callable[[int], bool] = bool
) -> Iterator[Request]:
    """Yield requests from ``end`` back to ``start``, with ``deployment`` only those that it was there for.

    Only those of a wanted ``status`` are made: few among many are found in time. A search ends after 20,000.
    """
    return itertools.islice(_backwards(state, environment, start, end, deployment, status), SEARCHED)


def _backwards(
    state: State, environment: str, start: float, end: float, deployment: str, status: Callable[[int], bool]
) -> Iterator[Request]:
    for begin, stop, identifier, up in reversed(serving(state, environment, start, end)):
        if deployment not in ("", identifier):
            continue
        edge = stop
        while edge > begin:
            low = max(begin, math.ceil(edge / STRETCH) * STRETCH - STRETCH)
            yield from reversed(_between(state, environment, low, edge, identifier if up else "", identifier, status))
            edge = low


def percentile(parts: Sequence[tuple[float, float, float]], share: float) -> float:
    """Return the duration in ms below which ``share`` of a mixture lies: (weight, median, 99th percentile) each."""
    whole = sum(weight for weight, _, _ in parts)
    low, high = 0.1, 600_000.0
    for _ in range(40):
        middle = math.sqrt(low * high)
        below = sum(weight * _share_below(middle, median, slow) for weight, median, slow in parts)
        low, high = (middle, high) if below < share * whole else (low, middle)
    return round(math.sqrt(low * high), 1)


def mixture(
    state: State, environment: str, start: float, end: float, path: str | None, status: int | None = None
) -> list[tuple[float, float, float]]:
    """Return what a time's durations are made of, as :func:`percentile` wants it; empty when nothing was asked."""
    parts: list[tuple[float, float, float]] = []
    for begin, stop, _, up in serving(state, environment, start, end):
        for low, high, knobs in traffic.stretches(state, environment, begin, stop):
            if high <= low:
                continue
            asked = health = 0.0
            for (handler, _, code), number in _kinds(state, environment, low, high, up).items():
                if path not in (None, handler) or status not in (None, code):
                    continue
                health, asked = (health + number, asked) if handler == HEALTH else (health, asked + number)
            parts += [(asked, knobs["p50_ms"], knobs["p99_ms"])] if asked else []
            parts += [(health, *HEALTH_MS)] if health else []
    return parts


def _kinds(state: State, environment: str, low: float, high: float, up: bool) -> dict[Kind, float]:
    before, after = _passed(state, environment, low), _passed(state, environment, high)
    made: dict[Kind, float] = {}
    for (handler, method, family), count in after.items():
        kind = (handler, method, STATUSES[family] if up else DOWN)
        made[kind] = made.get(kind, 0.0) + count - before.get((handler, method, family), 0.0)
    return made


def _passed(state: State, environment: str, at: float) -> dict[tuple[str, str, str], float]:
    """Return the traffic from the project's beginning until a time."""
    return traffic.tally(state, environment, float(state["repository"]["created_at"]), at).requests


def _between(
    state: State, environment: str, start: float, end: float, answering: str, deployment: str, status: Callable[[int], bool]
) -> list[Request]:
    """Return the requests of a short time, oldest first."""
    before, after = _passed(state, environment, start), _passed(state, environment, end)
    knobs = traffic.knobs_at(state, environment, start)[1]
    found = []
    for (handler, method, family), count in after.items():
        base = before.get((handler, method, family), 0.0)
        code = STATUSES[family] if answering else DOWN
        if not status(code):
            continue
        for number in range(math.floor(base) + 1, math.floor(count) + 1):
            at = start + (end - start) * (number - base) / (count - base)
            key = hashlib.sha256(f"{environment} {handler} {method} {family} {number}".encode()).hexdigest()
            median, slow = HEALTH_MS if handler == HEALTH else (knobs["p50_ms"], knobs["p99_ms"])
            took = max(1, round(_duration(int(key[:8], 16) / 0xFFFFFFFF, median, slow))) if answering else 3
            path = handler.replace("{activity_id}", str(int(key[8:14], 16)))
            found.append(Request(at, method, path, code, took, key, deployment))
    return sorted(found, key=lambda one: (one.at, one.key))


def _spread(median: float, slow: float) -> float:
    return math.log(max(slow, median * 1.01) / median) / 2.3263478740408408


def _share_below(bound: float, median: float, slow: float) -> float:
    return 0.5 * (1.0 + math.erf(math.log(bound / median) / (_spread(median, slow) * math.sqrt(2.0))))


def _duration(lot: float, median: float, slow: float) -> float:
    """Return the duration that a lot between 0 and 1 draws from the log-normal curve."""
    low, high = -4.0, 4.0
    for _ in range(20):
        middle = (low + high) / 2.0
        low, high = (middle, high) if 0.5 * (1.0 + math.erf(middle / math.sqrt(2.0))) < lot else (low, middle)
    return median * math.exp(_spread(median, slow) * low)
