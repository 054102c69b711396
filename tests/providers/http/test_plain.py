"""The unauthenticated look at a public address."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.providers.http import plain_ask, plain_get
from strideiq_console.providers.http.channel import Exchange
from tests.providers.http.fakes import Chunks, FakeClock, Reply, Wire


async def test_status_headers_and_body() -> None:
    wire = Wire(lambda _: httpx.Response(503, json={"status": "degraded"}, headers={"X-Version": "1"}))
    answer = await plain_get("https://strideiq.run/health", transport=wire, clock=FakeClock())
    assert (answer.status, answer.headers["x-version"], answer.redirects, answer.tls_days) == (503, "1", (), None)
    assert b"degraded" in answer.body
    assert "authorization" not in wire.requests[0].headers


async def test_redirects_are_followed_by_hand_and_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.strideiq.run":
            return httpx.Response(200, text="x", headers={"set-cookie": "a=b"})
        return httpx.Response(308, headers={"location": "https://www.strideiq.run/"})

    found = await plain_get("https://strideiq.run", transport=Wire(answer), clock=FakeClock())
    assert (found.status, found.redirects) == (200, ("https://strideiq.run",))


@pytest.mark.parametrize(
    "where", ["https://strideiq.run/", "http://strideiq.run/", "http://127.0.0.1/", "https://u:p@x/", "file:///x"]
)
async def test_circles_and_downgrades_are_refused(where: str) -> None:
    wire = Wire(lambda _: httpx.Response(302, headers={"location": where}))
    with pytest.raises(OutsideError) as caught:
        await plain_get("https://strideiq.run/", transport=wire, clock=FakeClock())
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert len(wire.requests) <= 6


async def test_a_long_body_is_cut() -> None:
    body = Chunks(b"x" * 100, 100)
    wire = Wire(lambda _: httpx.Response(200, stream=body))
    found = await plain_get("https://strideiq.run/", transport=wire, cap=250, clock=FakeClock())
    assert (len(found.body), found.truncated, body.taken) == (250, True, 3)


@pytest.mark.parametrize(
    ("error", "kind"), [(httpx.ConnectError("x"), FaultKind.UNREACHABLE), (httpx.ReadTimeout("x"), FaultKind.TIMEOUT)]
)
async def test_faults(error: Reply, kind: FaultKind) -> None:
    with pytest.raises(OutsideError) as caught:
        await plain_get("https://strideiq.run/", transport=Wire(lambda _: error), clock=FakeClock())
    assert caught.value.fault.kind is kind
    assert caught.value.fault.source == "probe"


async def test_one_deadline_for_all_hops() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.04)
        return httpx.Response(302, headers={"location": f"https://strideiq.run/{len(str(request.url))}"})

    async with asyncio.timeout(2):
        with pytest.raises(OutsideError) as caught:
            await plain_get("https://strideiq.run/", transport=Wire(answer), timeout=0.1, clock=FakeClock())
    assert caught.value.fault.kind is FaultKind.TIMEOUT


async def test_a_bad_address() -> None:
    with pytest.raises(ConfigurationError):
        await plain_get("http://strideiq.run/", transport=Wire(lambda _: httpx.Response(200)), clock=FakeClock())


async def test_the_days_of_a_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()

    async def exchange(*_: object, **__: object) -> Exchange:
        return Exchange(200, {}, b"", certificate_ends=clock.wall() + 86400 * 12.5)

    monkeypatch.setattr("strideiq_console.providers.http.plain.exchange", exchange)
    assert (await plain_get("https://strideiq.run/", transport=Wire(lambda _: httpx.Response(200)), clock=clock)).tls_days == 12


async def test_the_last_address_and_every_header_are_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.strideiq.run":
            return httpx.Response(200, headers=[("Set-Cookie", "a=1"), ("X-A", "1"), ("Set-Cookie", "b=2")])
        return httpx.Response(308, headers={"location": "https://www.strideiq.run/"})

    found = await plain_get("https://strideiq.run", transport=Wire(answer), clock=FakeClock())
    assert (found.url, found.location) == ("https://www.strideiq.run/", "")
    assert found.pairs == (("set-cookie", "a=1"), ("x-a", "1"), ("set-cookie", "b=2"))


async def test_other_methods_more_headers_and_a_redirect_that_is_only_told() -> None:
    wire = Wire(lambda _: httpx.Response(302, headers={"location": "/x"}))
    found = await plain_ask(
        "https://strideiq.run/a", method="OPTIONS", headers={"Origin": "https://x"}, follow=False, transport=wire, clock=FakeClock()
    )
    assert (found.status, found.location, found.redirects) == (302, "https://strideiq.run/x", ())
    assert (wire.requests[0].method, wire.requests[0].headers["origin"]) == ("OPTIONS", "https://x")
    assert len(wire.requests) == 1


async def test_plain_http_is_asked_once_and_only_when_that_is_the_question() -> None:
    wire = Wire(lambda _: httpx.Response(301, headers={"location": "http://strideiq.run/"}))
    found = await plain_ask("http://strideiq.run/", unencrypted=True, transport=wire, clock=FakeClock())
    assert (found.location, len(wire.requests)) == ("http://strideiq.run/", 1)
    for url in ("https://strideiq.run/", "http://u:p@strideiq.run/", "http:///x", "ftp://x", "nonsense"):
        with pytest.raises(ConfigurationError):
            await plain_ask(url, unencrypted=True, transport=wire, clock=FakeClock())
    assert len(wire.requests) == 1


@pytest.mark.parametrize("more", [{"method": "POST"}, {"headers": {"Authorization": "x"}}, {"headers": {"Cookie": "x"}}])
async def test_a_probe_neither_writes_nor_carries_a_credential(more: dict[str, Any]) -> None:
    wire = Wire(lambda _: httpx.Response(200))
    with pytest.raises(ValueError, match=r"never sends|credentials"):
        await plain_ask("https://strideiq.run/", transport=wire, clock=FakeClock(), **more)
    assert wire.requests == []


async def test_a_redirect_to_no_address_is_refused() -> None:
    wire = Wire(lambda _: httpx.Response(302, headers={"location": "https://x:port/"}))
    with pytest.raises(OutsideError) as caught:
        await plain_get("https://strideiq.run/", transport=wire, clock=FakeClock())
    assert (caught.value.fault.kind, "no readable address" in caught.value.fault.cause) == (FaultKind.REFUSED, True)
