"""The providers' own public status pages: whether a trouble is theirs. No token goes there, and a failing page is never "down"."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import Answer, PlainAnswer, Transport, origin_of, plain_ask
from strideiq_console.providers.status.shapes import SOURCE, read_instatus, read_statuspage

TIMEOUT = 5.0
CAP = 4 * 1024 * 1024  # Cloudflare lists each of its cities
DEFAULTS = {
    "github": "https://www.githubstatus.com",
    "vercel": "https://www.vercel-status.com",
    "cloudflare": "https://www.cloudflarestatus.com",
    "railway": "https://status.railway.com",
}
LINKS = {"strava": "https://status.strava.com"}
"""Pages for people only: there is a link to open, and nothing to read."""
_INSTATUS = ("railway",)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The last answer that came with an ETag."""

    etag: str
    status: ProviderStatus


class StatusPages:
    """Implements ``domain.provider_status.StatusSource``.

    ``pages`` are base addresses by provider, over :data:`DEFAULTS`; ``""`` switches one off. An address that ends in ``.json`` is
    read as it is. Raises ConfigurationError for an address that may not be asked. Ask at most once in 60 s.
    """

    def __init__(self, *, clock: Clock, transport: Transport | None = None, pages: Mapping[str, str] | None = None) -> None:
        self._clock = clock
        self._transport = transport
        self._pages = DEFAULTS | dict(pages or {})
        self._kept: dict[str, _Kept] = {}
        for address in filter(None, self._pages.values()):
            origin_of(address)

    @property
    def providers(self) -> tuple[str, ...]:
        """Return the providers whose pages are read."""
        return tuple(name for name, address in self._pages.items() if address)

    async def all(self) -> tuple[ProviderStatus, ...]:
        """Return what every page says, all asked at once."""
        return tuple(await asyncio.gather(*(self.of(provider) for provider in self.providers)))

    async def of(self, provider: str) -> ProviderStatus:
        """Return what the page of one provider says; whatever goes wrong on the way makes it unknown, with the reason."""
        address = self._pages.get(provider, "")
        if not address:
            link = LINKS.get(provider, "")
            words = "no page that a program can read: open it in the browser" if link else "no status page is configured"
            return ProviderStatus(clean_line(provider, limit=40), Level.UNKNOWN, words, url=link)
        try:
            return await self._read(provider, address)
        except OutsideError as error:
            cause = clean_line(error.fault.cause.removeprefix("the status page: "), limit=200)
            return _unknown(provider, address, cause)

    async def _read(self, provider: str, address: str) -> ProviderStatus:
        kept = self._kept.get(provider)
        answer = await plain_ask(
            _summary(provider, address),
            headers={"If-None-Match": kept.etag} if kept else {},
            source=SOURCE,
            transport=self._transport,
            timeout=TIMEOUT,
            cap=CAP,
            clock=self._clock,
        )
        other = urlsplit(answer.url).hostname
        if other != urlsplit(address).hostname:
            return _unknown(provider, address, f"redirected to {clean_line(other or '', limit=100)} (a portal, or it has moved?)")
        if answer.status == 304 and kept is not None:
            return kept.status
        if answer.status != 200:
            return _unknown(provider, address, f"the status page answers {answer.status}")
        found = replace(_understood(provider, answer), url=address)
        etag = answer.headers.get("etag", "")
        if etag and etag.isascii() and etag.isprintable() and len(etag) < 200:
            self._kept[provider] = _Kept(etag, found)
        return found


def _understood(provider: str, answer: PlainAnswer) -> ProviderStatus:
    """Map a page by its shape. OutsideError (MALFORMED) for a web page, a cut body or an unknown shape."""
    whole = Answer(answer.status, answer.headers, answer.body, source=SOURCE)
    if answer.truncated:
        raise whole.malformed(f"more than {CAP // 1024 // 1024} MB")
    whole.expect_json()
    decoded: Any = whole.json()
    if _has(decoded, "status", "indicator"):
        return read_statuspage(provider, decoded)
    if _has(decoded, "page", "status"):
        return read_instatus(provider, decoded)
    raise whole.malformed("neither a Statuspage nor an Instatus summary")


def _has(decoded: Any, outer: str, inner: str) -> bool:
    held = decoded.get(outer) if isinstance(decoded, dict) else None
    return isinstance(held, dict) and inner in held


def _summary(provider: str, address: str) -> str:
    base = address.rstrip("/")
    if base.endswith(".json"):
        return base
    return f"{base}/summary.json" if provider in _INSTATUS else f"{base}/api/v2/summary.json"


def _unknown(provider: str, address: str, why: str) -> ProviderStatus:
    return ProviderStatus(provider, Level.UNKNOWN, f"the page says nothing: {why}", url=address)
