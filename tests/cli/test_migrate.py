"""``strideiq migrate new`` says how a migration is made and what is in its way; wrong words are refused before anything is read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from strideiq_console.domain.policy.new_migration import NewMigration, Notice, revision_slug, revision_words
from strideiq_console.domain.reading import Level
from tests.cli.fakes import FakeWiring, run

LACKS = Notice(Level.WARNING, "origin/staging has a revision that the work tree lacks: c", "git fetch origin")
UNASKED = Notice(Level.UNKNOWN, "whether origin has moved is not known", "see what git fetch origin says")


def proposing(wiring: FakeWiring, *notices: Notice, heads: tuple[tuple[str, str], ...] | None = (("b2", "v/b2.py"),)) -> FakeWiring:
    def proposed(text: str) -> NewMigration:
        slug = revision_slug(text)
        command = ("uv", "run", "alembic", *revision_words(slug))
        fetched = wiring.console.clock.now() - timedelta(minutes=14)
        compared = ("origin/staging", "feature/zones")
        return NewMigration(slug, command, "apps/api", "feature/notes", heads, compared, fetched, UNASKED not in notices, notices)

    wiring.console.proposed = proposed
    return wiring


def test_it_shows_the_command_the_folder_the_file_and_the_head(wiring: FakeWiring) -> None:
    ran = run(proposing(wiring), "migrate", "new", "Add coach notes")
    assert ran.code == 0, ran.err
    for words in (
        "it will leave one head",
        "in apps/api of the clone",
        "    uv run alembic revision --autogenerate -m 'add coach notes'",
        "REVISION_add_coach_notes.py",
        "stands on  b2  v/b2.py",
        "origin/staging, feature/zones",
        "fetched 14 min ago; origin was asked just now",
    ):
        assert words in ran.out
    assert run(wiring, "migrate", "new", "Add", "coach", "notes").out == ran.out


@pytest.mark.parametrize(
    ("notices", "code", "mark"),
    [((LACKS,), 1, "▲"), ((UNASKED,), 3, "?"), ((LACKS, UNASKED), 3, "▲")],
    ids=["warn", "blind", "both"],
)
def test_the_exit_code_is_the_worst_of_what_is_to_be_settled(
    wiring: FakeWiring, notices: tuple[Notice, ...], code: int, mark: str
) -> None:
    ran = run(proposing(wiring, *notices), "migrate", "new", "notes", environ={"TERM": "xterm", "NO_COLOR": "1", "LANG": "C.UTF-8"})
    assert ran.code == code
    assert f"{mark} {notices[0].words}\n    {notices[0].next_step}" in ran.out
    assert "it will leave one head" not in ran.out
    assert ("origin could not be asked" in ran.out) == (UNASKED in notices)


def test_json_gives_the_same(wiring: FakeWiring) -> None:
    ran = run(proposing(wiring, LACKS), "migrate", "new", "notes", "--json")
    document = json.loads(ran.out)
    assert (ran.code, document["schema"], document["level"]) == (1, "strideiq.new-migration/1", "warning")
    assert document["command"] == "uv run alembic revision --autogenerate -m notes"
    assert document["heads"] == [{"revision": "b2", "file": "v/b2.py"}]
    assert document["notices"] == [{"level": "warning", "words": LACKS.words, "next": LACKS.next_step}]
    assert document["fetched"] is not None
    unknown = json.loads(run(proposing(wiring, UNASKED, heads=None), "migrate", "new", "notes", "--json").out)
    assert (unknown["heads"], unknown["origin_asked"], unknown["level"]) == (None, False, "unknown")


def test_a_head_that_is_not_known_is_not_the_first_one(wiring: FakeWiring) -> None:
    assert "stands on  unknown" in run(proposing(wiring, UNASKED, heads=None), "migrate", "new", "notes").out
    assert "stands on  nothing: it is the first one" in run(proposing(wiring, heads=()), "migrate", "new", "notes").out


@pytest.mark.parametrize(
    "words",
    [
        ("new",),
        ("new", "…"),
        ("new", "notes", "--target", "b2"),
        ("start",),
        ("start", "nowhere"),
        ("start", "local", "staging"),
        ("show", "local"),
    ],
    ids=lambda words: " ".join(words).replace("…", "dots"),
)
def test_wrong_words_are_refused_with_the_next_step(wiring: FakeWiring, words: tuple[str, ...]) -> None:
    ran = run(proposing(wiring), "migrate", *words)
    assert (ran.code, ran.out) == (64, "")
    assert "strideiq migrate" in ran.err
