"""Ages, durations, widths, marks: the small words that everything else is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation import age, draw, glyphs
from strideiq_console.presentation.cell import Cell, Column, Row, Table, plain


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "1 d"),
        (3542400, "41 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert age.age_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("seconds", "words"), [(-1, "0:00"), (41, "0:41"), (134, "2:14"), (3723, "1:02:03")])
def test_a_duration_reads_like_a_stopwatch(seconds: int, words: str) -> None:
    assert age.duration(timedelta(seconds=seconds)) == words


def test_the_clock_shows_the_zone_that_now_carries() -> None:
    at = datetime(2026, 1, 20, 2, 10, 44, tzinfo=UTC)
    berlin = timezone(timedelta(hours=1))
    assert age.clock(at, at) == "02:10"
    assert age.clock(at, at.astimezone(berlin), seconds=True) == "03:10:44"


def test_widths_count_terminal_columns() -> None:
    assert draw.width("abc") == 3
    assert draw.width("日本") == 4
    assert draw.width("e\u0301") == 1


@pytest.mark.parametrize("text", ["abcdefgh", "日本語日本", "a日b本c語", ""])
@pytest.mark.parametrize("columns", [0, 1, 2, 5, 7, 20])
def test_a_fitted_text_has_exactly_its_columns(text: str, columns: int) -> None:
    assert draw.width(draw.fit(text, columns)) == columns
    assert draw.width(draw.fit(text, columns, right=True)) == columns


def test_a_cut_text_says_that_something_is_missing() -> None:
    assert draw.cut("abcdef", 4) == "abc…"
    assert draw.cut("abcd", 4) == "abcd"


@pytest.mark.parametrize("columns", [8, 20, 79])
def test_wrapped_lines_keep_every_word_and_stay_in_width(columns: int) -> None:
    sentence = "Production: redis degraded, 14 min after deploy a1b2c3d of a-very-long-word-that-fits-nowhere."
    lines = draw.wrap(sentence, columns, indent="  ")
    assert all(draw.width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(sentence.split())


def test_flexible_columns_share_what_the_others_leave() -> None:
    table = Table((Column("a", 4), Column("b"), Column("c"), Column("d", 6)), (), Look.FRESH)
    assert draw.widths(table, 41) == (4, 15, 16, 6)
    assert sum(draw.widths(table, 80)) == 80


def test_a_table_is_drawn_in_exactly_its_width() -> None:
    rows = (Row("x", (Cell("1"), Cell("a long branch name that is cut"), Cell("9 min"))),)
    table = Table((Column("#", 3), Column("branch"), Column("age", 7, right=True)), rows, Look.FRESH, "Why so.")
    lines = draw.table_lines(table, 24)
    assert [draw.width(plain(line)) for line in lines[:2]] == [24, 24]
    assert plain(lines[1]) == "1  a long branc…   9 min"
    assert plain(lines[-1]) == "Why so."


def test_marks_differ_without_any_colour() -> None:
    for marks in (glyphs.UNICODE, glyphs.ASCII):
        assert len({marks.level(level) for level in Level}) == len(Level)
        assert len({marks.check(s) for s in (CheckState.SUCCESS, CheckState.FAILURE, CheckState.RUNNING, CheckState.QUEUED)}) == 4
        assert marks.check(CheckState.UNKNOWN) != marks.ok
        for field in ("ok", "bad", "warn", "running", "partial", "queued", "none", "done", "unknown", "here"):
            assert draw.width(getattr(marks, field)) == 1


def test_ascii_marks_are_ascii_and_leave_foreign_letters_alone() -> None:
    assert glyphs.ASCII.plain("3 d – ok · über → 日本…").replace("ü", "u").replace("日本", "").isascii()
    assert "über" in glyphs.ASCII.plain("über")
    assert glyphs.UNICODE.plain("–") == "–"


@pytest.mark.parametrize(
    ("setting", "environ", "name"),
    [
        ("auto", {}, "unicode"),
        ("auto", {"LANG": "de_DE.UTF-8"}, "unicode"),
        ("auto", {"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ("auto", {"TERM": "linux", "LANG": "C.UTF-8"}, "ascii"),
        ("auto", {"LC_ALL": "en_US.utf8@euro"}, "unicode"),
        ("unicode", {"TERM": "linux"}, "unicode"),
        ("ascii", {"LANG": "C.UTF-8"}, "ascii"),
    ],
)
def test_the_set_of_marks_fits_the_terminal(setting: str, environ: dict[str, str], name: str) -> None:
    assert glyphs.pick(setting, environ).name == name
