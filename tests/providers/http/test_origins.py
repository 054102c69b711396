"""Which addresses are asked, and that the token goes to its own origin alone (RELIABILITY T7, T11, T16, E4)."""

from __future__ import annotations

import httpx
import pytest

from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.providers.http import origin_of, quote_segment
from strideiq_console.providers.http.origins import target
from tests.providers.http.fakes import TOKEN, Wire, client, ok

FOREIGN = [
    "https://evil.example/repos?page=2",
    "https://api.github.com.evil.example/repos?page=2",
    "https://api.github.com@evil.example/repos?page=2",
    "https://evil.example/https://api.github.com/repos?page=2",
    "https://xapi.github.com/repos?page=2",
    "https://api.github.com:8443/repos?page=2",
    "http://api.github.com/repos?page=2",
    "//evil.example/repos?page=2",
    "https://api.github.com./repos?page=2",
    "https://user@api.github.com/repos?page=2",
    "https://аpi.github.com/repos?page=2",
    "https://api。github.com.evil.example/repos",
    "ftp://api.github.com/repos?page=2",
    "https://[::1]/repos?page=2",
    "https://127.0.0.1/repos?page=2",
    "javascript:alert(1)",
    "https://api.github.com:99999/repos",
]


@pytest.mark.parametrize("following", FOREIGN)
async def test_a_foreign_next_page_is_never_asked(following: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[1], headers={b"link": f'<{following}>; rel="next"'.encode()})

    http, wire, _ = client(answer)
    assert await http.pages("/repos") == ([1], False)
    assert [str(r.url) for r in wire.requests] == ["https://api.github.com/repos"]


@pytest.mark.parametrize("url", [f for f in FOREIGN if f.startswith(("http:", "https:")) and not f.endswith(":99999/repos")])
def test_the_last_look_before_a_token_is_attached_is_at_the_address_itself(url: str) -> None:
    http, _, _ = client(lambda _: ok())
    assert "authorization" not in http._request("GET", httpx.URL(url), None).headers
    assert "authorization" in http._request("GET", httpx.URL("https://API.github.com:443/x"), None).headers


async def test_a_next_page_on_the_same_origin_gets_the_token() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        more = 'rel="prev", <https://API.github.com:443/repositories/1/pulls?page=2>; rel="next"'
        return ok([2]) if "page=2" in str(request.url) else ok([1], link=f"<https://api.github.com/x>; {more}")

    http, wire, _ = client(answer)
    assert await http.pages("/repos") == ([1, 2], True)
    assert [r.headers["authorization"] for r in wire.requests] == [f"Bearer {TOKEN}"] * 2


async def test_a_next_page_outside_the_base_path_is_not_asked() -> None:
    http, wire, _ = client(lambda _: ok([1], link='<http://127.0.0.1:9/vercel/x>; rel="next"'), base="http://127.0.0.1:9/github")
    assert await http.pages("/repos") == ([1], False)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com",
        "http://10.0.0.1",
        "http://127.1",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "https://user:pass@api.github.com",
        "https://token@api.github.com",
        "ftp://api.github.com",
        "file:///etc/passwd",
        "api.github.com",
        "https://",
        "",
        "https://api.github.com:port",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(lambda _: ok(), base=url)
    assert "pass@" not in str(caught.value.sentence())


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000/github", "http://127.9.9.9", "http://[::1]:80"])
async def test_plain_http_on_loopback(url: str) -> None:
    http, wire, _ = client(lambda _: ok(), base=url)
    await http.get("/x")
    assert [str(request.url) for request in wire.requests] == [f"{httpx.URL(url)}".rstrip("/") + "/x"]


def test_origin_of() -> None:
    assert origin_of("https://API.GitHub.com/graphql/v2") == "https://api.github.com:443"
    assert origin_of("http://127.0.0.1:8000/x") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "path",
    ["repos", "/a//b", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a?x=1", "/a#b", "/a b", "/ä", "/a\n", "//evil.example", "/a@b\\c"],
)
def test_paths_that_callers_did_not_encode(path: str) -> None:
    with pytest.raises(ValueError, match="encoded path"):
        target(httpx.URL("https://api.github.com"), path, None)


def test_segments() -> None:
    assert quote_segment("feature/ä b#?%") == "feature%2F%C3%A4%20b%23%3F%25"
    for bad in ("", ".", ".."):
        with pytest.raises(ValueError, match="segment"):
            quote_segment(bad)
    url = target(httpx.URL("https://h/base/"), "/b/" + quote_segment("feature/x"), {"q": "a&b=c", "n": 1})
    assert url.raw_path == b"/base/b/feature%2Fx?q=a%26b%3Dc&n=1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    http, wire, _ = client(lambda _: httpx.Response(status, headers={"location": "https://evil.example/x"}))
    for call in (http.get("/x"), http.write("POST", "/x", {})):
        with pytest.raises(OutsideError) as caught:
            await call
        assert caught.value.fault.kind is FaultKind.REFUSED
        assert "evil.example is not followed" in str(caught.value)
    assert {r.url.host for r in wire.requests} == {"api.github.com"}


async def test_a_log_redirect_is_followed_without_the_token_or_any_other_header() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.github.com":
            return httpx.Response(302, headers={"location": "https://logs.example/log?sig=abc"})
        return httpx.Response(200, text="line", headers={"x-ratelimit-remaining": "0", "x-ratelimit-limit": "1"})

    http, wire, _ = client(answer, headers={"X-Extra": "y"})
    assert await http.redirected("/logs") == b"line"
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert not {"authorization", "x-extra"} & set(wire.requests[1].headers)
    assert http.governor.budget().remaining is None, "another host's limits are not the provider's"


@pytest.mark.parametrize("where", ["http://logs.example/x", "http://127.0.0.1/x", "https://a:b@logs.example/x", "ftp://x/y"])
async def test_log_redirects_that_are_refused(where: str) -> None:
    http, wire, _ = client(lambda _: httpx.Response(302, headers={"location": where}))
    with pytest.raises(OutsideError) as caught:
        await http.redirected("/logs")
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert len(wire.requests) == 1


async def test_a_loopback_provider_may_redirect_to_loopback() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(302, headers={"location": "/blob"})
            if request.url.path == "/github/logs"
            else httpx.Response(200, text="x")
        )

    http, wire, _ = client(answer, base="http://127.0.0.1:9/github")
    assert await http.redirected("/logs") == b"x"
    assert "authorization" not in wire.requests[1].headers


async def test_cookies_are_neither_kept_nor_sent() -> None:
    http, wire, _ = client(lambda _: ok([], set_cookie="a=b; Path=/"))
    await http.get("/x")
    await http.get("/x")
    assert "cookie" not in wire.requests[1].headers


async def test_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://evil.example:3128")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    http, _, _ = client(Wire(lambda _: ok()))
    assert http._client._mounts == {}
    assert http._client.trust_env is False
    assert http._client.follow_redirects is False


@pytest.mark.parametrize("token", ["", "abc def-0123456", "abc\r\nX-Evil: 1", "tökenabcdef", "abcdef\x00gh"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_quoted(token: str) -> None:
    from strideiq_console.domain.secret import Secret

    with pytest.raises(ConfigurationError) as caught:
        client(lambda _: ok(), auth=("Authorization", "Bearer ", Secret(token)))
    assert not token or token not in caught.value.sentence()


def test_credentials_among_the_plain_headers_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="go in auth"):
        client(lambda _: ok(), headers={"AUTHORIZATION": "Bearer x"})
