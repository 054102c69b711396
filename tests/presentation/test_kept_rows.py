"""Of many rows only those are made anew of which something has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.presentation import branches, ci_rows
from strideiq_console.presentation.cell import Cell, Row
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.kept_rows import KeptRows

from .facts import NOW, ago, branch, calm, reading, run, sha

GREEN = CheckState.SUCCESS


def test_a_change_of_one_makes_one() -> None:
    made: list[str] = []

    def make(word: str) -> Row:
        made.append(word)
        return Row(word, (Cell(word),))

    kept = KeptRows()
    first = kept.renewed(("wide",), [("a", ("one",)), ("b", ("two",))], make)
    second = kept.renewed(("wide",), [("b", ("two",)), ("a", ("three",))], make)
    assert made == ["one", "two", "three"]
    assert second[0] is first[1]
    kept.renewed(("narrow",), [("b", ("two",))], make)
    assert made == ["one", "two", "three", "two"], "what all rows share has changed"
    kept.renewed(("narrow",), [("a", ("three",))], make)
    assert made[-1] == "three", "a row that was gone is not remembered"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []

    def counted_row(make: Callable[..., Row]) -> Callable[..., Row]:
        def counting(*given: Any) -> Row:
            row = make(*given)
            made.append(row.key)
            return row

        return counting

    monkeypatch.setattr(branches._Rows, "_row", counted_row(branches._Rows._row))
    monkeypatch.setattr(ci_rows, "_row", counted_row(ci_rows._row))
    return made


def test_one_branch_that_moved_makes_one_row(counted: list[str]) -> None:
    many = [branch(f"feature/n{n:03}", sha(f"{n:04x}"), at=ago(hours=n + 1), ahead=1) for n in range(600)]
    facts = calm(branches=reading("git", tuple(many)))
    before = branches.table(facts, NOW, UNICODE)
    counted.clear()
    many[7] = replace(many[7], tip=replace(many[7].tip, sha=sha("ff"), committed_at=ago(minutes=1)), remote=sha("ff"))
    after = branches.table(replace(facts, branches=reading("git", tuple(many))), NOW, UNICODE)
    assert counted == ["feature/n007"]
    assert after.rows[0].key == "feature/n007"
    assert after.rows[1] is before.rows[0]


def test_one_run_that_ended_makes_one_row(counted: list[str]) -> None:
    many = [run(n, "main", sha(f"{n:04x}"), state=GREEN) for n in range(300, 0, -1)]
    facts = calm(runs=reading("github", tuple(many)), pulls=reading("github", ()))
    ci_rows.table(facts, NOW, UNICODE)
    counted.clear()
    many[3] = replace(many[3], state=CheckState.FAILURE)
    table = ci_rows.table(replace(facts, runs=reading("github", tuple(many))), NOW, UNICODE)
    assert counted == [str(many[3].id)]
    assert table.rows[3].cells[0].text == UNICODE.check(CheckState.FAILURE)


def test_rows_grow_older(counted: list[str]) -> None:
    facts = calm(runs=reading("github", (run(1, "main", sha("01")),)), pulls=reading("github", ()))
    first = ci_rows.table(facts, NOW, UNICODE)
    second = ci_rows.table(facts, NOW + timedelta(hours=3), UNICODE)
    assert first.rows[0].cells[-1].text == "20 min"
    assert second.rows[0].cells[-1].text == "3 h"
