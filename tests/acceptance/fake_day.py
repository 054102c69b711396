"""An open console over a world that enforces every provider's limits, while hours pass in seconds."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from strideiq_console.cli.context import Options
from strideiq_console.sandbox import hosts
from strideiq_console.sandbox.faults import Delivery, Faults
from strideiq_console.sandbox.github import rates
from strideiq_console.sandbox.github.call import ApiError
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.wiring import build
from strideiq_console.wiring.place import Place, place_of
from tests.acceptance.turned_loop import TurnedClock, loop

HOUR = 3600.0
PROVIDERS = {hosts.GITHUB: "github", hosts.VERCEL: "vercel", hosts.RAILWAY: "railway", hosts.CLOUDFLARE: "cloudflare"}
LOCAL = ("git", "probe")
"""Sources that no provider counts. Their feeds stand still: 26,000 reads of the clone and of the sites would prove nothing here."""


class Doors:
    """The providers' limits in front of the world: GitHub's primary and secondary ones, Railway's of the Hobby plan, the others'.

    They are the sandbox's own counters (contracts: 5,000 an hour, 900 points and 80 writes a minute, 500 writes an hour; 1,000 an
    hour and 10 a second; 500 a minute; 1,200 in five minutes). They stand here because the world's answers are remembered.
    """

    def __init__(self, **limits: Mapping[str, Any]) -> None:
        github = {"secondary": True, **limits.get("github", {})}
        self._state: dict[str, Any] = {"rate": {}, "accounts": {}, "limits": {**limits, "github": github}}
        self._allowances = {
            "railway": Allowance("railway", limit=1000, window=3600.0, second=10),
            "vercel": Allowance("vercel", limit=500, window=60.0),
            "cloudflare": Allowance("cloudflare", limit=1200, window=300.0),
        }

    def refused(self, provider: str, request: httpx.Request, now: float) -> httpx.Response | None:
        """Return the refusal of a request that is one too many."""
        if provider == "github":
            login = self._login(request)
            try:
                rates.check(self._state, login, request.method, now, free=request.url.path == "/rate_limit")
            except ApiError as error:
                headers = rates.spend(self._state, login, now, 0) | dict(error.headers)
                return httpx.Response(error.status, json={"message": error.message}, headers=headers)
            return None
        spent = self._allowances[provider].spend(self._state, now)
        request.extensions["spent"] = spent.headers
        return None if spent.wait is None else httpx.Response(429, json={"message": "Too many requests"}, headers=spent.headers)

    def headers(self, provider: str, request: httpx.Request, now: float, status: int) -> Mapping[str, str]:
        """Return what an answer says of the limit; a 304 costs nothing of GitHub's."""
        if provider == "github":
            return rates.spend(self._state, self._login(request), now, 0 if status == 304 else 1)
        found: Mapping[str, str] = request.extensions["spent"]
        return found

    def _login(self, request: httpx.Request) -> str:
        login = request.headers.get("authorization", "")
        self._state["accounts"].setdefault(login, {"id": 1})
        return login


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    at: float
    provider: str
    method: str
    path: str
    status: int
    limited: bool


class Ledger(httpx.AsyncBaseTransport):
    """Writes down what every provider was asked and when, and whether it refused.

    While :meth:`quiet` says that nothing moves in the world its answers are remembered: they would be the same. ``storm`` may
    answer in a provider's place.
    """

    def __init__(self, world: World, doors: Doors) -> None:
        self._world, self._doors = world, doors
        self._inner = WorldTransport(world, _NoFaults(world))
        self._remembered: dict[tuple[object, ...], tuple[int, list[tuple[bytes, bytes]], bytes]] = {}
        self._quiet = False
        self.calls: list[Call] = []
        self.storm: Callable[[str], httpx.Response | None] = lambda provider: None

    def quiet(self, quiet: bool) -> None:
        """Remember answers from now on, or no longer."""
        self._quiet = quiet
        self._remembered.clear()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        provider, at = PROVIDERS.get(request.url.host, ""), loop().time()
        loop().at_work += 1
        try:
            response = await self._answer(provider, request, self._world.clock.seconds())
        finally:
            loop().at_work -= 1
        if provider:
            limited = response.status_code == 429 or (response.status_code == 403 and b"rate limit" in response.content)
            self.calls.append(Call(at, provider, request.method, request.url.path, response.status_code, limited))
        return response

    async def _answer(self, provider: str, request: httpx.Request, now: float) -> httpx.Response:
        if not provider:
            return await self._inner.handle_async_request(request)
        refusal = self.storm(provider) or self._doors.refused(provider, request, now)
        if refusal is not None:
            return refusal
        status, headers, body = await self._world_says(request)
        said = self._doors.headers(provider, request, now, status)
        kept = [(name, value) for name, value in headers if not name.lower().startswith(b"x-ratelimit")]
        own = [(name.encode(), value.encode()) for name, value in said.items()]
        return httpx.Response(status, headers=[*kept, *own], content=body)

    async def _world_says(self, request: httpx.Request) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        content = await request.aread()
        asked = [request.headers.get(name) for name in ("authorization", "if-none-match")]
        key = (request.method, str(request.url), content, *asked)
        found = self._remembered.get(key)
        if found is None:
            response = await self._inner.handle_async_request(request)
            found = (response.status_code, response.headers.raw, await response.aread())
            if self._quiet:
                self._remembered[key] = found
        return found

    def hits(self, provider: str = "") -> list[Call]:
        return [call for call in self.calls if call.limited and provider in ("", call.provider)]

    def between(self, provider: str, begin: float, end: float) -> list[Call]:
        return [call for call in self.calls if provider in ("", call.provider) and begin <= call.at < end]

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


class _NoFaults(Faults):
    """The way to the world without the look at its faults, which would read the whole document once more for each request."""

    async def deliver(
        self, host: str, method: str, path: str, process: Callable[[], Awaitable[Delivery]], *, patience: float | None = None
    ) -> Delivery:
        return await process()


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """An open console in its world."""

    console: Console
    world: World
    ledger: Ledger


@asynccontextmanager
async def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, seed: int = 0, limits: Mapping[str, Mapping[str, Any]] | None = None
) -> AsyncIterator[Day]:
    """Open the real console, wired as for a live one: a world's feeds would be renewed five times as often."""
    place = place_of(Options(world=folder, clock="manual"), {})
    world = place.world
    assert world is not None
    ledger = Ledger(world, Doors(**(limits or {})))
    monkeypatch.setattr(Place, "transport", property(lambda _: ledger))
    wire = build._refresh

    def refresh(place: Place, board: Any, table: Any, engine: Any, *more: Any) -> Any:
        made = wire(place, board, [source for source in table if source.feed.source not in LOCAL], engine, *more)
        made._random = random.Random(seed)  # noqa: S311 - jitter
        return made

    with monkeypatch.context() as patch:
        patch.setattr(build, "_refresh", refresh)
        live = dataclasses.replace(place, clock=TurnedClock(world), pace=1.0, stretch=1.0)
        loop().turned = world.clock.advance
        try:
            async with build.console_of(live) as console:
                yield Day(console, world, ledger)
        finally:
            loop().turned = lambda seconds: None
            world.close()
