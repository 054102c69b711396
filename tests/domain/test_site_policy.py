"""Section 8 seen from outside: headers, CORS, cookies, rate limit, as tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.finding import Finding, level_of
from strideiq_console.domain.policy.cross_site import STRANGER, judge_cookies, judge_preflight, read_cookies
from strideiq_console.domain.policy.security import SECURITY_HEADERS, answered_by, judge_headers, judge_rate_limit
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import SiteReport
from strideiq_console.domain.untrusted import is_clean

URL = "https://strideiq.run/"
API = "https://api.strideiq.run/v1/activities"
GOOD = {
    "x-content-type-options": ["nosniff"],
    "x-frame-options": ["DENY"],
    "x-xss-protection": ["1; mode=block"],
    "referrer-policy": ["strict-origin-when-cross-origin"],
    "permissions-policy": ["camera=(), microphone=(), geolocation=()"],
}
HOSTILE = "\x1b]0;x\x07\u202e"


def headers(**changed: list[str]) -> tuple[tuple[str, str], ...]:
    named = GOOD | {name.replace("_", "-"): given for name, given in changed.items()}
    return tuple((name, value) for name, given in named.items() for value in given)


def of(name: str, found: tuple[Finding, ...]) -> Finding:
    return next(f for f in found if f.subject.lower().startswith(name))


def test_the_documents_own_headers_are_green() -> None:
    found = judge_headers(headers(), URL)
    assert [f.level for f in found] == [Level.OK] * 6
    assert [f.note for f in found[:5]] == [""] * 5
    assert "no Strict-Transport-Security" in found[5].note
    assert "no Content-Security-Policy" in found[5].note


@pytest.mark.parametrize("wanted", SECURITY_HEADERS, ids=lambda w: w.name)
def test_each_missing_header_is_a_warning_with_its_fix(wanted: Any) -> None:
    found = of(wanted.name.lower(), judge_headers(headers(**{wanted.name.lower().replace("-", "_"): []}), URL))
    assert (found.level, found.cause.startswith("missing")) == (Level.WARNING, True)
    assert f"{wanted.name}: {wanted.expected}" in found.next_step


@pytest.mark.parametrize(
    ("name", "given", "level", "words"),
    [
        ("x_content_type_options", ["NoSniff"], Level.OK, ""),
        ("x_content_type_options", ["nosniff, nosniff"], Level.OK, ""),
        ("x_content_type_options", ["nosniff", "nosniff"], Level.OK, "sent 2 times"),
        ("x_content_type_options", ["none"], Level.WARNING, "is none, not nosniff"),
        ("x_content_type_options", [""], Level.WARNING, "is empty"),
        ("x_frame_options", ["deny"], Level.OK, ""),
        ("x_frame_options", ["SAMEORIGIN"], Level.WARNING, "is SAMEORIGIN, not DENY"),
        ("x_frame_options", ["DENY", "SAMEORIGIN"], Level.WARNING, "different values: DENY and SAMEORIGIN"),
        ("x_frame_options", ["DENY, SAMEORIGIN"], Level.WARNING, "not DENY"),
        ("x_xss_protection", ["1;mode=block"], Level.OK, ""),
        ("x_xss_protection", ["0"], Level.OK, "browsers no longer read it"),
        ("x_xss_protection", ["1"], Level.WARNING, "is 1, not"),
        ("referrer_policy", ["no-referrer, strict-origin-when-cross-origin"], Level.OK, ""),
        ("referrer_policy", ["no-referrer"], Level.OK, "as strict"),
        ("referrer_policy", ["unsafe-url"], Level.WARNING, "unsafe-url"),
        ("permissions_policy", ["camera=(self), microphone=(), geolocation=()"], Level.OK, "camera=(self)"),
        ("permissions_policy", ["geolocation=(), CAMERA=( ) ,microphone=()"], Level.OK, ""),
        ("permissions_policy", ["camera=(), microphone=(), geolocation=(), usb=()"], Level.OK, "usb"),
        ("permissions_policy", ["camera=(), microphone=()"], Level.WARNING, "geolocation is not named"),
        ("permissions_policy", ["camera=*, microphone=(), geolocation=()"], Level.WARNING, "camera is *"),
        ("permissions_policy", ['camera=(self "https://x.example"), microphone=(), geolocation=()'], Level.WARNING, "camera is"),
    ],
)
def test_values(name: str, given: list[str], level: Level, words: str) -> None:
    found = of(name.replace("_", "-"), judge_headers(headers(**{name: given}), URL))
    assert found.level is level
    assert words in f"{found.cause} {found.note}"
    assert bool(found.next_step) is (level is not Level.OK)
    if level is Level.OK and not words:
        assert found.note == ""


def test_good_extra_headers_are_noted_and_who_may_have_added_them() -> None:
    more = headers(
        strict_transport_security=["max-age=63072000"],
        content_security_policy=["default-src 'self'"],
        cf_ray=["1"],
        x_vercel_id=["1"],
    )
    found = judge_headers(more, URL)[5]
    assert (found.level, found.cause) == (Level.OK, "beyond the document: strict-transport-security, content-security-policy")
    assert found.note == "answered through Cloudflare and Vercel, which may add headers of its own"
    assert answered_by(more) == "Cloudflare and Vercel"
    assert "switches it off" in judge_headers(headers(strict_transport_security=["max-age=0"]), URL)[5].note


@pytest.mark.parametrize(
    ("given", "status", "level", "words"),
    [
        ({}, 400, Level.OK, "no allow header"),
        ({}, 405, Level.OK, "no allow header"),
        ({"access-control-allow-origin": "*"}, 200, Level.CRITICAL, "every site"),
        ({"access-control-allow-origin": STRANGER}, 204, Level.CRITICAL, "reflected"),
        ({"access-control-allow-origin": STRANGER.upper() + "/"}, 204, Level.CRITICAL, "reflected"),
        (
            {"access-control-allow-origin": STRANGER, "access-control-allow-credentials": "true"},
            204,
            Level.CRITICAL,
            "with the visitor's cookies",
        ),
        ({"access-control-allow-origin": "null"}, 204, Level.CRITICAL, "null"),
        ({"access-control-allow-origin": "https://strideiq.run, *"}, 204, Level.CRITICAL, "every site"),
        ({"access-control-allow-origin": "https://strideiq.run"}, 200, Level.OK, "whoever asks"),
        ({"access-control-allow-origin": "https://a.example, https://b.example"}, 200, Level.WARNING, "several"),
        ({}, 503, Level.UNKNOWN, "503"),
        ({}, 429, Level.UNKNOWN, "429"),
        ({}, 301, Level.UNKNOWN, "301"),
        ({"access-control-allow-origin": "*"}, 503, Level.CRITICAL, "every site"),
    ],
)
def test_a_stranger_must_get_no_allow_header(given: dict[str, str], status: int, level: Level, words: str) -> None:
    found = judge_preflight(tuple(given.items()), status, STRANGER, API)
    assert found.level is level
    assert words in f"{found.cause} {found.note}"
    assert bool(found.next_step) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("line", "level", "words"),
    [
        ("s=1; Secure; HttpOnly; SameSite=Lax", Level.OK, "SameSite=Lax"),
        ("s=1; path=/; SECURE ; httponly; samesite = STRICT", Level.OK, "SameSite=Strict"),
        ("s=1; Secure; HttpOnly; SameSite=None", Level.CRITICAL, "every foreign page"),
        ("s=1; Secure; HttpOnly", Level.WARNING, "no SameSite"),
        ("s=1; Secure; HttpOnly; SameSite=Maybe", Level.WARNING, "no value"),
        ("s=1; HttpOnly; SameSite=Lax", Level.WARNING, "no Secure"),
        ("s=1; Secure; SameSite=Lax", Level.WARNING, "no HttpOnly"),
        ("s=Secure", Level.WARNING, "no Secure"),
    ],
)
def test_flags_of_cookies(line: str, level: Level, words: str) -> None:
    (found,) = judge_cookies((("set-cookie", line),), URL)
    assert (found.level, words in found.cause) == (level, True)


def test_a_cookies_value_is_never_kept() -> None:
    lines = (("set-cookie", "session=topsecret; Secure"), ("set-cookie", "__cf_bm=topsecret"), ("set-cookie", "novalue"))
    found = judge_cookies(lines, URL)
    assert len(found) == 1
    assert "topsecret" not in repr(found)
    assert "topsecret" not in repr(read_cookies(lines))
    assert "__cf_bm" in found[0].note


def test_no_cookie_does_not_apply() -> None:
    assert [f.level for f in judge_cookies((), URL)] == [None]
    assert [f.level for f in judge_cookies((("set-cookie", "__cf_bm=x; SameSite=None"),), URL)] == [None]


@pytest.mark.parametrize(
    ("given", "status", "level"),
    [
        ({"x-ratelimit-limit": "60"}, 401, Level.OK),
        ({"ratelimit": "limit=60"}, 200, Level.OK),
        ({}, 429, Level.OK),
        ({}, 200, Level.WARNING),
        ({}, 401, Level.WARNING),
        ({}, 404, Level.UNKNOWN),
        ({}, 502, Level.UNKNOWN),
    ],
)
def test_the_rate_limit_shows_in_one_answer(given: dict[str, str], status: int, level: Level) -> None:
    assert judge_rate_limit(tuple(given.items()), status, API).level is level


def test_a_report_is_as_bad_as_its_worst_that_applies() -> None:
    def found(check: str, level: Level | None) -> Finding:
        return Finding(check, "x", level, "y")

    report = SiteReport(
        "production", (found("a", Level.OK), found("b", None), found("a", Level.WARNING), found("c", Level.UNKNOWN))
    )
    assert report.level is Level.UNKNOWN
    assert (report.level_of("a"), report.level_of("b"), report.level_of("z")) == (Level.WARNING, None, None)
    assert level_of([found("b", None)]) is Level.UNKNOWN
    assert SiteReport("production", ()).level is Level.UNKNOWN


NAMES = st.sampled_from([*GOOD, "set-cookie", "access-control-allow-origin", "strict-transport-security"])
ANY = st.lists(
    st.tuples(NAMES, st.text(max_size=40) | st.sampled_from([HOSTILE, "*", ";;;=,", "camera=", "a=b; samesite"])), max_size=8
)


@given(ANY, st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_headers_give_clean_findings(given: list[tuple[str, str]], status: int) -> None:
    pairs = tuple(given)
    found = [*judge_headers(pairs, URL), *judge_cookies(pairs, URL), judge_preflight(pairs, status, STRANGER, API)]
    found.append(judge_rate_limit(pairs, status, API))
    assert all(is_clean(text) for f in found for text in (f.subject, f.cause, f.next_step, f.note))
    if not any(name == "x-frame-options" for name, _ in given):
        assert of("x-frame-options", tuple(found)).level is Level.WARNING
