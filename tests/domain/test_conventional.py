"""Reading and composing commit messages by Conventional Commits 1.0.0 (R34, T30)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.conventional import TYPES, Message, columns, compose, lint, parse

FULL = """feat(auth)!: remember the device

- a cookie that lasts 30 days
- a list of devices

BREAKING CHANGE: sessions of before
  end at once
Closes #12
Fixes #13, #14
Signed-off-by: founder <founder@acme.example>
"""


def test_a_whole_message_is_taken_apart() -> None:
    found = parse(FULL)
    assert found == Message(
        type="feat",
        scope="auth",
        breaking=True,
        subject="remember the device",
        body=("- a cookie that lasts 30 days", "- a list of devices"),
        closes=(12, 13, 14),
        footers=(
            ("BREAKING CHANGE", "sessions of before end at once"),
            ("Signed-off-by", "founder <founder@acme.example>"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fix: x", Message("fix", "", breaking=False, subject="x")),
        ("fix:   x  ", Message("fix", "", breaking=False, subject="x")),
        ("Fix(API): x", Message("fix", "API", breaking=False, subject="x")),
        ("fix!: x", Message("fix", "", breaking=True, subject="x")),
        ("wip: x", Message("wip", "", breaking=False, subject="x")),
        ("fix: a: b", Message("fix", "", breaking=False, subject="a: b")),
        ("fix: x (#12)", Message("fix", "", breaking=False, subject="x (#12)")),
        ("fix: x\r\n\r\nwhy\r\n", Message("fix", "", breaking=False, subject="x", body=("why",))),
        ("fix: x\n\nCloses #1\n\n", Message("fix", "", breaking=False, subject="x", closes=(1,))),
        (
            "fix: x\n\nCloses #1\n\nReviewed-by: founder",
            Message("fix", "", breaking=False, subject="x", closes=(1,), footers=(("Reviewed-by", "founder"),)),
        ),
        ("fix: x\n\nresolved: #1", Message("fix", "", breaking=False, subject="x", closes=(1,))),
        ("fix: x\n\n- why\nCloses #1", Message("fix", "", breaking=False, subject="x", body=("- why",), closes=(1,))),
        ("fix: x\n\nCloses #1\nCloses #1", Message("fix", "", breaking=False, subject="x", closes=(1,))),
        ("fix: x\n\nCloses #1\n\nwhy", Message("fix", "", breaking=False, subject="x", body=("Closes #1", "", "why"))),
        ("fix: x\n\n- a\n\n- b\n", Message("fix", "", breaking=False, subject="x", body=("- a", "", "- b"))),
        ("fix: x\n\nFixes: later", Message("fix", "", breaking=False, subject="x", footers=(("Fixes", "later"),))),
        (
            "fix: x\n\nBREAKING-CHANGE: y\n\nmore",
            Message("fix", "", breaking=True, subject="x", body=("BREAKING-CHANGE: y", "", "more")),
        ),
    ],
)
def test_forms(text: str, expected: Message) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fix",
        "fix:",
        "fix: ",
        "fix:x",
        "fix : x",
        ": x",
        "(auth): x",
        "Merge pull request #1 from acme/x",
        'Revert "fix: x"',
        "\nfix: x",
    ],
)
def test_what_is_not_conventional(text: str) -> None:
    assert parse(text) is None


def test_breaking_is_written_in_capitals() -> None:
    lower = parse("fix: x\n\nbreaking change: y")
    assert lower is not None
    assert not lower.breaking


def test_composing() -> None:
    text = compose("feat", "auth", "remember the device", ["- a cookie", "- a list  ", ""], [12, 12, 13])
    assert text == "feat(auth): remember the device\n\n- a cookie\n- a list\n\nCloses #12\nCloses #13\n"
    assert compose("fix", "", "x", breaking=True) == "fix!: x\n"
    assert compose("fix", "", "x\n\nCloses #1", closes=()) == "fix: x  Closes #1\n"


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
LINES = st.lists(WORDS.map(lambda word: f"- {word}") | st.just(""), max_size=6)


@given(
    st.sampled_from(TYPES),
    st.just("") | st.from_regex(r"\A[a-z]{1,9}\Z"),
    WORDS,
    LINES,
    st.lists(st.integers(0, 10**9 - 1), unique=True),
    st.booleans(),
)
def test_what_is_composed_is_read_back(
    kind: str, scope: str, subject: str, body: list[str], closes: list[int], breaking: bool
) -> None:
    text = compose(kind, scope, subject, body, closes, breaking=breaking)
    found = parse(text)
    assert found is not None
    assert (found.type, found.scope, found.subject, found.breaking) == (kind, scope, subject, breaking)
    assert (list(found.closes), found.footers) == (closes, ())
    assert "\n".join(found.body) == "\n".join(body).strip("\n")
    assert not [fault for fault in lint(text) if fault.level == "error"]


@given(st.text(max_size=200) | st.text("fix:()! \n#-BREAKINGCHcloses1", max_size=200))
def test_any_text_can_be_read_and_judged(text: str) -> None:
    found = parse(text)
    assert found is None or found.subject
    for fault in lint(text):
        assert fault.words
        assert 1 <= fault.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        "fix: " + "é" * 10**6,
        "fix" + "(" * 10**6,
        "fix: x\n\n" + "a: b\n\n" * 200_000,
        "fix: x\n" + "\n" * 10**6,
        "a: " * 333_333,
        "fix: x\n\n" + "closes #1\n" * 100_000,
    ],
    ids=["letters", "accents", "brackets", "footers", "empty", "colons", "closing"],
)
def test_a_megabyte_takes_little_time(text: str) -> None:
    began = time.process_time()
    parse(text)
    lint(text)
    assert time.process_time() - began < 10


def test_columns_are_those_of_a_terminal() -> None:
    assert [columns(text) for text in ("", "abc", "né", "ne\u0301", "東京")] == [0, 3, 2, 2, 4]
