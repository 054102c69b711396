"""Time that passes in no time: a loop that stands still while anybody works and jumps while everybody waits."""

from __future__ import annotations

import asyncio
import math
import selectors
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from strideiq_console.sandbox.world import World

T = TypeVar("T")


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
        self._loop = loop()  # threads ask for the time too
        self._began, self._real = world.clock.seconds() - self._loop.time(), time.time() - self._loop.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._began + self._loop.time(), UTC)

    def monotonic(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return self._real + self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
