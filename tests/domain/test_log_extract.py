"""What a log says went wrong."""

from __future__ import annotations

import pytest

from strideiq_console.domain.log_extract import EXTRACT_LINES, LineLevel, extract, head_gate, heading, level_of, shown


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("##[group]Run pytest", LineLevel.HEADING),
        ("##[endgroup]", LineLevel.QUIET),
        ("##[debug]x", LineLevel.QUIET),
        ("##[warning]Node 16 is old", LineLevel.WARNING),
        ("##[error]Process completed with exit code 1.", LineLevel.ERROR),
        ("E   assert 1 == 2", LineLevel.ERROR),
        ("FAILED tests/test_week.py::test_a", LineLevel.ERROR),
        ("Traceback (most recent call last):", LineLevel.ERROR),
        ("  ValueError: no", LineLevel.ERROR),
        ("app/main.py:3: error: no such name", LineLevel.ERROR),
        ("src/page.tsx(4,2): error TS2322: no", LineLevel.ERROR),
        ("npm ERR! code 1", LineLevel.ERROR),
        ('{"level": "error", "msg": "x"}', LineLevel.ERROR),
        ("DeprecationWarning: soon", LineLevel.WARNING),
        ("0 errors, 3 files", LineLevel.PLAIN),
        ("tests/test_error_page.py PASSED", LineLevel.PLAIN),
        ("", LineLevel.PLAIN),
    ],
)
def test_levels(line: str, level: LineLevel) -> None:
    assert level_of(line) is level


def test_marks_of_actions_are_not_shown_twice() -> None:
    assert shown("##[error]no") == "no"
    assert shown("##[endgroup]") == ""
    assert shown("##[not a mark at all, but a long text]x") == "##[not a mark at all, but a long text]x"
    assert shown("plain") == "plain"


def log(before: int = 3, inside: int = 80) -> list[str]:
    return [
        *("##[group]Run setup", *(f"s{n}" for n in range(before)), "##[endgroup]"),
        *("##[group]Run tests", *(f"t{n}" for n in range(inside)), "##[group]pip cache", "##[endgroup]"),
        *("E   assert 0", "##[error]Process completed with exit code 1.", "##[endgroup]"),
        *("##[group]Post", "##[error]Post failed too"),
    ]


def test_the_last_fifty_lines_of_the_first_failing_step() -> None:
    lines = log()
    found = extract(lines, "Run tests")
    assert found is not None
    assert found.step == "Run tests"
    assert len(found.lines) == EXTRACT_LINES
    assert found.lines[-1] == "##[error]Process completed with exit code 1."
    assert lines[found.first_error] == "E   assert 0"
    assert lines[found.start] == found.lines[0]


def test_a_short_step_is_given_whole_and_no_more() -> None:
    found = extract(log(inside=2), "Run tests")
    assert found is not None
    assert found.lines[0] == "##[group]Run tests"


@pytest.mark.parametrize("step", ["", "a name that the log does not have"])
def test_a_group_within_the_step_does_not_begin_it(step: str) -> None:
    found = extract(log(), step)
    assert found is not None
    assert found.step == "Run tests"


def test_an_error_word_before_the_failing_step_is_not_its_first_error() -> None:
    lines = ["##[group]Run a", "ERROR: retried, and went on", "##[endgroup]", *log()]
    found = extract(lines)
    assert found is not None
    assert lines[found.first_error] == "E   assert 0"


def test_a_log_without_marks_is_judged_by_its_words() -> None:
    lines = [*(f"INFO {n}" for n in range(60)), "ERROR: connection refused", "INFO bye"]
    found = extract(lines)
    assert found is not None
    assert found.first_error == 60
    assert extract(lines[:60]) is None
    assert extract([]) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("AssertionError: migration head gate: expected head 0041_a, found 0042_b", "expected head 0041_a, found 0042_b"),
        ("Expected head: 7f3c. Found: 9a1b.", "expected head 7f3c, found 9a1b"),
        ("expected head = a1 but got b2", "expected head a1, found b2"),
        ("expected header", ""),
    ],
)
def test_a_head_gate_says_what_it_expected(line: str, words: str) -> None:
    assert head_gate(["x", line]) == words


def test_a_head_gate_of_another_step_is_not_this_one() -> None:
    found = extract(["##[group]Run gate", "expected head a, found b", "##[endgroup]", *log()])
    assert found is not None
    assert found.head_gate == ""


def test_headings() -> None:
    assert heading(log(), "Run tests") == 5
    assert heading(log(), "") is None
