"""The sandbox's walk against alembic's own, over random graphs and words: what runs, which rows are left, what is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar

from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script.revision import MultipleHeads, RangeNotAncestorError, Revision, RevisionError, RevisionMap
from hypothesis import given, settings
from hypothesis import strategies as st

from strideiq_console.sandbox.schema.graph import Graph, WalkError

KINDS = ("Multiple head", "is not a valid downgrade target", "Ambiguous", "Can't locate")
E = TypeVar("E", bound=Exception)
T = TypeVar("T")
Row = tuple[str, tuple[str, ...], tuple[str, ...]]


@st.composite
def graphs(draw: st.DrawFn) -> list[Row]:
    """Return up to eight revisions: forks, merges, several roots, dependencies."""
    rows: list[Row] = []
    for number in range(draw(st.integers(1, 8))):
        known = ours(rows)
        earlier = [row[0] for row in rows]
        parents = draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else []
        parents = [p for p in parents if not any(p != q and p in known.below([q]) for q in parents)]
        free = [one for one in earlier if one not in known.below(parents)]
        depends = draw(st.lists(st.sampled_from(free), max_size=1)) if free and draw(st.integers(0, 3)) == 0 else []
        rows.append((f"rev{number}", tuple(parents), tuple(depends)))
    return rows


def ours(rows: list[Row]) -> Graph:
    return Graph({i: {"id": i, "parents": list(p), "depends": list(d), "labels": []} for i, p, d in rows})


class Script(Revision):
    module = SimpleNamespace(upgrade=None, downgrade=None)


class Rows(HeadMaintainer):
    """Alembic's keeper of the version table, over a set instead of a table."""

    def _insert_version(self, version: str) -> None:
        self.heads.add(version)

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)

    def _update_version(self, from_: str, to_: str) -> None:
        self.heads.remove(from_)
        self.heads.add(to_)


def theirs(walker: RevisionMap, current: tuple[str, ...], word: str, *, up: bool) -> tuple[list[str], list[str]]:
    found: Any = (
        reversed(list(walker.iterate_revisions(word, current, implicit_base=True)))
        if up
        else walker.iterate_revisions(current, word, select_for_downgrade=True)
    )
    keeper = Rows(None, set(current))  # type: ignore[arg-type]
    ran = []
    for script in list(found):
        ran.append(script.revision)
        keeper.update_to_step(RevisionStep(walker, script, up))
    return sorted(ran), sorted(keeper.heads)


def told(error: Exception) -> str:
    """Return the part of an error that the console tells apart."""
    if isinstance(error, MultipleHeads):
        return "Multiple head"
    if isinstance(error, RangeNotAncestorError):
        return "is not a valid downgrade target"
    said = str(error)
    return "Ambiguous" if said.startswith("Ambiguous") else "Can't locate" if "No such revision" in said else "other"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs(), st.data())
def test_every_word_leads_where_alembic_goes(rows: list[Row], data: st.DataObject) -> None:
    graph = ours(rows)
    walker = RevisionMap(lambda: [Script(i, p or None, dependencies=d or None) for i, p, d in rows])
    names = [row[0] for row in rows]
    some = st.lists(st.sampled_from(names), max_size=3, unique=True)
    wanted = data.draw(st.one_of(st.just(list(graph.heads)), some), label="in effect")
    current = tuple(graph.tips(graph.below(wanted)))
    words = st.one_of(st.sampled_from(["-1", "base", "head", "heads", "-2", "gone"]), st.sampled_from([*names, f"{names[0]}@base"]))
    word = data.draw(words, label="word")
    up = data.draw(st.booleans(), label="up")
    if not up and word == "heads":
        return  # alembic walks there with several targets, which no console asks for
    if up and word.startswith("-"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = attempt(RevisionError, lambda: theirs(walker, current, word, up=up))
    found = attempt(WalkError, lambda: graph.upgrade(current, word) if up else graph.downgrade(current, word))
    if isinstance(expected, RevisionError):
        assert isinstance(found, WalkError), f"alembic refuses ({expected}), the sandbox runs {found}"
        assert told(expected) in ("other", *(word for word in KINDS if word in str(found))), (str(expected), str(found))
        return
    assert not isinstance(found, WalkError), f"alembic runs {expected}, the sandbox refuses: {found}"
    ran, left = expected
    assert sorted(found) == ran
    after = list(current)
    for revision in found:
        after = graph.after(after, revision, up=up)
    assert sorted(after) == left


def attempt(kind: type[E], walk: Callable[[], T]) -> T | E:
    """Return what a walk gives, or its error."""
    try:
        return walk()
    except kind as error:
        return error
