"""Plays a world's answers again without asking it twice, and lets one host, or one of its reads, fail in a chosen way."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx

asking: ContextVar[str] = ContextVar("asking", default="")


@dataclass(frozen=True)
class Healthy:
    """An answer as the world gave it; ``error`` stands for none."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    error: str = ""

    def response(self, *, status: int | None = None, body: bytes | None = None, **headers: str) -> httpx.Response:
        """Return it again, with another status, body or other headers (``_`` for ``-``)."""
        content = self.body if body is None else body
        named = {name.lower(): value for name, value in self.headers if name.lower() != "content-length"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(self.status if status is None else status, headers=named, stream=httpx.ByteStream(content))


Spoil = Callable[[httpx.Request, Healthy], httpx.Response]
"""Makes of a healthy answer what arrives instead; it may raise what httpx raises."""
Key = tuple[str, str, bytes]


@dataclass
class Replay(httpx.AsyncBaseTransport):
    """Remembers each answer of ``world``. ``spoils`` says whether ``spoil`` is done to a request; ``seen``: who asked what."""

    world: httpx.AsyncBaseTransport
    spoil: Spoil | None = None
    spoils: Callable[[httpx.Request], bool] = lambda _: False
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    known: dict[Key, Healthy] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((asking.get(), request.url.host, read_of(request)))
        if self.spoil is not None and self.spoils(request):
            return self.spoil(request, await self._answer(request))
        answer = await self._answer(request)
        if answer.error:
            raise httpx.ConnectError(answer.error, request=request) from ConnectionRefusedError()
        return answer.response()

    async def _answer(self, request: httpx.Request) -> Healthy:
        key = (request.method, str(request.url), request.content)
        if key not in self.known:
            try:
                response = await self.world.handle_async_request(request)
            except httpx.HTTPError as error:
                self.known[key] = Healthy(0, (), b"", str(error))
            else:
                self.known[key] = Healthy(response.status_code, tuple(response.headers.items()), await response.aread())
        return self.known[key]


def read_of(request: httpx.Request) -> str:
    """Return which read a request is: its path, and the operation of a GraphQL document or the query of a metric."""
    body = request.content
    if request.url.host == "backboard.railway.com":
        return body.split(b'"operationName":"')[-1].split(b'"')[0].decode() if b"operationName" in body else request.url.path
    return f"{request.method} {request.url.path}"
