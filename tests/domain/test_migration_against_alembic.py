"""Our paths against alembic's own walk, over random graphs: same revisions, one a process, the same rows afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script.revision import RangeNotAncestorError, RevisionMap
from alembic.script.revision import Revision as TheirRevision
from hypothesis import given, settings
from hypothesis import strategies as st

from strideiq_console.domain.migration import Direction, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import applied, path_down, path_up


@st.composite
def graphs(draw: st.DrawFn) -> RevisionGraph:
    """Return a graph of up to nine revisions: forks, merges, several roots, dependencies."""
    revisions: list[Revision] = []
    for number in range(draw(st.integers(1, 9))):
        earlier = [r.id for r in revisions]
        parents = draw(st.lists(st.sampled_from(earlier), max_size=3, unique=True)) if earlier else []
        graph = RevisionGraph.of(revisions)
        # alembic refuses a parent that is another one's ancestor
        parents = [p for p in parents if not any(p in graph.ancestors(graph.below[q]) for q in parents)]
        free = [i for i in earlier if i not in graph.ancestors(parents)]
        needs = draw(st.lists(st.sampled_from(free), max_size=1)) if free and draw(st.booleans()) else []
        revisions.append(Revision(f"rev{number}", tuple(parents), f"rev{number}.py", depends_on=tuple(needs)))
    return RevisionGraph.of(revisions)


class Script(TheirRevision):
    module = SimpleNamespace(upgrade=None, downgrade=None)


def theirs(graph: RevisionGraph) -> RevisionMap:
    return RevisionMap(lambda: [Script(r.id, r.parents or None, dependencies=r.depends_on or None) for r in graph.revisions])


class Rows(HeadMaintainer):
    """Alembic's keeper of the version table, over a set instead of a table."""

    def _insert_version(self, version: str) -> None:
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)

    def _update_version(self, from_: str, to_: str) -> None:
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)


def carried_out(walker: RevisionMap, rows: set[str], move: Move) -> tuple[list[str], set[str]]:
    """Do what one alembic process would do: return the revisions that it runs, and the rows it leaves."""
    up = move.direction is Direction.UP
    current: Any = tuple(sorted(rows))
    found: Iterable[Any] = (
        reversed(list(walker.iterate_revisions(move.target, current, implicit_base=True)))
        if up
        else walker.iterate_revisions(current, move.target, select_for_downgrade=True)
    )
    keeper = Rows(None, rows)  # type: ignore[arg-type]
    ran = []
    for script in found:
        ran.append(script.revision)
        keeper.update_to_step(RevisionStep(walker, script, up))
    return ran, set(keeper.heads)


def downward(graph: RevisionGraph, rows: Iterable[str], target: str) -> tuple[Move, ...]:
    moves = path_down(graph, tuple(rows), target)
    assert all(move.target.count("@") <= 1 for move in moves)
    return moves


@settings(max_examples=60, deadline=None, derandomize=True)
@given(graphs())
def test_the_graph_is_what_alembic_sees(graph: RevisionGraph) -> None:
    walker = theirs(graph)
    assert set(walker.heads) == set(graph.heads)
    assert set(walker.bases) == set(graph.roots)
    assert {r.revision for r in walker._revision_map.values() if r and r.is_branch_point} == set(graph.forks)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs(), st.data())
def test_every_move_is_one_revision_and_leaves_the_rows_that_were_planned(graph: RevisionGraph, data: st.DataObject) -> None:
    walker = theirs(graph)
    rows: set[str] = set()
    for _ in range(3):
        ids = sorted(graph.by_id)
        if data.draw(st.booleans()) or not rows:
            moves = path_up(graph, rows, data.draw(st.sampled_from([*ids, "heads"])))
        else:
            moves = downward(graph, rows, data.draw(st.sampled_from([*sorted(applied(graph, rows).active), "base"])))
        for move in moves:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ran, rows = carried_out(walker, rows, move)
            assert ran == [move.revision]
            assert applied(graph, rows).tips == move.after
        assert not applied(graph, rows).unknown


@settings(max_examples=60, deadline=None, derandomize=True)
@given(graphs(), st.data())
def test_a_whole_path_undoes_what_one_downgrade_of_alembic_would(graph: RevisionGraph, data: st.DataObject) -> None:
    walker = theirs(graph)
    rows = graph.tips(graph.ancestors([data.draw(st.sampled_from(sorted(graph.by_id))) for _ in range(2)]))
    target = data.draw(st.sampled_from([*sorted(applied(graph, rows).active), "base"]))
    try:
        found = list(walker.iterate_revisions(tuple(sorted(rows)), target, select_for_downgrade=True))
    except RangeNotAncestorError:  # only dependents stand above it: alembic fails where there is nothing to do
        found = []
    moves = downward(graph, rows, target)
    assert {m.revision for m in moves} == {r.revision for r in found if r is not None}
