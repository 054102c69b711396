"""What the tests of the hosting providers share: a clock that stands still, and a transport that answers and remembers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient

NOW = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
SHA_A = "a" * 40
SHA_B = "b" * 40
SHA_C = "c" * 40
HOSTILE = "\x1b]52;c;ZXZpbA==\x07fix\u202e \u200bauth\x9b2J [/x]"


class StillClock:
    """A clock whose time never passes and whose waits are over at once."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def wall(self) -> float:
        return NOW.timestamp()

    async def sleep(self, seconds: float) -> None:
        return None


@dataclass
class Call:
    """One request with the answer that it got."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: httpx.Headers
    status: int = 0
    answer: Any = None


Answering = Callable[[Call], tuple[int, Any]]


@dataclass
class Wire:
    """Answers by a function and keeps every call."""

    answering: Answering
    calls: list[Call] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        call = Call(request.method, request.url.path, dict(request.url.params), body, request.headers)
        self.calls.append(call)
        call.status, call.answer = self.answering(call)
        return httpx.Response(call.status, json=call.answer)


def client(source: str, base: str, wire: Wire, auth: tuple[str, str] = ("Authorization", "Bearer ")) -> HttpClient:
    clock = StillClock()
    return HttpClient(
        source=source,
        base_url=base,
        clock=clock,
        governor=Governor(source, clock),
        auth=(*auth, Secret("obviously-fake-token")),
        transport=wire.transport(),
        random=lambda: 0.0,
    )
