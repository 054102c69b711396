"""Two real servers on loopback, a home and a foreign one, that remember every byte; and names that all lead to this machine."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

TOKEN = "planted+token/0123456789=abc~XYZ"
HOME_NAME = "api.home.example"
NAMES = ("localhost", "evil.example", "home.example", "*.home.example", "*.api.home.example", "*.evil.example")
NAMES_TOO = ("*.home.example.evil.example", "*.example", "localhost.evil.example", "xn--pi-6kc.home.example", "api.home.example.")
Answering = Callable[[str], bytes]


def answer(status: int, body: bytes = b"[]", *headers: bytes, kind: bytes = b"application/json") -> bytes:
    """Return a whole answer; ``headers`` are raw lines without their ends."""
    lines = (b"HTTP/1.1 %d X" % status, b"Content-Type: " + kind, b"Content-Length: %d" % len(body), b"Connection: close", *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Server:
    """A server on loopback. ``heard`` is every byte that came (inside TLS, if there is any); ``asked`` are the request lines.

    ``eager``: it answers whatever came first, also when that is no request.
    """

    reply: Answering = lambda path: answer(200)
    tls: ssl.SSLContext | None = None
    heard: bytearray = field(default_factory=bytearray)
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    eager: bool = False
    _open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = field(default_factory=dict)

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, ["127.0.0.1"], 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        serving = [task for task in self._open.values() if task is not None]
        for writer in tuple(self._open):
            writer.close()
        await asyncio.gather(*serving, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open[writer] = asyncio.current_task()
        try:
            request = bytearray()
            while not _whole(request) and not (self.eager and request):
                chunk = await reader.read(65536)
                if not chunk:
                    return
                self.heard += chunk
                request += chunk
            line = request.split(b"\r\n", 1)[0].decode("latin-1")
            self.asked.append(line)
            writer.write(self.reply("" if self.eager else line.split(" ")[1]))
            await writer.drain()
        except (ConnectionError, ssl.SSLError):
            return
        finally:
            writer.close()
            del self._open[writer]


def _whole(request: bytearray) -> bool:
    head, end, body = bytes(request).partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def leaks(heard: bytes | bytearray, token: str = TOKEN) -> list[str]:
    """Return the forms in which a token is among the bytes: itself, its half, URL-encoded, hexadecimal, base64 at every phase."""
    raw = bytes(heard).decode("latin-1")
    shapes = {"plain": token, "quoted": quote(token, safe=""), "half": token[: len(token) // 2], "hex": token.encode().hex()}
    for phase in range(3):
        for word, encode in (("base64", base64.b64encode), ("url-safe base64", base64.urlsafe_b64encode)):
            core = encode(b"\0" * phase + token.encode()).decode().rstrip("=")
            shapes[f"{word} at {phase}"] = core[(0, 2, 3)[phase] : -2]
    found = [name for name, shape in shapes.items() if shape.lower() in raw.lower()]
    return found + [word for word in ("authorization:", "project-access-token:", "cookie:") if f"\n{word}" in raw.lower()]


def all_names_lead_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve every host name to loopback, as the owner of a hostile name server could."""
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **words: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return real(name if _is_address(name) else "127.0.0.1", *rest, **words)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def _is_address(name: str | None) -> bool:
    try:
        ipaddress.ip_address((name or "").strip("[]"))
    except ValueError:
        return False
    return True


def certificate(folder: Path, names: Sequence[str]) -> Path:
    """Make a key and a self-signed certificate for names in one file; a plain skip without openssl."""
    tool = shutil.which("openssl")
    if tool is None:
        pytest.skip("openssl is not installed, so no certificate can be made for a TLS server")
    path, key = folder / "both.pem", folder / "key.pem"
    hosts = ",".join([*(f"DNS:{name.rstrip('.')}" for name in dict.fromkeys(names)), "IP:127.0.0.1", "IP:::1"])
    subprocess.run(
        [
            *(tool, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
            *("-subj", "/CN=example", "-addext", f"subjectAltName={hosts}", "-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    path.write_bytes(key.read_bytes() + path.read_bytes())
    return path


def serving(path: Path) -> ssl.SSLContext:
    """Return the server side of TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
