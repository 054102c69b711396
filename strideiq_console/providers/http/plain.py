"""Asking a public address without any credential: what the probe of the site uses. Redirects are followed by hand and told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import httpx

from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import credentials, origins
from strideiq_console.providers.http.channel import MAX_BODY, BrokenBodyError, Exchange, exchange, open_client
from strideiq_console.providers.http.faults import Teller

MAX_REDIRECTS = 5
METHODS = ("GET", "HEAD", "OPTIONS")
_REDIRECTS = (301, 302, 303, 307, 308)
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """One answer. ``elapsed_ms`` is until the whole body of the last hop; ``redirects`` are the addresses passed through.

    ``url`` is the address that answered in the end. ``headers`` joins what came more than once, ``pairs`` keeps each header by
    itself (names in lower case). ``tls_days`` are whole days until the certificate ends, None without TLS or in a simulated world.
    A body longer than the cap is cut there and ``truncated``. ``location`` is where a redirect leads that was not followed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: int
    redirects: tuple[str, ...] = ()
    tls_days: int | None = None
    truncated: bool = False
    url: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    location: str = ""


async def plain_get(
    url: str,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: float = 5.0,  # noqa: ASYNC109 - the deadline spans several requests and becomes a fault
    cap: int = MAX_BODY,
    clock: Clock,
) -> PlainAnswer:
    """Read an address within ``timeout`` seconds. OutsideError when nothing answers, ConfigurationError for a bad address."""
    return await plain_ask(url, transport=transport, timeout=timeout, cap=cap, clock=clock)


async def plain_ask(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] = _NONE,
    follow: bool = True,
    unencrypted: bool = False,
    source: str = "probe",
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: float = 5.0,  # noqa: ASYNC109 - the deadline spans several requests and becomes a fault
    cap: int = MAX_BODY,
    clock: Clock,
) -> PlainAnswer:
    """Ask an address with GET, HEAD or OPTIONS and more ``headers``, of which none may be a credential (ValueError).

    ``unencrypted`` lets one plain http address be asked, to see whether it leads to https; redirects are not followed then.
    Raises like :func:`plain_get`.
    """
    if method not in METHODS:
        raise ValueError(f"a probe never sends {method}")
    credentials.check(source, headers, None)
    tell = Teller(source, Redactor())
    begin = _unencrypted(url) if unencrypted else origins.parse(url)
    asked = {"Accept": "application/json, */*;q=0.5", **headers}
    began = clock.monotonic()
    async with open_client(transport, timeout) as client:

        async def send(where: httpx.URL) -> Exchange:
            return await exchange(client, client.build_request(method, where, headers=asked), timeout=timeout, cap=cap, cut=True)

        try:
            async with asyncio.timeout(timeout):
                way = await _walk(send, begin, tell, follow=follow and not unencrypted)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            # The HTTP library reads a redirect's address by itself, although it does not follow it.
            raise _unreadable(tell) if "location header" in str(error) else tell.of_exception(error, write=False) from error
        except BrokenBodyError as error:
            raise tell.error(FaultKind.MALFORMED, str(error), "Look at the site in a browser") from error
    return _answer(way, round((clock.monotonic() - began) * 1000), clock)


@dataclass(frozen=True, slots=True)
class _Way:
    """How an answer was reached: the last exchange, its address, those before it, and where it points further."""

    sent: Exchange
    here: httpx.URL
    passed: tuple[str, ...]
    onward: httpx.URL | None


async def _walk(send: Callable[[httpx.URL], Awaitable[Exchange]], begin: httpx.URL, tell: Teller, *, follow: bool) -> _Way:
    """Send, and follow redirects by hand while they lead where the console is willing to ask."""
    here, passed = begin, list[str]()
    while True:
        sent = await send(here)
        onward = _following(here, sent, tell)
        if onward is None or not follow:
            return _Way(sent, here, tuple(passed), onward)
        passed.append(str(here))
        fault = origins.url_fault(onward, loopback=begin.scheme == "http")
        if fault or len(passed) > MAX_REDIRECTS:
            why = fault or f"more than {MAX_REDIRECTS} in a row"
            raise tell.error(FaultKind.REFUSED, f"a redirect is not followed: {why}", "Check the site's redirects")
        here = onward


def _answer(way: _Way, elapsed_ms: int, clock: Clock) -> PlainAnswer:
    sent = way.sent
    return PlainAnswer(
        sent.status,
        sent.headers,
        sent.body,
        elapsed_ms=elapsed_ms,
        redirects=way.passed,
        tls_days=None if sent.certificate_ends is None else int((sent.certificate_ends - clock.wall()) // 86400),
        truncated=sent.truncated,
        url=str(way.here),
        pairs=sent.pairs,
        location="" if way.onward is None else str(way.onward),
    )


def _unreadable(tell: Teller) -> OutsideError:
    return tell.error(FaultKind.REFUSED, "a redirect leads to no readable address", "Check the site's redirects")


def _following(here: httpx.URL, sent: Exchange, tell: Teller) -> httpx.URL | None:
    """Return where a redirect leads, None when the answer is none."""
    if sent.status not in _REDIRECTS or "location" not in sent.headers:
        return None
    try:
        return here.join(sent.headers["location"])
    except (httpx.InvalidURL, ValueError) as error:
        raise _unreadable(tell) from error


def _unencrypted(url: str) -> httpx.URL:
    """Return the parsed http address, with the rules of :func:`origins.parse` for all but its scheme."""
    try:
        parsed = httpx.URL(url)
        secure = parsed.copy_with(scheme="https")
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        shown = clean_line(url, limit=200)
        raise ConfigurationError(f"the address {shown!r} cannot be read", next_step="Correct it in config.toml") from error
    origins.parse(str(secure))
    if parsed.scheme != "http":
        raise ConfigurationError("only a plain http address is asked for its way to https", next_step="Correct it in config.toml")
    return parsed
