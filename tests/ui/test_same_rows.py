"""An opened panel shows the rows of ``show NOUN``, cell by cell, and the items of its document, whatever the facts are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.cell import Row
from strideiq_console.presentation.nouns import NOUNS
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.panels import PANELS
from strideiq_console.ui.screens.zoom import ZoomScreen
from tests.presentation.test_nouns import key_of

from .driving import press
from .made_looks import LOOKS, looking, troubled

EVENINGS = {**LOOKS, "troubled": troubled}
OF_NO_ITEM = ("check", "pull", "sum/")
"""Begins the keys of rows that stand above or below the noun's own: what never reports, what has no run, the sums."""
BESIDE = {"environments": ("", "environment", "live", "CI", "health", "waiting")}
"""Where a page stands beside the list, these columns of the noun's table are the list's; the page tells the rest."""


def cells(rows: tuple[Row, ...], titles: list[str], kept: tuple[str, ...] | None) -> list[tuple[str, list[str]]]:
    return [
        (row.key, [c.text for title, c in zip(titles, row.cells, strict=True) if kept is None or title in kept]) for row in rows
    ]


def items(name: str, facts: Facts, now: object) -> list[str]:
    found = json.loads(json.dumps(NOUNS[name].as_json(facts, now)))  # type: ignore[arg-type]
    return sorted(key_of(name, item) for item in found["items"])


@pytest.mark.parametrize("evening", EVENINGS)
async def test_a_panel_shows_the_rows_of_its_noun(evening: str, tmp_path: Path) -> None:
    facts, now = EVENINGS[evening]()
    app = looking(tmp_path, facts, now)
    async with app.run_test(size=(140, 44)) as pilot:
        for spec in PANELS:
            await press(pilot, str(spec.number), "enter")
            zoom = app.screen
            assert isinstance(zoom, ZoomScreen), spec.name
            noun, shown = NOUNS[spec.name], zoom.panel.view.table
            narrow = spec.name in BESIDE or noun.narrow(zoom.panel.view.size.width)
            wanted = noun.table(facts, now, zoom.glyphs, narrow=narrow)
            assert (shown.look, shown.notice) == (wanted.look, wanted.notice), spec.name
            expected = cells(wanted.rows, [column.title for column in wanted.columns], BESIDE.get(spec.name))
            found = cells(zoom.panel.view.rows, [column.title for column in shown.columns], None)
            assert found == expected, spec.name
            keys = sorted(key for key, _ in found if key != "total" and not key.startswith(OF_NO_ITEM))
            assert keys == items(spec.name, facts, now), spec.name
            await press(pilot, "escape")
            assert isinstance(app.screen, DashboardScreen), spec.name
