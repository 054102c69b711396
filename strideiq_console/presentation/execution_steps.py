"""The steps of an execution as a table: state, what each gave, how long it took; and the headline with the time limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from strideiq_console.domain.policy.clocks import clock_of
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook.execution import Execution, StepRecord, StepState
from strideiq_console.presentation.age import clock, duration
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs

_TONES = {
    StepState.PENDING: Tone.MUTED,
    StepState.INTENDED: Tone.WARNING,
    StepState.WAITING: Tone.ACTIVE,
    StepState.DONE: Tone.OK,
    StepState.SKIPPED: Tone.MUTED,
    StepState.FAILED: Tone.CRITICAL,
    StepState.DIVERGED: Tone.WARNING,
    StepState.UNDOING: Tone.ACTIVE,
    StepState.UNDONE: Tone.MUTED,
    StepState.KEPT: Tone.WARNING,
}


def step_glyph(record: StepRecord, glyphs: Glyphs, *, current: bool = False) -> Cell:
    """Return the mark of a step; a level 3 step that is still to come warns."""
    marks = {
        StepState.INTENDED: glyphs.unknown,
        StepState.WAITING: glyphs.partial,
        StepState.DONE: glyphs.ok,
        StepState.SKIPPED: glyphs.none,
        StepState.FAILED: glyphs.bad,
        StepState.DIVERGED: glyphs.warn,
        StepState.UNDOING: glyphs.partial,
        StepState.UNDONE: glyphs.none,
        StepState.KEPT: glyphs.warn,
    }
    if record.state is StepState.PENDING:
        if record.step.level >= 3:
            return Cell(glyphs.warn, Tone.WARNING)
        return Cell(glyphs.here, Tone.ACTIVE) if current else Cell(glyphs.queued, Tone.MUTED)
    return Cell(marks[record.state], _TONES[record.state])


def steps(execution: Execution, now: datetime, glyphs: Glyphs) -> Table:
    """Return the steps, one row each; the row key is the step's id. Fits 39 columns."""
    current = execution.current
    columns = (Column("", 2), Column("", 3), Column("step"), Column("", 11), Column("took", 7))
    rows = []
    for number, record in enumerate(execution.records, start=1):
        here = current is not None and record.step.id == current.step.id and execution.ended is None
        title = Cell(record.step.title, Tone.ACCENT if here else Tone.PLAIN)
        cells = (
            step_glyph(record, glyphs, current=here),
            Cell(str(number), Tone.MUTED),
            title,
            Cell(note(record), Tone.MUTED),
            Cell(_took(record, now, here), Tone.MUTED),
        )
        rows.append(Row(record.step.id, cells, str(record.result.get("url", "") or "")))
    done = sum(record.state.settled for record in execution.records)
    return Table(columns, tuple(rows), Look.FRESH, "", f"{done} of {len(rows)}")


def _took(record: StepRecord, now: datetime, here: bool) -> str:
    if record.started_at is None:
        return ""
    if record.ended_at is not None:
        return duration(record.ended_at - record.started_at)
    return duration(now - record.started_at) if here else ""


def note(record: StepRecord) -> str:
    """Return what a step gave in a word: a commit, a pull request; or its environment or state where that says more."""
    if record.state is StepState.DONE:
        given = result_word(record.result)
        return given or ("adopted" if record.adopted else "")
    if record.state is StepState.PENDING:
        return record.step.environment if record.step.level >= 3 else ""
    return "in doubt" if record.state is StepState.INTENDED else str(record.state)


def result_word(result: Mapping[str, Any]) -> str:
    """Return the telling part of a result: pull request numbers before commits."""
    for key in ("number", "pull"):
        if isinstance(result.get(key), int):
            return f"#{result[key]}"
    numbers = result.get("numbers")
    if isinstance(numbers, (list, tuple)):
        return " ".join(f"#{number}" for number in numbers)
    for key in ("merge_sha", "merge", "sha", "head", "tip"):
        value = result.get(key)
        if isinstance(value, str) and len(value) >= 7:
            return value[:7]
    return ""


def headline(execution: Execution, now: datetime) -> str:
    """Return the title of the runbook screen: name, input, severity, since when, and the severity's time limit (R51)."""
    inputs = dict(execution.plan.inputs)
    severity = SEVERITIES.get(inputs.get("severity", ""))
    parts = [f"Workflow: {execution.plan.runbook} {inputs.get('slug', '')}".rstrip()]
    if severity is not None:
        parts.append(severity.name)
    parts.append(f"started {clock(execution.created_at, now)}")
    limited = clock_of(execution)
    spent = max(int(((execution.ended_at or now) - execution.created_at).total_seconds()) // 60, 0)
    parts.append(limited.sentence(now) if limited is not None else f"{spent} min")
    if execution.ended is not None:
        parts.append(str(execution.ended))
    return " · ".join(parts)
