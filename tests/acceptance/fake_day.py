"""Days that pass in seconds: a loop whose time stands still while anybody works and jumps while everybody waits."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import random
import selectors
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from strideiq_console.cli.context import Options
from strideiq_console.sandbox import hosts
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.wiring import build
from strideiq_console.wiring.place import Place, place_of

T = TypeVar("T")
HOUR = 3600.0
PROVIDERS = {
    hosts.GITHUB: "github",
    hosts.VERCEL: "vercel",
    hosts.RAILWAY: "railway",
    hosts.CLOUDFLARE: "cloudflare",
}
LOCAL = ("git", "probe")
"""Sources that no provider counts. Their feeds stand still: 26,000 reads of the clone and of the sites would prove nothing here."""


class TurnedLoop(asyncio.SelectorEventLoop):
    """A loop with a time of its own. While a thread is at work, or a request on its way, it waits for real and no time passes."""

    def __init__(self) -> None:
        self._present = 0.0
        self.at_work = 0
        self.turned: Callable[[float], object] = lambda seconds: None
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self._present

    def pass_time(self, seconds: float) -> None:
        self._present = max(self._present + seconds, math.nextafter(self._present, math.inf))
        self.turned(seconds)

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _: asyncio.Future[Any]) -> None:
        self.at_work -= 1


class _Selector:
    """The real selector, asked without waiting whenever the time can be turned instead."""

    def __init__(self, loop: TurnedLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = self._real.select(0)
        if found or timeout == 0:
            return found
        if self._loop.at_work or timeout is None:
            return self._real.select(0.5)
        self._loop.pass_time(timeout)
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in turned time."""
    with asyncio.Runner(loop_factory=TurnedLoop) as runner:
        return runner.run(main())


def loop() -> TurnedLoop:
    running = asyncio.get_running_loop()
    assert isinstance(running, TurnedLoop)
    return running


class TurnedClock:
    """The loop's time as the console's clock."""

    def __init__(self, world: World) -> None:
        self._began, self._real = world.clock.seconds(), time.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._began + loop().time(), UTC)

    def monotonic(self) -> float:
        return loop().time()

    def wall(self) -> float:
        return self._real + loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    at: float
    provider: str
    method: str
    path: str
    status: int
    limited: bool


class Ledger(httpx.AsyncBaseTransport):
    """Writes down what every provider was asked and when, and whether it refused."""

    def __init__(self, world: World) -> None:
        self._inner = WorldTransport(world)
        self.calls: list[Call] = []
        self.storm: Callable[[str], httpx.Response | None] = lambda provider: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        provider, at = PROVIDERS.get(request.url.host, ""), loop().time()
        loop().at_work += 1
        try:
            response = self.storm(provider) or await self._inner.handle_async_request(request)
            body = await response.aread() if response.status_code in (403, 429) else b""
        finally:
            loop().at_work -= 1
        limited = response.status_code == 429 or b"rate limit" in body.lower()
        if provider:
            self.calls.append(Call(at, provider, request.method, request.url.path, response.status_code, limited))
        return response

    def hits(self, provider: str = "") -> list[Call]:
        return [call for call in self.calls if call.limited and provider in ("", call.provider)]

    def between(self, provider: str, begin: float, end: float) -> list[Call]:
        return [call for call in self.calls if call.provider == provider and begin <= call.at < end]

    def hourly(self, provider: str, *, first: int = 0, hours: int, status: int = 0) -> list[int]:
        """Return the calls of each hour, or those among them that were answered with one status."""
        found = Counter(int(c.at // HOUR) for c in self.calls if c.provider == provider and status in (0, c.status))
        return [found[hour] for hour in range(first, hours)]

    def most_in(self, provider: str, seconds: float) -> int:
        """Return the most calls that any window of so many seconds saw."""
        times = [call.at for call in self.calls if call.provider == provider]
        most, begin = 0, 0
        for index, at in enumerate(times):
            while times[begin] <= at - seconds:
                begin += 1
            most = max(most, index - begin + 1)
        return most


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """An open console in its world."""

    console: Console
    world: World
    ledger: Ledger

    async def passes(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def in_thread(self, do: Callable[[], T]) -> T:
        return await asyncio.to_thread(do)


@asynccontextmanager
async def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, seed: int = 0, limits: Mapping[str, Any] | None = None
) -> AsyncIterator[Day]:
    """Open the real console, wired as for a live one, over a world that enforces every provider's limits."""
    world = await asyncio.to_thread(World.open, folder, clock="manual")
    strict = {"github": {"secondary": True}, "railway": {"burst": True}, "vercel": {}}
    with world.change() as state:
        state["limits"] = {name: more | dict((limits or {}).get(name, {})) for name, more in strict.items()}
    place = place_of(Options(world=folder), {})
    assert place.world is not None
    ledger = Ledger(world)
    monkeypatch.setattr(Place, "transport", property(lambda _: ledger))
    wire = build._refresh

    def refresh(place: Place, board: Any, table: Any, engine: Any) -> Any:
        made = wire(place, board, [source for source in table if source.feed.source not in LOCAL], engine)
        made._random = random.Random(seed)
        return made

    monkeypatch.setattr(build, "_refresh", refresh)
    live = dataclasses.replace(place, clock=TurnedClock(world), pace=1.0, stretch=1.0)
    loop().turned = world.clock.advance
    try:
        async with build.console_of(live) as console:
            yield Day(console, world, ledger)
    finally:
        loop().turned = lambda seconds: None
        world.close()
        place.world.close()
