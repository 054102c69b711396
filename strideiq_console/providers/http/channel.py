"""The lowest layer: one request, one bounded answer. TLS is verified always; there is no way to switch it off."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from strideiq_console import __version__

MAX_BODY = 10 * 1024 * 1024
Transport = httpx.AsyncBaseTransport
USER_AGENT = f"strideiq-console/{__version__}"


class TooLargeError(Exception):
    """The body passed its cap, on the wire or after decompression."""


class BrokenBodyError(Exception):
    """The body cannot be decompressed, or ends too early."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer as it came: status, lower-case headers, decompressed body, and how long the server's certificate is valid.

    ``headers`` joins what came more than once; ``pairs`` keeps each header by itself, in the order of the wire.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool = False
    certificate_ends: float | None = None
    pairs: tuple[tuple[str, str], ...] = ()


Exchanging = Callable[..., Awaitable[Exchange]]


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Return the one TLS context: certificates and host names verified, TLS 1.2 at least. Shared: it takes 40 ms to make."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Borrowed(httpx.AsyncBaseTransport):
    """A transport that others use too, so a client that is closed leaves it open."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


def open_client(transport: httpx.AsyncBaseTransport | None, timeout: float) -> httpx.AsyncClient:
    """Return a client without credentials, cookies, redirects or anything from the process environment."""
    return httpx.AsyncClient(
        transport=_Borrowed(transport) if transport is not None else None,
        verify=tls_context() if transport is None else True,
        trust_env=False,
        follow_redirects=False,
        timeout=timeout,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_connections=10, max_keepalive_connections=4, keepalive_expiry=30.0),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
    )


async def exchange(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    timeout: float,  # noqa: ASYNC109 - callers pass the deadline of one exchange on from their settings
    cap: int = MAX_BODY,
    cut: bool = False,
) -> Exchange:
    """Send one request and read the whole answer within ``timeout`` seconds and ``cap`` bytes.

    Raises TimeoutError, httpx.HTTPError, TooLargeError (unless ``cut``: then the body ends at the cap) and BrokenBodyError.
    """
    async with asyncio.timeout(timeout):
        response = await client.send(request, stream=True)
        try:
            body, truncated = await _read(response, cap, cut=cut)
            ends = _certificate_ends(response)
        finally:
            await response.aclose()
    headers = {name.lower(): value for name, value in response.headers.items()}
    pairs = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    return Exchange(response.status_code, headers, body, truncated, ends, pairs)


async def _read(response: httpx.Response, cap: int, *, cut: bool) -> tuple[bytes, bool]:
    declared = response.headers.get("content-length", "")
    if not cut and declared.isdigit() and int(declared[:15]) > cap:
        raise TooLargeError
    inflate = Inflate(response.headers.get("content-encoding", "").strip().lower(), cap)
    received = 0
    async for chunk in chunks(response):
        received += len(chunk)
        inflate.feed(chunk)
        if received > cap or inflate.overflowed:
            if cut:
                return bytes(inflate.out[:cap]), True
            raise TooLargeError
    inflate.finish()
    return bytes(inflate.out), False


def chunks(response: httpx.Response) -> httpx.AsyncByteStream:
    """Return the stream itself, as it comes over the wire: httpx's own decoders would inflate without a bound."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an async client has no other
    return stream


class Inflate:
    """Decompresses piece by piece and never makes more than the cap and one byte, whatever the ratio."""

    def __init__(self, encoding: str, cap: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BrokenBodyError(f"an encoding that was not asked for: {encoding[:40]!r}")
        self._cap = cap
        self._engine = zlib.decompressobj(wbits=47) if encoding not in ("", "identity") else None
        self._fed = False
        self.out = bytearray()

    @property
    def overflowed(self) -> bool:
        """Say whether the cap is passed."""
        return len(self.out) > self._cap

    def feed(self, chunk: bytes) -> None:
        """Take the next piece; BrokenBodyError when it cannot be decompressed."""
        if self._engine is None:
            self.out += chunk[: self._cap + 1 - len(self.out)]
            return
        self._fed = self._fed or bool(chunk)
        try:
            while chunk and not self.overflowed:
                self.out += self._engine.decompress(chunk, self._cap + 1 - len(self.out))
                chunk = self._engine.unconsumed_tail
        except zlib.error as error:
            raise BrokenBodyError("a compressed body that cannot be read") from error

    def finish(self) -> None:
        """Raise BrokenBodyError when the answer ended before its compression did."""
        if self._engine is not None and self._fed and not self._engine.eof:
            raise BrokenBodyError("a compressed body that ends too early")


def _certificate_ends(response: httpx.Response) -> float | None:
    """Return the epoch seconds when the server's certificate ends; None without TLS."""
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    ends = (tls.getpeercert() or {}).get("notAfter") if tls is not None else None
    return float(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None
