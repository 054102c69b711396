"""A home server, a foreign one that speaks as home does, one more that speaks plain http, and clients of the home one."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient, channel
from tests.providers.http.fakes import FakeClock
from tests.providers.http.loopback import HOME_NAME, TOKEN, Answering, Server, leaks
from tests.providers.http.misdirections import location

BEARER = ("Authorization", "Bearer ")
PROJECT = ("Project-Access-Token", "")


@dataclass
class World:
    """The three servers. ``scheme`` is https where home has a certificate and a name, else http on loopback."""

    scheme: str
    host: str
    home: Server
    foreign: Server
    plain: Server
    clock: FakeClock = field(default_factory=FakeClock)
    clients: list[HttpClient] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Return home's address."""
        return f"{self.scheme}://{self.host}:{self.home.port}"

    def astray(self, name: str) -> bytes:
        """Return one of the misleading addresses."""
        ports = {"home": self.home.port, "foreign": self.foreign.port, "plain": self.plain.port}
        return location(name, scheme=self.scheme, host=self.host, **ports)

    def answering(self, reply: Answering) -> None:
        """Let home answer so from now on."""
        self.home.reply = reply

    def client(self, auth: tuple[str, str] | None = BEARER, *, path: str = "", source: str = "github", **words: Any) -> HttpClient:
        """Return a client of home with the planted token."""
        made = HttpClient(
            source=source,
            base_url=self.base + path,
            clock=self.clock,
            governor=Governor(source, self.clock),
            auth=(*auth, Secret(TOKEN)) if auth else None,
            timeout=5.0,
            random=lambda: 1.0,
            **words,
        )
        self.clients.append(made)
        return made

    def judge(self, *, home_got_it: bool = True) -> None:
        """Assert that no foreign byte holds the token in any form, and that home got it when it should have."""
        assert leaks(self.foreign.heard) == []
        assert leaks(self.plain.heard) == []
        assert (TOKEN.encode() in self.home.heard) is home_got_it

    def judge_unasked(self) -> None:
        """Assert in addition that nobody foreign was so much as connected to."""
        self.judge()
        assert (self.foreign.connections, self.plain.connections) == (0, 0)


@asynccontextmanager
async def standing(scheme: str, tls: ssl.SSLContext | None) -> AsyncIterator[World]:
    """Start the three servers; everything is closed after it."""
    async with AsyncExitStack() as stack:
        home, foreign = Server(tls=tls), Server(tls=tls)
        world = World(scheme, HOME_NAME if tls else "localhost", home, foreign, Server())
        for server in (home, foreign, world.plain):
            await stack.enter_async_context(server)
        yield world
        for client in world.clients:
            await client.close()


def trusting(pem: Path) -> ssl.SSLContext:
    """Return the console's own TLS context, which believes the certificate of the tests too."""
    context = channel.tls_context.__wrapped__()
    context.load_verify_locations(pem)
    return context
