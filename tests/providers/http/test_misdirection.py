"""A token goes to its own server alone, whatever that server, the environment or a file says (E4, RELIABILITY T7, rule 19).

Real servers on loopback; the foreign one remembers every byte. The client asks no proxy of the environment and reads no ``.netrc``
(``trust_env`` is off): a machine that reaches the internet only through a proxy needs one that is transparent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from math import prod
from pathlib import Path

import httpx
import pytest

from strideiq_console.domain.fault import ConfigurationError, OutsideError
from strideiq_console.providers.http import HttpClient, channel, origin_of, plain_ask, plain_get
from tests.providers.http.fakes import DictEtags
from tests.providers.http.loopback import TOKEN, answer, leaks
from tests.providers.http.misdirections import LOCATIONS
from tests.providers.http.worlds import PROJECT, World

STATUSES = (301, 302, 303, 307, 308)
WAYS: dict[str, Callable[[HttpClient], Awaitable[object]]] = {
    "get": lambda client: client.get("/start"),
    "query": lambda client: client.query("/start", {"query": "{ me { id } }"}),
    "write": lambda client: client.write("POST", "/start", {"a": 1}),
    "delete": lambda client: client.write("DELETE", "/start"),
    "lines": lambda client: client.lines("/start", limit=5, seconds=2),
}
PROXIES = {
    "http": ("HTTP_PROXY", "http://127.0.0.1:{F}"),
    "http-lower": ("http_proxy", "http://127.0.0.1:{F}"),
    "https": ("HTTPS_PROXY", "http://127.0.0.1:{F}"),
    "https-lower": ("https_proxy", "http://127.0.0.1:{F}"),
    "https-over-tls": ("HTTPS_PROXY", "https://evil.example:{F}"),
    "all": ("ALL_PROXY", "http://127.0.0.1:{F}"),
    "all-lower": ("all_proxy", "http://127.0.0.1:{F}"),
    "all-socks": ("ALL_PROXY", "socks5://127.0.0.1:{F}"),
    "with-credentials": ("HTTPS_PROXY", "http://user:" + TOKEN.replace("/", "%2F") + "@127.0.0.1:{F}"),
    "http-with-credentials": ("HTTP_PROXY", "http://user:" + TOKEN.replace("/", "%2F") + "@127.0.0.1:{F}"),
}


def redirecting(status: int, where: bytes, *headers: bytes) -> Callable[[str], bytes]:
    """Return home's answers: a redirect from the beginning, an empty list everywhere else."""
    return lambda path: answer(status, b"{}", b"Location: " + where, *headers) if path.endswith("/start") else answer(200)


def linking(where: bytes) -> Callable[[str], bytes]:
    """Return home's answers: a first page whose next is elsewhere."""
    link = b"Link: <" + where + b'>; rel="next"'
    return lambda path: answer(200, b"[1]", link) if path.endswith("/start") else answer(200)


@pytest.mark.parametrize("name", LOCATIONS)
async def test_a_redirect_is_not_followed(world: World, name: str) -> None:
    world.answering(redirecting(302, world.astray(name)))
    with pytest.raises(OutsideError):
        await world.client().get("/start")
    world.judge_unasked()


@pytest.mark.parametrize("name", LOCATIONS)
async def test_a_next_page_elsewhere_is_not_asked(world: World, name: str) -> None:
    world.answering(linking(world.astray(name)))
    with contextlib.suppress(OutsideError):
        found, _ = await world.client().pages("/start")
        assert found == [1]
    world.judge_unasked()


@pytest.mark.parametrize("name", LOCATIONS)
async def test_where_a_log_lies_the_token_is_not_sent(world: World, name: str) -> None:
    world.answering(redirecting(302, world.astray(name)))
    with contextlib.suppress(OutsideError):
        await world.client(PROJECT, headers={"X-Extra": TOKEN}).redirected("/start")
    world.judge()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", STATUSES)
async def test_no_kind_of_call_follows_any_kind_of_redirect(world: World, status: int, way: str) -> None:
    world.answering(redirecting(status, world.astray("absolute")))
    for auth in (PROJECT, ("Authorization", "Bearer ")):
        with pytest.raises(OutsideError):
            await WAYS[way](world.client(auth))
    world.judge_unasked()


@pytest.mark.parametrize("status", STATUSES)
async def test_a_log_that_is_redirected_again_is_not_followed_further(world: World, status: int) -> None:
    world.answering(redirecting(status, world.astray("other-port")))
    back = f"Location: {world.base}/again".encode()
    world.foreign.reply = lambda _: answer(status, b"{}", back)
    with pytest.raises(OutsideError):
        await world.client().redirected("/start")
    world.judge()
    assert (len(world.foreign.asked), len(world.home.asked)) == (1, 1)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("name", ["absolute", "scheme-relative", "other-port", "home-as-user", "user-at-foreign", "suffix-host"])
async def test_a_probe_has_no_token_to_lose(
    world: World, name: str, method: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc(monkeypatch, tmp_path)
    world.answering(redirecting(302, world.astray(name), f"Set-Cookie: session={TOKEN}; Path=/".encode()))
    with contextlib.suppress(OutsideError):
        await plain_ask(f"{world.base}/start", method=method, clock=world.clock)
    world.judge(home_got_it=False)
    assert leaks(world.home.heard) == []


@pytest.mark.parametrize("name", ["absolute", "other-port", "scheme-relative", "suffix-host"])
@pytest.mark.parametrize("fresh", [False, True], ids=["kept-link", "fresh-link"])
async def test_a_kept_page_leads_nowhere_else_either(world: World, name: str, fresh: bool) -> None:
    link = b'Link: <%b>; rel="next"' % world.astray(name)
    etags = DictEtags()
    world.answering(lambda _: answer(200, b"[1]", b'ETag: "a"', *([] if fresh else [link])))
    client = world.client(etags=etags)
    assert (await client.pages("/start"))[0] == [1]
    assert len(etags.rows) == 1
    world.answering(lambda _: answer(304, b"", b'ETag: "a"', *([link] if fresh else [])))
    assert await client.pages("/start") == ([1], False)
    assert len(world.home.asked) == 2
    assert b'if-none-match: "a"' in bytes(world.home.heard).lower()
    world.judge_unasked()


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("exceptions", ["", "127.0.0.1,localhost", "*"], ids=["all", "not-loopback", "none"])
async def test_proxies_of_the_environment_hear_nothing(
    world: World, proxy: str, exceptions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, value = PROXIES[proxy]
    monkeypatch.setenv(name, value.format(F=world.foreign.port))
    monkeypatch.setenv("NO_PROXY", exceptions)
    monkeypatch.setenv("no_proxy", exceptions)
    client = world.client()
    await client.get("/x")
    await client.lines("/x", limit=5, seconds=2)
    await plain_get(f"{world.base}/x", clock=world.clock)
    world.judge_unasked()
    assert len(world.home.asked) == 3


@pytest.mark.parametrize("machine", ["localhost", "api.home.example", "evil.example", "default"])
async def test_a_netrc_file_is_not_read(world: World, machine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc(monkeypatch, tmp_path, machine)
    world.answering(redirecting(302, world.astray("other-port")))
    client = world.client(None)
    await client.get("/x")
    await client.redirected("/start")
    await plain_get(f"{world.base}/start", clock=world.clock)
    world.judge(home_got_it=False)
    assert leaks(world.home.heard) == []
    assert len(world.foreign.asked) == 2


@pytest.mark.parametrize("attributes", ["", "; Path=/", "; Domain=home.example; Path=/", "; Domain=.example", "; Domain=localhost"])
async def test_a_cookie_goes_nowhere(world: World, attributes: str) -> None:
    cookie = f"Set-Cookie: session={TOKEN}{attributes}".encode()
    world.answering(redirecting(302, world.astray("other-port"), cookie))
    client = world.client()
    for _ in range(2):
        await client.redirected("/start")
    world.judge()
    assert len(world.foreign.asked) == 2
    assert b"\r\ncookie:" not in bytes(world.home.heard).lower()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.github.com.evil.example",
        "https://evilapi.github.com",
        "https://api.github.com.",
        "https://api.vercel.com.evil.example",
        "https://backboard.railway.com-evil.example/graphql/v2",
        "https://x-api.cloudflare.com/client/v4",
        "https://api.github.com@evil.example",
        "https://user:pass@api.github.com",
        "http://api.github.com",
        "https://api.github.com\\@evil.example",
        "https://api.github.com%2f@evil.example",
    ],
)
def test_an_address_that_only_looks_like_a_providers_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        origin_of(url)
    assert "config.toml" in caught.value.next_step


@pytest.mark.parametrize("url", ["https://api.github.com", "https://API.GITHUB.COM/x", "https://ghe.acme.example/api/v3"])
def test_an_address_of_a_provider_or_of_ones_own_is_asked(url: str) -> None:
    assert origin_of(url).startswith("https://")


async def test_a_careless_client_is_caught(world: World) -> None:
    """Show that the servers and :func:`leaks` see what the tests above look for."""
    world.answering(redirecting(307, world.astray("other-port")))
    words = {"verify": channel.tls_context(), "headers": {PROJECT[0]: TOKEN}}
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False, **words) as client:
        await client.get(f"{world.base}/start")
    assert leaks(world.foreign.heard) == ["plain", "half", "project-access-token:"]
    with pytest.raises(AssertionError):
        world.judge()


def netrc(monkeypatch: pytest.MonkeyPatch, folder: Path, machine: str = "default") -> None:
    """Plant the token in a ``.netrc`` of a fresh home and name it in the environment."""
    who = machine if machine == "default" else f"machine {machine}"
    path = folder / ".netrc"
    path.write_text(f"{who}\nlogin user\npassword {TOKEN}\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("NETRC", str(path))


def test_there_are_at_least_sixty_cases() -> None:
    """Count what is parametrised, not what a worker or a selection happens to run; E4 wants 60."""
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    marks = [[m for m in getattr(test, "pytestmark", ()) if m.name == "parametrize"] for test in tests]
    counts = [prod(len(list(mark.args[1])) for mark in of_one) for of_one in marks if of_one]
    assert len(set(LOCATIONS.values())) == len(LOCATIONS) >= 60
    assert sum(counts) >= 250, "and nearly all of them in both worlds"
