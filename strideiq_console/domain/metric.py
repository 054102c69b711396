"""Measured values in one vocabulary: Railway, Prometheus, a scraped page, a database, a broker, an entry by hand (R102-R107)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ENOUGH = 20
"""Requests below which a percentile or a rate says nothing (R102, R108)."""


class Quantity(StrEnum):
    """What is measured. The word is the key of ``--json`` and of the settings."""

    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    REQUESTS = "requests"
    ERROR_RATE = "error_rate"
    CPU = "cpu"
    CPU_LIMIT = "cpu_limit"
    MEMORY = "memory"
    MEMORY_LIMIT = "memory_limit"
    DISK = "disk"
    NETWORK_RX = "network_rx"
    NETWORK_TX = "network_tx"
    CONNECTIONS = "connections"
    CONNECTIONS_MAX = "connections_max"
    POOL_USED = "pool_used"
    POOL_SIZE = "pool_size"
    REDIS_MEMORY = "redis_memory"
    REDIS_MEMORY_MAX = "redis_memory_max"
    QUEUE_DEPTH = "queue_depth"
    WORKERS = "workers"
    DAILY_ACTIVE_USERS = "daily_active_users"
    REGISTERED_USERS = "registered_users"
    ACTIVITIES_SYNCED = "activities_synced"
    COACH_CONVERSATIONS = "coach_conversations"
    STRAVA_SYNC_SUCCESS = "strava_sync_success"
    STRAVA_SYNC_ATTEMPTS = "strava_sync_attempts"

    @property
    def unit(self) -> str:
        """Return the unit that every provider converts to: ``ms``, ``ratio`` (0 to 1), ``vcpu``, ``bytes`` or ``""`` (a count)."""
        return _UNITS.get(self, "")


_UNITS = {
    Quantity.P50: "ms",
    Quantity.P95: "ms",
    Quantity.P99: "ms",
    Quantity.ERROR_RATE: "ratio",
    Quantity.STRAVA_SYNC_SUCCESS: "ratio",
    Quantity.CPU: "vcpu",
    Quantity.CPU_LIMIT: "vcpu",
    Quantity.MEMORY: "bytes",
    Quantity.MEMORY_LIMIT: "bytes",
    Quantity.DISK: "bytes",
    Quantity.NETWORK_RX: "bytes",
    Quantity.NETWORK_TX: "bytes",
    Quantity.REDIS_MEMORY: "bytes",
    Quantity.REDIS_MEMORY_MAX: "bytes",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of a series: an aware time and a finite value in the quantity's unit. None is a gap, never zero.

    ``n`` is how many requests stand behind it, None where that is not known or nothing is counted.
    """

    at: datetime
    value: float | None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one quantity, oldest first, of one environment as one source gives them.

    ``part`` tells series of one quantity apart: a queue's name, a component, a worker process; ``""`` where there is one alone.
    ``window`` is the time that each sample sums up, ``n`` how many requests stand behind the newest one (None: not known),
    ``note`` what the source counts or why there is no sample ("no maxmemory set"; R105, R106). ``complete`` is false when some
    samples or parts are known to be missing.
    """

    quantity: Quantity
    environment: str
    source: str
    samples: tuple[Sample, ...] = ()
    part: str = ""
    window: timedelta | None = None
    n: int | None = None
    note: str = ""
    complete: bool = True

    @property
    def latest(self) -> Sample | None:
        """Return the newest sample that has a value; None when there is none."""
        return next((sample for sample in reversed(self.samples) if sample.value is not None), None)

    @property
    def value(self) -> float | None:
        """Return the newest value; None when there is none."""
        latest = self.latest
        return None if latest is None else latest.value

    @property
    def too_few(self) -> bool:
        """Say whether so few requests stand behind it that it says nothing (R102)."""
        return self.n is not None and self.n < ENOUGH


@dataclass(frozen=True, slots=True)
class EndpointErrors:
    """Answers of one endpoint in a window (R103): ``errors`` are 5xx, ``refused`` 4xx, ``requests`` all. Ids are collapsed."""

    method: str
    path: str
    requests: int
    errors: int
    refused: int = 0

    @property
    def rate(self) -> float | None:
        """Return errors by requests from 0 to 1; None when nothing was asked."""
        return self.errors / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one source knows of one environment: its series, and the endpoints with the most errors, worst first.

    ``endpoints`` is None when the source cannot tell. ``missing`` names quantities that were asked for and are not exported, each
    with a sentence of why. ``complete`` is false when parts are known to be missing; ``note`` says which.
    ``endpoints_complete`` is false when the endpoints alone are a part, such as those of a log that is read for a bounded time.
    """

    environment: str
    source: str
    series: tuple[Series, ...] = ()
    endpoints: tuple[EndpointErrors, ...] | None = None
    missing: tuple[tuple[Quantity, str], ...] = ()
    complete: bool = True
    note: str = ""
    endpoints_complete: bool = True

    def of(self, quantity: Quantity) -> tuple[Series, ...]:
        """Return every series of a quantity."""
        return tuple(series for series in self.series if series.quantity is quantity)

    def value(self, quantity: Quantity) -> float | None:
        """Return the newest value of a quantity that has one series; None when there is none or several."""
        found = self.of(quantity)
        return found[0].value if len(found) == 1 else None


def worst_endpoints(endpoints: Iterable[EndpointErrors], limit: int = 10) -> tuple[EndpointErrors, ...]:
    """Return the endpoints with the most server errors, by count, then by rate; those without an error are left out (R103)."""
    wrong = [e for e in endpoints if e.errors]
    return tuple(sorted(wrong, key=lambda e: (-e.errors, -(e.rate or 0.0), e.method, e.path))[:limit])


_LONGEST_PATH = 200
_DEEPEST_PATH = 12
_ID = re.compile(
    r"""[0-9]+                                              # a number
    |   [0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}  # a UUID
    |   (?=[a-f]*[0-9])[0-9a-f]{8,}                         # hexadecimal with a digit
    |   (?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[0-9a-z_-]{20,}     # a token: long, letters and digits
    |   [0-9]{4}-[0-9]{2}(?:-[0-9]{2})?                     # a date
    |   [^/@]+(?:@|%40)[^/@]+                                    # an address of a person
    """,
    re.VERBOSE | re.IGNORECASE,
)


def collapse_path(path: str) -> str:
    """Return a request's path with ids as ``{id}``, so that one endpoint is one row (R103); the query is dropped.

    Pure and total: any text gives a path of at most 200 characters and 12 segments. Clean it before it is shown.
    """
    bare = path.split("?", 1)[0].split("#", 1)[0]
    segments = [segment for segment in bare.split("/") if segment]
    short = ["{id}" if _ID.fullmatch(segment) else segment for segment in segments[:_DEEPEST_PATH]]
    if len(segments) > _DEEPEST_PATH:
        short.append("…")
    joined = "/" + "/".join(short)
    return joined if len(joined) <= _LONGEST_PATH else joined[: _LONGEST_PATH - 1] + "…"
