"""The environments panel: what is live where, whether that is what the branch holds, and how it is (R4-R8, R13-R15)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.budget import planned_by_environment
from strideiq_console.presentation.age import age_words, ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_cells import ci_cell, deployed_cell, health_cell, live_cell, local_cell, waiting_cell
from strideiq_console.presentation.environment_state import EnvironmentState, environment_states
from strideiq_console.presentation.findings import pin_words
from strideiq_console.presentation.freshness import Freshness, freshness, together
from strideiq_console.presentation.glyphs import Glyphs

_NONE = Cell("–", Tone.MUTED)
_WIDE = (
    Column("", 2),
    Column("environment", 13),
    Column("branch", 10),
    Column("live", 18),
    Column("deployed", 12),
    Column("CI", 8),
    Column("health", 20),
    Column("p99", 9),
    Column("waiting", 14),
    Column("month"),
)
_NARROW = (
    Column("", 2),
    Column("environment", 13),
    Column("live", 18),
    Column("CI", 7),
    Column("health", 14),
    Column("p99", 8),
    Column("waiting"),
)


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the environments; 117 columns wide, or 77 when ``narrow``."""
    states = environment_states(facts, now)
    rows = tuple(_row(facts, state, now, glyphs, narrow) for state in states)
    parts = [part for state in states if not state.environment.local for part in _parts(state)]
    whole = together(parts) if parts else freshness(facts.clone, "clone", now)
    notice = whole.notice
    if not rows:
        notice = "No environment is configured: add [environments.production] to config.toml."
    return Table(_NARROW if narrow else _WIDE, rows, whole.look, notice, f"{len(rows)}", whole.age)


def _parts(state: EnvironmentState) -> list[Freshness]:
    return [*(component.fresh for component in state.components), state.health_fresh]


def _row(facts: Facts, state: EnvironmentState, now: datetime, glyphs: Glyphs, narrow: bool) -> Row:
    environment = state.environment
    level = state.level
    mark = Cell(glyphs.queued, Tone.MUTED) if _grey(facts, state) else Cell(glyphs.level(level), LEVEL_TONES[level])
    name = Cell(environment.name, Tone.ACCENT if environment.production else Tone.PLAIN)
    p99 = _NONE
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
    month = _month(environment.name)
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
    return clone.branch


def _month(name: str) -> Cell:
    planned = planned_by_environment().get(name)
    return _NONE if planned is None else Cell(f"${planned:.2f}", Tone.MUTED)


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the preview of one environment: purpose, components, health, what is wrong."""
    state = next((s for s in environment_states(facts, now) if s.environment.name == key), None)
    if state is None:
        return ()
    environment = state.environment
    lines: list[Line] = [text(Cell(environment.name, Tone.ACCENT), f"  {environment.purpose}")]
    for label, value in (("page", environment.url), ("API", environment.api), ("branch", environment.branch)):
        if value:
            lines.append(text(Cell(f"{label:<8}", Tone.MUTED), value))
    for label, value in (("data", environment.data), ("testers", environment.testers)):
        if value:
            lines.append(text(Cell(f"{label:<8}", Tone.MUTED), value))
    lines.append(())
    lines.extend(_component_lines(state, glyphs))
    if state.head and not environment.local:
        lines.append(text(Cell(f"{'head':<8}", Tone.MUTED), f"{short_sha(state.head)} of {environment.branch}"))
    if state.overdue is not None:
        lines.append((Cell(f"{glyphs.warn} merged {age_words(state.overdue)} ago and not deployed", Tone.WARNING),))
    lines.extend(_probe_lines(state, glyphs))
    notices = dict.fromkeys(part.notice for part in _parts(state) if part.notice)
    lines.extend((Cell(notice, Tone.MUTED),) for notice in notices)
    return tuple(lines)


def _component_lines(state: EnvironmentState, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    for component in state.components:
        live, latest = component.live, component.latest
        words = "unknown" if live is None else f"{short_sha(live.sha) if live.sha else 'commit unknown'} {live.subject}".rstrip()
        at = ago(live.ready_at or live.created_at, state.now) if live else ""
        lines.append(text(Cell(f"{component.name:<8}", Tone.MUTED), f"{words}  {at}", Cell(f"  {component.provider}", Tone.MUTED)))
        if component.pinned:
            words = f"pinned: {pin_words(component, state.now)}; new pushes do not go live: W b P, or strideiq rollback promote"
            lines.append(text(f"{'':<8}", Cell(words, Tone.WARNING)))
        elif component.pin is not None and component.pinned is None:
            said = f": {component.pin.note}" if component.pin.note else ""
            lines.append(text(f"{'':<8}", Cell(f"whether it is pinned is not known{said}", Tone.UNKNOWN)))
        if latest is not None and latest is not live:
            tone = Tone.CRITICAL if component.failed else Tone.ACTIVE if component.moving else Tone.MUTED
            lines.append(text(f"{'':<8}", Cell(f"newest: {short_sha(latest.sha)} {latest.state}", tone)))
    return lines


def _probe_lines(state: EnvironmentState, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    health = state.health
    for label, probe in (("page", health.web), ("API", health.api)) if health else ():
        if probe is None:
            continue
        took = f"{probe.latency_ms} ms" if probe.latency_ms is not None else "–"
        tls = f"  TLS {probe.tls_days} d" if probe.tls_days is not None else ""
        said = probe.error or probe.words
        mark = Cell(f"{glyphs.level(probe.level)} ", LEVEL_TONES[probe.level])
        lines.append(text(mark, f"{label}: {said}  {took}{tls}"))
        lines.extend(
            text("    ", Cell(f"{glyphs.level(level)} {name}: {level}", LEVEL_TONES[level])) for name, level in probe.parts
        )
    return lines
