"""Lines folded into a width: nothing is lost, nothing is too wide, and what belongs together stays together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.presentation.cell import Cell, Line, plain, text
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.folding import folded, in_lines


def shown(line: Line, columns: int) -> list[str]:
    return [plain(one) for one in folded(line, columns)]


def test_a_value_stays_below_its_label_and_its_source_in_one_piece() -> None:
    line = text("web       ", "a1b2c3d  live 12 min ago", "  ", "railway 7 min: no answer within 15 s")
    assert shown(line, 44) == [
        "web       a1b2c3d  live 12 min ago",
        "          railway 7 min: no answer within",
        "          15 s",
    ]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("▲ the next push deploys it again", ["▲ the next push deploys", "  it again"]),
        ("    git push origin main:refs/heads/main", ["    git push origin", "      main:refs/heads/", "      main"]),
        ("waits for no more than 15 s", ["waits for no more than", "15 s"]),
        ("github.com/acme/strideiq/actions", ["github.com/acme/", "strideiq/actions"]),
    ],
    ids=["a mark", "a command", "a unit", "an address"],
)
def test_what_goes_on_stands_in(line: str, lines: list[str]) -> None:
    assert shown((Cell(line),), 24) == lines


@given(st.lists(st.text(st.sampled_from("ab /:.1s漢▲ "), max_size=30), max_size=4), st.integers(4, 40))
def test_no_letter_is_lost_and_no_line_is_too_wide(texts: list[str], columns: int) -> None:
    line = tuple(Cell(one) for one in texts)
    found = shown(line, columns)
    assert all(width(one) <= columns for one in found)
    assert "".join("".join(found).split()) == "".join("".join(texts).split())


def test_a_notice_that_is_too_long_ends_with_a_clause_or_a_word() -> None:
    notice = "No Vercel token: strideiq secrets set vercel, or set STRIDEIQ_VERCEL_TOKEN."
    assert in_lines(notice, 40, 2) == ("No Vercel token: strideiq secrets set", "vercel, or set STRIDEIQ_VERCEL_TOKEN.")
    assert in_lines(notice, 26, 2) == ("No Vercel token: strideiq", "secrets set vercel…")
    assert in_lines("one two three four five six", 9, 1) == ("one two…",)
