"""What can be gone back to, and the ways back: as a table, as lines to read, as JSON (R93-R98)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.rollback.candidates import Candidate, ComponentTarget
from strideiq_console.domain.policy.rollback.plans import Act, Offer, RollbackPlan
from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook.rollback import notes_of
from strideiq_console.presentation.age import age_words, ago
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

SCHEMA = "strideiq.rollback-candidates/1"
_COLUMNS = (
    Column("", 2),
    Column("commit", 8),
    Column("deployed", 10),
    Column("back", 12),
    Column("web", 20),
    Column("api", 20),
    Column("subject"),
)


def candidates_table(found: Sequence[Candidate], now: datetime, glyphs: Glyphs) -> Table:
    """Return the last production deployments by commit: how far back each is, and whether each provider can go there."""
    rows = tuple(_row(one, now, glyphs) for one in found)
    notice = (
        "" if rows else "No deployment of production is in sight: read the providers again, or take a change back with --blame."
    )
    return Table(_COLUMNS, rows, Look.FRESH, notice, f"{len(rows)}")


def _row(one: Candidate, now: datetime, glyphs: Glyphs) -> Row:
    parts = {part.component: _part(part, now, glyphs) for part in one.components}
    nothing = Cell(glyphs.none, Tone.MUTED)
    mark = Cell(glyphs.running, Tone.ACTIVE) if one.live else Cell("")
    deployed = Cell(ago(one.at, now) if one.at is not None else "unknown", Tone.PLAIN if one.at is not None else Tone.UNKNOWN)
    cells = (
        mark,
        Cell(short_sha(one.sha), Tone.ACCENT),
        deployed,
        Cell(distance_words(one)),
        parts.get("web", nothing),
        parts.get("api", nothing),
        Cell(one.subject),
    )
    return Row(one.sha, cells)


def distance_words(one: Candidate) -> str:
    """Return how far back a candidate is: commits, and migrations in between; what is not known is said so."""
    if one.live and one.commits in (0, None):
        return "live"
    commits = "? commits" if one.commits is None else f"{one.commits} commit{'' if one.commits == 1 else 's'}"
    if one.migrations is None:
        return f"{commits}, ? migr."
    return f"{commits}, {one.migrations} migr." if one.migrations else commits


def _part(part: ComponentTarget, now: datetime, glyphs: Glyphs) -> Cell:
    if part.eligible:
        left = f" {age_words(part.until - now)} left" if part.until is not None and part.until > now else ""
        return Cell(f"{glyphs.ok} can{left}", Tone.OK)
    if part.why == "serves it now":
        return Cell(f"{glyphs.running} serves it", Tone.ACTIVE)
    unsure = part.why.endswith("does not say")
    return Cell(f"{glyphs.unknown if unsure else glyphs.none} {part.why}", Tone.UNKNOWN if unsure else Tone.MUTED)


def candidates_json(found: Sequence[Candidate]) -> dict[str, Any]:
    """Return the candidates as a document; numbers that are not known are null."""
    return {"schema": SCHEMA, "candidates": [_candidate_json(one) for one in found]}


def _candidate_json(one: Candidate) -> dict[str, Any]:
    return {
        "sha": one.sha,
        "subject": one.subject,
        "at": one.at.isoformat() if one.at is not None else None,
        "live": one.live,
        "commits": one.commits,
        "migrations": one.migrations,
        "components": [
            {
                "component": part.component,
                "provider": part.provider,
                "deployment": part.deployment_id,
                "eligible": part.eligible,
                "why": part.why,
                "until": part.until.isoformat() if part.until is not None else None,
            }
            for part in one.components
        ],
    }


def offer_lines(offer: Offer, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return every open way with its deeds and what to know of it, then every closed one with what would open it."""
    lines: list[Line] = []
    for number, plan in enumerate(offer.plans):
        lines.append(text(Cell(f"{glyphs.ok} {plan.kind}", Tone.OK), Cell("  the default" if number == 0 else "", Tone.MUTED)))
        lines.extend(plan_deeds(plan))
        lines.extend(text(Cell(f"    {words}", Tone.WARNING)) for words in notes_of(plan, Offer((plan,), ()), now))
        lines.append(())
    for refusal in offer.refusals:
        lines.append(text(Cell(f"{glyphs.none} {refusal.kind}: {refusal.reason}", Tone.MUTED)))
        lines.append(text(f"    {refusal.sentence()}"))
    return tuple(lines)


def plan_deeds(plan: RollbackPlan) -> tuple[Line, ...]:
    """Return the deeds of a plan in their order, one line each, with their confirmation level."""
    return tuple(text(f"    {_deed(act)}", Cell(f"  level {act.level}", Tone.MUTED)) for act in plan.acts)


def _deed(act: Act) -> str:
    what = f" {act.component}" if act.component else ""
    if act.move is not None:
        return f"{act.kind}: {act.move.direction} to {act.target} (revision {act.move.revision})"
    if act.rows is not None:
        return f"{act.kind}: {', '.join(act.rows) or 'no row'}"
    to = short_sha(act.sha) if act.sha else act.target
    parent = f", against parent {act.parent}" if act.parent is not None else ""
    if act.parent is not None or (not what and act.source and act.sha == ""):
        return f"{act.kind}: {short_sha(act.source) if len(act.source) >= 40 else act.source} on {act.target}{parent}"
    return f"{act.kind}{what}{f': {to}' if to else ''}"
