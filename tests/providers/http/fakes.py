"""A clock that never waits, a recorder in place of the network, and an ETag store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import EtagStore, Governor, HttpClient

TOKEN = "example-token-0123456789"
BASE = "https://api.github.com"
START = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
Reply = httpx.Response | BaseException
Answering = Callable[[httpx.Request], Reply | Awaitable[Reply]]


class FakeClock:
    """Time that passes only by being slept."""

    def __init__(self) -> None:
        self.at = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    def wall(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


class LoopClock(FakeClock):
    """The time of the loop, for several tasks that wait together; see ``tests/acceptance/turned_loop.py``."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Wire(httpx.AsyncBaseTransport):
    """Records every request and answers from a function; an exception that it returns is raised."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(await request.aread())
        reply: Any = self._answer(request)
        if isinstance(reply, Awaitable):
            reply = await reply
        if isinstance(reply, BaseException):
            raise reply
        return reply


class Script:
    """Answers one after the other; the last one for ever."""

    def __init__(self, *replies: Reply | Callable[[httpx.Request], Reply]) -> None:
        self._replies = list(replies)

    def __call__(self, request: httpx.Request) -> Reply:
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return reply if isinstance(reply, (httpx.Response, BaseException)) else reply(request)


class Chunks(httpx.AsyncByteStream):
    """A body in pieces, that counts how many were taken."""

    def __init__(self, chunk: bytes, times: int) -> None:
        self._chunk, self._times = chunk, times
        self.taken = 0

    async def __aiter__(self) -> Any:
        for _ in range(self._times):
            self.taken += 1
            yield self._chunk


class DictEtags:
    """An ETag store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, bytes, Mapping[str, str]]] = {}

    def get(self, key: str) -> tuple[str, bytes, Mapping[str, str]] | None:
        return self.rows.get(key)

    def put(self, key: str, etag: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.rows[key] = (etag, body, headers)


def ok(value: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json={} if value is None else value, headers={k.replace("_", "-"): v for k, v in headers.items()})


def client(
    answer: Answering | Wire,
    *,
    clock: FakeClock | None = None,
    base: str = BASE,
    source: str = "github",
    governor: Governor | None = None,
    auth: tuple[str, str, Secret] | None = ("Authorization", "Bearer ", Secret(TOKEN)),
    etags: EtagStore | None = None,
    timeout: float = 5.0,
    headers: Mapping[str, str] | None = None,
) -> tuple[HttpClient, Wire, FakeClock]:
    wire = answer if isinstance(answer, Wire) else Wire(answer)
    ticking = clock or FakeClock()
    made = HttpClient(
        source=source,
        base_url=base,
        clock=ticking,
        governor=governor or Governor(source, ticking),
        auth=auth,
        transport=wire,
        etags=etags,
        timeout=timeout,
        random=lambda: 1.0,
        headers=headers or {},
    )
    return made, wire, ticking
