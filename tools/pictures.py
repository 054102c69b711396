"""``make pictures``: the screens of the README, from the real console over worlds that stand still; the same bytes every time.

A world begins at one fixed moment and its clock is turned by hand, nothing is animated, and every source is read when this says so.
``python -m tools.pictures [FOLDER] [NAME ...]`` draws all of them, or those that are named, as SVG into the folder.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from textual.pilot import Pilot

from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.settings.secret_names import take_out
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.rollback import RollbackScreen
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.wiring.build import console_of
from strideiq_console.wiring.place import place_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
BEGIN = datetime(2026, 11, 17, 2, 10, 44, tzinfo=UTC)
SIZE = (120, 36)
ANSWER = 0.027
"""Seconds that every answer takes in a picture: what a machine really needs differs from run to run."""
PATIENCE = 600.0
"""Real seconds after which something that has not happened never will."""
TURN = 15.0
"""Seconds of the world between two looks at what is waited for."""
ENVIRON = {"TZ": "UTC", "USER": "founder", "LANG": "C.UTF-8", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
UNWANTED = ("NO_COLOR", "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_THEME", "COLORTERM", "LC_ALL", "LC_CTYPE", "USERNAME")
_WEB_FONT = re.compile(r",?\s*url\(\"https?://[^\"]*\"\) format\(\"[^\"]*\"\)")
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class StillClock:
    """A world's clock by which every answer takes equally long: what is measured while sources are read is the same each time."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        self._ticks: WeakKeyDictionary[asyncio.Task[object], int] = WeakKeyDictionary()
        self.factor = 1.0

    def now(self) -> datetime:
        """Return the world's time."""
        return self._clock.now()

    def wall(self) -> float:
        """Return the world's time as epoch seconds."""
        return self._clock.seconds()

    def monotonic(self) -> float:
        """Return the world's seconds; while sources are read, one answer more for each time that the same task asks."""
        passed = self._clock.seconds() - BEGIN.timestamp()
        try:
            task = asyncio.current_task() if _reading.get() else None
        except RuntimeError:  # a thread beside the loop
            task = None
        if task is None:
            return passed
        self._ticks[task] = self._ticks.get(task, 0) + 1
        return passed + self._ticks[task] * ANSWER

    async def sleep(self, seconds: float) -> None:
        """Wait a moment: only a hand turns the clock."""
        await self._clock.sleep(seconds)


class StillApp(ConsoleApp):
    """The console as it is, but it reads nothing by itself."""

    CSS_PATH = Path(inspect.getfile(ConsoleApp)).with_name("console.tcss")

    async def _begin(self) -> None:  # type: ignore[override]
        """Leave reading to the picture."""


@dataclass(frozen=True)
class Sitting:
    """A console on a world, and somebody who looks at it."""

    world: World
    console: Console
    app: ConsoleApp
    pilot: Pilot[int]

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TimeoutError with what the screen shows instead."""
        ends = time.monotonic() + PATIENCE
        while not what():
            if time.monotonic() > ends:
                raise TimeoutError(f"{type(self.app.screen).__name__} never became what the picture shows")
            await self.pilot.pause(0.05)

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each answered before the next."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def rest(self) -> None:
        """Wait until nothing is at work any more."""
        await self.until(lambda: not any(worker.is_running for worker in self.app.workers))
        await self.pilot.pause()


@asynccontextmanager
async def still(folder: Path, scenario: str, turns: tuple[float, ...] = ()) -> AsyncIterator[tuple[World, Console]]:
    """Give a world that stands still and a console that has read it once, and once more after each turn of its clock."""
    World.open(folder, scenario=scenario, clock="manual", begin=BEGIN.timestamp()).close()
    place = place_of(Options(world=folder), {})
    assert place.world is not None, "it was named"  # noqa: S101
    world = place.world
    async with console_of(replace(place, clock=StillClock(world))) as console:
        await read(console)
        for seconds in turns:
            world.advance(seconds)
            await read(console)
        yield world, console
    world.close()


async def read(console: Console) -> None:
    """Read every source once."""
    token = _reading.set(True)
    try:
        await console.refresh_once(deadline=PATIENCE)
    finally:
        _reading.reset(token)


@asynccontextmanager
async def sitting(world: World, console: Console) -> AsyncIterator[Sitting]:
    """Open the application on a console."""
    app = StillApp(console)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield Sitting(world, console, app, pilot)


async def dashboard(folder: Path) -> str:
    """The dashboard 14 minutes after a bad deploy."""
    async with still(folder, "bad-deploy") as (world, console), sitting(world, console) as seat:
        return await picture(seat, "StrideIQ Console: the dashboard after a bad deploy")


async def metrics(folder: Path) -> str:
    """Production's metrics, zoomed, with the chart of one of them."""
    async with still(folder, "bad-deploy") as (world, console), sitting(world, console) as seat:
        await seat.press("4", "enter")
        return await picture(seat, "StrideIQ Console: metrics of production")


async def costs(folder: Path) -> str:
    """The month's costs, zoomed: planned, actual, forecast."""
    async with still(folder, "calm") as (world, console), sitting(world, console) as seat:
        await seat.press("5", "enter")
        return await picture(seat, "StrideIQ Console: the month's costs")


async def rollback(folder: Path) -> str:
    """The rollback planner: what production can go back to, and the plan of the fastest safe way."""
    async with still(folder, "bad-deploy") as (world, console), sitting(world, console) as seat:
        await seat.press("W", "b")
        await seat.until(lambda: isinstance(seat.app.screen, RollbackScreen))
        return await picture(seat, "StrideIQ Console: the way back")


async def hotfix(folder: Path) -> str:
    """A hotfix on its way: everything up to the merge to main is done."""
    async with still(folder, "calm") as (world, console):
        await carry_out(world, console, stop_at="merge-main")
        await read(console)
        async with sitting(world, console) as seat:
            await seat.press("u")
            await seat.until(lambda: isinstance(seat.app.screen, RunbookScreen))
            return await picture(seat, "StrideIQ Console: a hotfix on its way to production")


async def carry_out(world: World, console: Console, *, stop_at: str) -> None:
    """Be the founder: commit the fix when asked for it, say yes to what is asked, and stop before a step."""
    engine = console.engine
    assert engine is not None, "a world can be acted in"  # noqa: S101
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash", "severity": "P1"})
    execution = await engine.start(plan)
    consent = Consent(plan=plan.fingerprint)
    while True:
        world.advance(4.0)
        standing = await engine.advance(execution.id, consent)
        consent = Consent(plan=plan.fingerprint)
        step = standing.record.step.id if standing.record else ""
        if step == stop_at and standing.awaits is Awaits.CONFIRMATION:
            return
        if standing.awaits is Awaits.ANSWER:
            if step == "fix":
                world.advance(240.0)
                world.write_fix("hotfix/fix-auth-crash")
            consent = Consent(plan=plan.fingerprint, answer="yes")
        elif standing.awaits in (Awaits.OUTSIDE, Awaits.GATE):
            world.advance(TURN)
            if world.clock.now().timestamp() > BEGIN.timestamp() + 86_400:
                raise TimeoutError(f"{step} never became {stop_at}: {standing.sentence}")
        else:
            raise RuntimeError(f"{step}: {standing.awaits}: {standing.sentence}")


async def picture(seat: Sitting, title: str) -> str:
    """Return what stands on the screen as SVG: without toasts, without a cursor that blinks, without a font from the network."""
    await seat.rest()
    for widget in seat.app.screen.query("Input"):
        widget.cursor_blink = False  # type: ignore[attr-defined]
    seat.app.clear_notifications()
    for screen in seat.app.screen_stack:
        await screen.query("Toast").remove()
    await seat.rest()
    return _WEB_FONT.sub("", seat.app.export_screenshot(title=title))


PICTURES: dict[str, Callable[[Path], Awaitable[str]]] = {
    "dashboard": dashboard,
    "hotfix": hotfix,
    "rollback": rollback,
    "metrics": metrics,
    "costs": costs,
}


def draw(name: str) -> str:
    """Draw one picture in a world of its own that is thrown away. KeyError for a name that is none."""
    make = PICTURES[name]
    take_out(os.environ)
    for unwanted in UNWANTED:
        os.environ.pop(unwanted, None)
    os.environ.update(ENVIRON)
    time.tzset()
    with tempfile.TemporaryDirectory(prefix="strideiq-picture-") as scratch:
        return _only(asyncio.run(make(Path(scratch) / "world")), scratch)


def _only(svg: str, scratch: str) -> str:
    """Return a picture that shows the world alone. Raises ValueError for one that shows where this machine keeps it."""
    for place in (scratch, str(Path.home()), str(Path.cwd())):
        if len(place) > 1 and place in svg.replace("&#160;", " "):
            raise ValueError(f"a picture would show {place}")
    return svg


def main(argv: list[str]) -> int:
    """Draw the pictures that are named (all of them when none is) into the folder named first."""
    folder, names = Path(argv[0]) if argv else FOLDER, argv[1:] or list(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.svg").write_text(draw(name), encoding="utf-8")
        print(f"{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
