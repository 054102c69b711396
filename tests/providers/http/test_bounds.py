"""Caps on size, depth, pages and time; strict JSON; TLS (RELIABILITY T12, T13, T16)."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from pathlib import Path

import httpx
import pytest

import strideiq_console.providers
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.providers.http import Answer
from strideiq_console.providers.http.channel import MAX_BODY, tls_context
from tests.providers.http.fakes import Chunks, Script, client, ok


async def test_a_body_is_dropped_at_the_cap_while_it_streams() -> None:
    body = Chunks(b"x" * 1024 * 1024, 100)
    http, _, _ = client(lambda _: httpx.Response(200, stream=body))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.TOO_LARGE
    assert body.taken == 11


async def test_a_declared_length_above_the_cap_is_not_read_at_all() -> None:
    body = Chunks(b"x", 5)
    http, _, _ = client(lambda _: httpx.Response(200, stream=body, headers={"content-length": str(MAX_BODY + 1)}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.TOO_LARGE
    assert body.taken == 0


async def test_a_compressed_bomb_stops_at_the_cap() -> None:
    bomb = gzip.compress(b"0" * (MAX_BODY * 4), mtime=0)
    assert len(bomb) < 100_000
    http, _, _ = client(lambda _: httpx.Response(200, stream=Chunks(bomb, 1), headers={"content-encoding": "gzip"}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.TOO_LARGE


async def test_a_compressed_answer_is_read() -> None:
    body = Chunks(gzip.compress(b'{"a": [1, 2]}'), 1)
    http, _, _ = client(lambda _: httpx.Response(200, stream=body, headers={"content-encoding": "gzip"}))
    assert (await http.get("/x")).json() == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [(gzip.compress(b"[1]" * 99, mtime=0)[:-9], "gzip"), (b"garbage", "gzip"), (b"[1]", "br"), (b"[1]", "gzip, gzip")],
)
async def test_bodies_that_cannot_be_decompressed(raw: bytes, encoding: str) -> None:
    http, wire, _ = client(lambda _: httpx.Response(200, stream=Chunks(raw, 1), headers={"content-encoding": encoding}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert len(wire.requests) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": NaN}', "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1e999]", "out of range"),
        (b'{"a": 1, "a": 2}', "duplicate key"),
        (b'{"x": {"a": 1, "b": 0, "a": 2}}', "duplicate key"),
        (b"[" * 101 + b"]" * 101, "deeper than 100"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "deeper than 100"),
        (b"[" * 200_000, "deeper than 100"),
        (b"[1", "no valid JSON"),
        (b"", "no valid JSON"),
        (b"<html>", "no valid JSON"),
        (b'["\xff\xfe"]', "not UTF-8"),
        (b"[" + b"9" * 5000 + b"]", "digits"),
    ],
)
def test_json_that_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(OutsideError) as caught:
        Answer(200, {}, body, source="vercel", request_id="id-1").json()
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert words in str(caught.value)
    assert "vercel" in str(caught.value)
    assert caught.value.fault.request_id == "id-1"


@pytest.mark.parametrize("body", [b"[" * 100 + b"]" * 100, b'{"a":' * 100 + b"1" + b"}" * 100, b"1", b'"x"', b"null", b"[]"])
def test_json_that_is_accepted(body: bytes) -> None:
    assert Answer(200, {}, body).json() == json.loads(body)


async def test_a_web_page_instead_of_json_is_named() -> None:
    http, wire, _ = client(lambda _: httpx.Response(200, html="<h1>sign in</h1>"))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert "web page instead of JSON" in str(caught.value)
    assert len(wire.requests) == 3


async def test_pages_end_at_the_cap_and_at_a_circle() -> None:
    def counting(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        return ok([page], link=f'<https://api.github.com/x?page={page + 1}>; rel="next"')

    http, wire, _ = client(counting)
    found, complete = await http.pages("/x")
    assert (len(found), complete, len(wire.requests)) == (100, False, 100)
    assert await http.pages("/x", max_pages=2) == ([1, 2], False)
    assert await http.pages("/x", limit=3) == ([1, 2, 3], False)
    circle, wire, _ = client(lambda _: ok([1], link='<https://api.github.com/x>; rel="next"'))
    assert await circle.pages("/x") == ([1], False)
    assert len(wire.requests) == 1


async def test_a_missing_page_makes_the_list_incomplete_and_the_first_one_raises() -> None:
    link = {"link": '<https://api.github.com/x?page=2>; rel="next"'}
    http, _, _ = client(Script(httpx.Response(200, json=[1], headers=link), httpx.Response(404)))
    assert await http.pages("/x") == ([1], False)
    http, _, _ = client(lambda _: httpx.Response(404))
    with pytest.raises(OutsideError):
        await http.pages("/x")
    http, _, _ = client(lambda _: ok({"not": "a list"}))
    with pytest.raises(OutsideError, match="no list"):
        await http.pages("/x")


async def test_a_slow_drip_ends_at_the_deadline() -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self):
            while True:
                yield b" "
                await asyncio.sleep(0.01)

    http, wire, _ = client(lambda _: httpx.Response(200, stream=Drip()), timeout=0.05)
    async with asyncio.timeout(2):
        with pytest.raises(OutsideError) as caught:
            await http.get("/x")
    assert caught.value.fault.kind is FaultKind.TIMEOUT
    assert 1 <= len(wire.requests) <= 3


async def test_a_hanging_read_ends_and_a_hanging_write_is_unknown() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    http, wire, _ = client(hang, timeout=0.05)
    async with asyncio.timeout(2):
        with pytest.raises(OutsideError) as caught:
            await http.write("POST", "/x", {})
        assert caught.value.fault.kind is FaultKind.TIMEOUT
        assert caught.value.known_not_done is False
        assert len(wire.requests) == 1
        with pytest.raises(OutsideError):
            await http.get("/x")


def test_tls_is_verified_and_not_old() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert tls_context() is context


def test_no_code_path_switches_verification_off() -> None:
    root = Path(strideiq_console.providers.__file__).parent.parent
    wrong = ("verify=False", "verify_mode", "CERT_NONE", "check_hostname", "_create_unverified_context")
    hits = [(file.name, word) for file in root.rglob("*.py") for word in wrong if word in file.read_text(encoding="utf-8")]
    assert hits == []


def test_httpx_is_imported_behind_the_one_door_alone() -> None:
    root = Path(strideiq_console.providers.__file__).parent
    files = [f for f in root.rglob("*.py") if f.parent != root / "http"]
    assert files
    assert [str(f) for f in files if "import httpx" in f.read_text(encoding="utf-8")] == []
