"""How the five panels look opened, in each of their five looks, and the dashboard in every theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from .driving import press
from .made_looks import LOOKS, looking, troubled

SIZES = [pytest.param((120, 36), id="120x36"), pytest.param((80, 24), id="80x24")]
PANELS = {"environments": "1", "branches": "2", "ci": "3", "metrics": "4", "costs": "5"}
THEMES = ("night", "day", "contrast", "quiet", "colour-blind")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_in_its_five_looks(panel: str, look: str, size: tuple[int, int], tmp_path: Path, snap_compare: Any) -> None:
    async def drive(pilot: Pilot[int]) -> None:
        await press(pilot, PANELS[panel], "enter")

    assert snap_compare(looking(tmp_path, *LOOKS[look]()), terminal_size=size, run_before=drive)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_the_dashboard_in_every_theme(theme: str, size: tuple[int, int], tmp_path: Path, snap_compare: Any) -> None:
    assert snap_compare(looking(tmp_path, *troubled(), theme=theme), terminal_size=size)
