"""Offers a world over HTTP on this machine's loopback, so that any client can be pointed at it.

``/github/…``, ``/vercel/…``, ``/railway/graphql/v2``, ``/logs/…`` and ``/site/HOST/…`` (what HOST serves, such as strideiq.run).
The faults of the world apply here too.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from strideiq_console.sandbox import hosts
from strideiq_console.sandbox.faults import AnswerLostError, DeadlinePassedError, Delivery, Faults, NoConnectionError
from strideiq_console.sandbox.site import SITES

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

ADDRESS = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_BODY = 1_000_000
PREFIXES = {"github": hosts.GITHUB, "vercel": hosts.VERCEL, "railway": hosts.RAILWAY, "logs": hosts.LOGS}


def serve(world: World, port: int, *, ready: Callable[[int], None] | None = None) -> None:
    """Offer the world on 127.0.0.1 until interrupted. Port 0 takes any free one; ``ready`` is told which.

    Raises OSError for a port that is taken.
    """
    with LoopbackServer(world, port) as server:
        if ready is not None:
            ready(server.port)
        with suppress(KeyboardInterrupt):
            server.wait()


class LoopbackServer:
    """Answers from its own threads while it is entered as a context."""

    def __init__(self, world: World, port: int = 0) -> None:
        self._apps = hosts.apps(world)
        self._faults = Faults(world)
        self._loop = asyncio.new_event_loop()
        try:
            self._server = _Server((ADDRESS, port), self)
        except OSError:
            self._loop.close()
            raise
        self.port: int = self._server.server_address[1]
        self._threads = (
            threading.Thread(target=self._loop.run_forever, name="world-loop", daemon=True),
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="world-door", daemon=True),
        )

    def __enter__(self) -> LoopbackServer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join()
        self._loop.close()

    def wait(self) -> None:
        """Block until interrupted."""
        while self._threads[1].is_alive():
            self._threads[1].join(0.5)

    def answer(self, way: Way, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Delivery:
        """Carry one request to the world; called from the server's threads. Raises like ``Faults.deliver``, or CancelledError."""
        future = asyncio.run_coroutine_threadsafe(self._answer(way, method, target, headers, body), self._loop)
        return future.result()

    async def _answer(self, way: Way, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Delivery:
        scope = _scope(way, method, target, headers, self.port)
        inner = target[len(way.root) :] or "/"
        return await self._faults.deliver(way.host, method, inner, lambda: _call(self._apps[way.host], scope, body))


@dataclass(frozen=True, slots=True)
class Way:
    """Where a path leads: the world's host, and the prefix that names it."""

    host: str
    root: str


def find_way(path: str) -> Way | None:
    """Return where a path leads, None for nowhere."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first in PREFIXES:
        return Way(PREFIXES[first], f"/{first}")
    site = rest.partition("/")[0]
    return Way(site, f"/site/{site}") if first == "site" and site in SITES else None


def _scope(way: Way, method: str, target: str, headers: list[tuple[str, str]], port: int) -> dict[str, Any]:
    parts = urlsplit(target)
    site = way.host in SITES
    named = [(name.lower(), value) for name, value in headers if not (site and name.lower() == "host")]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https" if site else "http",
        "path": unquote(parts.path) if parts.path != way.root else f"{way.root}/",
        "raw_path": parts.path.encode("ascii", "replace"),
        "query_string": parts.query.encode("ascii", "replace"),
        "root_path": way.root,
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in [*named, *([("host", way.host)] if site else [])]],
        "server": (ADDRESS, port),
        "client": (ADDRESS, 0),
        "sandbox.logs": f"http://{ADDRESS}:{port}/logs",
    }


async def _call(app: Any, scope: dict[str, Any], body: bytes) -> Delivery:
    messages: list[dict[str, Any]] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return asked.pop() if asked else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start = next(message for message in messages if message["type"] == "http.response.start")
    whole = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    return Delivery(start["status"], tuple(start["headers"]), whole)


async def _cancel_all() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an idle client must not keep the world's door open

    def __init__(self, address: tuple[str, int], owner: LoopbackServer) -> None:
        self.owner = owner
        super().__init__(address, _Request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up."""


class _Request(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _answer(self) -> None:
        body = self._body()
        if body is None:
            return
        if not self._is_local():
            self._plain(403, "only clients of this machine, asking for its loopback address, are served")
            return
        way = find_way(urlsplit(self.path).path)
        if way is None:
            self._plain(404, f"there are {', '.join(f'/{name}/' for name in PREFIXES)} and /site/HOST/ with {', '.join(SITES)}")
            return
        try:
            delivery = self.server.owner.answer(way, self.command, self.path, list(self.headers.items()), body)
        except (NoConnectionError, AnswerLostError, DeadlinePassedError, concurrent.futures.CancelledError):
            self.close_connection = True
            return
        self._send(delivery)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 (names of the base class)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing."""

    def _is_local(self) -> bool:
        """Refuse other names for this address and pages of other origins: a browser could be lured into both."""
        given = [f"//{self.headers.get('host', '')}", *([self.headers["origin"]] if "origin" in self.headers else [])]
        try:
            return all(urlsplit(address).hostname in LOOPBACK for address in given)
        except ValueError:
            return False

    def _body(self) -> bytes | None:
        """Read the body; answer by itself and return None when it has no good length."""
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._plain(411, "a body needs a Content-Length")
        elif int(length) > MAX_BODY:
            self._plain(413, f"a body may have {MAX_BODY} bytes")
        else:
            return self.rfile.read(int(length))
        return None

    def _plain(self, status: int, words: str) -> None:
        self.close_connection = True
        raw = f"{words}\n".encode()
        headers = (
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(raw)).encode()),
            (b"connection", b"close"),
        )
        self._send(Delivery(status, headers, raw))

    def _send(self, delivery: Delivery) -> None:
        self.send_response_only(delivery.status)
        for name, value in delivery.headers:
            self.send_header(name.decode("latin-1"), value.decode("latin-1"))
        if delivery.status not in (204, 304) and all(name.lower() != b"content-length" for name, _ in delivery.headers):
            self.send_header("content-length", str(len(delivery.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(delivery.body)
        if delivery.cut:
            self.close_connection = True
