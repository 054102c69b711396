"""Text from outside becomes fit to be drawn, and nothing hidden stays hidden."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.untrusted import backstop, clean, clean_line, is_clean


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("plain", "plain"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("a\x7fb", "a␡b"),
        ("\x9b31m", "\N{REPLACEMENT CHARACTER}31m"),
        ("evil\u202egpj.exe", "evil\N{REPLACEMENT CHARACTER}gpj.exe"),
        ("zero\u200bwidth", "zero\N{REPLACEMENT CHARACTER}width"),
        ("two\nlines\tand tab", "two lines and tab"),
        ("\r\n", "␍ "),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("tag\U000e0041", "tag\N{REPLACEMENT CHARACTER}"),
        ("café 日本 ✔ 🏃", "café 日本 ✔ 🏃"),
        ("[/x] [@click=app.quit]x[/]", "[/x] [@click=app.quit]x[/]"),
    ],
)
def test_clean_line_shows_what_was_hidden(raw: str, line: str) -> None:
    assert clean_line(raw) == line


def test_clean_keeps_newlines_and_tabs_of_a_log() -> None:
    assert clean("one\n\ttwo\x1b[0m") == "one\n\ttwo␛[0m"


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    kept = clean_line(text, limit=None)
    assert is_clean(kept)
    assert len(kept) == len(text)
    assert not [
        c
        for c in kept
        if unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in ("RLO", "LRO", "RLI", "LRI", "PDF", "PDI")
    ]


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert backstop(clean_line(text)) == clean_line(text)


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert clean_line("x" * 500, limit=10) == "x" * 9 + "…"
