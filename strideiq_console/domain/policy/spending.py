"""What one provider's reading says of the running month: each part of it with its forecast, and how that was reckoned (R119)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from strideiq_console.domain.cost import Charges, CostKind, CostLine, MonthCosts, total
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.reading import Look, Reading

_DAY = timedelta(days=1)
_PERIOD = timedelta(hours=1)
WEAKEST = (CostKind.ASSUMED, CostKind.ESTIMATED, CostKind.METERED, CostKind.ENTERED, CostKind.BILLED)
"""The kinds of amounts: what may be said of a sum is what may be said of its weakest part."""
TOO_EARLY = "too early to reckon: less than a day of the month is over"


@dataclass(frozen=True, slots=True)
class Span:
    """A calendar month, UTC, ``start`` inclusive and ``end`` exclusive; ``now`` lies in it."""

    start: datetime
    end: datetime
    now: datetime

    @property
    def name(self) -> str:
        """Return the month as entries name it: ``2026-11``."""
        return f"{self.start:%Y-%m}"

    def holds(self, charges: Charges) -> bool:
        """Say whether charges are of this month."""
        return self.start <= charges.start < self.end

    def share(self, at: datetime) -> Decimal | None:
        """Return how much of the month is over at a time, 0 to 1; None in its first day, where a straight line would lie."""
        over = min(at, self.end) - self.start
        if over < _DAY:
            return None
        return Decimal(over // timedelta(seconds=1)) / Decimal((self.end - self.start) // timedelta(seconds=1))


def span_of(now: datetime) -> Span:
    """Return the month that a time lies in."""
    at = now.astimezone(UTC)
    start = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Span(start, (start + 31 * _DAY).replace(day=1), at)


@dataclass(frozen=True, slots=True)
class Spent:
    """One provider's amount for one component in one environment (``""``: it does not tell).

    ``actual`` is what was spent so far, ``forecast`` the whole month, ``method`` how that was reckoned. A figure that is not
    complete is a lower bound.
    """

    component: str
    environment: str
    actual: Decimal
    forecast: Decimal
    complete: bool
    forecast_complete: bool
    kind: CostKind
    method: str
    uses: tuple[CostLine, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider told of the running month; ``known`` is false when it told nothing of it.

    ``minimum`` is what is paid even when less is used. ``projection`` is its own estimate of the whole month, None where it makes
    none that fits the calendar month. ``fault`` is why nothing newer is known; ``notes`` are sentences to show.
    """

    provider: str
    known: bool = False
    complete: bool = False
    spent: tuple[Spent, ...] = ()
    minimum: Decimal = Decimal(0)
    projection: Decimal | None = None
    projection_complete: bool = True
    before: Decimal | None = None
    before_complete: bool = True
    seen: datetime | None = None
    fault: Fault | None = None
    notes: tuple[str, ...] = ()

    @property
    def configured(self) -> bool:
        """Say whether anybody has configured the provider."""
        return self.fault is None or self.fault.kind is not FaultKind.NOT_CONFIGURED


def name_of(provider: str) -> str:
    """Return a provider as it writes itself."""
    return {"github": "GitHub"}.get(provider, provider.title())


def spending(provider: str, reading: Reading[MonthCosts], span: Span, currency: str) -> Told:
    """Return what a reading says of the month that ``span`` names. One of another month says nothing of it.

    A reading that failed or is stale is a lower bound: what was spent since then is missing.
    """
    value, name = reading.value, name_of(provider)
    if value is None or not span.holds(value.charges):
        why = f"{name}: {reading.fault.cause}" if reading.fault is not None else f"{name}: nothing is known of this month yet"
        return Told(provider, fault=reading.fault, seen=None, notes=(why,))
    current = reading.look(span.now, reading.period or _PERIOD) is Look.FRESH
    charges = value.charges
    lines, foreign = _in_currency(charges.lines, currency)
    complete = current and charges.complete and reading.complete and not foreign
    told = Told(
        provider,
        known=True,
        complete=complete,
        minimum=charges.minimum,
        seen=reading.seen,
        fault=reading.fault,
        notes=tuple(note for note in (*_behind(name, reading, current), *foreign, f"{name}: {charges.note}") if note[-2:] != ": "),
    )
    told = _projected(told, name, value.projection, span, currency)
    if value.before is not None:
        kept, others = _in_currency(value.before.lines, currency)
        before = max(total(kept), value.before.minimum)
        told = replace(told, before=before, before_complete=value.before.complete and not others)
    usable = value.projection if told.projection is not None else None
    return replace(told, spent=tuple(_parts(told, lines, usable, span, reading.seen or charges.end)))


def _behind(name: str, reading: Reading[MonthCosts], current: bool) -> tuple[str, ...]:
    if reading.fault is not None:
        return (f"{name}: {reading.fault.cause}; what was spent since the last reading is missing",)
    return () if current else (f"{name}: the reading is old; what was spent since is missing",)


def _in_currency(lines: Iterable[CostLine], currency: str) -> tuple[tuple[CostLine, ...], tuple[str, ...]]:
    """Part lines into those of the plan's currency and sentences on the others, which no sum can hold."""
    kept, others = [], []
    for line in lines:
        if line.currency == currency:
            kept.append(line)
        else:
            others.append(f"{line.what}: {line.amount:.2f} {line.currency} cannot be added to {currency}")
    return tuple(kept), tuple(others)


def _projected(told: Told, name: str, projection: Charges | None, span: Span, currency: str) -> Told:
    """Take a projection over where its period is the calendar month; another period is named and left out."""
    if projection is None:
        return told
    if not span.holds(projection) or projection.start - span.start >= _DAY:
        period = f"{projection.start:%d %b} to {projection.end:%d %b}"
        return replace(told, notes=(*told.notes, f"{name}'s projection is for {period}, not for this month: it is not used"))
    lines, others = _in_currency(projection.lines, currency)
    return replace(told, projection=total(lines), projection_complete=projection.complete and not others)


def _parts(told: Told, lines: tuple[CostLine, ...], projection: Charges | None, span: Span, seen: datetime) -> Iterable[Spent]:
    groups: dict[tuple[str, str], list[CostLine]] = {}
    for line in lines:
        groups.setdefault((line.component or "", line.environment or ""), []).append(line)
    factors = _factors(lines, projection)
    for (component, environment), members in groups.items():
        actual = total(members)
        forecast, method, sure = _forecast(members, factors, span, seen)
        yield Spent(
            component,
            environment,
            actual,
            max(forecast, actual),
            told.complete,
            sure and (told.complete if not factors else told.projection_complete and told.complete),
            _kind(members),
            method if not factors else f"{told.provider}'s own projection, by use",
            tuple(members),
        )


def _factors(lines: tuple[CostLine, ...], projection: Charges | None) -> Mapping[str, Decimal]:
    """Return by how much each measurement is projected to grow to the month's end; empty without a projection.

    A provider projects CPU or memory as one sum: each part grows as its measurement does, so the parts add up to the projection.
    """
    if projection is None:
        return {}
    whole: dict[str, Decimal] = {}
    for line in lines:
        whole[line.what] = whole.get(line.what, Decimal(0)) + line.amount
    ahead: dict[str, Decimal] = {}
    for line in projection.lines:
        ahead[line.what] = ahead.get(line.what, Decimal(0)) + line.amount
    return {what: max(amount / whole[what], Decimal(1)) for what, amount in ahead.items() if whole.get(what, Decimal(0)) > 0}


def _forecast(members: list[CostLine], factors: Mapping[str, Decimal], span: Span, seen: datetime) -> tuple[Decimal, str, bool]:
    """Return the month's sum, how it was reckoned, and whether it is more than a lower bound."""
    if factors:
        return sum((line.amount * factors.get(line.what, Decimal(1)) for line in members), Decimal(0)), "", True
    fixed = total(line for line in members if not _grows(line))
    growing = total(line for line in members if _grows(line))
    if not any(_grows(line) for line in members):
        return fixed, "assumed" if _kind(members) is CostKind.ASSUMED else "billed once a month", True
    return straight(growing, span, seen, fixed)


def straight(growing: Decimal, span: Span, at: datetime, fixed: Decimal = Decimal(0)) -> tuple[Decimal, str, bool]:
    """Return an amount drawn on as a straight line to the month's end, its method, and whether it is more than a lower bound."""
    share = span.share(at)
    if share is None:
        return growing + fixed, TOO_EARLY, False
    return growing / share + fixed, f"linear: {share:.0%} of the month was over", True


def _grows(line: CostLine) -> bool:
    return line.usage and line.kind is not CostKind.ASSUMED


def _kind(members: list[CostLine]) -> CostKind:
    return min((line.kind for line in members), key=WEAKEST.index)
