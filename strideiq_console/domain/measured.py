"""The present value of a quantity: the best source that tells it, and in a word why there is none (R102-R107, T29)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.metric import Metrics, Quantity, Series
from strideiq_console.domain.reading import Reading

PERIOD = timedelta(seconds=60)
"""For a reading that does not say how often it is renewed."""

LIMITS: Mapping[Quantity, Quantity] = {
    Quantity.CONNECTIONS: Quantity.CONNECTIONS_MAX,
    Quantity.POOL_USED: Quantity.POOL_SIZE,
    Quantity.REDIS_MEMORY: Quantity.REDIS_MEMORY_MAX,
    Quantity.MEMORY: Quantity.MEMORY_LIMIT,
    Quantity.CPU: Quantity.CPU_LIMIT,
}
"""What bounds a quantity, where something does."""

_REQUESTS = frozenset({Quantity.P50, Quantity.P95, Quantity.P99, Quantity.REQUESTS, Quantity.ERROR_RATE})
_RAILWAY = _REQUESTS | {
    *(Quantity.CPU, Quantity.CPU_LIMIT, Quantity.MEMORY, Quantity.MEMORY_LIMIT, Quantity.DISK),
    *(Quantity.NETWORK_RX, Quantity.NETWORK_TX),
}
_TELLS: Mapping[str, frozenset[Quantity]] = {
    "railway": _RAILWAY,
    "postgres": frozenset({Quantity.CONNECTIONS, Quantity.CONNECTIONS_MAX}),
    "redis": frozenset({Quantity.REDIS_MEMORY, Quantity.REDIS_MEMORY_MAX, Quantity.QUEUE_DEPTH, Quantity.WORKERS}),
}
_PAGE = frozenset(Quantity) - (_RAILWAY - _REQUESTS)


class MeasuredState(StrEnum):
    """What is known of a quantity. ``BLIND``: a source is configured and gives nothing; ``NO_SOURCE``: nobody tells it."""

    KNOWN = "known"
    TOO_FEW = "too few"
    NO_SOURCE = "no source"
    BLIND = "blind"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Measured:
    """One quantity of one environment, from the best source that tells it.

    ``value`` is in the quantity's unit; where there are several parts it is the worst of them, and ``part`` names it. ``limit`` is
    what bounds it (``max_connections``, ``maxmemory``), None where nothing is known to. ``n`` and ``window`` are of the value.
    ``seen`` is when it was told and ``age`` how long ago that is; ``note`` says what the source counts, or why there is no value.
    ``series`` is the last hour of this part, None when it is not known; ``parts`` are all parts as the source gives them.
    ``complete`` is false when a part is missing.
    """

    quantity: Quantity
    environment: str
    state: MeasuredState
    value: float | None = None
    n: int | None = None
    window: timedelta | None = None
    source: str = ""
    seen: datetime | None = None
    age: timedelta | None = None
    note: str = ""
    series: Series | None = None
    parts: tuple[Series, ...] = ()
    part: str = ""
    limit: float | None = None
    complete: bool = True

    @property
    def share(self) -> float | None:
        """Return the value by its limit; None where either is not known."""
        return self.value / self.limit if self.value is not None and self.limit else None


class MeasuredFacts(Protocol):
    """What of the facts is looked at here; ``domain.facts.Facts`` has it."""

    # The facts rest on the policies, and the alert policy on this module: so the facts are described and not imported.
    @property
    def environments(self) -> tuple[Environment, ...]:
        """Return every environment that is configured."""
        ...

    @property
    def metrics(self) -> Mapping[str, Reading[Metrics]]:
        """Return the readings by environment and source: ``production/prometheus``."""
        ...

    @property
    def history(self) -> Mapping[str, Reading[tuple[Series, ...]]]:
        """Return the last hour by environment."""
        ...


def readings_of(facts: MeasuredFacts, environment: str) -> Iterator[tuple[str, Reading[Metrics]]]:
    """Yield the sources of an environment by name with their readings, the most telling first."""
    for key, reading in facts.metrics.items():
        place, _, source = key.partition("/")
        if place == environment:
            yield source, reading


def fresh(reading: Reading[Metrics], now: datetime) -> bool:
    """Say whether a reading may be called the present: nothing hides a newer one, and it is not older than two periods."""
    age = reading.age(now)
    return reading.fault is None and age is not None and age <= 2 * (reading.period or PERIOD)


def tells(source: str, quantity: Quantity) -> bool:
    """Say whether a source may be expected to give a quantity; only the founder knows what commands and entries give."""
    if source == "prometheus" or source.startswith("page of "):
        return quantity in _PAGE
    return quantity in _TELLS.get(source, frozenset())


def measured(facts: MeasuredFacts, environment: str, quantity: Quantity, now: datetime) -> Measured:
    """Return what is known of a quantity: a fresh value first, then one of too few requests, then an old one, then why not."""
    found = [_of(source, reading, environment, quantity, now) for source, reading in readings_of(facts, environment)]
    order = (MeasuredState.KNOWN, MeasuredState.TOO_FEW, MeasuredState.STALE, MeasuredState.BLIND, MeasuredState.NO_SOURCE)
    # Of those that have no value, one that says why is worth more.
    best = min(found, key=lambda one: (order.index(one.state), one.value is None and not one.note), default=None)
    if best is None:
        return Measured(quantity, environment, MeasuredState.NO_SOURCE, note="no source of measured values is configured for it")
    age = None if best.seen is None else max(now - best.seen, timedelta(0))
    return replace(best, age=age, series=_past(facts, best))


def _of(source: str, reading: Reading[Metrics], environment: str, quantity: Quantity, now: datetime) -> Measured:
    nothing = Measured(quantity, environment, MeasuredState.NO_SOURCE, source=source, seen=reading.seen)
    metrics, fault = reading.value, reading.fault
    if metrics is None:
        if not tells(source, quantity) or (fault is not None and fault.kind is FaultKind.NOT_CONFIGURED):
            words = "" if fault is None else f"{fault.cause.rstrip('.')}: {fault.next_step}".rstrip(": ")
            return replace(nothing, note=words if tells(source, quantity) else "")
        return replace(nothing, state=MeasuredState.BLIND, note="not read yet" if fault is None else fault.cause.rstrip("."))
    parts = metrics.of(quantity)
    if not any(one.value is not None for one in parts):
        return _without_value(nothing, metrics, parts, current=fresh(reading, now))
    worst = max(parts, key=lambda one: _weight(metrics, one))
    latest, bound = worst.latest, _bound(metrics, worst)
    state = MeasuredState.TOO_FEW if worst.too_few else MeasuredState.KNOWN
    seen = reading.seen if latest is None or reading.seen is None else min(latest.at, reading.seen)
    note = worst.note
    if not fresh(reading, now):
        state, note = MeasuredState.STALE, fault.cause.rstrip(".") if fault is not None else note
    complete = all(one.complete and one.value is not None for one in parts)
    return replace(
        nothing,
        state=state,
        value=worst.value,
        n=worst.n,
        window=worst.window,
        source=worst.source,
        seen=seen,
        note=note,
        parts=parts,
        part=worst.part,
        limit=bound,
        complete=complete,
    )


def _without_value(nothing: Measured, metrics: Metrics, parts: tuple[Series, ...], *, current: bool) -> Measured:
    """Return why a source that answered gives no value: nothing was asked of it, it is not exported, or it could not be told."""
    why = next((words for quantity, words in metrics.missing if quantity is nothing.quantity), "")
    note = why or next((one.note for one in parts if one.note), "")
    source = parts[0].source if parts else nothing.source
    if any(one.too_few for one in parts):
        few = next(one for one in parts if one.too_few)
        state = MeasuredState.TOO_FEW if current else MeasuredState.STALE
        return replace(nothing, state=state, n=few.n, window=few.window, source=source, note=note, parts=parts)
    unbounded = nothing.quantity in LIMITS.values() and bool(parts) and not any(one.samples for one in parts)
    if unbounded or not (parts or (why and not metrics.complete)):
        # Of a source that is not expected to tell it, nothing needs to be said.
        return replace(nothing, source=source, note=note if why or parts or tells(nothing.source, nothing.quantity) else "")
    return replace(nothing, state=MeasuredState.BLIND, source=source, note=note or "it gives no value", parts=parts)


def _bound(metrics: Metrics, one: Series) -> float | None:
    limit = LIMITS.get(one.quantity)
    if limit is None:
        return None
    found = [bound for bound in metrics.of(limit) if bound.part == one.part and bound.value]
    return found[0].value if len(found) == 1 else None


def _weight(metrics: Metrics, one: Series) -> float:
    """Order parts by how bad they are: by the share of their limit, else by value; one without a value comes last."""
    value, bound = one.value, _bound(metrics, one)
    if value is None:
        return float("-inf")
    return value / bound if bound else value


def _past(facts: MeasuredFacts, now: Measured) -> Series | None:
    """Return the last hour of the value's part, ended by what is told now."""
    reading = facts.history.get(now.environment)
    mine = [one for one in (reading.value if reading is not None else None) or () if one.quantity is now.quantity]
    same = [one for one in mine if one.part == now.part]
    found = next((one for one in same if one.source == now.source), same[0] if same else None)
    present = next((one for one in now.parts if one.part == now.part), None)
    if found is None or present is None or found.source != present.source:
        return found
    last = found.samples[-1].at if found.samples else None
    newer = tuple(sample for sample in present.samples if last is None or sample.at > last)
    return replace(found, samples=(*found.samples, *newer), n=present.n) if newer else found
