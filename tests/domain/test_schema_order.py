"""Where a schema may move: levels, the order of the environments, the way back, files that agree, and the ladder as a whole."""

from __future__ import annotations

import pytest

from strideiq_console.domain.migration import Direction, DowngradeKind, Move, Revision, Risk, RiskKind, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.schema_order import (
    derived,
    judge_order,
    least_level,
    level_of,
    lost_by_reversing,
    reverse_of,
    unlike,
)
from strideiq_console.domain.reading import Level
from strideiq_console.domain.schema_ladder import ladder_of

UP, DOWN = Direction.UP, Direction.DOWN
LINE = RevisionGraph.of([Revision("a1", digest="a"), Revision("b2", ("a1",), digest="b"), Revision("c3", ("b2",), digest="c")])
FORK = RevisionGraph.of([*LINE.revisions, Revision("d4", ("b2",)), Revision("e5", ("c3", "d4"))])


def revision(*kinds: RiskKind, direction: Direction = UP, downgrade: DowngradeKind = DowngradeKind.REVERSES) -> Revision:
    return Revision("x", risks=tuple(Risk(kind, direction, "t") for kind in kinds), downgrade=downgrade)


@pytest.mark.parametrize(
    ("kinds", "direction", "local", "staging", "production"),
    [
        ((), UP, 1, 2, 3),
        ((RiskKind.LOCKS,), UP, 1, 2, 3),
        ((RiskKind.DROPS_TABLE,), UP, 4, 4, 4),
        ((RiskKind.CONCURRENTLY,), UP, 4, 4, 4),
        ((RiskKind.AUTOCOMMIT,), UP, 4, 4, 4),
        ((RiskKind.MOVES_DATA,), UP, 4, 4, 4),
        ((RiskKind.RAW_SQL,), UP, 4, 4, 4),
        ((), DOWN, 4, 4, 4),
    ],
    ids=["adds", "locks", "drops", "concurrently", "autocommit", "moves data", "raw sql", "downgrade"],
)
def test_the_level_follows_from_the_risk_and_where_it_lands(
    kinds: tuple[RiskKind, ...], direction: Direction, local: int, staging: int, production: int
) -> None:
    one = revision(*kinds)
    assert [level_of(one, direction, e) for e in ("local", "staging", "production", "preview")] == [
        local,
        staging,
        production,
        production,
    ]
    assert least_level(direction, "production") <= level_of(one, direction, "production")


def test_production_wants_staging_and_takes_unknown_for_no() -> None:
    assert judge_order("production", ["c3"], LINE, ["c3"]) == judge_order("local", ["c3"], LINE, None)
    assert "staging does not have c3 yet" in judge_order("production", ["b2", "c3"], LINE, ["b2"]).reasons[0]
    assert "cannot be read" in judge_order("production", ["c3"], LINE, None).reasons[0]
    assert "has no database here" in judge_order("production", ["c3"], LINE, None, known=False).reasons[0]
    assert "staging is at zz" in judge_order("production", ["c3"], LINE, ["zz"]).reasons[0]


def test_staging_wants_local_only_where_local_is_known() -> None:
    assert "local does not have c3 yet" in judge_order("staging", ["c3"], LINE, ["a1"]).reasons[0]
    for unknown in (judge_order("staging", ["c3"], LINE, None), judge_order("staging", ["c3"], LINE, None, known=False)):
        assert not unknown.reasons
        assert "is not known" in unknown.notes[0]


def test_the_way_back_undoes_one_revision() -> None:
    up = Move(UP, "c3", "c3", frozenset({"b2"}), frozenset({"c3"}))
    back = reverse_of(up, LINE)
    assert back == Move(DOWN, "c3", "b2", frozenset({"c3"}), frozenset({"b2"}))
    assert back is not None
    assert reverse_of(back, LINE) == up
    branch = Move(UP, "d4", "d4", frozenset({"c3"}), frozenset({"c3", "d4"}))
    found = reverse_of(branch, FORK)
    assert found is not None
    assert found.target == "d4@b2"


def test_what_taking_back_costs() -> None:
    assert lost_by_reversing(revision(), UP) == ""
    assert "drops a table" in lost_by_reversing(revision(RiskKind.DROPS_TABLE, direction=DOWN), UP)
    assert "does nothing" in lost_by_reversing(revision(downgrade=DowngradeKind.EMPTY), UP)
    assert "not one transaction" in lost_by_reversing(revision(RiskKind.AUTOCOMMIT), DOWN)
    assert "does not tell" in lost_by_reversing(revision(RiskKind.RAW_SQL), DOWN)


def test_a_move_is_derived_from_the_rows_before_it_or_after_it() -> None:
    before, after = frozenset({"b2"}), frozenset({"c3"})
    for rows in (["b2"], ["c3"]):
        assert derived(LINE, rows, UP, "c3", "c3") == Move(UP, "c3", "c3", before, after)
        assert derived(LINE, rows, DOWN, "c3", "b2") == Move(DOWN, "c3", "b2", after, before)
    assert "needs b2" in str(derived(LINE, ["a1"], UP, "c3", "c3"))
    assert "c3 stand above b2" in str(derived(LINE, ["c3"], DOWN, "b2", "a1"))
    assert "do not define" in str(derived(LINE, ["zz"], UP, "c3", "c3"))


def test_files_are_compared_as_far_as_the_move_needs_them() -> None:
    other = RevisionGraph.of([Revision("a1", digest="a"), Revision("b2", ("a1",), digest="other"), Revision("z9", ("b2",))])
    assert unlike(LINE, other, ["a1"]) == ()
    assert unlike(LINE, other, ["c3"]) == ("b2", "c3")


def test_a_ladder_says_what_waits_what_is_unknown_and_what_is_out_of_order() -> None:
    calm = ladder_of(LINE, (("local", ("c3",), ""), ("staging", ("b2",), ""), ("production", ("a1",), "")))
    assert [[one.id for one in rung.pending] for rung in calm.rungs] == [[], ["c3"], ["b2", "c3"]]
    assert calm.level is Level.OK
    ahead = ladder_of(LINE, (("local", ("c3",), ""), ("staging", ("a1",), ""), ("production", ("b2",), "")))
    assert (ahead.rungs[2].ahead, ahead.level) == (("b2",), Level.WARNING)
    strange = ladder_of(LINE, (("local", ("zz",), ""), ("staging", ("b2",), ""), ("production", None, "it does not answer")))
    assert (strange.rungs[0].strange, strange.level) == (("zz",), Level.UNKNOWN)
    broken = RevisionGraph.of([*LINE.revisions, Revision("d4", ("b2",), "d4.py")], [UnclearFile("x.py", "cannot be read", 3)])
    found = ladder_of(broken, (("local", ("c3",), ""),))
    assert found.level is Level.WARNING
    assert found.proposal == "alembic merge -m 'merge heads' c3 d4"
    assert "x.py:3 is unclear: cannot be read" in found.problems
