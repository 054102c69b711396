"""One line of the month in full, and the month with its notes: both sums of the document with the reason why they differ (T23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.money import written
from strideiq_console.domain.policy.budget import PLAN, PlanLine, column_sums, planned_by_environment, planned_total
from strideiq_console.domain.policy.month import Month, MonthLine, MonthSide
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.costs_lines import NOTHING, delta, figure, source_words, tone_of

_LABEL = 11


def line_lines(line: MonthLine, month: Month, now: datetime) -> tuple[Line, ...]:
    """Return a line's figures, how each came about, what was used, and what hides a newer reading."""
    whole = next((other.name for other in month.all_lines if other.key == line.service), line.name)
    title = whole if whole == line.name else f"{whole}, {line.name}"
    lines: list[Line] = [text(Cell(title, Tone.ACCENT)), *_figures(line, month)]
    if line.method:
        lines.append(_said("reckoned", line.method))
    lines.append(_said("from", source_words(line, now)))
    if line.entry is not None:
        lines.append(_said("entered", _entry_words(line, month, now)))
    if line.note and line.entry is None:
        lines.append(_said("note", line.note))
    if line.fault is not None:
        lines.append((Cell(line.fault.sentence(), Tone.WARNING),))
    if not line.in_plan:
        lines.append((Cell("not in the plan: [costs.lines] in config.toml adds it", Tone.MUTED),))
    for use in sorted(line.uses, key=lambda use: -use.amount):
        used = "" if use.quantity is None else f"{use.quantity:,.2f} {use.unit}"
        lines.append(text(f"  {use.what:<14} {written(use.amount, use.currency):>9}  ", Cell(used, Tone.MUTED)))
    return tuple(lines)


def _entry_words(line: MonthLine, month: Month, now: datetime) -> str:
    entry = line.entry
    if entry is None:
        return ""
    words = f"{written(entry.amount, month.currency)} on {entry.entered_at.astimezone(now.tzinfo):%d %b %H:%M}"
    words += f" by {entry.by}" if entry.by else ""
    words += f": {entry.note}" if entry.note else ""
    hidden = "" if line.metered is None else f"; without it {written(line.metered, month.currency)}"
    return words + hidden


def month_lines(facts: Facts, month: Month, now: datetime) -> tuple[Line, ...]:
    """Return the month's figures, the month before, and every note on what is missing, assumed or left out."""
    lines: list[Line] = [text(Cell(f"{month.name}, all together", Tone.ACCENT)), *_figures(month, month)]
    if month.before is not None:
        lines.append(_said("last month", figure(month.before, complete=month.before_complete, currency=month.currency)))
    seen = [reading.seen for reading in facts.costs.values() if reading.seen is not None]
    if seen:
        lines.append(_said("read", f"the oldest bill {ago(min(seen), now)}"))
    lines.append(())
    lines.extend((Cell(words, Tone.MUTED),) for words in (*month.notes, *plan_sentences(facts.budget.lines, month.currency)))
    return tuple(lines)


def _figures(side: MonthSide, month: Month) -> Iterator[Line]:
    currency = month.currency
    yield _said("planned", written(side.planned, currency))
    actual = figure(side.actual, complete=side.complete, currency=currency)
    yield text(Cell(f"{'actual':<{_LABEL}}", Tone.MUTED), Cell(actual, Tone.UNKNOWN if side.actual is None else Tone.PLAIN))
    forecast = figure(side.forecast, complete=side.forecast_complete, currency=currency)
    to_plan = f", {delta(side)} to plan" if delta(side) != NOTHING else ""
    yield text(Cell(f"{'forecast':<{_LABEL}}", Tone.MUTED), Cell(forecast + to_plan, tone_of(side)))


def _said(label: str, words: str) -> Line:
    return text(Cell(f"{label:<{_LABEL}}", Tone.MUTED), words)


def plan_sentences(lines: tuple[PlanLine, ...], currency: str) -> Iterator[str]:
    """Yield why the document's two sums differ, and what the founder has added to it (T23)."""
    columns, rows = column_sums(PLAN), planned_by_environment(PLAN)
    missing = planned_total(PLAN) - columns["staging"] - columns["production"]
    yield (
        f"the document's columns say {written(columns['staging'])} + {written(columns['production'])} = "
        f"{written(planned_total(PLAN) - missing)}, its rows {written(planned_total(PLAN))}: the domain's "
        f"{written(missing)} a month stands in the total alone; production really costs {written(rows['production'])}."
    )
    added = [line for line in lines if line not in PLAN]
    if added:
        words = ", ".join(f"{line.service} {written(line.total, currency)}" for line in added)
        yield f"added in config.toml: {words}; the plan is {written(planned_total(lines), currency)}"
