"""What the schema still lacks for the code that goes live: brought up explicitly and before that code (expand before code)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration import Direction
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import path_up
from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.gates import stale_backup, unproven
from strideiq_console.domain.policy.rollback.plans import Act, ActKind, Loss, PlanKind, Reason, Refusal


@dataclass(frozen=True, slots=True)
class Expansion:
    """The acts that bring the schema up, or the refusal to. ``dies`` is what upgrades drop."""

    acts: tuple[Act, ...] = ()
    dies: tuple[Loss, ...] = ()
    refusal: Refusal | None = None


def expansion(kind: PlanKind, facts: Facts, graph: RevisionGraph, sha: str, now: datetime) -> Expansion:
    """Return what must go up before the code of ``sha``, whose migration files are ``graph``; the rows must be known."""
    try:
        moves = path_up(graph, facts.schema.rows or (), "heads")
    except BlockedError as error:
        return Expansion(refusal=uncertain(kind, error))
    if not moves:
        return Expansion()
    revisions = [graph.by_id[move.revision] for move in moves]
    level = max(r.level(Direction.UP) for r in revisions)
    refusal = unproven(kind, facts) or (stale_backup(kind, facts, now) if level >= 4 else None)
    if refusal is not None:
        return Expansion(refusal=refusal)
    proof = (backup_act(facts),) if level >= 4 else ()
    steps = tuple(
        Act(ActKind.UPGRADE, r.level(Direction.UP), target=m.target, files_of=sha, move=m)
        for m, r in zip(moves, revisions, strict=True)
    )
    dies = tuple(Loss(r.id, risk, risk.sentence()) for r in revisions for risk in r.lost(Direction.UP))
    check = Act(ActKind.CHECK_REVISION, 0, files_of=sha, rows=facts.schema.rows)
    return Expansion((*proof, check, *steps), dies)


def backup_act(facts: Facts) -> Act:
    """Return the act that proves the backup once more, right before what it is for."""
    return Act(ActKind.PROVE_BACKUP, 0, target=facts.schema.backup_id)


def uncertain(kind: PlanKind, error: BlockedError) -> Refusal:
    """Return the refusal for a walk over the revisions that is not certain (T7)."""
    return Refusal(kind, Reason.AMBIGUOUS, error.cause, error.consequence, error.next_step or "name one revision", "T7")
