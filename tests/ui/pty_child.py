"""Run as a child on a real pseudo-terminal: the console over facts whose every remote text is hostile, driven through all screens.

It prints nothing itself. The parent reads what reached the terminal; ``tour.json`` tells it what was drawn where, and what each
repainted frame ought to look like.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import struct
import sys
import termios
from pathlib import Path

from textual.pilot import Pilot

from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels import branches as branches_panel

from .corpus import sequences
from .driving import screen_text
from .fakes import FakeConsole, FakeEngine
from .hostile_dialogs import WAYS
from .hostile_facts import whole
from .hostile_tour import Tour
from .made_standings import gate
from .markup_corpus import markups

TURNS = int(os.environ.get("STRIDEIQ_TURNS", "1"))
MARK = "\x1b[0;0;0;0;{}m"
"""Colours set back four times over: it changes nothing and is found again. Odd numbers begin a frame, even ones end it."""


def resize(width: int, height: int) -> None:
    """Give the terminal another size, and say so as a terminal does."""
    fcntl.ioctl(sys.__stdin__.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    os.kill(os.getpid(), signal.SIGWINCH)


async def main(state: Path) -> None:
    """Walk all ways, repaint each surface once as a whole, and write down how it ought to look."""
    branches_panel.PAUSE = 0.0
    console = FakeConsole(state, facts=whole(), ui=UiSettings(glyphs="unicode"), engine=FakeEngine([gate()]))
    app = ConsoleApp(console)  # type: ignore[arg-type]
    frames: dict[str, tuple[tuple[int, int], str]] = {}

    def framed(surface: str) -> None:
        if surface in frames:
            return
        driver = app._driver
        assert driver is not None
        number = 2 * len(frames) + 101
        driver.write(MARK.format(number))
        app._display(app.screen, app.screen._compositor.render_update(full=True))
        driver.write(MARK.format(number + 1))
        frames[surface] = (tuple(app.size), screen_text(app))

    async def drive(pilot: Pilot[int]) -> None:
        tour = Tour(app, pilot, console, [*sequences(), *markups()], WAYS, turns=TURNS)
        tour.framed, tour.resize = framed, resize
        await tour.still()
        for name in WAYS:
            await tour.walk(name)
        found = {"given": {surface: len(numbers) for surface, numbers in tour.given.items()}, "acted": sorted(tour.acted)}
        for name, counted in (("drawn", tour.drawn), ("whole", tour.whole)):
            found[name] = {surface: sorted(numbers) for surface, numbers in counted.items()}
        shown = [(surface, size, text) for surface, (size, text) in frames.items()]
        reports = sorted(str(path) for path in (state / "reports").glob("*"))
        (state / "tour.json").write_text(json.dumps({**found, "frames": shown, "reports": reports}))
        app.exit(0)

    await app.run_async(auto_pilot=drive)  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
