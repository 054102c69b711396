"""Measured values for the hand-made facts: a calm hour of production and staging, and functions to change it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.reading import Reading

from .facts import NOW, calm

FIVE = timedelta(minutes=5)
Q = Quantity


def series(
    quantity: Quantity,
    *values: float | None,
    environment: str = "production",
    source: str = "prometheus",
    part: str = "",
    n: int | None = None,
    end: datetime = NOW,
) -> Series:
    """Return samples a minute apart that end at ``end``."""
    samples = tuple(Sample(end - timedelta(minutes=len(values) - 1 - i), value, n) for i, value in enumerate(values))
    window = FIVE if quantity in (Q.P50, Q.P95, Q.P99, Q.ERROR_RATE, Q.REQUESTS) else None
    return Series(quantity, environment, source, samples, part, window, n)


def hour(**changes: tuple[float | None, ...]) -> tuple[Series, ...]:
    """Return the last minutes of each quantity; ``changes`` name quantities with other values."""
    calm_values: dict[str, tuple[float | None, ...]] = {
        "p50": (48.0,) * 10,
        "p95": (310.0,) * 10,
        "p99": (780.0,) * 10,
        "error_rate": (0.004,) * 10,
        "requests": (412.0,) * 10,
        "connections": (41.0,) * 10,
        "connections_max": (100.0,) * 10,
        "redis_memory": (61e6,) * 10,
        "daily_active_users": (214.0,) * 10,
        "activities_synced": (1032.0,) * 10,
        "strava_sync_success": (0.991,) * 10,
    }
    counted = ("p50", "p95", "p99", "error_rate", "requests")
    found = [
        series(Q(name), *values, n=412 if name in counted else 1041 if name == "strava_sync_success" else None)
        for name, values in {**calm_values, **changes}.items()
    ]
    queues = (("celery", 12.0), ("sync", 3.0))
    return (*found, *(series(Q.QUEUE_DEPTH, *(v,) * 10, part=p) for p, v in queues))


ENDPOINTS = (EndpointErrors("POST", "/v1/coach", 40, 9, 2), EndpointErrors("GET", "/v1/activities/{id}", 12, 1))


def measured_facts(found: tuple[Series, ...] | None = None, *, seen: datetime = NOW, **more: Any) -> Facts:
    """Return calm facts with these series of production as both the hour and the present."""
    made = hour() if found is None else found
    present = Metrics("production", "prometheus", tuple(made), ENDPOINTS, ((Q.COACH_CONVERSATIONS, "export it"),))
    reading = Reading("prometheus", present, seen, more.pop("fault", None), seen, period=timedelta(minutes=1))
    past = Reading("history", tuple(made), seen, None, seen, period=timedelta(minutes=2))
    return calm(metrics={"production/prometheus": reading}, history={"production": past}, **more)
