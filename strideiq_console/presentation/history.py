"""Every execution as a table, newest first: what became of it, when, by what plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook.execution import Execution, ExecutionState
from strideiq_console.presentation.age import ago, duration
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs

_TONES = {
    ExecutionState.DONE: Tone.OK,
    ExecutionState.FAILED: Tone.CRITICAL,
    ExecutionState.DIVERGED: Tone.WARNING,
    ExecutionState.UNDONE: Tone.MUTED,
    ExecutionState.ABANDONED: Tone.MUTED,
}


def table(executions: Sequence[Execution], now: datetime, glyphs: Glyphs) -> Table:
    """Return one row an execution; the row key is its id."""
    columns = (
        Column("", 2),
        Column("what"),
        Column("state", 11),
        Column("steps", 8),
        Column("took", 9),
        Column("begun", 14),
        Column("id", 12),
    )
    rows = tuple(Row(one.id, _cells(one, now, glyphs)) for one in executions)
    return Table(columns, rows, Look.FRESH, "" if rows else "Nothing was carried out yet.", f"{len(rows)}")


def _cells(one: Execution, now: datetime, glyphs: Glyphs) -> tuple[Cell, ...]:
    state, tone = one.state, _TONES.get(one.state, Tone.ACTIVE)
    marks = {
        ExecutionState.DONE: glyphs.ok,
        ExecutionState.FAILED: glyphs.bad,
        ExecutionState.DIVERGED: glyphs.warn,
        ExecutionState.UNDONE: glyphs.none,
        ExecutionState.ABANDONED: glyphs.none,
    }
    settled = sum(record.state.settled for record in one.records)
    took = duration((one.ended_at or now) - one.created_at)
    return (
        Cell(marks.get(state, glyphs.partial), tone),
        Cell(one.plan.title),
        Cell(str(state), tone),
        Cell(f"{settled}/{len(one.records)}", Tone.MUTED),
        Cell(took, Tone.MUTED),
        Cell(ago(one.created_at, now), Tone.MUTED),
        Cell(one.id, Tone.MUTED),
    )
