"""Which revisions to apply or undo, one at a time and by explicit ids, and what two commits disagree about (R88, R93-R96)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.migration import Direction, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph

BASE = "base"
_RELATIVE = re.compile(r"(?P<start>[^@+~-]*)(?P<sign>[+~-])(?P<count>\d{1,4})")


@dataclass(frozen=True, slots=True)
class Applied:
    """What the version table says, read against the files: ``rows`` as found, ``active`` with everything that they imply.

    ``unknown`` rows are in no file (an older or newer commit migrated this database). ``overlapping`` rows are implied by another
    row; alembic refuses to move such a table.
    """

    rows: tuple[str, ...]
    active: frozenset[str]
    tips: frozenset[str]
    unknown: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What the files of two commits do not share: revisions of one side, and ids whose content differs (R96)."""

    only_live: tuple[Revision, ...]
    only_target: tuple[Revision, ...]
    changed: tuple[str, ...]

    @property
    def code_only(self) -> bool:
        """Say whether the older code can start on the newer schema: it knows every revision (T5)."""
        return not self.only_live


def applied(graph: RevisionGraph, rows: Collection[str], *, implied: bool = False) -> Applied:
    """Read the version table's rows. ``implied`` is true for a listing that names dependencies too, as ``alembic current`` does."""
    known = [row for row in rows if row in graph.by_id]
    active = graph.ancestors(known)
    tips = graph.tips(active)
    return Applied(
        rows=tuple(sorted(rows)),
        active=active,
        tips=tips,
        unknown=tuple(sorted(row for row in set(rows) if row not in graph.by_id)),
        overlapping=() if implied else tuple(sorted(row for row in set(known) if row not in tips)),
    )


def path_up(graph: RevisionGraph, current: Collection[str], target: str) -> tuple[Move, ...]:
    """Return the moves that apply ``target`` (an id, ``head``, ``heads`` or a relative word); empty when it is in effect already.

    Raises UsageError for a word that means nothing here, BlockedError where the way is not certain.
    """
    state = _certain(graph, current)
    wanted = graph.ancestors(explicit(graph, current, target, Direction.UP))
    active = state.active
    moves = []
    for revision in graph.order:
        if revision in wanted and revision not in active:
            before, active = graph.tips(active), active | {revision}
            moves.append(Move(Direction.UP, revision, revision, before, graph.tips(active)))
    return tuple(moves)


def path_down(graph: RevisionGraph, current: Collection[str], target: str) -> tuple[Move, ...]:
    """Return the moves that undo everything above ``target`` (an id, ``base`` or a relative word), newest first.

    Other branches stay as they are. Raises as :func:`path_up`; also when ``target`` is not in effect.
    """
    state = _certain(graph, current)
    (wanted,) = explicit(graph, current, target, Direction.DOWN)
    if wanted != BASE and wanted not in state.active:
        raise BlockedError(
            f"{wanted} is not in effect in this database",
            consequence="there is nothing to go back to",
            next_step=f"in effect: {', '.join(sorted(state.tips)) or 'nothing'}",
        )
    doomed = undone_by(graph, state.active, wanted)
    active = state.active
    moves = []
    for revision in reversed(graph.order):
        if revision in doomed:
            word = _word_for(graph, active, revision)
            before, active = graph.tips(active), active - {revision}
            moves.append(Move(Direction.DOWN, revision, word, before, graph.tips(active)))
    return tuple(moves)


def undone_by(graph: RevisionGraph, active: frozenset[str], word: str) -> frozenset[str]:
    """Return what ``alembic downgrade WORD`` undoes: what stands above ``word``'s children, as far as it is in effect."""
    branch, _, place = word.rpartition("@")
    starts = set(graph.roots if place == BASE else graph.children.get(place, ()))
    if branch and len(starts) > 1:
        starts &= graph.lineage(branch)
    return graph.descendants(starts) & active


def explicit(graph: RevisionGraph, current: Collection[str], word: str, direction: Direction) -> tuple[str, ...]:
    """Translate a word into full ids (R94): ``head`` only when there is one, ``-1`` only where the walk is not ambiguous."""
    if word == BASE and direction is Direction.DOWN:
        return (BASE,)
    if word == "heads" and direction is Direction.UP:
        return graph.heads
    if word == "head" and direction is Direction.UP:
        return (_one_head(graph),)
    walk = None if word in graph.by_id else _RELATIVE.fullmatch(word)
    if walk is None:
        return (graph.resolve(word),)
    up = walk["sign"] == "+"
    if not walk["start"] and up is not (direction is Direction.UP):
        raise UsageError(f"{word} makes no sense for {direction.value}", next_step="name a revision")
    here = _start(graph, current, walk["start"], word)
    for _ in range(int(walk["count"])):
        here = _step(graph, here, word, up=up)
    if here == BASE and direction is Direction.UP:
        raise UsageError(f"{word} leads to no revision", next_step="name a revision")
    return (here,)


def between(live: RevisionGraph, target: RevisionGraph) -> Difference:
    """Compare the files of the commit that runs with those of the commit to go to; both sides in the order of application."""
    return Difference(
        only_live=_only(live, target),
        only_target=_only(target, live),
        changed=tuple(i for i, r in live.by_id.items() if i in target.by_id and r.digest != target.by_id[i].digest),
    )


def _only(one: RevisionGraph, other: RevisionGraph) -> tuple[Revision, ...]:
    rank = {revision: place for place, revision in enumerate(one.order)}
    extra = [r for i, r in one.by_id.items() if i not in other.by_id]
    return tuple(sorted(extra, key=lambda r: (rank.get(r.id, len(rank)), r.id)))


def _certain(graph: RevisionGraph, current: Collection[str]) -> Applied:
    if not graph.sound:
        raise BlockedError(
            graph.problems()[0],
            consequence="no path over these migration files is certain, so none is taken",
            next_step="repair the files, then look again",
        )
    state = applied(graph, current)
    if state.unknown:
        raise BlockedError(
            f"the database is at {', '.join(state.unknown)}, which no migration file of this commit defines",
            consequence="alembic cannot move it with these files",
            next_step="use the files of the commit that migrated it",
        )
    return state


def _one_head(graph: RevisionGraph) -> str:
    if len(graph.heads) != 1:
        raise BlockedError(
            f"there is not one head but {len(graph.heads)}: {', '.join(graph.heads) or 'none'}",
            consequence="head names no revision",
            next_step=f"name one, or join them: alembic {' '.join(graph.merge_words()[:1])} {' '.join(graph.heads)}"
            if graph.heads
            else "write a first migration",
        )
    return graph.heads[0]


def _start(graph: RevisionGraph, current: Collection[str], start: str, word: str) -> str:
    if start == "head":
        return _one_head(graph)
    if start:
        return graph.resolve(start)
    tips = sorted(applied(graph, current).tips)
    if len(tips) > 1:
        raise _ambiguous(word, f"{len(tips)} revisions are current", tips)
    return tips[0] if tips else BASE


def _step(graph: RevisionGraph, here: str, word: str, *, up: bool) -> str:
    if up:
        ways = graph.roots if here == BASE else graph.children.get(here, ())
        why = f"{here} has {len(ways)} children"
    elif here == BASE:
        ways, why = (), ""
    else:
        ways = graph.by_id[here].parents or (BASE,)
        why = f"{here} joins {len(ways)} branches"
    if not ways:
        raise UsageError(f"{word} leads past {'the newest' if up else 'the first'} revision", next_step="name a revision")
    if len(ways) > 1:
        raise _ambiguous(word, why, ways)
    return ways[0]


def _ambiguous(word: str, why: str, ways: Collection[str]) -> BlockedError:
    return BlockedError(
        f"ambiguous walk: {word} can lead to {', '.join(ways)}, because {why}",
        consequence="alembic would refuse, or take an arbitrary branch",
        next_step="name one of them",
    )


def _word_for(graph: RevisionGraph, active: frozenset[str], revision: str) -> str:
    """Return a target for which alembic undoes this revision and nothing else."""
    places = graph.by_id[revision].parents or (BASE,)
    for word in (*places, *(f"{revision}@{place}" for place in places)):
        if undone_by(graph, active, word) == {revision}:
            return word
    raise BlockedError(
        f"alembic has no word that undoes {revision} alone",
        consequence="undoing it would undo other revisions in the same process",
        next_step="undo it by hand, with its siblings in view",
    )
