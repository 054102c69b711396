"""The costs panel: what the month has cost of what was planned, what it will cost, and where it went (R119)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.money import written
from strideiq_console.domain.policy.month import Month, MonthLine, MonthSide, month_of, triggers
from strideiq_console.domain.policy.scaling import TriggerState
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.costs_detail import line_lines, month_lines
from strideiq_console.presentation.costs_lines import NOTHING, SUM, delta, figure, look_of, tone_of
from strideiq_console.presentation.costs_triggers import short
from strideiq_console.presentation.glyphs import Glyphs

_SERVICES = "services/"


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the panel: about 26 columns are enough; the ``narrow`` terminal's one panel has room for each environment too."""
    month = month_of(facts, now)
    fresh = look_of(facts, now)
    rows = [
        _pair("actual", *_actual(month)),
        _pair("forecast", *_forecast(month, glyphs)),
        *(
            _pair("growth", f"{glyphs.warn} {short(t)}", Tone.WARNING)
            for t in triggers(facts, now)
            if t.state is TriggerState.FIRED
        ),
        *_services(month),
        *(_environment(name, side, month) for name, side in month.by_environment.items() if narrow and side.actual is not None),
    ]
    return Table((Column("costs"),), tuple(rows), fresh.look, fresh.notice, month.name, fresh.age)


def _pair(key: str, words: str, tone: Tone) -> Row:
    return Row(key, (Cell(words, tone),))


def _actual(month: Month) -> tuple[str, Tone]:
    planned = written(month.planned, month.currency)
    if month.actual is None:
        return f"{planned} planned", Tone.PLAIN
    actual = figure(month.actual, complete=month.complete, currency=month.currency)
    return f"{actual} of {planned}", Tone.PLAIN if month.complete else Tone.UNKNOWN


def _forecast(month: Month, glyphs: Glyphs) -> tuple[str, Tone]:
    if month.forecast is None:
        return f"{glyphs.unknown} actual unknown", Tone.UNKNOWN
    forecast = figure(month.forecast, complete=month.forecast_complete, currency=month.currency)
    over = f" {glyphs.warn}" if tone_of(month) is Tone.WARNING else ""
    if not month.forecast_complete:
        return f"forecast {forecast}{over}", tone_of(month)
    return f"forecast {forecast} {delta(month)}{over}", tone_of(month)


def _environment(name: str, side: MonthSide, month: Month) -> Row:
    actual = figure(side.actual, complete=side.complete, currency=month.currency)
    forecast = figure(side.forecast, complete=side.forecast_complete, currency=month.currency)
    words = f"{name:<11} {actual} of {written(side.planned, month.currency)}, forecast {forecast}"
    words += f" {delta(side)}" if delta(side) != NOTHING else ""
    return Row(f"{SUM}{name}", (Cell(words, tone_of(side)),))


def _services(month: Month) -> list[Row]:
    """Return what was spent by service, dearest first, two in a row; where nothing is known, the plan by environment."""
    if month.actual is None:
        plans = ((name, written(side.planned, month.currency)) for name, side in month.by_environment.items())
        return [Row(f"{_SERVICES}{name}", (Cell(f"{name} {planned}", Tone.MUTED),)) for name, planned in plans]
    spent = [line for root in month.lines for line in (_below(root) or (root,)) if line.actual]
    spent.sort(key=lambda line: -(line.actual or 0))
    words = [f"{_short_name(line)} {figure(line.actual, complete=True, currency=month.currency)}" for line in spent]
    pairs = ["  ".join(words[at : at + 2]) for at in range(0, len(words), 2)]
    return [Row(f"{_SERVICES}{at}", (Cell(pair, Tone.MUTED),)) for at, pair in enumerate(pairs)]


def _below(root: MonthLine) -> tuple[MonthLine, ...]:
    """Return a provider's services; none where its bill was entered as a whole, which they do not add up to."""
    return tuple(part for part in root.parts if part.service != root.service) if root.entry is None else ()


def _short_name(line: MonthLine) -> str:
    inner = line.name.partition("(")[2].rstrip(")")
    return (inner or line.name).lower() if len(inner) != 3 or not inner.isupper() else inner.lower()


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return one line of the month in full; for a sum, and for the panel's own rows, the month with its notes."""
    month = month_of(facts, now)
    line = next((line for line in month.all_lines if line.key == key), None)
    if line is None:
        return month_lines(facts, month, now)
    return line_lines(line, month, now)


def acts(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return what can be done with a line: enter its actual amount, take that back. Nothing outside changes."""
    line = next((line for line in month_of(facts, now).all_lines if keys and line.key == keys[0]), None)
    why = "" if line is not None else "a sum is not entered: choose one of its lines"
    why = why or ("choose one line" if len(keys) > 1 else "")
    back = why or ("" if line is not None and line.entry is not None else "nothing is entered here")
    return (
        Act("e", "enter the actual amount", action="edit", why_not=why, key="e"),
        Act("b", "take the entry back", action="take_back", why_not=back),
        Act("t", "scaling triggers", action="triggers", key="t"),
        Act("x", "export as CSV and Markdown", action="export", key="x"),
    )


def level(facts: Facts, now: datetime) -> Level:
    """Return how the month stands: a warning above the plan, unknown where partial data cannot tell."""
    found = tone_of(month_of(facts, now))
    return {Tone.WARNING: Level.WARNING, Tone.OK: Level.OK}.get(found, Level.UNKNOWN)
