from __future__ import annotations

import pytest

from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Row, Table
from strideiq_console.presentation.draw import width
from strideiq_console.ui.widgets.footer import keys_line
from strideiq_console.ui.widgets.line import fitted, shortened
from strideiq_console.ui.widgets.painting import fitting


def text(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


@pytest.mark.parametrize("room", range(60))
def test_a_line_is_exactly_as_wide_as_its_room(room: int) -> None:
    line = fitted((Cell("left side "), Cell("日本語の題名")), (Cell("right"), Cell(" end")), room)
    assert width(text(line)) <= room
    assert room < 3 or width(text(line)) >= room - 1  # a wide letter may leave one column


def test_what_is_cut_says_so() -> None:
    assert text(shortened((Cell("abc"), Cell("defgh")), 6)).endswith("…")
    assert text(shortened((Cell("abc"), Cell("def")), 3)).endswith("…")
    assert text(shortened((Cell("abc"),), 3)) == "abc"
    assert shortened((Cell("abc"),), 0) in ((), (Cell(""),))


def test_help_and_quit_are_always_kept() -> None:
    first = [(f"k{n}", "something long") for n in range(9)]
    line = text(keys_line(first, [("?", "help"), ("q", "quit")], 40))
    assert line.endswith("? help  q quit  ")
    assert width(line) <= 40


def test_columns_never_leave_their_room() -> None:
    table = Table((Column("a", 20), Column("b"), Column("c", 30)), (Row("x", (Cell("1"), Cell("2"), Cell("3"))),), Look.FRESH)
    for room in range(80):
        sizes = fitting(table, room)
        assert len(sizes) == 3
        assert sum(sizes) <= room
