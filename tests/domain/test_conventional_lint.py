"""What the commit editor says while a message is written (R34): errors keep it from being committed, hints do not."""

from __future__ import annotations

import pytest

from strideiq_console.domain.conventional import lint


def said(text: str) -> list[tuple[str, str, int]]:
    return [(fault.level, fault.words, fault.line) for fault in lint(text)]


@pytest.mark.parametrize(
    "text",
    [
        "feat: x",
        "feat(auth)!: x\n",
        "feat(api/login): remember the device\n\n- a\n- b\n\nCloses #1\n",
        "fix: x\n\n" + "a" * 72,
        "fix: x\n\nhttps://acme.example/" + "a" * 80,
        "fix: x\n\n\tindented",
        "fix: x\n\n" + "ab " * 23 + "abc",
        "fix: " + "a" * 67,
        "fix: x?",
    ],
)
def test_nothing_is_said_of_a_good_message(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "level", "part", "line"),
    [
        ("", "error", "write the subject on the first line", 1),
        ("\n\nfix: x", "error", "write the subject on the first line", 1),
        ("remember the device", "error", "begin with a type and a colon, for instance feat(auth)", 1),
        ('Revert "x"', "error", "begin with a type", 1),
        ("fix : x", "error", "take out the blank before the colon: fix: …", 1),
        ("fix (auth) : x", "error", "take out the blank before the colon: fix(auth): …", 1),
        ("feature: x", "error", "write feat instead of feature", 1),
        ("hotfix(auth): x", "error", "write fix instead of hotfix", 1),
        ("blah: x", "error", "blah is no type: write one of feat, fix,", 1),
        ("Feat: x", "hint", "write the type in lower case: feat", 1),
        ("fix(): x", "error", "put a scope between the parentheses", 1),
        ("fix(the login): x", "error", "write the scope as one word", 1),
        ("fix:", "error", "write after the colon what the change does", 1),
        ("fix(auth):   ", "error", "write after the colon", 1),
        ("fix:x", "error", "put a blank after the colon", 1),
        ("fix: x.", "error", "take out the period", 1),
        ("fix: x...", "error", "take out the period", 1),
        ("fix: " + "a" * 68, "hint", "the first line has 73 columns: 1 fewer", 1),
        ("fix: " + "a" * 95, "hint", "has 100 columns: 28 fewer", 1),
        ("fix: " + "a" * 96, "error", "has 101 columns: shorten it to 72", 1),
        ("fix: " + "東" * 34, "hint", "has 73 columns", 1),
        ("fix: x\nmore", "error", "leave line 2 empty", 2),
        ("fix: x\n\nok\n" + "a b " * 20, "hint", "break line 4 before column 73", 4),
        ("fix: x\n\nCloses 12", "hint", "write Closes #12", 3),
        ("fix: a\x1b[31mb", "error", "delete the invisible character U+001B at column 7 of line 1", 1),
        ("fix: a\tb", "error", "U+0009 at column 7 of line 1", 1),
        ("fix: x\n\nab\u202ecd", "error", "U+202E at column 3 of line 3", 3),
        ("fix: x\ud800", "error", "U+D800", 1),
    ],
)
def test_each_fault_says_what_to_type(text: str, level: str, part: str, line: int) -> None:
    ((found_level, words, found_line),) = said(text)
    assert (found_level, found_line) == (level, line)
    assert part in words


def test_all_faults_are_said_at_once() -> None:
    assert [(level, line) for level, _, line in said("Feature:x.\nmore")] == [
        ("error", 1),
        ("error", 1),
        ("error", 1),
        ("error", 2),
    ]


def test_many_long_lines_are_counted() -> None:
    found = said("fix: x\n\n" + "\n".join(["a b " * 20] * 9))
    assert [line for _, _, line in found] == [3, 4, 5, 6, 7, 8]
    assert found[-1][1] == "break 4 more long lines, the next is line 8"
