"""The metrics panel: a row a quantity with its value, its last hour, its source and n; too few, no source and blind have words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.measured import Measured, MeasuredState, measured, readings_of
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.policy.alerting import AlertStanding, AlertState, standings
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.chart import spark_of
from strideiq_console.presentation.freshness import Freshness, freshness, together
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import above, limit_words, measured_cell

HEALTH: tuple[tuple[Quantity, str], ...] = (
    (Quantity.ERROR_RATE, "errors"),
    (Quantity.P99, "p99"),
    (Quantity.CONNECTIONS, "DB"),
    (Quantity.QUEUE_DEPTH, "queue"),
    (Quantity.REDIS_MEMORY, "redis"),
    (Quantity.P95, "p95"),
    (Quantity.P50, "p50"),
)
BUSINESS: tuple[tuple[Quantity, str], ...] = (
    (Quantity.DAILY_ACTIVE_USERS, "DAU"),
    (Quantity.ACTIVITIES_SYNCED, "synced"),
    (Quantity.COACH_CONVERSATIONS, "coach"),
    (Quantity.STRAVA_SYNC_SUCCESS, "Strava"),
)
FURTHER: tuple[tuple[Quantity, str], ...] = (
    (Quantity.REQUESTS, "requests"),
    (Quantity.WORKERS, "workers"),
    (Quantity.POOL_USED, "pool"),
    (Quantity.CPU, "CPU"),
    (Quantity.MEMORY, "memory"),
    (Quantity.REGISTERED_USERS, "accounts"),
)
"""What an opened panel shows beside the document's own; of these, only what somebody tells."""

_NAMES = dict((*HEALTH, *BUSINESS, *FURTHER))
_SEVEN_DAYS = frozenset(quantity for quantity, _ in BUSINESS) | {Quantity.REGISTERED_USERS}
_BESIDE = 18
"""Letters beside a number that an opened panel always has room for."""
CONFIGURE = "set url in [prometheus], metrics in [environments.production] or project in [railway] of config.toml, then r"


def name_of(quantity: Quantity) -> str:
    """Return the short name of a quantity."""
    return _NAMES.get(quantity, str(quantity).replace("_", " "))


def key_of(environment: str, quantity: Quantity) -> str:
    """Return the key of a row: ``production/p99``."""
    return f"{environment}/{quantity}"


def of_key(key: str) -> tuple[str, Quantity] | None:
    """Return environment and quantity of a row's key; None for a key of no such row."""
    environment, _, word = key.partition("/")
    return (environment, Quantity(word)) if environment and word in set(Quantity) else None


def span_of(quantity: Quantity) -> timedelta:
    """Return the time that a quantity's sparkline shows: business numbers sum up days, so theirs is a week (R107)."""
    return timedelta(days=7) if quantity in _SEVEN_DAYS else timedelta(hours=1)


def served(facts: Facts) -> tuple[Environment, ...]:
    """Return the environments that can be measured, production first."""
    return tuple(sorted((e for e in facts.environments if not e.local), key=lambda e: not e.production))


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return production's numbers; what an alert says is above its limit stands first."""
    places = served(facts)[:1]
    columns = (
        Column("", 2),
        Column("metric", 7),
        Column("now", 16),
        Column("1 h, business 7 d", 21 if narrow else 10),
        Column("n and source"),
    )
    rows = _rows(facts, places, now, glyphs, columns[3].width or 10, named=False, more=False)
    where = f"{places[0].name} · 1 h" if places else ""
    return _table(facts, places, now, columns, rows, where)


def all_table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return every quantity of every environment, for the opened panel."""
    places = served(facts)
    columns = (Column("", 2), Column("where", 11), Column("metric", 9), Column("now", 19), Column("n and source"))
    rows = _rows(facts, places, now, glyphs, 0, named=True, more=True)
    return _table(facts, places, now, columns, rows, f"{len(rows)} metrics")


def _table(
    facts: Facts, places: tuple[Environment, ...], now: datetime, columns: tuple[Column, ...], rows: tuple[Row, ...], footer: str
) -> Table:
    if not measuring(facts):
        return Table(columns, (), Look.NOT_CONFIGURED, f"There is no source of measured values yet: {CONFIGURE}.")
    fresh = fresh_of(facts, places, now)
    return Table(columns, rows, fresh.look, fresh.notice, footer, fresh.age)


def fresh_of(facts: Facts, places: Iterable[Environment], now: datetime) -> Freshness:
    """Judge the sources of environments together."""
    return together(
        freshness(reading, f"metrics/{place.name}/{source}", now)
        for place in places
        for source, reading in readings_of(facts, place.name)
    )


def _rows(
    facts: Facts, places: Iterable[Environment], now: datetime, glyphs: Glyphs, spark: int, *, named: bool, more: bool
) -> tuple[Row, ...]:
    places = tuple(places)
    judged = standings(facts, now, only=places[0].name if len(places) == 1 else "")
    found: list[tuple[int, Row]] = []
    for place in places:
        for one, name in shown(facts, place, now, more=more):
            quantity = one.quantity
            mine = next((s for s in judged if s.environment == place.name and s.rule.quantity is quantity), None)
            cells = _cells(facts, one, name, mine, now, glyphs, spark)
            where = (Cell(place.name, Tone.PLAIN if place.production else Tone.MUTED),) if named else ()
            row = Row(key_of(place.name, quantity), (cells[0], *where, *cells[1:]))
            found.append((0 if mine is not None and mine.raised else 1, row))
    return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


def measuring(facts: Facts) -> bool:
    """Say whether any source of measured values is configured."""
    return any(True for place in served(facts) for _ in readings_of(facts, place.name))


def shown(facts: Facts, place: Environment, now: datetime, *, more: bool) -> Iterator[tuple[Measured, str]]:
    """Yield the quantities of an environment that have a row; ``more``: those beyond the document's too, where they are told."""
    for quantity, name in (*HEALTH, *BUSINESS, *(FURTHER if more else ())):
        one = measured(facts, place.name, quantity, now)
        if (quantity, name) not in FURTHER or one.state is not MeasuredState.NO_SOURCE:
            yield one, name


def _cells(
    facts: Facts, one: Measured, name: str, standing: AlertStanding | None, now: datetime, glyphs: Glyphs, spark: int
) -> tuple[Cell, ...]:
    value = measured_cell(one, glyphs, rules=facts.rules)
    rule = above(one, facts.rules)
    if rule is not None and one.state is MeasuredState.KNOWN:
        value = Cell(f"{value.text} {limit_words(rule)}", value.tone)
    elif one.state is MeasuredState.TOO_FEW:
        value = Cell("too few", Tone.UNKNOWN)
    ends = _mark(standing, one, glyphs), Cell(name), value, Cell(beside(one), Tone.MUTED)
    if not spark:
        return ends
    samples = one.series.samples if one.series is not None else ()
    line = spark_of(samples, now, span_of(one.quantity), spark - 1, glyphs)
    return (*ends[:3], Cell(line, value.tone if rule is not None else Tone.MUTED), ends[3])


def _mark(standing: AlertStanding | None, one: Measured, glyphs: Glyphs) -> Cell:
    """Return the mark of the rule that guards a quantity; without a rule nothing is judged, and nothing is marked good."""
    if standing is None:
        return Cell(" " if one.state is MeasuredState.KNOWN else glyphs.none, Tone.MUTED)
    if standing.state is AlertState.BLIND and not standing.source:
        return Cell(glyphs.none, Tone.MUTED)
    return state_mark(standing, glyphs)


def state_mark(standing: AlertStanding, glyphs: Glyphs) -> Cell:
    """Return the mark of where a rule stands."""
    if standing.state is AlertState.FIRING:
        critical = standing.severity is Level.CRITICAL
        return Cell(glyphs.bad if critical else glyphs.warn, Tone.CRITICAL if critical else Tone.WARNING)
    if standing.state in (AlertState.PENDING, AlertState.RECOVERING):
        return Cell(glyphs.partial, Tone.WARNING)
    return Cell(glyphs.ok, Tone.OK) if standing.state is AlertState.OK else Cell(glyphs.unknown, Tone.UNKNOWN)


def beside(one: Measured) -> str:
    """Return what stands beside a number: how many requests it is of, its part, its source, and its age where it is old."""
    if one.state is MeasuredState.NO_SOURCE:
        return one.note.partition(": ")[0] or "nobody tells it"
    parts = [f"n={one.n}"] if one.n is not None else []
    if one.part:
        parts.append(one.part if len(one.parts) == 1 else f"{one.part} +{len(one.parts) - 1}")
    parts.append(one.source)
    if one.state is MeasuredState.BLIND and len(one.source) + len(one.note) < _BESIDE:
        parts.append(one.note)  # a longer one stands in the notice and beside the chart
    if not one.complete:
        parts.append("in part")
    return " ".join(part for part in parts if part)


def level(facts: Facts, now: datetime) -> Level:
    """Return how bad it is: every alert that is on, and in production what cannot be judged too."""
    return level_of(facts, standings(facts, now))


def level_of(facts: Facts, judged: Iterable[AlertStanding]) -> Level:
    """Return the worst level of standings; what nobody can judge outside production is no alarm."""
    production = {place.name for place in facts.environments if place.production}
    levels = [s.level for s in judged if s.environment in production or s.level is not Level.UNKNOWN]
    return worst_level(levels) if levels else Level.UNKNOWN
