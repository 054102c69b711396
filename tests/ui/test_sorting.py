"""Sorting and filtering of rows, as tables: what a person reads as larger is larger, and what says nothing stands last."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from strideiq_console.ui.widgets.arrangement import Arrangement
from strideiq_console.ui.widgets.filtering import passing
from strideiq_console.ui.widgets.sorting import Sorting, after, worth

COLUMNS = (Column("name"), Column("pull requests", 10), Column("age", 8))


def rows(*texts: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(Row(f"{n}", tuple(Cell(text) for text in line)) for n, line in enumerate(texts))


def ordered(made: tuple[Row, ...], columns: tuple[Column, ...], sorting: Sorting) -> tuple[Row, ...]:
    return Arrangement(sorting=sorting).of(Table(columns, made, Look.FRESH))


def column(*texts: str, reverse: bool = False) -> list[str]:
    made = tuple(Row(f"{n}", (Cell("x"), Cell(""), Cell(text))) for n, text in enumerate(texts))
    return [row.cells[2].text for row in ordered(made, COLUMNS, Sorting("age", reverse))]


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("82 ms", "2.4 s"),
        ("59 s", "2 min"),
        ("4 min ago", "1 h ago"),
        ("23 h", "1 d"),
        ("9", "10"),
        ("$9.70", "$16.25"),
        ("✔ 82 ms", "✖ 90 ms"),
        ("900", "4 812"),
        ("2:14", "0:03:40"),
        ("−3", "+2"),
        ("61M", "1.2 GB"),
        ("7 %", "41 %"),
        ("v1.9.0", "v1.10.0"),
        ("feature/9", "feature/10"),
        ("41/100", "verified"),
        ("#9", "#41"),
    ],
)
def test_what_reads_as_larger_is_larger(small: str, large: str) -> None:
    assert column(large, small) == [small, large]
    assert column(small, large, reverse=True) == [large, small]


@pytest.mark.parametrize("nothing", ["", "–", "-", "?", "✖"])
def test_what_says_nothing_stands_last_both_ways(nothing: str) -> None:
    assert worth(nothing) is None
    assert column(nothing, "2", "1") == ["1", "2", nothing]
    assert column(nothing, "2", "1", reverse=True) == ["2", "1", nothing]


def test_a_commit_name_is_no_number() -> None:
    assert column("77aa012", "9f3e21a", "8") == ["8", "9f3e21a", "77aa012"]


def test_presentation_may_say_what_a_cell_is_worth() -> None:
    made = tuple(
        Row(text, (Cell(text),), order=(value,)) for text, value in (("soon", 1.0), ("late", 9.0), ("now", 0.0), ("?", None))
    )
    found = ordered(made, (Column("when"),), Sorting("when"))
    assert [row.key for row in found] == ["now", "soon", "late", "?"]


def test_columns_come_one_after_the_other_and_then_the_own_order() -> None:
    table = Table((Column(""), *COLUMNS), (), Look.FRESH)
    sorting = Sorting()
    seen = []
    for _ in range(4):
        sorting = after(sorting, table)
        seen.append(sorting.column)
    assert seen == ["name", "pull requests", "age", ""]


def test_the_words_say_column_and_direction() -> None:
    assert Sorting("age").words(UNICODE) == "by age ▲"
    assert Sorting("age", reverse=True).words(ASCII) == "by age v"
    assert Sorting().words(UNICODE) == ""


def test_a_column_that_is_gone_leaves_the_own_order() -> None:
    made = rows(("b", "", ""), ("a", "", ""))
    assert ordered(made, COLUMNS, Sorting("month")) == made


TEXTS = st.sampled_from(["", "–", "1 d", "41 d", "4 min", "82 ms", "1 h", "main", "v1.10.0", "v1.9.0", "$3.10", "2:14", "日本"])


@given(st.lists(TEXTS, max_size=12), st.booleans())
def test_sorting_loses_nothing_and_keeps_the_order_of_equals(texts: list[str], reverse: bool) -> None:
    made = tuple(Row(f"{n}", (Cell(""), Cell(""), Cell(text))) for n, text in enumerate(texts))
    found = ordered(made, COLUMNS, Sorting("age", reverse))
    assert sorted(row.key for row in found) == sorted(row.key for row in made)
    for one, two in pairwise(found):
        if one.cells[2].text == two.cells[2].text:
            assert int(one.key) < int(two.key)
    assert ordered(found, COLUMNS, Sorting("age", reverse)) == found


BRANCHES = rows(
    ("feature/calendar", "#41 ✖ CI red", "1 d"), ("hotfix/fix-auth", "#43 ✔", "4 min"), ("feature/old-import", "merged", "41 d")
)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", "012"),
        ("FEATURE", "02"),
        ("feature cal", "0"),
        ("feature !red", "2"),
        ("!feature", "1"),
        ("age:d", "02"),
        ("age:1 pull:merged", "2"),
        ("pull:", "012"),
        ("!pull:#", "2"),
        ("nothing:x", ""),
        ("!", ""),
        ("zzz", ""),
    ],
)
def test_a_filter_by_words(query: str, kept: str) -> None:
    assert "".join(row.key for row in passing(BRANCHES, query, COLUMNS)) == kept


def test_what_is_kept_of_rows_follows_them() -> None:
    """News that change a row, its columns, the filter or the order are seen, whatever was asked before."""
    asked = Arrangement(query="feature", sorting=Sorting("age"))
    for made in (rows(("feature a", "", "2 d"), ("feature b", "", "1 d")), rows(("feature a", "", "1 h"), ("other", "", "1 d"))):
        for columns in (COLUMNS, (Column("age"), Column("name"), Column("pull requests"))):
            for query, sorting in (("feature", Sorting("age")), ("", Sorting("age", reverse=True)), ("b", Sorting("name"))):
                asked.query, asked.sorting = query, sorting
                table = Table(columns, made, Look.FRESH)
                assert asked.of(table) == Arrangement(query=query, sorting=sorting).of(table)
                assert asked.prepared(table)
