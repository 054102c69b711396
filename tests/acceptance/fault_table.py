"""The ways in which a read can go wrong: on the network, in the answer's head, in its body, and in what the body says."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx

from tests.acceptance.replay import Healthy, Spoil

PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
FOREIGN = "https://api.github.com.attacker.example/next"
SKEW = timedelta(minutes=10)
_DRIP = 0.02


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces; ``error`` is raised after the last, ``pause`` is between two."""

    def __init__(self, pieces: Iterable[bytes], error: Exception | None = None, pause: float = 0.0) -> None:
        self._pieces, self._error, self._pause = pieces, error, pause

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if self._pause:
                await asyncio.sleep(self._pause)
            yield piece
        if self._error is not None:
            raise self._error


def _no_connection(cause: BaseException) -> Spoil:
    def spoil(request: httpx.Request, healthy: Healthy) -> httpx.Response:
        raise httpx.ConnectError(str(cause), request=request) from cause

    return spoil


def _timeout(request: httpx.Request, healthy: Healthy) -> httpx.Response:
    raise httpx.ReadTimeout("", request=request)


def _streamed(pieces: Callable[[bytes], Iterable[bytes]], error: Exception | None = None, pause: float = 0.0) -> Spoil:
    def spoil(request: httpx.Request, healthy: Healthy) -> httpx.Response:
        headers = {k: v for k, v in healthy.headers if k.lower() != "content-length"}
        return httpx.Response(200, headers=headers, stream=Pieces(pieces(healthy.body), error, pause))

    return spoil


def _status(status: int, body: bytes = b'{"message":"no"}', kind: str = "application/json", **headers: str) -> Spoil:
    return lambda _, healthy: healthy.response(status=status, body=body, content_type=kind, **headers)


def _body(change: Callable[[bytes], bytes], kind: str = "application/json", **headers: str) -> Spoil:
    return lambda _, healthy: healthy.response(status=200, body=change(healthy.body), content_type=kind, **headers)


def _decoded(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    def changed(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return b"7"
        return json.dumps(change(value)).encode()

    return changed


def _other_types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _other_types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_other_types(each) for each in value] or {"none": 0}
    return {"x": 1} if isinstance(value, str) else "seven"


def _emptied(value: Any) -> Any:
    """Return an answer whose objects have lost all their fields; a GraphQL answer and an envelope keep their outermost."""
    if isinstance(value, list):
        return [{} for _ in value]
    if not isinstance(value, dict):
        return {}
    kept = {"data", "success", "status"} & value.keys()
    return {key: _hollow(value[key]) for key in kept}


def _hollow(value: Any) -> Any:
    return {} if isinstance(value, dict) else [{} for _ in value] if isinstance(value, list) else value


def _nulls(value: Any) -> Any:
    """Return an answer whose innermost fields are all null."""
    if isinstance(value, dict):
        return {
            k: _nulls(v) if isinstance(v, (dict, list)) else v if k in ("success", "status") else None for k, v in value.items()
        }
    return [_nulls(each) for each in value] if isinstance(value, list) else None


_numbers = itertools.count(2)


def _endless(request: httpx.Request, healthy: Healthy) -> httpx.Response:
    """Answer that there is always one page more, in each provider's way of saying so."""
    number = next(_numbers)

    def more(value: Any) -> Any:
        if isinstance(value, list):
            return [more(each) for each in value]
        if not isinstance(value, dict):
            return value
        made = {key: more(each) for key, each in value.items()}
        if "hasNextPage" in made:
            made |= {"hasNextPage": True, "endCursor": f"c{number}"}
        if "total_pages" in made:
            made["total_pages"] = 10**6
        if isinstance(made.get("pagination"), dict):
            made["pagination"] |= {"next": 1_900_000_000_000 - number}
        return made

    link = f'<{request.url.copy_set_param("page", number)}>; rel="next"'
    return healthy.response(
        body=_decoded(more)(healthy.body) if "json" in dict(healthy.headers).get("content-type", "") else None, link=link
    )


def clock_off(at: datetime) -> Spoil:
    """Let a server live ten minutes in the future."""
    date = format_datetime(at + SKEW, usegmt=True)
    return lambda _, healthy: healthy.response(date=date)


def _garbled(body: bytes) -> bytes:
    return b"\x00\xff\xfe{\x80" + body[:50][::-1]


NETWORK: dict[str, Spoil] = {
    "timeout": _timeout,
    "no such name": _no_connection(socket.gaierror(-2, "Name or service not known")),
    "TLS error": _no_connection(ssl.SSLCertVerificationError(1, "certificate verify failed")),
    "refused connection": _no_connection(ConnectionRefusedError(111, "Connection refused")),
    "cut in the middle": _streamed(lambda body: [body[: len(body) // 2]], httpx.ReadError("cut")),
    "content length too large": _streamed(lambda body: [body], httpx.RemoteProtocolError("incomplete message body")),
    "20 MB": _streamed(lambda _: itertools.repeat(b'[1,"' + b"x" * 1_000_000 + b'"]', 20)),
    "slow drip": _streamed(lambda _: itertools.repeat(b" ", 600), pause=_DRIP),
}
HEADS: dict[str, Spoil] = {
    "401": _status(401),
    "403": _status(403),
    "404": _status(404),
    "429": _status(429, retry_after="30"),
    "500": _status(500),
    "502 with a page": _status(502, PAGE, "text/html"),
    "redirect": _status(302, b"", location="https://attacker.example/"),
    "announced 20 MB": _body(lambda body: body, content_length="20000000"),
}
BODIES: dict[str, Spoil] = {
    "200 with a page": _body(lambda _: PAGE, "text/html; charset=utf-8"),
    "content length too small": _body(lambda body: body[: len(body) // 2] or b"{"),
    "truncated": _body(lambda body: body[:-2] or b"{"),
    "garbage": _body(_garbled),
    "NaN": _body(lambda body: re.sub(rb"\{", b'{"nan":NaN,', body, count=1) if b"{" in body else b"NaN"),
    "duplicate keys": _body(lambda body: re.sub(rb"\{", b'{"a":1,"a":2,', body, count=1) if b"{" in body else b'{"a":1,"a":2}'),
    "depth bomb": _body(lambda _: b"[" * 100_000),
    "wrong types": _body(_decoded(_other_types)),
}
# What may leave a value: a lenient reading of fields that the contract does not promise, or a list that is rightly cut.
LENIENT: dict[str, Spoil] = {
    "missing fields": _body(_decoded(_emptied)),
    "null fields": _body(_decoded(_nulls)),
    "endless pages": _endless,
    "foreign next page": lambda _, healthy: healthy.response(link=f'<{FOREIGN}>; rel="next"'),
}
CERTAIN = NETWORK | HEADS | BODIES
