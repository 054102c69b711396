"""What a new migration is called, and what is to be settled before it is made (R89)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from strideiq_console.domain.branch import Operation
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.migration import Revision, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.new_migration import (
    LONGEST,
    BranchFiles,
    Ground,
    NewMigration,
    Notice,
    notices,
    revision_slug,
    revision_words,
)
from strideiq_console.domain.reading import Level


def graph(*edges: str, unclear: tuple[UnclearFile, ...] = (), complete: bool = True) -> RevisionGraph:
    """Return the graph of ``child<parent`` words; a word without a parent is a root."""
    made = [word.partition("<") for word in edges]
    found = [Revision(one, tuple(filter(None, (below,))), f"v/{one}.py", f"add {one}") for one, _, below in made]
    return RevisionGraph.of(found, unclear, complete=complete)


HERE = graph("a", "b<a")
GROUND = Ground("feature/notes", HERE, bases=(BranchFiles("origin/staging", HERE), BranchFiles("origin/main", graph("a"))))
BROKEN = UnclearFile("v/x.py", "it names no revision")


def other(name: str, *edges: str) -> BranchFiles:
    return BranchFiles(name, graph(*edges))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Add coach notes", "add_coach_notes"),
        ("  add--coach.notes!  ", "add_coach_notes"),
        ("Füge Notizen ins Straßenbuch", "fuge_notizen_ins_strassenbuch"),
        ("add the column coach_notes to the table of activities", "add_the_column_coach_notes_to_the_table"),
        ("x" * 60, "x" * LONGEST),
        ("42", "42"),
        ("notes'; rm -rf / #", "notes_rm_rf"),
    ],
)
def test_the_slug_is_the_file_name_that_alembic_makes_of_the_message(text: str, slug: str, tmp_path: Path) -> None:
    assert revision_slug(text) == slug
    message = revision_words(slug)[-1]
    made = Path(ScriptDirectory(str(tmp_path))._rev_path(str(tmp_path), "9c1d", message, datetime(2026, 1, 9, tzinfo=UTC)))
    assert made.name == f"9c1d_{slug}.py"
    assert re.fullmatch(r"[a-z0-9 ]+", message), "it needs no quotes but for its blanks"


@pytest.mark.parametrize("text", ["", "…", "---", "日本"])
def test_a_text_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        revision_slug(text)


CASES: dict[str, tuple[Ground, tuple[tuple[Level, str, str], ...]]] = {
    "one head and nobody else": (GROUND, ()),
    "the first migration of all": (replace(GROUND, here=graph(), bases=(BranchFiles("origin/staging", graph()),)), ()),
    "two heads here": (
        replace(GROUND, here=graph("a", "b<a", "c<a")),
        ((Level.WARNING, "2 heads, and alembic refuses: b (v/b.py), c (v/c.py)", "uv run alembic merge -m 'merge heads' b c"),),
    ),
    "staging has more": (
        replace(GROUND, bases=(other("origin/staging", "a", "b<a", "c<b", "d<c"), other("origin/main", "a"))),
        (
            (
                Level.WARNING,
                "origin/staging has 2 revisions that the work tree lacks: c (add c), d (add d)",
                "git merge origin/staging",
            ),
        ),
    ),
    "both have the same more, named once": (
        replace(GROUND, bases=(other("origin/staging", "a", "b<a", "c<b"), other("origin/main", "a", "b<a", "c<b"))),
        ((Level.WARNING, "origin/staging has a revision that the work tree lacks: c (add c)", "git fetch origin"),),
    ),
    "main has a hotfix's": (
        replace(GROUND, bases=(BranchFiles("origin/staging", HERE), other("origin/main", "a", "z<a"))),
        ((Level.WARNING, "origin/main has a revision that the work tree lacks: z (add z)", "git merge origin/main"),),
    ),
    "the same branch at origin has more": (
        replace(GROUND, bases=(other("origin/feature/notes", "a", "b<a", "c<b"),)),
        ((Level.WARNING, "origin/feature/notes has a revision", "git pull"),),
    ),
    "origin has moved since the fetch": (
        replace(GROUND, moved=("origin/staging",)),
        ((Level.WARNING, "origin/staging has moved since the last fetch", "git fetch origin"),),
    ),
    "two branches on one head": (
        replace(GROUND, others=(other("feature/zones", "a", "b<a", "k<b"),)),
        ((Level.WARNING, "feature/zones adds k (add k) on b too: two branches, two heads", "merge one of them first"),),
    ),
    "two branches, the other on an older one": (
        replace(GROUND, others=(other("feature/zones", "a", "k<a", "l<k"),)),
        ((Level.WARNING, "feature/zones adds k (add k), l (add l) on a: two branches, two heads", "merge one of them first"),),
    ),
    "two branches with a first migration each": (
        replace(GROUND, here=graph(), bases=(), others=(other("feature/zones", "k"),)),
        ((Level.WARNING, "feature/zones adds k (add k) on nothing too", "merge one of them first"),),
    ),
    "a branch whose migration staging has": (
        replace(
            GROUND,
            bases=(other("origin/staging", "a", "b<a", "k<b"),),
            others=(other("feature/zones", "a", "b<a", "k<b"),),
        ),
        ((Level.WARNING, "origin/staging has a revision that the work tree lacks: k (add k)", "git merge origin/staging"),),
    ),
    "staging itself is checked out": (
        replace(GROUND, branch="staging", permanent=True),
        ((Level.WARNING, "staging is checked out, and is never committed to", "strideiq feature start add-notes"),),
    ),
    "nothing is checked out, and a rebase is under way": (
        replace(GROUND, branch=None, operation=Operation.REBASE),
        ((Level.WARNING, "a rebase is under way", "finish it"), (Level.WARNING, "no branch is checked out", "git switch")),
    ),
    "a file is unclear": (
        replace(GROUND, here=graph("a", "b<a", unclear=(BROKEN,))),
        ((Level.UNKNOWN, "the heads are not certain: v/x.py is unclear: it names no revision", "repair"),),
    ),
    "too many files to read": (
        replace(GROUND, here=graph("a", "b<a", complete=False)),
        ((Level.UNKNOWN, "the heads are not certain: there are more migration files", "repair"),),
    ),
    "a parent is missing": (
        replace(GROUND, here=graph("b<a"), bases=()),
        ((Level.WARNING, "b (v/b.py) needs a, which no file defines", "repair"),),
    ),
    "origin does not answer": (
        replace(GROUND, unasked="no answer"),
        ((Level.UNKNOWN, "whether origin has moved is not known: no answer", "git fetch origin"),),
    ),
    "staging's files cannot be read": (
        replace(GROUND, bases=(BranchFiles("origin/staging", None, "shallow", "git fetch --unshallow origin"),)),
        ((Level.UNKNOWN, "the migrations of origin/staging are not known: shallow", "git fetch --unshallow origin"),),
    ),
    "a file of another branch is unclear": (
        replace(GROUND, others=(BranchFiles("feature/zones", graph("a", "b<a", unclear=(BROKEN,))),)),
        ((Level.UNKNOWN, "the migrations of feature/zones are not certain: v/x.py", "repair"),),
    ),
    "too many branches": (
        replace(GROUND, left=3),
        ((Level.UNKNOWN, "3 older branches were not looked at", "delete what is merged"),),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_to_be_settled_first(case: str) -> None:
    ground, expected = CASES[case]
    found = notices(ground, ("uv", "run", "alembic"), "add_notes")
    assert [one.level for one in found] == [level for level, _, _ in expected], found
    for one, (_, words, step) in zip(found, expected, strict=True):
        assert words in one.words
        assert step in one.next_step


def test_what_is_not_known_is_worse_than_a_warning_and_nothing_to_settle_is_well() -> None:
    made = NewMigration("add_notes", ("alembic",), "")
    assert made.level is Level.OK
    assert replace(made, notices=(Notice(Level.WARNING, "w"),)).level is Level.WARNING
    assert replace(made, notices=(Notice(Level.WARNING, "w"), Notice(Level.UNKNOWN, "u"))).level is Level.UNKNOWN
