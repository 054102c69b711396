"""Reading the head of an endless answer: bounded in lines, bytes and seconds, and governed like every read."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.providers.http.lines import MAX_LINE
from tests.providers.http.fakes import TOKEN, Chunks, Reply, client

STREAM = {"content-type": "application/stream+json"}


class Endless(httpx.AsyncByteStream):
    """Pieces, and then nothing more without an end, or a break."""

    def __init__(self, pieces: Iterable[bytes], breaks: BaseException | None = None) -> None:
        self._pieces, self._breaks = list(pieces), breaks
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._breaks is not None:
            raise self._breaks
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True


def answering(stream: httpx.AsyncByteStream, **headers: str) -> httpx.Response:
    return httpx.Response(200, stream=stream, headers=STREAM | {k.replace("_", "-"): v for k, v in headers.items()})


async def test_lines_come_whole_however_they_were_cut_up() -> None:
    body = b'{"a":1}\r\n\n{"b":"\xc3\xa4"}\n{"c":3}'
    for size in (1, 2, 3, 7, 100):
        pieces = [body[i : i + size] for i in range(0, len(body), size)]
        http, wire, _ = client(lambda _, pieces=pieces: answering(_Ended(pieces)))
        assert await http.lines("/x", {"teamId": "t"}, limit=10, seconds=5) == ([b'{"a":1}', b'{"b":"\xc3\xa4"}', b'{"c":3}'], True)
    (request,) = wire.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept-encoding"] == "identity"
    assert str(request.url) == "https://api.github.com/x?teamId=t"


class _Ended(httpx.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


async def test_the_limit_ends_an_endless_answer_and_closes_it() -> None:
    stream = Endless([b"1\n2\n3\n4\n"])
    http, _, _ = client(lambda _: answering(stream))
    assert await http.lines("/x", limit=3, seconds=60) == ([b"1", b"2", b"3"], False)
    assert stream.closed


async def test_the_deadline_ends_it_without_an_error_once_the_head_was_answered() -> None:
    stream = Endless([b"1\n2\n{ha"])
    http, _, _ = client(lambda _: answering(stream))
    began = time.monotonic()
    assert await http.lines("/x", limit=100, seconds=0.05) == ([b"1", b"2", b"{ha"], False)
    assert time.monotonic() - began < 2
    assert stream.closed


@pytest.mark.parametrize("breaks", [httpx.ReadError("gone"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")])
async def test_a_break_after_the_head_ends_the_lines(breaks: Exception) -> None:
    http, wire, _ = client(lambda _: answering(Endless([b"1\n"], breaks)))
    assert await http.lines("/x", limit=100, seconds=5) == ([b"1"], False)
    assert len(wire.requests) == 1


async def test_a_line_without_an_end_is_cut_at_16_kb_and_the_whole_at_10_mb() -> None:
    body = Chunks(b"x" * 1024 * 1024, 100)
    http, _, _ = client(lambda _: answering(body))
    found, complete = await http.lines("/x", limit=100, seconds=30)
    assert ([len(line) for line in found], complete) == ([MAX_LINE], False)
    assert body.taken == 11
    http, _, _ = client(lambda _: answering(_Ended([b"y" * MAX_LINE + b"\n" + b"z" * (MAX_LINE + 1) + b"\nend\n"])))
    found, complete = await http.lines("/x", limit=100, seconds=30)
    assert ([len(line) for line in found], complete) == ([MAX_LINE, MAX_LINE, 3], False)


async def test_a_compressed_answer_and_a_broken_one() -> None:
    packed = gzip.compress(b"1\n2\n", mtime=0)
    http, _, _ = client(lambda _: answering(_Ended([packed]), content_encoding="gzip"))
    assert await http.lines("/x", limit=9, seconds=5) == ([b"1", b"2"], True)
    http, _, _ = client(lambda _: answering(_Ended([packed[:-9]]), content_encoding="gzip"))
    assert (await http.lines("/x", limit=9, seconds=5))[1] is False


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (httpx.Response(403, json={"error": {"code": "forbidden", "message": "Not authorized"}}), FaultKind.FORBIDDEN),
        (httpx.Response(500, content=b"x" * 1_000_000), FaultKind.SERVER),
        (httpx.Response(302, headers={"location": "https://evil.example/"}), FaultKind.REFUSED),
        (httpx.Response(200, content=b"<p>hi", headers={"content-type": "text/html"}), FaultKind.MALFORMED),
        (httpx.ConnectError("no"), FaultKind.UNREACHABLE),
        (httpx.ReadTimeout("slow"), FaultKind.TIMEOUT),
    ],
)
async def test_what_fails_before_the_head_is_a_fault_and_not_tried_again(reply: Reply, kind: FaultKind) -> None:
    http, wire, _ = client(lambda _: reply)
    with pytest.raises(OutsideError) as caught:
        await http.lines("/x", limit=3, seconds=5)
    assert caught.value.fault.kind is kind
    assert len(wire.requests) == 1


async def test_a_head_that_never_comes_times_out() -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    http, _, _ = client(never, timeout=0.05)
    with pytest.raises(OutsideError) as caught:
        await http.lines("/x", limit=3, seconds=5)
    assert caught.value.fault.kind is FaultKind.TIMEOUT


async def test_a_limit_hit_here_silences_the_provider() -> None:
    http, wire, _ = client(lambda _: httpx.Response(429, headers={"retry-after": "600"}))
    for _ in range(2):
        with pytest.raises(OutsideError) as caught:
            await http.lines("/x", limit=3, seconds=5)
        assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert len(wire.requests) == 1
