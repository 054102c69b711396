"""A console on a world that stands still, and somebody who sits at it: what ``pictures`` draws.

The world begins at one fixed moment, its clock is turned by hand, no two requests happen at the same time, nothing is animated.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

import httpx
from textual.pilot import Pilot

from strideiq_console.cli.context import Options
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.wiring.build import console_of
from strideiq_console.wiring.place import Place, place_of

BEGIN = datetime(2026, 11, 17, 2, 10, 44, tzinfo=UTC)
SIZE = (120, 36)
ANSWER = 0.027
"""Seconds that every answer takes: what a machine really needs differs from run to run."""
PATIENCE = 600.0
"""Real seconds after which something that has not happened never will."""
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class StillClock:
    """A world's clock on which real time does not pass at all: who sleeps has slept at once, and every answer takes equally long.

    What is measured, and what a limit still lets through, is then the same on a fast machine and on a busy one.
    """

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        self._slept = 0.0
        self._spent: WeakKeyDictionary[asyncio.Task[object], float] = WeakKeyDictionary()
        self.factor = 1.0

    def now(self) -> datetime:
        """Return the world's time."""
        return self._clock.now()

    def wall(self) -> float:
        """Return the world's time as epoch seconds."""
        return self._clock.seconds()

    def monotonic(self) -> float:
        """Return the world's seconds and those slept away; while sources are read, this task's, and an answer more at each look."""
        passed = self._clock.seconds() - BEGIN.timestamp()
        task = self._task()
        if task is None:
            return passed + self._slept
        return passed + self._spend(task, ANSWER)

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once, together with those of everybody else who sleeps."""
        until, task = self._slept + seconds, self._task()
        await asyncio.sleep(0.005)
        if task is None:
            self._slept = max(self._slept, until)
        else:
            self._spend(task, seconds)

    def _spend(self, task: asyncio.Task[object], seconds: float) -> float:
        self._spent[task] = self._spent.get(task, 0.0) + seconds
        return self._spent[task]

    @staticmethod
    def _task() -> asyncio.Task[object] | None:
        """Return the task that reads a source; None for everybody else."""
        try:
            return asyncio.current_task() if _reading.get() else None
        except RuntimeError:  # a thread beside the loop
            return None


class OneByOne(httpx.AsyncBaseTransport):
    """A transport that answers one request after the other, so that what is left of a limit is heard in its order."""

    def __init__(self, world: World) -> None:
        self._world, self._turn = world, asyncio.Lock()
        self._transport = WorldTransport(world)

    def begin_anew(self) -> None:
        """Forget how much was asked: what the limits of the world's providers count."""
        self._transport = WorldTransport(self._world)
        with self._world.change() as state:
            state["rate"] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer when it is this request's turn."""
        async with self._turn:
            return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport behind it."""
        await self._transport.aclose()


@dataclass(frozen=True)
class StillPlace(Place):
    """A world's place in which nothing happens at the same time. ``way`` is the transport."""

    way: OneByOne | None = None

    @property
    def transport(self) -> OneByOne | None:
        """Return the world's transport, one request at a time."""
        return self.way


class StillApp(ConsoleApp):
    """The console as it is, but it reads nothing by itself."""

    CSS_PATH = str(Path(inspect.getfile(ConsoleApp)).with_name("console.tcss"))

    async def _begin(self) -> None:  # type: ignore[override]
        """Leave reading to the picture."""


@dataclass(frozen=True)
class Sitting:
    """A console on a world, and somebody who looks at it."""

    way: OneByOne
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


@dataclass(frozen=True)
class Still:
    """A world, the way to it, and a console that has read all of it once."""

    world: World
    way: OneByOne
    console: Console


@asynccontextmanager
async def still(folder: Path, scenario: str) -> AsyncIterator[Still]:
    """Give a world that stands still, and a console that has read it once."""
    World.open(folder, scenario=scenario, clock="manual", begin=BEGIN.timestamp()).close()
    place = place_of(Options(world=folder), {})
    assert place.world is not None, "it was named"  # noqa: S101
    world = place.world
    way = OneByOne(world)
    parts = {one.name: getattr(place, one.name) for one in fields(place)}
    async with console_of(StillPlace(**{**parts, "clock": StillClock(world), "way": way})) as console:
        await read(console)
        yield Still(world, way, console)
    world.close()


async def read(console: Console) -> None:
    """Read every source once."""
    with steadily():
        await console.refresh_once(deadline=PATIENCE)


@contextmanager
def steadily() -> Iterator[None]:
    """Let every answer take equally long in here."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@asynccontextmanager
async def sitting(here: Still) -> AsyncIterator[Sitting]:
    """Open the application on a console."""
    app = StillApp(here.console)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield Sitting(here.way, here.console, app, pilot)
