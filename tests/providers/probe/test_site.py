"""The look at a site's safety: what is asked, and what a portal, a redirect or a silence makes of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpx
import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.cross_site import STRANGER
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import CERTIFICATE, COOKIES, CORS, HEADERS, HTTPS, RATE_LIMIT, WWW, SiteProbe, SiteTarget
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.http.channel import Exchange
from strideiq_console.providers.probe import HttpProber, SiteProber
from tests.providers.hosting import NOW, StillClock

WEB, API = "https://strideiq.run", "https://api.strideiq.run"
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
Answering = Callable[[httpx.Request], httpx.Response]
PORTAL = httpx.Response(200, html="<html><title>Sign in to the hotel</title>")
TARGET = SiteTarget(
    "production",
    pages=(WEB,),
    secure=(WEB, API),
    preflight=f"{API}/v1/activities",
    strangers=("https://staging.strideiq.run",),
    login=f"{WEB}/login",
    limited=f"{API}/v1/activities",
    www="https://www.strideiq.run",
    apex=WEB,
)


def prober(answering: Answering) -> SiteProber:
    return SiteProber(clock=StillClock(), transport=httpx.MockTransport(answering))


def to(where: str, status: int = 301) -> httpx.Response:
    return httpx.Response(status, headers={"location": where})


def good(request: httpx.Request) -> httpx.Response:
    url = request.url
    if url.scheme == "http":
        return to(f"https://{url.host}/", 308)
    if url.host == "www.strideiq.run":
        return to(f"{WEB}/")
    if request.method == "OPTIONS":
        return httpx.Response(400)
    if url.path == "/login":
        return httpx.Response(200, html="<html>", headers={"set-cookie": "s=1; Secure; HttpOnly; SameSite=Lax"})
    if url.path.startswith("/v1"):
        return httpx.Response(401, json={}, headers={"x-ratelimit-limit": "60"})
    return httpx.Response(200, html="<html>", headers=SAFE)


async def test_a_good_site_is_green_and_each_address_is_asked_once() -> None:
    seen: list[httpx.Request] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return good(request)

    port: SiteProbe = prober(answering)
    report = await port.site(TARGET)
    assert (report.environment, report.level, report.at) == ("production", Level.OK, NOW)
    assert {f.check for f in report.findings} == {HTTPS, CERTIFICATE, HEADERS, CORS, COOKIES, RATE_LIMIT, WWW}
    assert all(is_clean(f.subject + f.cause + f.next_step + f.note) for f in report.findings)
    asked = [(r.method, str(r.url), r.headers.get("origin")) for r in seen]
    assert asked == [
        ("GET", "http://strideiq.run/", None),
        ("HEAD", "https://strideiq.run", None),
        ("GET", "http://api.strideiq.run/", None),
        ("HEAD", "https://api.strideiq.run", None),
        ("GET", "https://strideiq.run", None),
        ("OPTIONS", f"{API}/v1/activities", STRANGER),
        ("OPTIONS", f"{API}/v1/activities", "https://staging.strideiq.run"),
        ("GET", "https://strideiq.run/login", None),
        ("GET", f"{API}/v1/activities", None),
        ("GET", "https://www.strideiq.run", None),
    ]
    assert not any({"authorization", "cookie"} & set(r.headers) for r in seen)


async def test_nothing_configured_is_unknown_and_asks_nothing() -> None:
    report = await prober(lambda request: pytest.fail("asked")).site(SiteTarget("local"))
    assert (report.findings, report.level) == ((), Level.UNKNOWN)


def plain(answers: dict[str, httpx.Response]) -> Answering:
    """Answer by address; https of the site is a good page unless said."""

    def answering(request: httpx.Request) -> httpx.Response:
        return answers.get(str(request.url)) or httpx.Response(200, html="<html>", headers=SAFE)

    return answering


HTTP = "http://strideiq.run/"


@pytest.mark.parametrize(
    ("answers", "level", "words"),
    [
        ({HTTP: to("https://strideiq.run/", 301)}, Level.OK, "leads to https"),
        ({HTTP: to("https://www.strideiq.run/", 308)}, Level.OK, "leads to https"),
        ({HTTP: to("https://strideiq.run/", 302)}, Level.OK, "for now (302)"),
        ({HTTP: to("HTTPS://STRIDEIQ.run/")}, Level.OK, "leads to https"),
        ({HTTP: httpx.Response(200, html="x")}, Level.CRITICAL, "instead of leading"),
        ({HTTP: httpx.Response(200, html="x"), WEB: to("https://portal.example/")}, Level.UNKNOWN, "portal"),
        ({HTTP: to("http://portal.example/login")}, Level.UNKNOWN, "portal.example"),
        ({HTTP: to("https://portal.example/login")}, Level.UNKNOWN, "portal.example"),
        ({HTTP: httpx.Response(511)}, Level.UNKNOWN, "511"),
        (
            {HTTP: to("http://www.strideiq.run/"), "http://www.strideiq.run/": to("https://strideiq.run/")},
            Level.WARNING,
            "1 more hop",
        ),
        ({HTTP: to(HTTP)}, Level.CRITICAL, "never reaches https"),
        ({HTTP: to("http://u:p@strideiq.run/")}, Level.CRITICAL, "never reaches https"),
        ({HTTP: to("https://strideiq.run:port/")}, Level.CRITICAL, "no readable address"),
        ({HTTP: httpx.Response(403)}, Level.WARNING, "403"),
        ({HTTP: httpx.Response(503)}, Level.UNKNOWN, "503"),
        ({HTTP: httpx.Response(429)}, Level.UNKNOWN, "429"),
    ],
)
async def test_http_must_lead_to_https(answers: dict[str, httpx.Response], level: Level, words: str) -> None:
    found = await prober(plain(answers)).https(WEB)
    assert found.level is level
    assert words in f"{found.cause} {found.note}"
    assert found.check == HTTPS


async def test_this_machine_needs_no_https_and_a_bad_address_is_configuration() -> None:
    for url in ("http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:3000"):
        assert (await prober(lambda request: pytest.fail("asked")).https(url)).level is None
    for url in ("http://strideiq.run", "nonsense", "https://u:p@strideiq.run"):
        with pytest.raises(ConfigurationError):
            await prober(good).https(url)


@pytest.mark.parametrize(
    ("answers", "level", "words"),
    [
        ({}, Level.WARNING, "two addresses"),
        ({"https://www.strideiq.run": to(WEB)}, Level.OK, "301"),
        ({"https://www.strideiq.run": to(f"{WEB}/", 307)}, Level.OK, "for now"),
        ({"https://www.strideiq.run": to("http://strideiq.run/")}, Level.WARNING, "leads to http://"),
        ({"https://www.strideiq.run": to("https://www.strideiq.run/home")}, Level.WARNING, "leads to https://www"),
        ({"https://www.strideiq.run": to("https://portal.example")}, Level.UNKNOWN, "portal"),
        ({"https://www.strideiq.run": httpx.Response(404)}, Level.WARNING, "404"),
        ({"https://www.strideiq.run": httpx.Response(500)}, Level.UNKNOWN, "500"),
    ],
)
async def test_www_leads_to_the_apex(answers: dict[str, httpx.Response], level: Level, words: str) -> None:
    found = await prober(plain(answers)).www("https://www.strideiq.run", WEB)
    assert (found.level, words in f"{found.cause} {found.note}") == (level, True)


async def test_headers_are_those_of_the_page_that_a_redirect_leads_to() -> None:
    answers = {WEB: to("https://www.strideiq.run/", 308), "https://www.strideiq.run/": httpx.Response(200, html="x")}
    found = await prober(plain(answers)).headers(WEB)
    assert [f.level for f in found] == [*[Level.WARNING] * 5, Level.OK]
    assert all("https://www.strideiq.run/" in f.subject for f in found)


async def test_a_repeated_header_is_seen_as_it_came() -> None:
    twice = [*SAFE.items(), ("X-Frame-Options", "SAMEORIGIN")]
    found = await prober(lambda request: httpx.Response(200, headers=twice, html="x")).headers(WEB)
    assert "DENY and SAMEORIGIN" in found[1].cause


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (to("https://portal.example/"), "portal.example"),
        (httpx.Response(511), "511"),
        (httpx.Response(401), "sign-in"),
        (httpx.Response(404, headers=SAFE), "404"),
        (httpx.Response(500, headers=SAFE), "500"),
        (httpx.Response(304), "304"),
    ],
)
async def test_what_is_not_the_page_neither_passes_nor_fails(answer: httpx.Response, words: str) -> None:
    for check in ("headers", "cookies"):
        (found,) = await getattr(prober(plain({WEB: answer})), check)(WEB)
        assert (found.level, words in found.cause, bool(found.next_step)) == (Level.UNKNOWN, True, True)


async def test_a_portal_answers_neither_preflight_nor_limit() -> None:
    assert (await prober(lambda request: PORTAL).cors(API)).level is Level.UNKNOWN
    assert (await prober(lambda request: PORTAL).rate_limit(API)).level is Level.UNKNOWN
    assert (await prober(plain({API: to("https://portal.example")})).rate_limit(API)).level is Level.UNKNOWN
    open_page = httpx.Response(200, html="<html>", headers={"access-control-allow-origin": "*"})
    assert (await prober(lambda request: open_page).cors(API)).level is Level.CRITICAL


async def test_a_preflight_is_not_redirected() -> None:
    seen: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return to("https://api.strideiq.run/elsewhere")

    assert (await prober(answering).cors(API)).level is Level.UNKNOWN
    assert len(seen) == 1


def failing(error: Exception, cause: Exception | None = None) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        raise error from cause

    return answering


EXPIRED = ssl.SSLCertVerificationError(1, "certificate verify failed")
EXPIRED.verify_message = "certificate has expired"


@pytest.mark.parametrize(
    ("error", "cause", "level"),
    [
        (httpx.ConnectError("x"), ConnectionRefusedError(), Level.UNKNOWN),
        (httpx.ReadTimeout("x"), None, Level.UNKNOWN),
        (httpx.RemoteProtocolError("x"), None, Level.UNKNOWN),
        (httpx.ConnectError("x"), ssl.SSLError(1, "handshake"), Level.UNKNOWN),
        (httpx.ConnectError("x"), EXPIRED, Level.CRITICAL),
    ],
)
async def test_silence_is_unknown_in_every_check(error: Exception, cause: Exception | None, level: Level) -> None:
    report = await prober(failing(error, cause)).site(TARGET)
    assert len(report.findings) == 10
    assert {f.level for f in report.findings} == {level}
    assert all(f.cause and f.next_step and is_clean(f.subject + f.cause) for f in report.findings)


@pytest.mark.parametrize(("days", "level"), [(90, Level.OK), (21, Level.OK), (20, Level.WARNING), (0, Level.WARNING)])
async def test_the_days_of_a_certificate(monkeypatch: pytest.MonkeyPatch, days: int, level: Level) -> None:
    async def exchange(*_: object, **__: object) -> Exchange:
        return Exchange(200, {}, b"", certificate_ends=StillClock().wall() + 86400 * (days + 0.5))

    monkeypatch.setattr("strideiq_console.providers.http.plain.exchange", exchange)
    found: Finding = await prober(good).certificate(WEB)
    assert (found.level, f"{days} d" in found.cause) == (level, True)


async def test_a_single_hop_to_another_host_is_noticed_by_the_health_probe_too() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.host == "portal.example":
            return httpx.Response(200, json={"status": "ok"})
        return to("https://portal.example/health", 302)

    probe = HttpProber(clock=StillClock(), transport=httpx.MockTransport(answering))
    for health in (True, False):
        found = await probe.probe(f"{API}/health", health=health)
        assert (found.level, "portal.example" in found.words, found.version) == (Level.UNKNOWN, True, None)
