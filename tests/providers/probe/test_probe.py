"""The probe: what an answer, a body and a silence mean."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.health import Probe
from strideiq_console.domain.ports import Prober
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.http import PlainAnswer
from strideiq_console.providers.probe import HttpProber, judge_health, judge_page
from strideiq_console.providers.probe.health import _with_certificate
from tests.providers.hosting import HOSTILE, NOW, SHA_A, StillClock

URL = "https://api.strideiq.run/health"
HTML = "<html><head><title>Sign in to the hotel</title></head></html>"


def prober(answering: Callable[[httpx.Request], httpx.Response]) -> HttpProber:
    return HttpProber(clock=StillClock(), transport=httpx.MockTransport(answering))


async def health(status: int, body: Any = None, **more: Any) -> Probe:
    kept = more if body is None else {"json": body}
    return await prober(lambda request: httpx.Response(status, **kept)).probe(URL, health=True)


async def page(status: int, text: str = "<title>StrideIQ</title>", **more: Any) -> Probe:
    return await prober(lambda request: httpx.Response(status, text=text, **more)).probe("https://strideiq.run", health=False)


def test_fits_the_port() -> None:
    port: Prober = prober(lambda request: httpx.Response(200))
    assert port


async def test_good_health() -> None:
    found = await health(200, {"status": "ok", "db": "connected", "redis": {"status": "up"}, "version": SHA_A})
    assert (found.level, found.words, found.status, found.version) == (Level.OK, "healthy", 200, SHA_A)
    assert found.parts == (("db", Level.OK), ("redis", Level.OK))
    assert (found.running, found.error, found.at, found.url) == (True, "", NOW, URL)
    assert found.latency_ms == 0


@pytest.mark.parametrize(
    ("body", "level", "words"),
    [
        ({"status": "degraded", "checks": {"redis": "degraded"}}, Level.WARNING, "redis degraded"),
        ({"status": "healthy", "db": "down", "redis": "slow"}, Level.CRITICAL, "db down, redis degraded"),
        ({"status": "ok", "db": "purple"}, Level.UNKNOWN, "db unknown"),
        ({"status": "degraded"}, Level.WARNING, "degraded"),
        ({"status": "down"}, Level.CRITICAL, "down"),
        ({}, Level.UNKNOWN, "names no known state"),
        ({"uptime": 5}, Level.UNKNOWN, "names no known state"),
        ([], Level.UNKNOWN, "no health that can be read"),
        ("ok", Level.UNKNOWN, "no health that can be read"),
    ],
)
async def test_200_is_not_good_enough(body: Any, level: Level, words: str) -> None:
    found = await health(200, body)
    assert found.level is level
    assert words in found.words


@pytest.mark.parametrize(
    "more",
    [
        {"html": HTML},
        {"content": HTML.encode(), "headers": {"content-type": "application/json"}},
        {"text": "ok"},
        {"content": b'{"status": "ok", "status": "ok"}'},
        {"content": b'{"status": NaN}'},
        {"content": b"[" * 5000 + b"]" * 5000},
        {"content": b'{"status": "ok", "x": "' + b"a" * 300_000 + b'"}'},
        {"content": b""},
        {"content": b"\xff\xfe{}"},
    ],
)
async def test_what_cannot_be_read_as_health_is_unknown(more: dict[str, Any]) -> None:
    found = await health(200, **more)
    assert found.level is Level.UNKNOWN
    assert ("portal" in found.words) == ("hotel" in str(more))
    assert is_clean(found.words)


async def test_an_error_status_is_critical_and_still_names_the_part() -> None:
    found = await health(503, {"status": "unhealthy", "db": "down"})
    assert (found.level, found.words, found.parts) == (Level.CRITICAL, "server error 503: db down", (("db", Level.CRITICAL),))
    assert (await health(500, {"status": "ok"})).level is Level.CRITICAL
    assert (await health(502, html=HTML)).level is Level.CRITICAL


@pytest.mark.parametrize(
    ("status", "level"),
    [(404, Level.UNKNOWN), (401, Level.WARNING), (429, Level.UNKNOWN), (204, Level.UNKNOWN), (418, Level.UNKNOWN)],
)
async def test_other_statuses_of_health_are_never_green(status: int, level: Level) -> None:
    assert (await health(status)).level is level
    if status != 204:
        assert (await health(status, {"status": "ok"})).level is level


@pytest.mark.parametrize(
    ("status", "level"),
    [
        (200, Level.OK),
        (204, Level.OK),
        (401, Level.WARNING),
        (404, Level.CRITICAL),
        (400, Level.WARNING),
        (429, Level.UNKNOWN),
        (500, Level.CRITICAL),
        (304, Level.WARNING),
    ],
)
async def test_pages(status: int, level: Level) -> None:
    found = await page(status)
    assert found.level is level
    assert found.parts == ()


@pytest.mark.parametrize(
    "title", ["500: Internal Server Error", "404", "Application error: a client-side exception", "Service Unavailable"]
)
async def test_an_error_page_with_200_is_seen(title: str) -> None:
    found = await page(200, f"<html><TITLE class=x>{title}</TITLE>")
    assert found.level is Level.WARNING
    assert title in found.words


async def test_a_large_page_is_no_fault() -> None:
    assert (await page(200, "<title>StrideIQ</title>" + "x" * 1_000_000)).level is Level.OK


async def test_redirects_are_told_and_www_is_no_other_host() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.strideiq.run":
            return httpx.Response(301, headers={"location": "https://strideiq.run/"})
        return httpx.Response(200, text="<title>StrideIQ</title>")

    found = await prober(answering).probe("https://www.strideiq.run", health=False)
    assert (found.level, found.status) == (Level.OK, 200)
    assert [address.rstrip("/") for address in found.redirects] == ["https://www.strideiq.run"]


async def test_a_way_through_another_host_is_unknown_whatever_it_says() -> None:
    hops = {"strideiq.run": "https://login.example/a", "login.example": "https://login.example/b"}

    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/b":
            return httpx.Response(200, json={"status": "ok"})
        return httpx.Response(307, headers={"location": hops[request.url.host]})

    found = await prober(answering).probe("https://strideiq.run", health=True)
    assert found.level is Level.UNKNOWN
    assert "login.example" in found.words
    assert found.version is None


@pytest.mark.parametrize("location", ["https://strideiq.run/again", "http://strideiq.run/", "file:///etc/passwd"])
async def test_redirects_that_lead_nowhere_are_critical(location: str) -> None:
    found = await prober(lambda r: httpx.Response(302, headers={"location": location})).probe("https://strideiq.run", health=False)
    assert (found.level, found.running, found.status) == (Level.CRITICAL, True, None)
    assert "redirect" in found.words


def raising(error: Exception, cause: Exception | None = None) -> Callable[[httpx.Request], httpx.Response]:
    def answering(request: httpx.Request) -> httpx.Response:
        raise error from cause

    return answering


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("[Errno 111] Connection refused"), httpx.ConnectError("All connection attempts failed")]
)
async def test_refused_is_not_running(error: httpx.ConnectError) -> None:
    found = await prober(raising(error, ConnectionRefusedError(111, "Connection refused"))).probe(
        "http://localhost:3000", health=False
    )
    assert (found.running, found.level, found.words, found.status) == (False, Level.UNKNOWN, "not running", None)
    assert "refused" in found.error


async def test_a_real_closed_port_is_not_running(unused_tcp_port: int) -> None:
    found = await HttpProber(clock=StillClock()).probe(f"http://localhost:{unused_tcp_port}", health=False)
    assert (found.running, found.words) == (False, "not running")


@pytest.mark.parametrize(
    ("error", "cause", "level", "words"),
    [
        (httpx.ConnectError("x"), OSError(), Level.UNKNOWN, "no connection"),
        (httpx.ConnectTimeout("x"), None, Level.UNKNOWN, "in time"),
        (httpx.ReadTimeout("x"), None, Level.UNKNOWN, "in time"),
        (httpx.RemoteProtocolError("x"), None, Level.UNKNOWN, "broke"),
        (httpx.ConnectError("x"), ssl.SSLError(1, "certificate verify failed"), Level.UNKNOWN, "TLS"),
        (httpx.ConnectError(HOSTILE), None, Level.UNKNOWN, "no connection"),
    ],
)
async def test_no_answer_is_unknown_and_never_raises(error: Exception, cause: Exception | None, level: Level, words: str) -> None:
    found = await prober(raising(error, cause)).probe(URL, health=True)
    assert (found.level, found.running, found.status, found.at) == (level, True, None, NOW)
    assert words in found.words
    assert is_clean(found.words)
    assert is_clean(found.error)
    assert not found.words.startswith("the probe")


async def test_an_ended_certificate_is_critical() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "certificate has expired"
    found = await prober(raising(httpx.ConnectError("x"), cause)).probe(URL, health=True)
    assert (found.level, found.words) == (Level.CRITICAL, "the certificate has expired")


def test_a_certificate_that_ends_soon_is_a_warning() -> None:
    good = judge_page(PlainAnswer(200, {}, b"", 1))
    assert _with_certificate(good, None) is good
    assert _with_certificate(good, 21) is good
    soon = _with_certificate(good, 20)
    assert (soon.level, "20 d" in soon.words) == (Level.WARNING, True)
    bad = judge_page(PlainAnswer(500, {}, b"", 1))
    assert _with_certificate(bad, 3).level is Level.CRITICAL


@pytest.mark.parametrize(
    ("body", "version"),
    [
        ({"version": "1.12.3", "git_sha": SHA_A}, SHA_A),
        ({"version": "1.12.3"}, None),
        ({"commit": "A1B2C3D"}, "a1b2c3d"),
        ({"sha": 7, "revision": "a1b2c3d4"}, "a1b2c3d4"),
        ({"sha": HOSTILE}, None),
        ({}, None),
    ],
)
async def test_the_version_is_a_commit(body: dict[str, Any], version: str | None) -> None:
    assert (await health(200, {"status": "ok"} | body)).version == version


async def test_hostile_texts_come_out_clean() -> None:
    found = await health(200, {"status": HOSTILE, "checks": {HOSTILE: "down"}, "db": HOSTILE})
    assert found.level is Level.CRITICAL
    assert is_clean(found.words)
    assert all(is_clean(name) for name, _ in found.parts)
    assert is_clean((await page(200, f"<title>error {HOSTILE}</title>")).words)
    odd = await prober(lambda r: httpx.Response(302, headers=[(b"location", "https://\u202eevil/".encode())])).probe(
        URL, health=False
    )
    assert is_clean(odd.words)


async def test_no_credential_and_no_cookie_leaves() -> None:
    seen: list[httpx.Request] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        where = {"location": "/again"} if len(seen) == 1 else {}
        return httpx.Response(302 if where else 200, headers={"set-cookie": "a=b", **where}, json={"status": "ok"})

    await prober(answering).probe(URL, health=True)
    assert len(seen) == 2
    assert not any({"authorization", "cookie"} & set(request.headers) for request in seen)


async def test_an_address_that_may_not_be_asked_is_a_matter_of_configuration() -> None:
    for url in ("http://strideiq.run", "https://user:pw@strideiq.run", "ftp://x", "nonsense"):
        with pytest.raises(ConfigurationError):
            await prober(lambda r: httpx.Response(200)).probe(url, health=False)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c))
KEYED = st.dictionaries(
    st.sampled_from(["status", "db", "redis", "checks", "version", "sha"]), JSON | st.sampled_from(["ok", "down"])
)


@given(KEYED | JSON, st.sampled_from([200, 204, 404, 503]))
def test_any_body_is_judged_in_clean_words(body: Any, status: int) -> None:
    found = judge_health(PlainAnswer(status, {}, json.dumps(body).encode(), 1))
    assert is_clean(found.words)
    assert found.words
    assert all(is_clean(name) for name, _ in found.parts)
    if status == 503:
        assert found.level is Level.CRITICAL
    if found.level is Level.OK:
        assert isinstance(body, dict)
        assert any(level is Level.OK for _, level in found.parts) or body.get("status") or body.get("health") or body.get("state")
