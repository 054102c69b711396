"""The running month line by line (R119): the rows that the screen, the command line and both exports share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.money import in_cents, written
from strideiq_console.domain.policy.month import Month, MonthLine, MonthSide, month_of
from strideiq_console.domain.policy.month_leaf import UNREAD
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.freshness import Freshness, freshness, together
from strideiq_console.presentation.glyphs import Glyphs

TOTAL = "total"
SUM = "sum/"
"""Begins the keys of the sums by environment."""
UNKNOWN = "unknown"
NOTHING = "–"
WIDE = 116
"""Columns that the wide table takes."""
ACTUAL = "actual"
"""The heading of the column that is edited in place."""

_COLUMNS = (
    Column("a month"),
    Column("staging", 9, right=True),
    Column("production", 11, right=True),
    Column("planned", 9, right=True),
    Column("actual", 16, right=True),
    Column("forecast", 16, right=True),
    Column("to plan", 9, right=True),
    Column("", 1),
    Column("kind", 9),
    Column("source", 18),
)
_NARROW = (_COLUMNS[0], Column("planned", 8, right=True), *_COLUMNS[4:6], Column("to plan", 8, right=True), Column("kind", 8))
HEADINGS = ("a month", "staging", "production", "planned", "actual", "forecast", "to plan", "kind", "source")
"""The columns of both exports: those of the wide table."""


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the month line by line, then its sums. The narrow table has one planned column, and neither kind nor source."""
    month = month_of(facts, now)
    rows = tuple(_row(line, month, depth, now, narrow=narrow) for line, depth in nested(month))
    rows += tuple(_sum_row(name, side, month, narrow=narrow) for name, side in sums(month))
    fresh = look_of(facts, now)
    return Table(_NARROW if narrow else _COLUMNS, rows, fresh.look, fresh.notice, month.name, fresh.age)


def nested(month: Month) -> list[tuple[MonthLine, int]]:
    """Return every line with its depth, in the order of the screen."""
    found: list[tuple[MonthLine, int]] = []

    def add(line: MonthLine, depth: int) -> None:
        found.append((line, depth))
        for part in line.parts:
            add(part, depth + 1)

    for root in month.lines:
        add(root, 0)
    return found


def sums(month: Month) -> list[tuple[str, MonthSide]]:
    """Return the sums under the table: each environment, then the month."""
    return [*((name, side) for name, side in month.by_environment.items()), ("", month)]


def look_of(facts: Facts, now: datetime) -> Freshness:
    """Judge the readings of all providers as one panel; what was entered by hand is there without any of them."""
    found = together(freshness(reading, f"costs/{name}", now) for name, reading in facts.costs.items())
    if found.look is Look.STALE:
        return Freshness(Look.STALE, f"the bills were last read {found.age} ago: r or --live reads them again.", found.age)
    if found.look is Look.NOT_CONFIGURED or not facts.costs:
        notice = found.notice or "no bills are read"
        return Freshness(Look.NOT_CONFIGURED, f"{notice.rstrip('.')}; strideiq costs enter writes a cost down.", found.age)
    return found


def texts(facts: Facts, now: datetime) -> list[tuple[str, ...]]:
    """Return the wide table's rows as texts, one for each of :data:`HEADINGS`: what an export holds is what the screen shows."""
    month = month_of(facts, now)
    rows = [_cells(line, month, depth, now) for line, depth in nested(month)]
    rows += [_sum_cells(name, side, month) for name, side in sums(month)]
    return [tuple(cell.text for cell in cells) for cells in rows]


def figure(amount: Decimal | None, *, complete: bool, currency: str) -> str:
    """Return an amount in words: exact, ``at least`` where parts are missing, or unknown."""
    if amount is None:
        return UNKNOWN
    return written(amount, currency) if complete else f"at least {written(amount, currency)}"


def delta(side: MonthSide) -> str:
    """Return forecast minus plan with its sign: ``+1.15``; an en dash where it is not known whether there is any."""
    if side.delta is None or (side.delta <= 0 and not side.forecast_complete):
        return NOTHING
    cents = in_cents(side.delta)
    return f"+{cents}" if cents > 0 else "\N{MINUS SIGN}" + str(-cents) if cents < 0 else "0.00"


def tone_of(side: MonthSide) -> Tone:
    """Return the tone of a forecast: over the plan, within it, or unknown; a lower bound within it is unknown too."""
    if side.delta is None:
        return Tone.UNKNOWN
    if side.delta > 0:
        return Tone.WARNING
    return Tone.OK if side.complete and side.forecast_complete else Tone.UNKNOWN


def source_words(line: MonthLine, now: datetime) -> str:
    """Return where an actual figure comes from and how old it is: ``railway, 3 min``, ``entered 23 Nov``, ``plan``."""
    if line.entry is not None:
        return f"entered {line.entry.entered_at.astimezone(now.tzinfo):%d %b}"
    if line.actual is None or not line.source:
        return "" if line.parts else "not read yet" if line.note == UNREAD else "no source"
    if "; " in line.source:
        return "several"
    return line.source if line.seen is None else f"{line.source}, {age_words(now - line.seen)}"


def moved(before: Month, after: Month) -> list[Line]:
    """Return how an entry moved the month: actual, forecast and the distance to the plan, each before and after."""
    money = before.currency
    told = (
        ("actual", *(figure(m.actual, complete=m.complete, currency=money) for m in (before, after))),
        ("forecast", *(figure(m.forecast, complete=m.forecast_complete, currency=money) for m in (before, after))),
        ("to plan", delta(before), delta(after)),
    )
    return [text(Cell(f"{label:<10}", Tone.MUTED), f"{old} → {new}") for label, old, new in told]


def _row(line: MonthLine, month: Month, depth: int, now: datetime, *, narrow: bool) -> Row:
    return _shaped(line.key, _cells(line, month, depth, now), narrow=narrow)


def _sum_row(name: str, side: MonthSide, month: Month, *, narrow: bool) -> Row:
    return _shaped(f"{SUM}{name}" if name else TOTAL, _sum_cells(name, side, month), narrow=narrow)


def _shaped(key: str, cells: tuple[Cell, ...], *, narrow: bool) -> Row:
    return Row(key, (cells[0], *cells[3:8]) if narrow else (*cells[:7], Cell(""), *cells[7:]))


def _cells(line: MonthLine, month: Month, depth: int, now: datetime) -> tuple[Cell, ...]:
    name = line.name if not line.parts or line.name != line.key.title() else f"{line.name}, all"
    tone = Tone.PLAIN if depth < 2 and line.name != line.environment else Tone.MUTED
    planned = {place: written(_planned(line, place), month.currency) for place in ("staging", "production")}
    shown = {place: words if line.environment in ("", place) else "" for place, words in planned.items()}
    kind_tone = {CostKind.ENTERED: Tone.ACCENT, CostKind.ASSUMED: Tone.MUTED}.get(line.kind or CostKind.BILLED, Tone.PLAIN)
    return (
        Cell("  " * depth + name, tone),
        Cell(shown["staging"], Tone.MUTED),
        Cell(shown["production"], Tone.MUTED),
        Cell(written(line.planned, month.currency), tone),
        Cell(figure(line.actual, complete=line.complete, currency=month.currency), Tone.UNKNOWN if line.actual is None else tone),
        Cell(figure(line.forecast, complete=line.forecast_complete, currency=month.currency), tone_of(line)),
        Cell(delta(line), tone_of(line) if line.delta is not None else Tone.MUTED),
        Cell(str(line.kind) if line.kind else "", kind_tone),
        Cell(source_words(line, now), Tone.WARNING if line.fault is not None else Tone.MUTED),
    )


def _planned(line: MonthLine, place: str) -> Decimal:
    return sum((dict(leaf.plan).get(place, Decimal(0)) for leaf in line.leaves), Decimal(0))


def _sum_cells(name: str, side: MonthSide, month: Month) -> tuple[Cell, ...]:
    planned = {place: part.planned for place, part in month.by_environment.items()}
    shown = [written(planned.get(place, Decimal(0)), month.currency) if name in ("", place) else "" for place in _PLACES]
    return (
        Cell(f"all {name}" if name else TOTAL, Tone.ACCENT),
        *(Cell(words, Tone.MUTED) for words in shown),
        Cell(written(side.planned, month.currency), Tone.ACCENT),
        Cell(figure(side.actual, complete=side.complete, currency=month.currency), Tone.ACCENT),
        Cell(figure(side.forecast, complete=side.forecast_complete, currency=month.currency), tone_of(side)),
        Cell(delta(side), tone_of(side) if side.delta is not None else Tone.MUTED),
        Cell(""),
        Cell(""),
    )


_PLACES = ("staging", "production")
