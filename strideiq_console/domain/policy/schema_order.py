"""Where a schema may move: the order of the environments, the level of each move, the way back, files that must agree (R88)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from strideiq_console.domain.migration import Direction, DowngradeKind, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import BASE, applied, undone_by

LADDER = ("local", "staging", "production")
"""The environments in the order in which a revision reaches them."""

_ADDS = {"local": 1, "staging": 2}
_REVERSES = (DowngradeKind.REVERSES, DowngradeKind.NOTHING)


def level_of(revision: Revision, direction: Direction, environment: str) -> int:
    """Return the confirmation level: an upgrade that only adds by where it lands, everything else two typed words everywhere."""
    level = revision.level(direction)
    return level if level >= 4 else _ADDS.get(environment, level)


def least_level(direction: str, environment: str) -> int:
    """Return the least level of a move whose revision is not at hand."""
    return 4 if direction == Direction.DOWN else _ADDS.get(environment, 3)


@dataclass(frozen=True, slots=True)
class Order:
    """Whether revisions may be applied in an environment: ``reasons`` forbid it, ``notes`` are what nobody knows."""

    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge_order(
    environment: str, wanted: Sequence[str], graph: RevisionGraph, below: Collection[str] | None, *, known: bool = True
) -> Order:
    """Judge applying ``wanted`` in ``environment`` by the rows of the environment before it on the ladder.

    ``below`` None: they could not be read; ``known`` false: that environment has no database here. Production goes nowhere where
    staging is not known to have been; of a local database that nobody knows only a note is made.
    """
    place = LADDER.index(environment) if environment in LADDER else 0
    if place == 0 or not wanted:
        return Order()
    before = LADDER[place - 1]
    strict = environment == LADDER[-1]
    if not known or below is None:
        why = "its database cannot be read" if known else "it has no database here"
        words = f"whether {before} has {', '.join(wanted)} is not known: {why}"
        return Order(reasons=(words,)) if strict else Order(notes=(words,))
    state = applied(graph, below)
    absent = [one for one in wanted if one not in state.active]
    if not absent:
        return Order()
    if state.unknown:
        words = f"{before} is at {', '.join(state.unknown)}, which these files do not define: whether it has {', '.join(absent)}"
        return Order(reasons=(f"{words} cannot be told",)) if strict else Order(notes=(f"{words} cannot be told",))
    return Order(reasons=(f"{before} does not have {', '.join(absent)} yet: it goes to {before} before {environment}",))


def reverse_of(move: Move, graph: RevisionGraph) -> Move | None:
    """Return the move that takes a move back, None where alembic has no word that undoes the revision alone."""
    if move.direction is Direction.DOWN:
        return Move(Direction.UP, move.revision, move.revision, move.after, move.before)
    places = graph.by_id[move.revision].parents or (BASE,)
    active = graph.ancestors(move.after)
    for word in (*places, *(f"{move.revision}@{place}" for place in places)):
        if undone_by(graph, active, word) == {move.revision}:
            return Move(Direction.DOWN, move.revision, word, move.after, move.before)
    return None


def lost_by_reversing(revision: Revision, direction: Direction) -> str:
    """Say what taking a move of this direction back would cost or why it is not certain; ``""`` when it costs nothing."""
    back = Direction.DOWN if direction is Direction.UP else Direction.UP
    lost = revision.lost(back)
    if lost:
        return f"taking it back {'; '.join(risk.sentence() for risk in lost)}"
    if back is Direction.DOWN and revision.downgrade not in _REVERSES:
        return f"its downgrade {revision.downgrade}"
    if revision.unsure(back):
        return "reading its file does not tell what taking it back would do"
    if revision.splits(back):
        return "taking it back is not one transaction"
    return ""


def derived(graph: RevisionGraph, rows: Collection[str], direction: Direction, revision: str, target: str) -> Move | str:
    """Return the move of one revision from these rows, as it is or as it was; a sentence where it does not fit between them."""
    state = applied(graph, rows)
    if state.unknown:
        return f"the database is at {', '.join(state.unknown)}, which these migration files do not define"
    if revision not in graph.by_id:
        return f"no migration file of this commit defines {revision}"
    there = revision in state.active
    above = graph.descendants((revision,)) - {revision}
    if direction is Direction.DOWN and there and above & state.active:
        return f"{', '.join(sorted(above & state.active))} stand above {revision} and are in effect"
    missing = graph.ancestors((revision,)) - {revision} - state.active
    if direction is Direction.UP and missing:
        return f"{revision} needs {', '.join(sorted(missing))}, which is not in effect"
    without = graph.tips(state.active - above - {revision}) if there else state.tips
    with_it = state.tips if there else graph.tips(state.active | graph.ancestors((revision,)))
    before, after = (without, with_it) if direction is Direction.UP else (with_it, without)
    return Move(direction, revision, target, before, after)


def unlike(files: RevisionGraph, other: RevisionGraph, ids: Collection[str]) -> tuple[str, ...]:
    """Return what of ``ids`` and all that they need is missing in ``other`` or differs there, in order of application."""
    needed = files.ancestors(one for one in ids if one in files.by_id)
    theirs: Mapping[str, Revision] = other.by_id
    return tuple(i for i in files.order if i in needed and (i not in theirs or theirs[i].digest != files.by_id[i].digest))
