"""Options of a form: why one cannot be taken stands in its row as far as it makes sense there, and whole below the list."""

from __future__ import annotations

import pytest

from strideiq_console.domain.runbook.form import Option
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.form_lines import NOTE_ROOM, option_lines, option_table
from strideiq_console.presentation.glyphs import UNICODE


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("a private key", "a private key"),
        ("looks like secrets: never committed", "looks like secrets"),
        ("line 3 a GitHub token; line 19 a database address", "line 3 a GitHub token"),
        ("a reason of which no part is short enough for the row", "cannot be picked"),
    ],
)
def test_a_refused_option_says_why(reason: str, said: str) -> None:
    option = Option(".env", ".env", "", reason)
    cell = option_table((option,), (), UNICODE).rows[0].cells[-1]
    assert cell.text == said
    assert len(cell.text) < NOTE_ROOM
    assert reason in plain(option_lines(option, UNICODE)[0])
