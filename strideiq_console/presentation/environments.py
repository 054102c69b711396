"""The environments panel: what is live where, whether that is what the branch holds, and how it is (R4-R8, R13-R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.policy.month import MonthSide
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.environment_cells import ci_cell, deployed_cell, health_cell, live_cell, local_cell, waiting_cell
from strideiq_console.presentation.environment_measures import NONE, month_cell, months, p99_cell
from strideiq_console.presentation.environment_overview import overview, parts_of
from strideiq_console.presentation.environment_state import (
    EnvironmentState,
    alerted,
    environment_state,
    environment_states,
    overall,
)
from strideiq_console.presentation.freshness import freshness, together
from strideiq_console.presentation.glyphs import Glyphs

_BRANCH = 8
WIDE = 116
"""Columns that the wide table takes; in less, the narrow one says what fits whole."""

_WIDE = (
    Column("", 2),
    Column("environment", 12),
    Column("branch", _BRANCH),
    Column("live", 18),
    Column("deployed", 11),
    Column("CI", 8),
    Column("health", 20),
    Column("p99", 8),
    Column("waiting", 15),
    Column("month"),
)
_NARROW = (
    Column("", 2),
    Column("environment", 12),
    Column("live", 18),
    Column("CI", 8),
    Column("health", 14),
    Column("p99", 8),
    Column("waiting"),
)


_BESIDE = (
    Column("", 2),
    Column("environment", 12),
    Column("live", 18),
    Column("CI", 8),
    Column("health", 14),
    Column("waiting"),
)


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the environments; 116 columns wide, or 76 when ``narrow``."""
    states = environment_states(facts, now)
    costs = months(facts, now)
    alerts = alerted(facts, now)
    rows = tuple(_row(facts, state, overall(state, alerts), costs.get(state.environment.name), glyphs, narrow) for state in states)
    parts = [part for state in states if not state.environment.local for part in parts_of(state)]
    whole = together(parts) if parts else freshness(facts.clone, "clone", now)
    notice = whole.notice
    if not rows:
        notice = "No environment is configured: add [environments.production] to config.toml."
    footer = f"{len(rows)} environment{'s' if len(rows) != 1 else ''}"
    return Table(_NARROW if narrow else _WIDE, rows, whole.look, notice, footer, whole.age)


def _row(facts: Facts, state: EnvironmentState, level: Level, cost: MonthSide | None, glyphs: Glyphs, narrow: bool) -> Row:
    environment, now = state.environment, state.now
    mark = Cell(glyphs.queued, Tone.MUTED) if _grey(facts, state) else Cell(glyphs.level(level), LEVEL_TONES[level])
    name = Cell(environment.name, Tone.ACCENT if environment.production else Tone.PLAIN)
    p99 = p99_cell(facts, state, now, glyphs)
    if environment.local:
        cells = local_cell(facts, state, glyphs, narrow)
    else:
        cells = (
            live_cell(state, glyphs, narrow),
            deployed_cell(state),
            ci_cell(state, glyphs),
            health_cell(state, glyphs, narrow),
        )
    live, deployed, ci, health = cells
    waiting = waiting_cell(facts, state, now)
    branch = Cell(_branch(facts, state))
    month = NONE if environment.local else month_cell(cost, glyphs)
    wide = (mark, name, branch, live, deployed, ci, health, p99, waiting, month)
    return Row(environment.name, (mark, name, live, ci, health, p99, waiting) if narrow else wide, environment.url)


def _grey(facts: Facts, state: EnvironmentState) -> bool:
    """Say whether the row is grey: the own machine, or nothing configured yet (R1)."""
    return state.environment.local or (not state.configured)


def _branch(facts: Facts, state: EnvironmentState) -> str:
    if not state.environment.local:
        return state.environment.branch or "–"
    clone = facts.clone.value
    if clone is None:
        return "–"
    if clone.branch is None:
        return "detached" if clone.head else "empty"
    kind = clone.branch.partition("/")[0]
    return clone.branch if len(clone.branch) < _BRANCH else kind


def beside(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the environments for a list that stands beside their page, which tells the rest: 68 columns wide."""
    whole = table(facts, now, glyphs, narrow=True)
    rows = tuple(replace(row, cells=(*row.cells[:5], row.cells[6])) for row in whole.rows)
    return replace(whole, columns=_BESIDE, rows=rows)


def level(facts: Facts, now: datetime) -> Level:
    """Judge all environments that are served, the worst counts; the own machine is no incident (R7)."""
    alerts = alerted(facts, now)
    return worst_level(overall(state, alerts) for state in environment_states(facts, now) if not state.environment.local)


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return everything that is known of one environment, each fact with its source and age."""
    environment = next((one for one in facts.environments if one.name == key), None)
    return () if environment is None else overview(facts, environment_state(facts, environment, now), glyphs)
