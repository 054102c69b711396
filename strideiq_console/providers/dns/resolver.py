"""What names resolve to from this machine, asked of its own name server and, where one is set, of a public one (R76).

An answer that a name does not exist is a value. Whatever keeps an answer from coming (SERVFAIL, a refusal, silence, a loop) is an
error text in the value: nothing here raises for the network.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from strideiq_console.domain.dns import Lookup, Resolution
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.dns.question import MAX_VALUES, NoAnswerError, NoSuchNameError, Question, encoded, texts
from strideiq_console.providers.dns.servers import Exchange, in_process, label_of, parse_server

if TYPE_CHECKING:
    import dns.asyncresolver

TYPES = ("A", "AAAA", "CNAME", "CAA", "NS")


class Resolver:
    """Asks ``server`` (``""``: the system's; else ``1.1.1.1``, ``1.1.1.1:53`` or ``[::1]:53``) and compares with ``public``.

    Each name is answered within ``timeout`` seconds. ``exchange`` takes the place of every server. ConfigurationError for a server
    that is no address.
    """

    def __init__(self, *, server: str = "", public: str = "", timeout: float = 4.0, exchange: Exchange | None = None) -> None:
        self._server = parse_server(server)
        self._public = parse_server(public)
        self._timeout = timeout
        self._exchange = exchange

    async def resolve(self, name: str) -> Resolution:
        """Return the addresses (v4 before v6) of a name as this machine sees them."""
        return await self._resolve(name, self._server)

    async def resolve_publicly(self, name: str) -> Resolution | None:
        """Return what the public name server says of a name; None when none is set."""
        return await self._resolve(name, self._public) if self._public is not None else None

    async def both(self, name: str) -> tuple[Resolution, Resolution | None]:
        """Return what this machine's and the public name server say; they differ behind a VPN or with a split zone."""
        own, public = await asyncio.gather(self.resolve(name), self.resolve_publicly(name))
        return own, public

    async def look_up(self, name: str, kind: str) -> Lookup:
        """Return the records of one of :data:`TYPES` that the name itself has. ValueError for another type."""
        if kind not in TYPES:
            raise ValueError(f"{kind!r} is not looked up: there are {', '.join(TYPES)}")
        asked = Question(self._made, self._server, self._timeout)
        shown = clean_line(name, limit=255)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await asked.answer(encoded(name), kind)
        except NoSuchNameError:
            return Lookup(shown, kind, resolver=label_of(self._server))
        except (NoAnswerError, TimeoutError) as error:
            return Lookup(shown, kind, resolver=label_of(self._server), error=str(error) or "no answer in time")
        values = tuple(sorted(texts(answer)))[:MAX_VALUES]
        return Lookup(shown, kind, values, label_of(self._server), exists=True)

    async def _resolve(self, name: str, server: tuple[str, int] | None) -> Resolution:
        shown, label = clean_line(name, limit=255), label_of(server)
        passed: list[str] = []
        try:
            async with asyncio.timeout(self._timeout):
                found = await Question(self._made, server, self._timeout).addresses(encoded(name), passed)
        except NoSuchNameError:
            return Resolution(shown, (), tuple(passed), label)
        except (NoAnswerError, TimeoutError) as error:
            return Resolution(shown, (), tuple(passed), label, error=str(error) or "no answer in time")
        return Resolution(shown, found, tuple(passed), label, exists=True)

    async def _made(self, server: tuple[str, int] | None) -> dns.asyncresolver.Resolver:
        """Return a resolver of the library; the system's settings are read anew, as a laptop changes its network."""
        import dns.asyncresolver
        import dns.resolver

        if self._exchange is not None:
            made = dns.asyncresolver.Resolver(configure=False)
            made.nameservers = [in_process(self._exchange)]
        elif server is not None:
            made = dns.asyncresolver.Resolver(configure=False)
            made.nameservers, made.port = [server[0]], server[1]
        else:
            try:
                made = await asyncio.to_thread(dns.asyncresolver.Resolver)
            except dns.resolver.NoResolverConfiguration as error:
                raise NoAnswerError("this machine names no name server") from error
        made.timeout = min(2.0, self._timeout)
        return made
