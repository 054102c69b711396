"""The client of one provider: origin-bound auth, capped answers, retried reads, single-shot writes, ETags (RELIABILITY 19-22)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Mapping
from datetime import datetime, timedelta
from random import SystemRandom
from types import MappingProxyType
from typing import Any

import httpx

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.http import credentials, origins
from strideiq_console.providers.http.answer import Answer, EtagStore, as_list, encode, pick
from strideiq_console.providers.http.channel import BrokenBodyError, Exchange, Exchanging, TooLargeError, exchange, open_client
from strideiq_console.providers.http.etags import Kept
from strideiq_console.providers.http.faults import Teller, message_of
from strideiq_console.providers.http.governor import SHORT_WAIT, Governor, pause
from strideiq_console.providers.http.limits import is_limited, skew, wait_of
from strideiq_console.providers.http.lines import Lines
from strideiq_console.providers.http.links import next_link

TRIES = 3
_LONGEST_PAUSE = 30.0
_PASSING = (FaultKind.TIMEOUT, FaultKind.UNREACHABLE, FaultKind.SERVER, FaultKind.MALFORMED)
_REDIRECTS = (301, 302, 303, 307, 308)
_NONE: Mapping[str, str] = MappingProxyType({})


class HttpClient:
    """One token's way to one origin. ``auth`` is attached to each request whose scheme, host and port equal ``base_url``'s.

    Reads are tried three times with full jitter within twice ``timeout`` seconds; writes are sent once. Everything raises
    :class:`OutsideError`. ``transport`` is shared and stays open; ConfigurationError for an address or a token that cannot be used.
    ``skew`` is how far the provider's clock was ahead of the console's in its last answer that told a time, None before one did.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        clock: Clock,
        governor: Governor,
        auth: credentials.Auth | None,
        headers: Mapping[str, str] = _NONE,
        transport: httpx.AsyncBaseTransport | None = None,
        etags: EtagStore | None = None,
        redact: Callable[[str], str] | None = None,
        timeout: float = 15.0,
        random: Callable[[], float] | None = None,
    ) -> None:
        own = Redactor([auth[2]] if auth else [])
        chosen = redact or own
        self._tell = Teller(source, lambda text: own(chosen(text)))
        self._base = origins.parse(base_url)
        self._origin = origins.origin(self._base)
        self._clock, self._governor, self._auth = clock, governor, auth
        self._headers = {"Accept": "application/json", **headers}
        self._etags, self._timeout = etags, timeout
        self._random = random or SystemRandom().random
        self._account = credentials.fingerprint(auth)
        credentials.check(source, self._headers, auth)
        self._client = open_client(transport, timeout)
        self.skew: timedelta | None = None

    @property
    def source(self) -> str:
        """Return the provider's word for faults."""
        return self._tell.source

    @property
    def clock(self) -> Clock:
        """Return the clock that waits and ages count in."""
        return self._clock

    @property
    def governor(self) -> Governor:
        """Return the governor of this provider."""
        return self._governor

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, allow: Container[int] = (), keep: bool = True
    ) -> Answer:
        """Read. A status that is no success raises unless it is in ``allow``; a rate limit always raises.

        ``keep`` false: the body holds what must not lie on the disk, so it never enters the ETag store.
        """
        return await self._read("GET", origins.target(self._base, path, params), allow=allow, keep=keep)

    async def query(self, path: str, body: Any) -> Answer:
        """Read by POST, as GraphQL does; tried again like :meth:`get`."""
        return await self._read("POST", origins.target(self._base, path, None), content=encode(body))

    async def pages(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        items: Callable[[Any], list[Any]] = as_list,
        limit: int | None = None,
        max_pages: int = 100,
        keep: bool = True,
    ) -> tuple[list[Any], bool]:
        """Read a list page by page along ``Link: rel=next``; return the items and whether they are all there are.

        The first page's fault is raised. A later page that fails, a foreign or repeated next address, ``limit`` and ``max_pages``
        end the list as incomplete. ``items`` picks the list out of a decoded page; ValueError from it means a malformed page.
        """
        found: list[Any] = []
        url: httpx.URL | None = origins.target(self._base, path, params)
        seen: set[str] = set()
        while url is not None:
            if len(seen) >= max_pages or str(url) in seen:
                return found, False
            seen.add(str(url))
            try:
                answer = await self._read("GET", url, keep=keep)
                found += pick(answer, items)
            except OutsideError:
                if len(seen) == 1:
                    raise
                return found, False
            following = next_link(answer.headers.get("link"))
            if limit is not None and len(found) >= limit:
                return found[:limit], following is None and len(found) == limit
            url = origins.below(self._base, following) if following else None
            if following and url is None:
                return found, False
        return found, True

    async def lines(
        self, path: str, params: Mapping[str, str | int] | None = None, *, limit: int, seconds: float
    ) -> tuple[list[bytes], bool]:
        """Read the first lines of an answer that may never end; return them, and whether they are all of it (:class:`Lines`).

        Tried once. Raises until the head of a success was answered; afterwards what breaks or takes too long ends the lines.
        """
        await self._governor.admit(self._account, write=False)
        found = Lines(limit, seconds)
        request = self._request("GET", origins.target(self._base, path, params), None)
        answer = self._judge(await self._send(request, write=False, by=found.exchange), (), write=False)
        if "html" in answer.headers.get("content-type", "").lower():
            answer.expect_json()
        return found.found, found.complete

    async def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str | int] | None = None,
        allow: Container[int] = (),
    ) -> Answer:
        """Change something: sent once, one at a time, spaced. ``known_not_done`` of the error says whether it had no effect."""
        url = origins.target(self._base, path, params)
        content = None if body is None else encode(body)
        async with self._governor.writing():
            await self._governor.admit(self._account, write=True)
            sent = await self._send(self._request(method, url, content), write=True)
            return self._judge(sent, allow, write=True)

    async def redirected(self, path: str, *, by: Exchanging = exchange) -> bytes:
        """Read what a redirect points at, such as a log: https (or loopback for a loopback provider), never with the token.

        ``by`` reads the place it points at: :class:`~strideiq_console.providers.http.tails.Tail` for the end of a long log.
        """
        answer = await self._read("GET", origins.target(self._base, path, None), allow=_REDIRECTS, expect_json=False)
        if 200 <= answer.status < 300:
            return answer.body
        try:
            where = self._base.join(answer.headers.get("location", ""))
            fault = origins.url_fault(where, loopback=self._base.scheme == "http")
        except (httpx.InvalidURL, ValueError):
            fault = "it cannot be read"
        if fault:
            raise self._tell.error(
                FaultKind.REFUSED, f"the address of the redirect is not asked: {fault}", "Open it in the browser"
            )
        sent = await self._send(self._client.build_request("GET", where), write=False, by=by)
        if not 200 <= sent.status < 300:
            # Another host than the provider's: its limits and its words about tokens are none of the governor's.
            raise self._tell.error(FaultKind.MISSING, f"the place it redirects to answers {sent.status}", "Open it in the browser")
        return sent.body

    async def close(self) -> None:
        """Close this client's own connections."""
        await self._client.aclose()

    async def _read(
        self,
        method: str,
        url: httpx.URL,
        *,
        content: bytes | None = None,
        allow: Container[int] = (),
        expect_json: bool = True,
        keep: bool = True,
    ) -> Answer:
        last: OutsideError | None = None
        try:
            async with asyncio.timeout(2 * self._timeout):
                for attempt in range(TRIES):
                    try:
                        return await self._try(method, url, content, allow, expect_json=expect_json, keep=keep)
                    except OutsideError as error:
                        last = error
                        wait = self._patience(error, attempt)
                        if wait is None:
                            raise
                        await pause(self._clock, wait)
        except TimeoutError as error:
            raise last or self._tell.of_exception(error, write=False) from error
        raise last or AssertionError("no try was made")

    def _patience(self, error: OutsideError, attempt: int) -> float | None:
        """Return how long to wait before the next try; None for an error that would only come again."""
        if attempt + 1 >= TRIES:
            return None
        if error.fault.retry_at is not None:
            asked = (error.fault.retry_at - self._clock.now()).total_seconds()
            return max(asked, 0.0) if asked <= SHORT_WAIT else None
        if error.fault.kind not in _PASSING:
            return None
        return self._random() * min(_LONGEST_PAUSE, 1.0 * 2.0**attempt)

    async def _try(
        self, method: str, url: httpx.URL, content: bytes | None, allow: Container[int], *, expect_json: bool, keep: bool
    ) -> Answer:
        await self._governor.admit(self._account, write=False)
        request = self._request(method, url, content)
        kept = Kept(self._etags, self._account, url) if self._etags is not None and method == "GET" and keep else None
        if kept is not None and kept.etag:
            request.headers["If-None-Match"] = kept.etag
        sent = await self._send(request, write=False)
        if sent.status == 304 and kept is not None and kept.etag:
            self._governor.heard(self._account, sent.headers, answered=True)
            return kept.answer(dict(sent.headers), source=self.source, request_id=self._tell.request_id(sent.headers))
        answer = self._judge(sent, allow, write=False)
        if expect_json:
            answer.expect_json()
        if kept is not None:
            await kept.keep(answer)
        return answer

    def _request(self, method: str, url: httpx.URL, content: bytes | None) -> httpx.Request:
        headers = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = self._client.build_request(method, url, content=content, headers=headers)
        # The last look before a token is attached is at the address that really goes out.
        if self._auth is not None and origins.origin(request.url) == self._origin and not request.url.userinfo:
            name, prefix, secret = self._auth
            request.headers[name] = prefix + secret.reveal()
        return request

    async def _send(self, request: httpx.Request, *, write: bool, by: Exchanging = exchange) -> Exchange:
        began = self._clock.now()
        try:
            sent = await by(self._client, request, timeout=self._timeout)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise self._tell.of_exception(error, write=write) from error
        except TooLargeError as error:
            cause = "the answer is larger than 10 MB and was dropped"
            raise self._tell.error(FaultKind.TOO_LARGE, cause, "Look in the browser", write=write, not_done=False) from error
        except BrokenBodyError as error:
            cause, step = str(error), "Try again with r"
            raise self._tell.error(FaultKind.MALFORMED, cause, step, write=write, not_done=False) from error
        if origins.origin(request.url) == self._origin and "date" in sent.headers:
            self.skew = skew(sent.headers, began, self._clock.now())
        return sent

    def _judge(self, sent: Exchange, allow: Container[int], *, write: bool) -> Answer:
        ok = 200 <= sent.status < 300
        message = "" if ok else self._tell.text(message_of(sent.body)).rstrip(".")
        limited = is_limited(sent.status, sent.headers, message)
        self._governor.heard(self._account, sent.headers, answered=not limited)
        if limited:
            until = self._governor.limited(wait_of(sent.headers, self._clock.now()))
            raise self._tell.of_limit(sent.status, sent.headers, message, until, write=write)
        if not ok and sent.status not in allow:
            raise self._tell.of_status(sent.status, sent.headers, message, write=write, retry_at=self._retry_at(sent))
        return Answer(sent.status, sent.headers, sent.body, source=self.source, request_id=self._tell.request_id(sent.headers))

    def _retry_at(self, sent: Exchange) -> datetime | None:
        """Return when a server that is down for a while (503) asks to come back."""
        now = self._clock.now()
        wait = wait_of(sent.headers, now) if sent.status >= 500 else None
        return None if wait is None else now + timedelta(seconds=wait)
