"""TLS with a server that nobody vouches for: refused by every way out, before a byte of the token leaves (T16, rule 20)."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.http import Governor, HttpClient, channel, plain_ask, plain_get
from tests.providers.http.fakes import FakeClock
from tests.providers.http.loopback import TOKEN, Server, all_names_lead_here, answer, certificate, serving
from tests.providers.http.worlds import trusting

WAYS: dict[str, Callable[[HttpClient, str], Awaitable[object]]] = {
    "get": lambda client, url: client.get("/x"),
    "pages": lambda client, url: client.pages("/x"),
    "query": lambda client, url: client.query("/x", {"a": TOKEN}),
    "write": lambda client, url: client.write("POST", "/x", {"a": TOKEN}),
    "lines": lambda client, url: client.lines("/x", limit=5, seconds=2),
    "redirected": lambda client, url: client.redirected("/x"),
    "plain-get": lambda client, url: plain_get(url, clock=FakeClock()),
    "plain-ask": lambda client, url: plain_ask(url, method="OPTIONS", headers={"Origin": "https://a.example"}, clock=FakeClock()),
}


@pytest.fixture
async def server(pem: Path) -> AsyncIterator[Server]:
    async with Server(tls=serving(pem)) as made:
        yield made


async def tried(way: str, port: int, host: str = "127.0.0.1") -> OutsideError:
    clock = FakeClock()
    auth = ("Authorization", "Bearer ", Secret(TOKEN))
    base = f"https://{host}:{port}"
    client = HttpClient(source="github", base_url=base, clock=clock, governor=Governor("github", clock), auth=auth, timeout=5.0)
    try:
        with pytest.raises(OutsideError) as caught:
            await WAYS[way](client, f"{base}/x")
    finally:
        await client.close()
    return caught.value


@pytest.mark.parametrize("way", WAYS)
async def test_a_self_signed_certificate_is_refused(server: Server, way: str) -> None:
    error = await tried(way, server.port)
    assert error.fault.kind is FaultKind.TLS
    assert "self-signed certificate" in error.fault.cause or "self signed certificate" in error.fault.cause
    assert error.fault.next_step
    assert error.known_not_done is (way == "write")
    assert (bytes(server.heard), server.connections) == (b"", 0)


VARIABLES = ("PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_TLS_REJECT_UNAUTHORIZED")


@pytest.mark.parametrize("variable", VARIABLES)
async def test_no_variable_switches_it_off(server: Server, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/nowhere" if variable == "SSL_CERT_FILE" else "0")
    fresh = channel.tls_context.__wrapped__()
    monkeypatch.setattr(channel, "tls_context", lambda: fresh)
    assert (await tried("get", server.port)).fault.kind is FaultKind.TLS
    assert bytes(server.heard) == b""


@pytest.mark.parametrize("way", ["get", "lines", "plain-get"])
async def test_a_good_certificate_of_another_host_is_refused(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = certificate(tmp_path, ["good.example"])
    believing = trusting(other)
    monkeypatch.setattr(channel, "tls_context", lambda: believing)
    all_names_lead_here(monkeypatch)
    async with Server(tls=serving(other)) as server:
        error = await tried(way, server.port, "bad.example")
        assert error.fault.kind is FaultKind.TLS
        assert "bad.example" in error.fault.cause
        assert bytes(server.heard) == b""


async def test_a_user_may_believe_an_authority_of_their_own(server: Server, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the one override that there is: ``SSL_CERT_FILE`` adds an authority, and takes no check away (T16)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    own = channel.tls_context.__wrapped__()
    monkeypatch.setattr(channel, "tls_context", lambda: own)
    server.reply = lambda _: answer(200)
    assert (await plain_get(f"https://127.0.0.1:{server.port}/x", clock=FakeClock())).status == 200


async def test_a_server_without_tls_is_a_fault() -> None:
    async with Server(eager=True) as plain:
        error = await tried("write", plain.port)
        assert error.fault.kind is FaultKind.TLS
        assert TOKEN.encode() not in plain.heard
        assert b"Bearer" not in plain.heard


def test_the_one_context_verifies() -> None:
    context = channel.tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname is True
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
