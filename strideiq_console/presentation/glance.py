"""The glance: the dashboard's facts as JSON, as one screen of text, and as one line for tmux and prompts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation import alerts, branches, ci_runs, costs, environments, header, metrics
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Table, Tone, text
from strideiq_console.presentation.costs_json import costs_json
from strideiq_console.presentation.draw import cut, table_lines, width, wrap
from strideiq_console.presentation.environments_json import environments_json
from strideiq_console.presentation.execution_json import execution_json
from strideiq_console.presentation.feed_json import branches_json, ci_json, provenance
from strideiq_console.presentation.findings import name_of
from strideiq_console.presentation.glyphs import UNICODE, Glyphs
from strideiq_console.presentation.metrics_json import alerts_json, metrics_json
from strideiq_console.presentation.verdict import verdict

SCHEMA = "strideiq.glance/1"
_ROWS = 6
NARROW_BELOW = 110
_STEPS = (5, 10, 15, 20, 30, 45, 60)


def as_json(facts: Facts, now: datetime, budgets: Iterable[RateBudget] = ()) -> dict[str, Any]:
    """Return the glance as DESIGN section 10 promises it."""
    found = verdict(facts, now)
    return {
        "schema": SCHEMA,
        "at": now.isoformat(),
        "mode": header.mode(facts).lower(),
        "level": str(found.level),
        "verdict": found.sentence,
        "environments": environments_json(facts, now),
        "branches": branches_json(facts)["items"],
        "ci": ci_json(facts, now)["items"],
        "metrics": metrics_json(facts, now)["items"],
        "costs": costs_json(facts, now),
        "alerts": alerts_json(facts, now)["items"],
        "executions": [execution_json(execution) for execution in facts.executions],
        "feeds": _feeds(facts),
        "budgets": [{"provider": b.provider, "remaining": b.remaining, "limit": b.limit} for b in budgets],
    }


def _feeds(facts: Facts) -> dict[str, Any]:
    """Return per feed when it was seen and what hides a newer value: an empty list above may be none, or not known."""
    named: dict[str, Reading[Any]] = {
        "clone": facts.clone,
        "branches": facts.branches,
        "promotion": facts.promotion,
        "mainline": facts.mainline,
        "pulls": facts.pulls,
        "runs": facts.runs,
        "protections": facts.protections,
        "names": facts.names,
        "ladder": facts.ladder,
        "databases": facts.databases,
    }
    families: dict[str, Mapping[str, Reading[Any]]] = {
        "deployments": facts.deployments,
        "pins": facts.pins,
        "health": facts.health,
        "metrics": facts.metrics,
        "history": facts.history,
        "costs": facts.costs,
        "status": facts.status,
    }
    for family, readings in families.items():
        named |= {f"{family}/{name}": reading for name, reading in readings.items()}
    return {name: provenance(reading) for name, reading in named.items()}


def lines(facts: Facts, now: datetime, glyphs: Glyphs, width: int) -> tuple[Line, ...]:
    """Return the dashboard as text, at most ``width`` columns wide."""
    total = max(width, 40)
    narrow = total < NARROW_BELOW
    answer: list[Line] = [_head(facts, now, total)]
    answer.extend(_verdict_lines(facts, now, glyphs, total))
    panels = (
        ("Environments", environments.table(facts, now, glyphs, narrow=narrow), None),
        ("Branches", branches.table(facts, now, glyphs, narrow=True), _ROWS),
        ("CI runs", ci_runs.table(facts, now, glyphs, narrow=True), _ROWS),
        ("Metrics", metrics.table(facts, now, glyphs, narrow=True), None),
        ("Costs", costs.table(facts, now, glyphs, narrow=True), _ROWS),
        ("Alerts", alerts.table(facts, now, glyphs, narrow=True), _ROWS),
    )
    for title, table, limit in panels:
        answer.extend(_section(title, table, total, limit))
    answer.extend(_executions(facts, now, total))
    return tuple(_plain(line, glyphs) for line in answer)


def _head(facts: Facts, now: datetime, total: int) -> Line:
    left, right = header.left(facts), header.right((), now, False)
    gap = max(total - width(left) - width(right), 1)
    return text(Cell(left, Tone.ACCENT), " " * gap, Cell(right, Tone.MUTED))


def _verdict_lines(facts: Facts, now: datetime, glyphs: Glyphs, total: int) -> list[Line]:
    found = verdict(facts, now)
    tone = LEVEL_TONES[found.level]
    return [(Cell(part, tone),) for part in wrap(f"{glyphs.level(found.level)} {found.sentence}", total, indent="  ")]


def _section(title: str, table: Table, total: int, limit: int | None) -> list[Line]:
    shown = len(table.rows) if limit is None else min(limit, len(table.rows))
    count = f" {shown} of {len(table.rows)}" if shown < len(table.rows) else ""
    old = f" {table.age} old" if table.age else ""
    look = "" if table.look.value == "fresh" else f" ({table.look}{old})"
    return [(), text(Cell(f"{title}{count}", Tone.ACCENT), Cell(look, Tone.MUTED)), *table_lines(table, total, limit=limit)]


def _executions(facts: Facts, now: datetime, total: int) -> list[Line]:
    open_ones = [execution for execution in facts.executions if not execution.state.ended]
    answer: list[Line] = [(), (Cell("Unfinished", Tone.ACCENT),)] if open_ones else []
    for execution in open_ones:
        words = f"{execution.id}  {name_of(execution)}: {execution.state}, started {ago(execution.created_at, now)}"
        answer.append((Cell(cut(words, total)),))
        answer.append((Cell(f"  strideiq resume {execution.id}", Tone.MUTED),))
    return answer


def _plain(line: Line, glyphs: Glyphs) -> Line:
    return tuple(Cell(glyphs.plain(cell.text), cell.tone) for cell in line)


def line(facts: Facts, now: datetime, glyphs: Glyphs) -> str:
    """Return the verdict as one line with its mark, for tmux and prompts."""
    found = verdict(facts, now)
    return glyphs.plain(f"{glyphs.level(found.level)} {found.sentence}")


def steady(facts: Facts, now: datetime, longest: timedelta) -> timedelta:
    """Return for how long the line of this moment stays as it is, if nothing new is heard; at most ``longest``."""
    said, held = line(facts, now, UNICODE), timedelta(0)
    for seconds in _STEPS:
        ahead = timedelta(seconds=seconds)
        if ahead > longest or line(facts, now + ahead, UNICODE) != said:
            break
        held = ahead
    return held
