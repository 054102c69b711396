"""Paths over the graph: explicit words only, one revision a move, and a plain refusal where the way is not certain."""

from __future__ import annotations

import pytest

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.migration import Direction, Move, Revision, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import applied, between, explicit, path_down, path_up

UP, DOWN = Direction.UP, Direction.DOWN


def graph(*words: str, unclear: tuple[UnclearFile, ...] = ()) -> RevisionGraph:
    """Make a graph of words such as ``c<a,b``: ``c`` with the parents ``a`` and ``b``; ``c+x`` depends on ``x``."""
    found = []
    for word in words:
        name, _, parents = word.partition("<")
        name, _, needs = name.partition("+")
        found.append(
            Revision(name, tuple(parents.split(",")) if parents else (), f"{name}.py", depends_on=(needs,) if needs else ())
        )
    return RevisionGraph.of(found, unclear)


LINE = graph("aaaa1", "aaaa2<aaaa1", "aaaa3<aaaa2")
DIAMOND = graph("base1", "left<base1", "right<base1", "join<left,right")
FORK = graph("base1", "left<base1", "right<base1")


def test_a_path_up_is_every_needed_revision_once_in_order() -> None:
    assert [m.revision for m in path_up(LINE, (), "head")] == ["aaaa1", "aaaa2", "aaaa3"]
    assert path_up(LINE, ("aaaa1",), "aaaa2") == (Move(UP, "aaaa2", "aaaa2", frozenset({"aaaa1"}), frozenset({"aaaa2"})),)
    assert path_up(LINE, ("aaaa3",), "aaaa1") == ()
    assert [m.revision for m in path_up(DIAMOND, ("left",), "join")] == ["right", "join"]
    assert path_up(FORK, ("base1",), "heads")[-1].after == {"left", "right"}
    assert [m.revision for m in path_up(graph("x", "y+x"), (), "y")] == ["x", "y"]


def test_a_path_down_names_the_place_for_each_process() -> None:
    assert [(m.revision, m.target) for m in path_down(LINE, ("aaaa3",), "aaaa1")] == [("aaaa3", "aaaa2"), ("aaaa2", "aaaa1")]
    assert [(m.revision, m.target) for m in path_down(LINE, ("aaaa1",), "base")] == [("aaaa1", "base")]
    assert [(m.revision, m.target) for m in path_down(DIAMOND, ("join",), "base1")] == [
        ("join", "left"),
        ("right", "right@base1"),
        ("left", "base1"),
    ]
    merge = path_down(DIAMOND, ("join",), "left")
    assert merge[0].after == {"left", "right"}
    assert [(m.revision, m.target) for m in path_down(graph("x", "y"), ("x", "y"), "base")] == [("y", "y@base"), ("x", "base")]
    assert path_down(LINE, ("aaaa2",), "aaaa2") == ()


@pytest.mark.parametrize(
    ("rows", "word", "direction", "found"),
    [
        (("aaaa2",), "-1", DOWN, ("aaaa1",)),
        (("aaaa2",), "-2", DOWN, ("base",)),
        (("aaaa1",), "+1", UP, ("aaaa2",)),
        ((), "+2", UP, ("aaaa2",)),
        (("aaaa3",), "head~1", DOWN, ("aaaa2",)),
        (("aaaa3",), "aaaa3-2", DOWN, ("aaaa1",)),
        ((), "aaaa1+1", UP, ("aaaa2",)),
        ((), "head", UP, ("aaaa3",)),
        ((), "aaaa2", UP, ("aaaa2",)),
    ],
)
def test_relative_words_become_full_ids(rows: tuple[str, ...], word: str, direction: Direction, found: tuple[str, ...]) -> None:
    assert explicit(LINE, rows, word, direction) == found


@pytest.mark.parametrize(
    ("word", "direction", "said"),
    [
        ("-4", DOWN, "past the first"),
        ("+1", UP, "past the newest"),
        ("+1", DOWN, "makes no sense"),
        ("-1", UP, "makes no sense"),
        ("base", UP, "no revision"),
        ("heads", DOWN, "no revision"),
        ("nowhere", UP, "no migration file"),
        ("aa", UP, "needs 4 characters"),
        ("aaaa", UP, "short for 3"),
        ("--sql", UP, "no revision"),
        ("a;b", DOWN, "no revision"),
        ("", UP, "no revision"),
    ],
)
def test_words_that_mean_nothing_here(word: str, direction: Direction, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        explicit(LINE, ("aaaa3",), word, direction)
    assert raised.value.next_step


@pytest.mark.parametrize(
    ("where", "rows", "word", "direction", "said"),
    [
        (DIAMOND, ("join",), "-1", DOWN, "ambiguous walk: -1 can lead to left, right, because join joins 2 branches"),
        (FORK, ("left", "right"), "-1", DOWN, "because 2 revisions are current"),
        (FORK, ("base1",), "+1", UP, "because base1 has 2 children"),
        (FORK, ("base1",), "head", UP, "not one head but 2: left, right"),
        (graph(), (), "head", UP, "not one head but 0"),
    ],
)
def test_an_ambiguous_walk_is_named(
    where: RevisionGraph, rows: tuple[str, ...], word: str, direction: Direction, said: str
) -> None:
    with pytest.raises(BlockedError) as raised:
        explicit(where, rows, word, direction)
    assert said in raised.value.cause
    assert raised.value.next_step


def test_nothing_moves_over_files_that_are_not_certain() -> None:
    cases = (
        (graph("a", unclear=(UnclearFile("b.py", "it is not UTF-8"),)), (), "b.py is unclear"),
        (graph("a<gone"), (), "needs gone"),
        (RevisionGraph.of([Revision("a", (), "1.py"), Revision("a", (), "2.py")]), (), "a is defined 2 times: 1.py, 2.py"),
        (graph("a<b", "b<a"), (), "circle: a, b"),
        (RevisionGraph.of([Revision("a")], complete=False), (), "more migration files"),
        (graph("a"), ("ffff",), "the database is at ffff"),
    )
    for where, rows, said in cases:
        with pytest.raises(BlockedError, match=said):
            path_up(where, rows, "a")
        with pytest.raises(BlockedError, match=said):
            path_down(where, rows, "base")
    with pytest.raises(BlockedError, match="aaaa3 is not in effect"):
        path_down(LINE, ("aaaa1",), "aaaa3")


def test_the_version_table_is_read_against_the_files() -> None:
    found = applied(LINE, ("aaaa1", "aaaa3", "ffff"))
    assert (found.unknown, found.overlapping, found.tips) == (("ffff",), ("aaaa1",), {"aaaa3"})
    assert applied(LINE, ("aaaa1", "aaaa3"), implied=True).overlapping == ()
    assert applied(LINE, ()).active == frozenset()


def test_two_commits_are_compared_in_the_order_of_application() -> None:
    older = graph("aaaa1")
    assert [r.id for r in between(LINE, older).only_live] == ["aaaa2", "aaaa3"]
    assert not between(LINE, older).code_only
    assert between(older, LINE).code_only
    one, other = RevisionGraph.of([Revision("a", digest="1")]), RevisionGraph.of([Revision("a", digest="2")])
    assert between(one, other).changed == ("a",)


def test_the_graph_says_what_is_wrong_and_how_heads_are_joined() -> None:
    assert FORK.problems() == ("2 heads: left (left.py), right (right.py)",)
    assert FORK.sound
    assert FORK.merge_words() == ("merge", "-m", "merge heads", "left", "right")
    assert LINE.merge_words() == ()
    assert (DIAMOND.roots, DIAMOND.merges, DIAMOND.forks) == (("base1",), ("join",), ("base1",))
    ring = graph("a", "b<a,d", "c<b", "d<c", "e<d")
    assert ring.cycles == ("b", "c", "d")


def test_a_branch_label_is_answered_with_its_heads() -> None:
    labelled = RevisionGraph.of(
        [Revision("aaaa", branch_labels=("web",)), Revision("bbbb", ("aaaa",)), Revision("cccc", ("aaaa",))]
    )
    with pytest.raises(UsageError) as raised:
        labelled.resolve("web")
    assert raised.value.next_step == "name one of its heads: bbbb, cccc"
    assert RevisionGraph.of([*labelled.revisions, Revision("dddd", depends_on=("web",))]).below["dddd"] == ("aaaa",)
