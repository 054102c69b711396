"""The outside's faults, each with its kind, within the time, and without the password."""

from __future__ import annotations

import asyncio
import builtins
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.redis.url import read_url
from tests.providers.redis.conftest import Make
from tests.redis_server import PASSWORD, Server, running
from tests.servers import free_port, program

pytestmark = pytest.mark.xdist_group("redis")


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[str]:
    """A server that answers every read with the same bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"


async def fault_of(broker: Any) -> Any:
    with pytest.raises(OutsideError) as caught:
        await broker.state()
    fault = caught.value.fault
    assert fault.source == "redis"
    assert fault.next_step
    assert PASSWORD not in fault.sentence()
    return fault


async def test_refusals_at_the_door(server: Server, make: Make) -> None:
    server.command("ACL", "SETUSER", "narrow", "on", ">reader-of-the-tests", "~*", "+ping")
    port = server.port
    cases = [
        (f"redis://:not-{PASSWORD}@127.0.0.1:{port}/0", FaultKind.UNAUTHORISED, "password is refused"),
        (f"redis://127.0.0.1:{port}/0", FaultKind.UNAUTHORISED, "password is refused"),
        (f"redis://narrow:reader-of-the-tests@127.0.0.1:{port}/0", FaultKind.FORBIDDEN, "lacks a permission"),
        (f"redis://:{PASSWORD}@127.0.0.1:{port}/99", FaultKind.REFUSED, "out of range"),
        (f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0", FaultKind.UNREACHABLE, "refused"),
        (f"rediss://:{PASSWORD}@strideiq.invalid:6379/0", FaultKind.UNREACHABLE, "host name cannot be resolved"),
    ]
    for url, kind, words in cases:
        fault = await fault_of(make(url))
        assert (fault.kind, words in fault.cause) == (kind, True), fault
        assert "reader-of-the-tests" not in fault.sentence()


async def test_what_an_access_rule_hides_is_unknown_and_never_none(server: Server, make: Make) -> None:
    server.command("ACL", "SETUSER", "partial", "on", ">reader-of-the-tests", "~*", "+ping", "+info", "+llen")
    state = await make(f"redis://partial:reader-of-the-tests@127.0.0.1:{server.port}/0", queues=["celery"]).state()
    assert state.memory.used
    assert [q.waiting for q in state.queues] == [0]
    assert (state.workers.seen, state.unacked, state.complete) == (None, None, False)
    assert "does not let" in state.workers.note


async def test_a_server_that_never_answers_and_one_that_stops_mid_read(server: Server, make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        fault = await fault_of(make(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=0.5))
        assert fault.kind is FaultKind.TIMEOUT
        assert time.monotonic() - began < 2.5
    os.kill(server.child.pid, signal.SIGSTOP)
    try:
        assert (await fault_of(make(server.url, timeout=0.5))).kind is FaultKind.TIMEOUT
    finally:
        os.kill(server.child.pid, signal.SIGCONT)
    assert (await make(server.url).state()).memory.used


async def test_a_server_that_dies_while_it_is_read(tmp_path: Path, make: Make) -> None:
    with running(tmp_path) as doomed:
        os.kill(doomed.child.pid, signal.SIGSTOP)
        task = asyncio.create_task(fault_of(make(doomed.url, timeout=10)))
        await asyncio.sleep(0.1)
        os.kill(doomed.child.pid, signal.SIGKILL)
        fault = await task
    assert fault.kind is FaultKind.UNREACHABLE
    assert "broke" in fault.cause


async def test_a_server_without_tls_is_silent_when_spoken_to_with_it_and_the_next_step_says_so(server: Server, make: Make) -> None:
    fault = await fault_of(make(f"rediss://:{PASSWORD}@127.0.0.1:{server.port}/0", timeout=0.5))
    assert fault.kind is FaultKind.TIMEOUT
    assert "that the server offers TLS" in fault.next_step


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n<html>",
        b"\x00\xff\r\n",
        b"$abc\r\n",
        b"*1\r\n" * 5000,
        b":1\r\n",
        b"$-1\r\n",
        b"*0\r\n",
        b"+\xff\r\n",
    ],
    ids=["http", "bytes", "length", "deep", "number", "nil", "empty", "no-utf8"],
)
async def test_garbage_is_a_fault(reply: bytes, make: Make) -> None:
    async with answering(reply) as url:
        fault = await fault_of(make(url, queues=["celery"], timeout=1.0))
    assert fault.kind in (FaultKind.MALFORMED, FaultKind.UNREACHABLE, FaultKind.TIMEOUT)


async def test_tls_is_checked_even_when_the_url_says_not_to(tmp_path: Path, make: Make) -> None:
    openssl = program("openssl", "openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run([openssl, *words.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=30)
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    with running(tmp_path, *options, "--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no"):
        url = f"rediss://:{PASSWORD}@127.0.0.1:{port}/0"
        assert (await make(f"{url}?ssl_ca_certs={certificate}").state()).memory.used
        for loosened in (url, f"{url}?ssl_cert_reqs=none", f"{url}?ssl_cert_reqs=CERT_NONE&ssl_check_hostname=false"):
            fault = await fault_of(make(loosened))
            assert fault.kind is FaultKind.TLS
            assert "certificate" in fault.cause.lower()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis://",
        "http://h:6379/0",
        f"redis://:{PASSWORD}@h:notaport/0",
        f"redis://:{PASSWORD}@127.0.0.1/x",
        f"redis://:{PASSWORD}@db.example:6379/0",
    ],
    ids=["empty", "no-host", "scheme", "port", "database", "plain-elsewhere"],
)
def test_an_address_that_may_not_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(OutsideError) as caught:
        read_url(Secret(url), allow_plain=False)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED
    assert PASSWORD not in caught.value.fault.sentence() + repr(caught.value.__cause__)


def test_an_address_keeps_its_parts_and_shows_no_secret() -> None:
    address = read_url(Secret("rediss://us%40er:p%2Fw-of-tests@db.example/3"), allow_plain=False)
    assert (address.host, address.port, address.database, address.user, address.tls) == ("db.example", 6379, 3, "us@er", True)
    assert address.password is not None
    assert address.password.reveal() == "p/w-of-tests"
    assert "p/w" not in repr(address)
    assert read_url(Secret("redis://db.example"), allow_plain=True).database == 0
    assert read_url(Secret("unix:///run/redis.sock?db=2"), allow_plain=False).path == "/run/redis.sock"


async def test_without_the_extra_the_fault_names_what_to_install(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "redis":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    fault = await fault_of(make("redis://127.0.0.1:1/0"))
    assert fault.kind is FaultKind.NOT_CONFIGURED
    assert "pip install 'strideiq-console[redis]'" in fault.next_step
