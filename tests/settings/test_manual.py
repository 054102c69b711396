"""``[manual.NAME]`` of what has a day and no value: a restore drill, and what staging's rows are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from strideiq_console.domain.manual_entry import ManualEntry
from tests.settings.test_load import faults, read

DRILL = '[manual.drill]\nquantity = "restore_drill"\nentered = 2026-11-01\n'
ROWS = '[manual.rows]\nquantity = "staging_data"\nentered = 2026-11-01\nnote = "synthetic"\n'


def test_a_day_is_enough_and_counts_for_ninety(tmp_path: Path) -> None:
    drill, rows = (one.entry for one in read(tmp_path, DRILL + 'evidence = "rows counted"\n' + ROWS).outside.manual)
    entered, ends = date(2026, 11, 1), date(2027, 1, 30)
    assert drill == ManualEntry("restore_drill", entered, ends, None, "production", evidence="rows counted")
    assert rows == ManualEntry("staging_data", entered, ends, None, "staging", note="synthetic")


def test_another_end_and_another_environment_may_be_said(tmp_path: Path) -> None:
    text = (
        '[environments.preview]\nurl = "https://preview.strideiq.run"\n' + ROWS + 'environment = "preview"\nexpires = 2027-11-01\n'
    )
    (rows,) = read(tmp_path, text).outside.manual
    assert (rows.environment, rows.expires) == ("preview", date(2027, 11, 1))


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (DRILL.replace("entered = 2026-11-01\n", ""), "manual.drill.entered", "must be given"),
        (DRILL.replace("2026-11-01", '"2026-11-01"'), "manual.drill.entered", "without quotes"),
        (DRILL + "value = 1\n", "manual.drill.value", "has a day and no value"),
        (DRILL + "value = 0\n", "manual.drill.value", "has a day and no value"),
        (DRILL + "expires = 2026-10-01\n", "manual.drill.expires", "later than entered"),
        (DRILL + 'environment = "staging"\n', "manual.drill.environment", "must be production"),
        (DRILL.replace("restore_drill", "restore-drill"), "manual.drill.quantity", "one of"),
        (ROWS + 'environment = "production"\n', "manual.rows.environment", "must not be production"),
        (ROWS.replace("synthetic", "copy of production"), "manual.rows.note", "must begin with"),
        (ROWS.replace('note = "synthetic"\n', ""), "manual.rows.note", "must begin with"),
    ],
)
def test_wrong_entries_are_named(tmp_path: Path, text: str, key: str, words: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.key == key
    assert words in fault.cause
