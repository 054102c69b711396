"""The end of a long answer: a log of any length costs a bounded amount of memory (RELIABILITY rule 20, threat T12)."""

from __future__ import annotations

import asyncio

import httpx

from strideiq_console.providers.http.channel import Exchange, Inflate, TooLargeError, chunks

KEEP = 24 * 1024 * 1024
"""Bytes of a long answer that are kept: a hundred thousand lines of a log, with their times."""
MOST = 512 * 1024 * 1024
"""Bytes after which a server is taken for broken."""
SECONDS = 60.0


class Tail:
    """Takes the place of ``channel.exchange`` where only the end of an answer matters: the last ``keep`` bytes of its body.

    ``dropped`` says afterwards whether something before them was left out. The whole answer may take a minute.
    """

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self.dropped = False

    async def exchange(self, client: httpx.AsyncClient, request: httpx.Request, *, timeout: float) -> Exchange:  # noqa: ASYNC109
        """Send the request and read to its end; raises as :func:`channel.exchange` does."""
        # What is compressed cannot be cut from its beginning without being decompressed whole.
        request.headers["Accept-Encoding"] = "identity"
        async with asyncio.timeout(timeout):
            response = await client.send(request, stream=True)
        try:
            async with asyncio.timeout(max(timeout, SECONDS)):
                body = await self._read(response)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(response.status_code, headers, body, self.dropped)

    async def _read(self, response: httpx.Response) -> bytes:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        inflate = Inflate(encoding, self._keep) if encoding not in ("", "identity") else None
        kept, received = bytearray(), 0
        async for chunk in chunks(response):
            received += len(chunk)
            if inflate is not None:
                inflate.feed(chunk)
            else:
                kept += chunk
            if received > MOST or (inflate is not None and inflate.overflowed):
                raise TooLargeError
            if len(kept) > 2 * self._keep:
                del kept[: -self._keep]
                self.dropped = True
        if inflate is not None:
            inflate.finish()
            return bytes(inflate.out)
        self.dropped = self.dropped or len(kept) > self._keep
        return bytes(kept[-self._keep :])
