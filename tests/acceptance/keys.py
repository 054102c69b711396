"""Somebody at the keyboard of a console on a world: presses keys, waits until the screen has answered, and reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.widgets import Button

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.dialog import DEAF, Box, Dialog
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.runbook import RunbookScreen
from tests.ui.driving import screen_text

PATIENCE = 30.0
"""Real seconds after which a screen that has not answered is a failure."""
AT_WORK = frozenset({"execution", "begin", "start", "candidates", "offer"})
"""Workers that change what the screen says."""
_BLANKS = str.maketrans("│┃║▄▅▆▇█▁▂▃", " " * 11)
D = TypeVar("D", bound=Dialog[Any])


class Founder:
    """Presses keys and reads the screen. ``pressed`` counts every key; what is typed into a field is counted apart."""

    def __init__(self, pilot: Pilot[int], app: ConsoleApp, console: Console, world: World) -> None:
        self.pilot, self.app, self.console, self.world = pilot, app, console, world
        self.pressed = 0

    @property
    def screen(self) -> str:
        """Return what is to be read, a dialog alone where one is open, as one line: borders and line breaks count for nothing."""
        lines = screen_text(self.app).split("\n")
        for box in self.app.screen.query(Box) if isinstance(self.app.screen, Dialog) else ():
            x, y, width, height = box.region
            lines = [line[x : x + width] for line in lines[y : y + height]]
        return " ".join(" ".join(lines).translate(_BLANKS).split())

    @property
    def execution(self) -> Execution:
        """Return the newest execution."""
        return self.console.executions()[0]

    def effects(self) -> list[str]:
        """Return every request that changed something outside, in order."""
        return [f"{e['method']} {e['path'].split('/strideiq/')[-1]}" for e in self.world.read()["effects"]]

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so; the screen's text stands in the failure."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not what():
            assert asyncio.get_running_loop().time() < deadline, screen_text(self.app)
            await self.pilot.pause(0.05)

    async def sees(self, *words: str) -> None:
        """Wait until all of these words stand on the screen at once."""
        await self.until(lambda: all(word in self.screen for word in words))

    async def idle(self) -> None:
        """Wait until nothing is at work for the screen."""
        await self.until(lambda: not any(w.is_running and w.group in AT_WORK for w in self.app.workers))

    async def press(self, *keys: str) -> None:
        """Press keys one by one."""
        for key in keys:
            self.pressed += 1
            await self.pilot.press(key)

    async def write(self, text: str) -> None:
        """Type into the field that has the focus, or that takes what is typed."""
        await self.pilot.press(*(_KEYS.get(letter, letter) for letter in text))

    async def dialog(self, kind: type[D]) -> D:
        """Wait for a dialog, and for the moment in which its keys are dead to pass."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.screen.is_mounted)
        found = self.app.screen
        assert isinstance(found, kind)
        deaf = DEAF if kind.DEAF_FOR else 0.0
        began = self.console.clock.monotonic()
        await self.until(lambda: self.console.clock.monotonic() - began >= deaf)
        return found

    async def stands_at(self, step: str) -> None:
        """Wait until the execution stands at a step and wants a person."""

        def there() -> bool:
            current = self.execution.current
            here = current is not None and current.step.id == step
            return here and isinstance(self.app.screen, RunbookScreen) and not self.app.screen.driver.busy

        await self.until(there)
        await self.pilot.pause()

    async def consent(self, word: str = "") -> None:
        """Confirm in the dialog that stands there: by its key, or by the word, Enter to the button and Enter on it."""
        await self.dialog(ConfirmDialog)
        assert self.app.focused is not None
        assert self.app.focused.id == "cancel", "focus stands on the safe choice"
        if word:
            await self.write(word)
            await self.press("enter", "enter")
        else:
            await self.press("y")

    async def confirm(self, step: str, word: str = "") -> None:
        """Wait for a step, open its confirmation and give it."""
        await self.stands_at(step)
        await self.press("enter")
        await self.consent(word)

    async def answer(self, step: str, key: str) -> None:
        """Wait for a step that asks, and answer by ``y`` or ``n``."""
        await self.stands_at(step)
        await self.press("enter")
        await self.dialog(AskDialog)
        await self.press(key)

    async def form(self, step: str, key: str = "enter") -> FormDialog:
        """Wait for a step that wants something filled in, and open its form."""
        await self.stands_at(step)
        await self.press(key)
        return await self.dialog(FormDialog)

    async def send(self) -> None:
        """Go to the button that sends a form, and press it."""
        while not (isinstance(self.app.focused, Button) and self.app.focused.id == "go"):
            await self.press("tab")
        await self.press("enter")


_KEYS = {" ": "space", "\n": "enter", ".": "full_stop", "-": "minus", "#": "number_sign"}


@asynccontextmanager
async def sitting(world: World, *, size: tuple[int, int] = (120, 36), sees: str = "Production") -> AsyncIterator[Founder]:
    """Open the console on a world, wait until the dashboard tells of it, and sit down; leaving closes it as a restart would."""
    async with wiring.Wiring().live(Options(world=world.folder)) as console:
        app = ConsoleApp(console)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            founder = Founder(pilot, app, console, world)
            await founder.sees(sees)
            yield founder
