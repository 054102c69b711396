"""Writes down every exchange that passes the world's transport, so that all of them can be held against the contracts."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import hosts, site, status_pages
from strideiq_console.sandbox.transport import WorldTransport

PROVIDERS = {
    hosts.GITHUB: "github",
    hosts.LOGS: "github's logs",
    hosts.VERCEL: "vercel",
    hosts.RAILWAY: "railway",
    hosts.CLOUDFLARE: "cloudflare",
    hosts.PROMETHEUS: "prometheus",
    hosts.ALERTMANAGER: "alertmanager",
    **dict.fromkeys(status_pages.HOSTS, "status"),
    **dict.fromkeys(site.SITES, "strideiq"),
}


@dataclass(frozen=True)
class Exchange:
    """One request as it went out, and its answer; ``status`` is 0 where none came. ``during`` is what the console was doing."""

    during: str
    method: str
    scheme: str
    host: str
    path: str
    query: dict[str, str]
    headers: httpx.Headers
    content: bytes
    status: int
    answered: httpx.Headers
    raw: bytes

    @property
    def provider(self) -> str:
        """Return whose host it is; ``elsewhere`` for one that is no part of the world."""
        return PROVIDERS.get(self.host, "elsewhere")

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def answer(self) -> Any:
        """Return the decoded answer: None for an empty one, a list for lines of JSON, the text where it is none."""
        kind = self.answered.get("content-type", "")
        if not self.raw:
            return None
        if any(word in kind for word in ("jsonl", "stream+json", "ndjson")):
            return [json.loads(line) for line in self.raw.splitlines() if line.strip()]
        return json.loads(self.raw) if "json" in kind else self.raw.decode()

    @property
    def words(self) -> str:
        return f"{self.method} {self.host}{self.path} ({self.during})"


@dataclass
class Recording:
    """All exchanges, in their order. ``during`` is written into those that come; ``failures`` are of steps that broke off."""

    exchanges: list[Exchange] = field(default_factory=list)
    during: str = ""
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        self.during, before = what, self.during
        try:
            yield
        finally:
            self.during = before

    def of(self, provider: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.provider == provider]

    def counts(self) -> Counter[str]:
        return Counter(exchange.provider for exchange in self.exchanges)

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Put every world's transport under this ear."""
        original = WorldTransport.handle_async_request

        async def heard(transport: WorldTransport, request: httpx.Request) -> httpx.Response:
            try:
                response = await original(transport, request)
            except httpx.HTTPError:
                self._note(request, 0, httpx.Headers(), b"")
                raise
            raw = await response.aread()
            self._note(request, response.status_code, response.headers, raw)
            return httpx.Response(response.status_code, headers=response.headers.raw, stream=httpx.ByteStream(raw))

        patch.setattr(WorldTransport, "handle_async_request", heard)

    def _note(self, request: httpx.Request, status: int, answered: httpx.Headers, raw: bytes) -> None:
        url = request.url
        path = url.raw_path.decode("ascii").partition("?")[0]
        query = dict(url.params)
        assert len(url.params.multi_items()) == len(query), f"a parameter twice: {url}"
        self.exchanges.append(
            Exchange(
                self.during,
                request.method,
                url.scheme,
                url.host,
                path,
                query,
                request.headers,
                request.content,
                status,
                answered,
                raw,
            )
        )


def command(world: Path, *argv: str) -> tuple[int, str, str]:
    """Run one command of the console in this process; return its exit code, and what it wrote and said."""
    from strideiq_console.cli.main import main
    from strideiq_console.wiring import Wiring

    out, err = io.StringIO(), io.StringIO()
    environ = {"HOME": str(world.parent / "home"), "LANG": "C.UTF-8", "COLUMNS": "120"}
    code = main(["--world", str(world), *argv], Wiring(), stdout=out, stderr=err, stdin=io.StringIO(), environ=environ)
    return code, out.getvalue(), err.getvalue()
