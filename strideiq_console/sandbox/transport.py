"""Takes the place of the network: requests go to the world's hosts, and nothing can leave the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx

from strideiq_console.sandbox import hosts
from strideiq_console.sandbox.faults import AnswerLostError, DeadlinePassedError, Delivery, Faults, NoConnectionError
from strideiq_console.sandbox.site import SITES

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World


class WorldTransport(httpx.AsyncBaseTransport):
    """Routes by host to the world's applications; any other host, port or scheme is refused with ``httpx.ConnectError``.

    Faults of the world's state are applied on the way; deadlines are those of the client's ``timeout``.
    """

    def __init__(self, world: World, faults: Faults | None = None) -> None:
        self._world = world
        self._faults = faults or Faults(world)
        self._apps = {host: httpx.ASGITransport(app) for host, app in hosts.apps(world).items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a client, or raise what httpx raises for a network that fails."""
        url = request.url
        app = self._apps.get(url.host)
        if app is None or url.port is not None or (url.scheme != "https" and url.host not in SITES):
            raise httpx.ConnectError(
                f"refused: {url.scheme}://{url.netloc.decode('ascii')} is not part of the world", request=request
            )

        async def process() -> Delivery:
            response = await app.handle_async_request(request)
            return Delivery(response.status_code, tuple(response.headers.raw), await response.aread())

        path = url.raw_path.decode("ascii", "replace")
        patience = request.extensions.get("timeout", {}).get("read")
        try:
            delivery = await self._faults.deliver(url.host, request.method, path, process, patience=patience)
        except NoConnectionError as fault:
            raise httpx.ConnectError(str(fault), request=request) from fault
        except DeadlinePassedError as fault:
            raise httpx.ReadTimeout(str(fault), request=request) from fault
        except AnswerLostError as fault:
            raise httpx.ReadError(str(fault), request=request) from fault
        stream: httpx.AsyncByteStream = _Cut(delivery.body, request) if delivery.cut else httpx.ByteStream(delivery.body)
        return httpx.Response(delivery.status, headers=self._dated(delivery), stream=stream)

    def _dated(self, delivery: Delivery) -> list[tuple[bytes, bytes]]:
        """Return the headers with the world's time, as every server tells its own."""
        date = formatdate(self._world.clock.seconds(), usegmt=True).encode()
        return [*(pair for pair in delivery.headers if pair[0].lower() != b"date"), (b"date", date)]


class _Cut(httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, body: bytes, request: httpx.Request) -> None:
        self._body, self._request = body, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        raise httpx.ReadError("the connection broke in the middle of the answer", request=self._request)
