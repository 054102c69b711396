"""Run as a child on a real pseudo-terminal: the console over facts whose every remote text is hostile, driven through all screens.

It prints nothing itself. The parent reads what reached the terminal; ``tour.json`` tells it what was drawn where, and what each
repainted frame ought to look like.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from textual.pilot import Pilot

from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels import branches as branches_panel

from .corpus import sequences
from .driving import screen_text
from .fakes import FakeConsole, FakeEngine
from .hostile_facts import whole
from .hostile_tour import WAYS, Tour
from .made_standings import gate

TURNS = int(os.environ.get("STRIDEIQ_TURNS", "2"))
MARK = "\x1b[0;0;0;0;{}m"
"""Colours set back four times over: it changes nothing and is found again. Odd numbers begin a frame, even ones end it."""


async def main(state: Path) -> None:
    """Walk all ways, repaint each surface once as a whole, and write down how it ought to look."""
    branches_panel.PAUSE = 0.0
    console = FakeConsole(state, facts=whole(), ui=UiSettings(glyphs="unicode"), engine=FakeEngine([gate()]))
    app = ConsoleApp(console)  # type: ignore[arg-type]
    frames: dict[str, str] = {}

    def framed(surface: str) -> None:
        if surface in frames:
            return
        driver = app._driver
        assert driver is not None
        number = 2 * len(frames) + 101
        driver.write(MARK.format(number))
        app._display(app.screen, app.screen._compositor.render_update(full=True))
        driver.write(MARK.format(number + 1))
        frames[surface] = screen_text(app)

    async def drive(pilot: Pilot[int]) -> None:
        tour = Tour(app, pilot, console, sequences(), turns=TURNS)
        tour.framed = framed
        for name in WAYS:
            await tour.walk(name)
        drawn = {surface: sorted(numbers) for surface, numbers in tour.drawn.items()}
        given = {surface: len(numbers) for surface, numbers in tour.given.items()}
        (state / "tour.json").write_text(json.dumps({"drawn": drawn, "given": given, "frames": list(frames.items())}))
        app.exit(0)

    await app.run_async(auto_pilot=drive)  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
