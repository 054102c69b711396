"""What a move of the schema says of itself: what dies, its risks and its SQL, which stay; rows and locks, which change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from strideiq_console.domain.database import Blocked
from strideiq_console.domain.migration import Move
from strideiq_console.domain.migration_blast import Blast, Loss
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.schema_order import lost_by_reversing, reverse_of

SQL_LINES = 60
"""Lines of SQL that are shown of one move; the rest is counted."""


def observed_of(move: Move, graph: RevisionGraph, blast: Blast) -> dict[str, Any]:
    """Return what a preview is made of, and what taking the move back would need; small, and the same for the same files."""
    revision = graph.by_id[move.revision]
    back = reverse_of(move, graph)
    lines = [line for line in blast.sql.splitlines() if line.strip()]
    more = [f"-- and {len(lines) - SQL_LINES} more lines"] if len(lines) > SQL_LINES else []
    lost_words = [loss.risk.sentence() for loss in blast.losses]
    others = [risk.sentence() for risk in revision.risks_of(move.direction) if risk.sentence() not in lost_words]
    unsure = ["reading its file does not tell all that it does"] if blast.unsure else []
    splits = ["it is not one transaction: a failure may leave it half done"] if blast.splits else []
    return {
        "before": sorted(move.before),
        "after": sorted(move.after),
        "message": revision.message,
        "lost": list(dict.fromkeys(lost_words)),
        "risks": [*dict.fromkeys(others), *unsure, *splits],
        "sql": [*lines[:SQL_LINES], *more],
        "no_sql": blast.no_sql,
        "back": back.target if back is not None else "",
        "costs": lost_by_reversing(revision, move.direction),
    }


def notes_of(blast: Blast) -> tuple[str, ...]:
    """Return what changes from look to look: how many rows die, and who holds locks."""
    found = [f"dies: {_many(loss)} of {loss.risk.object or loss.risk.kind}" for loss in blast.losses]
    if blast.unread:
        found.append(f"dies: how many rows cannot be counted: {blast.unread}")
    if blast.blocked is None:
        found.append("who holds locks cannot be read")
    return (*found, *blocking_words(blast.blocked or ()))


def _many(loss: Loss) -> str:
    if loss.rows is None:
        return f"an unknown number of rows ({loss.note})" if loss.note else "an unknown number of rows"
    return f"{'' if loss.exact else 'about '}{loss.rows:,} rows"


def blocking_words(blocked: Sequence[Blocked]) -> tuple[str, ...]:
    """Return who holds a lock that somebody waits for, with the head of the holder's statement."""
    return tuple(
        f"pid {holder.pid} holds a lock that pid {one.waiting.pid} waits for: {holder.query or 'its statement is hidden'}"
        for one in blocked
        for holder in one.holders
    )
