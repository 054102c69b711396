"""Facts of a whole evening: measured values with an hour behind them, a month that costs, names, status pages, a ladder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from strideiq_console.domain.cost import Charges, CostKind, CostLine, MonthCosts
from strideiq_console.domain.dns import Resolution
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.reading import Level
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder

from .facts import NOW, calm, reading

WINDOW = timedelta(minutes=5)
_VALUES = {
    Quantity.P50: 48.0,
    Quantity.P95: 310.0,
    Quantity.P99: 640.0,
    Quantity.REQUESTS: 596.0,
    Quantity.ERROR_RATE: 0.004,
    Quantity.CONNECTIONS: 41.0,
    Quantity.CONNECTIONS_MAX: 100.0,
    Quantity.REDIS_MEMORY: 61_000_000.0,
    Quantity.REDIS_MEMORY_MAX: 268_435_456.0,
    Quantity.DAILY_ACTIVE_USERS: 214.0,
    Quantity.REGISTERED_USERS: 812.0,
    Quantity.ACTIVITIES_SYNCED: 1032.0,
    Quantity.COACH_CONVERSATIONS: 88.0,
    Quantity.STRAVA_SYNC_SUCCESS: 0.991,
    Quantity.STRAVA_SYNC_ATTEMPTS: 1041.0,
}
_COUNTED = (Quantity.P50, Quantity.P95, Quantity.P99, Quantity.REQUESTS, Quantity.ERROR_RATE, Quantity.STRAVA_SYNC_SUCCESS)


def hour(quantity: Quantity, value: float, environment: str = "production", *, bad: float | None = None, part: str = "") -> Series:
    """Return an hour of a quantity that wavers a little; with ``bad`` the last ten minutes are that."""
    times = [NOW - timedelta(minutes=m) for m in range(60, -1, -1)]
    samples = tuple(Sample(at, _fit(quantity, _value(n, value, bad, at))) for n, at in enumerate(times))
    n = 596 if quantity in _COUNTED else None
    return Series(quantity, environment, "prometheus", samples, part=part, window=WINDOW if quantity in _COUNTED else None, n=n)


def _value(n: int, value: float, bad: float | None, at: datetime) -> float:
    return bad if bad is not None and at >= NOW - timedelta(minutes=10) else value * (1 + (n % 7 - 3) / 50)


def _fit(quantity: Quantity, value: float) -> float:
    """Return a value that there can be: counts are whole, a share is at most all, a limit stands still."""
    if quantity in (Quantity.CONNECTIONS_MAX, Quantity.REDIS_MEMORY_MAX):
        return _VALUES[quantity]
    return min(value, 1.0) if quantity.unit == "ratio" else value if quantity.unit == "ms" else float(round(value))


def measured(environment: str = "production", **bad: float) -> tuple[Metrics, tuple[Series, ...]]:
    """Return what Prometheus says of an environment, and its last hour; ``bad`` names quantities that are worse of late."""
    past = [hour(quantity, value, environment, bad=bad.get(str(quantity))) for quantity, value in _VALUES.items()]
    past += [hour(Quantity.QUEUE_DEPTH, depth, environment, part=name) for name, depth in (("celery", 3.0), ("sync", 9.0))]
    present = tuple(replace(one, samples=one.samples[-1:]) for one in past)
    endpoints = (EndpointErrors("POST", "/v1/coach/messages", 89, 1),)
    return Metrics(environment, "prometheus", present, endpoints), tuple(past)


def charges(*, api: str = "6.12") -> MonthCosts:
    """Return what Railway charges for the running month: metered by component and environment, with its own projection."""
    lines = tuple(
        CostLine("railway", what, Decimal(amount), kind=CostKind.METERED, environment=environment, component=component)
        for what, amount, environment, component in (
            ("memory", api, "production", "api"),
            ("CPU", "1.90", "production", "api"),
            ("memory", "3.40", "production", "database"),
            ("memory", "0.60", "production", "redis"),
            ("memory", "2.10", "staging", "api"),
            ("memory", "1.10", "staging", "database"),
        )
    )
    start, end = NOW.replace(day=1, hour=0, minute=0, second=0), NOW
    month = Charges("railway", lines, start, end, minimum=Decimal(5))
    return MonthCosts("railway", month)


def whole(*, costs: dict[str, Any] | None = None, **bad: float) -> Facts:
    """Return the calm facts with everything that can be measured; ``bad`` as for :func:`measured`."""
    production, past = measured("production", **bad)
    staging, quiet = measured("staging")
    nothing = Charges("vercel", (CostLine("vercel", "Vercel", Decimal(0), kind=CostKind.ASSUMED, component="web"),), NOW, NOW)
    told = {"railway": charges(), "vercel": MonthCosts("vercel", nothing)}
    pages = {
        name: ProviderStatus(name, Level.OK, "All Systems Operational") for name in ("github", "vercel", "railway", "cloudflare")
    }
    hosts = (Resolution("strideiq.run", ("192.0.2.10",)), Resolution("api.strideiq.run", ("192.0.2.11",)))
    rungs = tuple(Rung(name, ("0040_shoes",)) for name in ("local", "staging", "production"))
    return calm(
        metrics={f"{one.environment}/prometheus": reading("prometheus", one) for one in (production, staging)},
        history={"production": reading("history", past, period=120), "staging": reading("history", quiet, period=120)},
        costs={name: reading(name, one, period=1800) for name, one in told.items()} if costs is None else costs,
        status={name: reading(f"{name} status", page, period=600) for name, page in pages.items()},
        names=reading("dns", hosts, period=1800),
        ladder=reading("migrations", SchemaLadder(rungs, (("0040_shoes", "0040.py"),)), period=600),
        mainline=reading("git", (), period=20),
    )
