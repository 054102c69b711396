"""Taking the schema back with the files of the code that serves, then the code (R93-R96, T5-T8).

The order is RELIABILITY's "downgrade: code first" as far as T5 allows it: what only calls the API goes back before the schema does;
the code that carries the revisions stays until they are undone, for no older code can find them, and goes back right after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.migration import Direction, DowngradeKind, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import BASE, applied, path_down, path_up
from strideiq_console.domain.policy.rollback.expansion import backup_act, uncertain
from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.gates import (
    backup_age,
    files_cause,
    files_step,
    misread,
    named,
    restarts_upgrade,
    stale_backup,
    unproven,
    unserved,
)
from strideiq_console.domain.policy.rollback.plans import Act, ActKind, Loss, PlanKind, Reason, Refusal, RollbackPlan
from strideiq_console.domain.policy.rollback.provider import Built, code_acts, undo_of
from strideiq_console.domain.policy.rollback.words import pinned_by, rebuilt, returning, split, turned_back

KIND = PlanKind.SCHEMA_FIRST
_IMPOSSIBLE = (DowngradeKind.RAISES, DowngradeKind.MISSING)


@dataclass(frozen=True, slots=True)
class _Descent:
    moves: tuple[Move, ...]
    rows: tuple[str, ...]
    undone: tuple[Revision, ...]


def schema_plan(facts: Facts, now: datetime) -> Built:
    """Return the plan that undoes the crossed revisions one by one; neither plan nor refusal where none is in effect."""
    migrating = [p for p in facts.moving if p.migrates]
    if not migrating or facts.live.same_schema:
        return None, ()
    descent = _descent(facts)
    if isinstance(descent, Refusal):
        return None, (descent,)
    if not descent.moves:
        return None, ()
    closed = [misread(KIND, facts, facts.live), *(unserved(KIND, facts, p) for p in migrating), _irreversible(descent)]
    closed += [unproven(KIND, facts), restarts_upgrade(KIND, facts, facts.places), stale_backup(KIND, facts, now)]
    refusals = tuple(r for r in closed if r is not None)
    first, left = code_acts(KIND, facts, [p for p in facts.moving if not p.migrates], now, either=True)
    last, stuck = code_acts(KIND, facts, migrating, now, either=True)
    if refusals or stuck:
        return None, tuple(dict.fromkeys((*refusals, *stuck)))
    return _plan(facts, now, descent, first, last, tuple(r.component for r in left)), left


def _plan(
    facts: Facts, now: datetime, descent: _Descent, first: tuple[Act, ...], last: tuple[Act, ...], left: tuple[str, ...]
) -> RollbackPlan:
    left += tuple(p.component for p in facts.places if not p.wanted and not (p.live is not None and p.live.sha == facts.target))
    moved = {act.component: act.kind for act in (*first, *last)}
    undo, note = _undo(facts, descent, first, last)
    return RollbackPlan(
        KIND,
        facts.target,
        _acts(facts, descent, first, last),
        level=4,
        whole=not left,
        turns_back=tuple(
            turned_back(p) if moved[p.component] is ActKind.ROLLBACK else rebuilt(p) for p in facts.places if p.component in moved
        ),
        dies=_losses(descent),
        irreversible=sum(r.irreversible for r in descent.undone),
        undo=undo,
        undo_note=note,
        until=min((a.until for a in (*first, *last) if a.until is not None), default=None),
        warnings=(*split(facts, left), *pinned_by(first), *pinned_by(last), *_warnings(facts, descent)),
        afterwards=(
            f"take the change back on {facts.branch} too, migration files and all: the next start of today's code upgrades again",
            "only then switch deploying by push on again",
        ),
        database=facts.schema.database,
        backup_id=facts.schema.backup_id,
        backup_age=backup_age(facts, now),
    )


def _acts(facts: Facts, descent: _Descent, first: tuple[Act, ...], last: tuple[Act, ...]) -> tuple[Act, ...]:
    files = facts.live.start
    holds = tuple(Act(ActKind.HOLD, 3, p.component, p.provider) for p in facts.places if p.can_hold is True)
    downs = tuple(Act(ActKind.DOWNGRADE, 4, target=m.target, files_of=files, move=m) for m in descent.moves)
    return (
        backup_act(facts),
        *holds,
        *first,
        Act(ActKind.CHECK_REVISION, 0, files_of=files, rows=facts.schema.rows),
        *downs,
        Act(ActKind.CHECK_REVISION, 0, files_of=files, rows=descent.rows),
        *last,
        Act(ActKind.CHECK_REVISION, 0, files_of=facts.target, rows=descent.rows),
        Act(ActKind.WATCH, 0, sha=facts.target),
    )


def _undo(facts: Facts, descent: _Descent, first: tuple[Act, ...], last: tuple[Act, ...]) -> tuple[tuple[Act, ...], str]:
    """Return the way forward again: the schema up with the files of the newer code, then that code, then who calls it."""
    graph = facts.live.before
    if graph is None:
        return (), "nothing to go back to is known"
    ups: list[Act] = []
    rows = descent.rows
    for tip in sorted(facts.schema.rows or ()):
        for move in path_up(graph, rows, tip):
            level = graph.by_id[move.revision].level(Direction.UP)
            ups.append(Act(ActKind.UPGRADE, level, target=move.target, files_of=facts.live.start, move=move))
            rows = tuple(sorted(move.after))
    code, note = undo_of(facts, (*first, *last))
    lost = f"what the downgrade destroys comes back only from backup {facts.schema.backup_id or 'that was proven'}"
    return (*ups, *code), f"{note}; {lost}" if _losses(descent) else note


def _descent(facts: Facts) -> _Descent | Refusal:
    """Return the moves down to what the target's files define, explicit and one revision each, or why there is no certain walk."""
    found = facts.live.difference
    before, after = facts.live.before, facts.live.after
    if found is None or before is None or after is None:
        cause = files_cause(facts.live)
        return Refusal(
            KIND, Reason.UNKNOWN_FILES, cause, "what a downgrade would undo cannot be told", files_step(facts.live), "T5"
        )
    if facts.schema.rows is None:
        return Refusal(
            KIND,
            Reason.UNKNOWN_REVISION,
            "the database's revision is not known",
            "nobody can say what a downgrade would undo",
            "read the database's revision, then plan again",
            "R93",
        )
    state = applied(before, facts.schema.rows)
    if state.unknown:
        return Refusal(
            KIND,
            Reason.UNKNOWN_REVISION,
            f"the database is at {named(state.unknown)}, which {short_sha(facts.live.start)} does not define",
            "alembic cannot move it with these files",
            "use the files of the commit that migrated it",
            "R93",
        )
    keep = state.active & frozenset(after.by_id)
    if keep == state.active:
        return _Descent((), tuple(sorted(state.tips)), ())
    if state.overlapping:
        return _ambiguous(f"the version table names {named(state.overlapping)}, which other rows imply")
    return _walk(facts, before, after, keep)


def _walk(facts: Facts, before: RevisionGraph, after: RevisionGraph, keep: frozenset[str]) -> _Descent | Refusal:
    rows: tuple[str, ...] = tuple(sorted(facts.schema.rows or ()))
    moves: list[Move] = []
    try:
        for word in sorted(before.tips(keep)) or (BASE,):
            found = path_down(before, rows, word)
            moves += found
            rows = tuple(sorted(found[-1].after)) if found else rows
        ahead = path_up(after, rows, "heads") if applied(before, rows).active == keep else ()
    except (BlockedError, UsageError) as error:
        return uncertain(KIND, BlockedError(error.cause, consequence=error.consequence, next_step=error.next_step))
    if applied(before, rows).active != keep:
        return _ambiguous(f"no explicit walk leads to exactly {named(sorted(before.tips(keep))) or BASE}")
    if ahead:
        return _ambiguous(f"{short_sha(facts.target)} has revisions of its own: {named([m.revision for m in ahead])}")
    return _Descent(tuple(moves), rows, tuple(before.by_id[m.revision] for m in moves))


def _ambiguous(cause: str) -> Refusal:
    return Refusal(
        KIND,
        Reason.AMBIGUOUS,
        cause,
        "alembic would refuse, or take an arbitrary branch",
        "keep the migration files and revert the rest, or take the schema back by hand, revision by revision",
        "T7",
    )


def _irreversible(descent: _Descent) -> Refusal | None:
    closed = [r for r in descent.undone if r.downgrade in _IMPOSSIBLE]
    if not closed:
        return None
    return Refusal(
        KIND,
        Reason.IRREVERSIBLE,
        "; ".join(f"{r.id} {r.downgrade}" for r in closed),
        "the schema would stop half-way down",
        "keep the migration files and revert the rest, or restore a backup",
        "R95",
    )


def _losses(descent: _Descent) -> tuple[Loss, ...]:
    found = []
    for revision in descent.undone:
        found += [Loss(revision.id, risk, risk.sentence()) for risk in revision.lost(Direction.DOWN)]
        if revision.unsure(Direction.DOWN) or (revision.downgrade is DowngradeKind.UNCLEAR):
            found.append(Loss(revision.id, None, "more may be lost: reading the file does not tell"))
    return tuple(found)


def _warnings(facts: Facts, descent: _Descent) -> tuple[str, ...]:
    found = ["between the downgrade and the older code, today's code serves on a schema that it does not expect: errors"]
    if facts.schema.upgrades_at_start is not False:
        found.append("a restart of today's code upgrades again: the revision is read once more right before the code goes back")
    found += [f"{r.id}: its downgrade {r.downgrade}" for r in descent.undone if r.irreversible]
    found += [f"{r.id}: a failure may leave it half undone" for r in descent.undone if r.splits(Direction.DOWN)]
    if facts.live.difference is not None and facts.live.difference.changed:
        found.append(f"migration files below differ in content: {named(facts.live.difference.changed)}")
    return (*found, f"{facts.branch} is still bad: its next deploy brings schema and code back", *returning(facts, facts.live))
