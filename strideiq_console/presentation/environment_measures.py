"""The measured cells of one environment: its slowest answers, what its month costs, where its schema stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.measured import Measured, MeasuredState, measured
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.policy.alert_rules import AlertRule
from strideiq_console.domain.policy.month import MonthSide, month_of
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.environment_state import EnvironmentState
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import above, limit_words, measured_cell, value_words

NONE = Cell("–", Tone.MUTED)
_P99 = 7
_MONTH = 14
"""Letters of the month's cell."""


def slowest(facts: Facts, state: EnvironmentState, now: datetime) -> Measured:
    """Return the p99 of an environment, from the best source that tells it."""
    return measured(facts, state.environment.name, Quantity.P99, now)


def p99_cell(facts: Facts, state: EnvironmentState, now: datetime, glyphs: Glyphs) -> Cell:
    """Return the p99 in seven letters; an old one shows its age in its place, and nothing that is not known looks good."""
    if state.environment.local:
        return NONE
    found = slowest(facts, state, now)
    if found.state is MeasuredState.NO_SOURCE:
        return NONE
    if found.state is MeasuredState.STALE:
        age = age_words(found.age).replace(" ", "") if found.age is not None else "old"
        return Cell(f"{glyphs.unknown} {age}", Tone.UNKNOWN)
    if found.state is MeasuredState.TOO_FEW:
        return Cell("too few", Tone.UNKNOWN)
    cell = measured_cell(found, glyphs, rules=facts.rules)
    return cell if width(cell.text) <= _P99 else measured_cell(found, glyphs, narrow=True, rules=facts.rules)


def months(facts: Facts, now: datetime) -> Mapping[str, MonthSide]:
    """Return what the running month comes to, by environment."""
    return month_of(facts, now).by_environment


def month_cell(side: MonthSide | None, glyphs: Glyphs) -> Cell:
    """Return what was spent beside the plan: ``$12.31/15.00``; the plan alone where nobody tells what was spent.

    ``+`` behind the first figure: a source is missing, so it is at least that. The mark says that the forecast is above the plan.
    """
    if side is None or (not side.planned and side.actual is None):
        return NONE
    if side.actual is None:
        return Cell(f"${side.planned:.2f}", Tone.MUTED)
    least = "" if side.complete else "+"
    over = side.forecast is not None and side.forecast > side.planned
    mark = f" {glyphs.warn}" if over else ""
    tone = Tone.WARNING if over else Tone.PLAIN
    pairs = ((2, 2), (2, 0), (0, 0))
    found = [f"${side.actual:.{first}f}{least}/{side.planned:.{second}f}{mark}" for first, second in pairs]
    return Cell(next((words for words in found if width(words) <= _MONTH), found[-1]), tone)


def month_words(side: MonthSide | None) -> str:
    """Return plan, actual and forecast as one line."""
    if side is None:
        return "not planned"
    spent = "spent so far: not known" if side.actual is None else f"{_money(side.actual, side.complete)} so far"
    ahead = "" if side.forecast is None else f", forecast {_money(side.forecast, side.forecast_complete)}"
    return f"{spent}{ahead}, planned ${side.planned:.2f}"


def _money(amount: Decimal, complete: bool) -> str:
    return f"${amount:.2f}" if complete else f"at least ${amount:.2f}"


def p99_line(found: Measured, glyphs: Glyphs, rules: Sequence[AlertRule]) -> Cell:
    """Return the p99 with what it rests on, and the limit that it is above; an old one is only what was."""
    words = p99_words(found)
    rule = above(found, rules)
    if found.state is MeasuredState.NO_SOURCE:
        return Cell(words, Tone.MUTED)
    if found.state is MeasuredState.STALE:
        return Cell(f"{glyphs.unknown} {words}", Tone.UNKNOWN)
    if rule is not None:
        tone = Tone.CRITICAL if rule.severity is Level.CRITICAL else Tone.WARNING
        return Cell(f"{glyphs.warn} {words}, limit {limit_words(rule)}", tone)
    return Cell(words, Tone.PLAIN if found.state is MeasuredState.KNOWN else Tone.UNKNOWN)


def p99_words(found: Measured) -> str:
    """Return the p99 with what it rests on: ``691 ms, n=613``."""
    words = value_words(found)
    if found.state is MeasuredState.NO_SOURCE:
        return f"no source{': ' + found.note if found.note else ''}"
    count = f", n={found.n}" if found.n is not None else ""
    why = f": {found.note}" if found.note and found.value is None else ""
    return f"{words}{count}{why}"


def schema_words(state: EnvironmentState) -> tuple[str, Tone]:
    """Return where an environment's schema stands and what it lacks of its own branch's files (R85)."""
    rung = state.schema
    if rung is None:
        return "not read", Tone.MUTED
    if rung.rows is None:
        return f"not known: {rung.note}" if rung.note else "not known", Tone.MUTED
    at = ", ".join(rung.rows) or "empty"
    if rung.strange:
        return f"{at}: no migration file defines {', '.join(rung.strange)}", Tone.UNKNOWN
    files = f"of {rung.branch}" if rung.due is not None else "of the work tree"
    missing = rung.due if rung.due is not None else rung.pending
    if missing:
        names = ", ".join(revision.id for revision in missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        return f"{at}, lacks {names} {files}", Tone.WARNING if state.schema_lags else Tone.PLAIN
    return f"{at}, the head {files}", Tone.PLAIN
