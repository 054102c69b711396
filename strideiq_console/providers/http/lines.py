"""The head of an answer that never ends, line by line: bounded in lines, bytes and seconds (RELIABILITY rule 20, threat T12)."""

from __future__ import annotations

import asyncio

import httpx

from strideiq_console.providers.http.channel import MAX_BODY, BrokenBodyError, Exchange, Inflate, chunks

MAX_LINE = 16 * 1024
_ERROR_CAP = 256 * 1024


class Lines:
    """Takes the place of ``channel.exchange`` for a stream of lines: up to ``limit`` lines, for ``seconds`` after the head.

    ``found`` are the lines without their ends, empty ones left out; one longer than 16 KB is cut there. ``complete`` is true when
    the server itself ended the answer and nothing was cut or left. Once the head of a success was answered nothing raises: what
    breaks later only ends the lines.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit, self._seconds = limit, seconds
        self._rest = bytearray()
        self.found: list[bytes] = []
        self.complete = True

    async def exchange(self, client: httpx.AsyncClient, request: httpx.Request, *, timeout: float) -> Exchange:  # noqa: ASYNC109
        """Send the request; return the answer, a success with one line as its body. Before the head it raises like any exchange."""
        # A compressor on the way would hold lines back until it has a block of them.
        request.headers["Accept-Encoding"] = "identity"
        async with asyncio.timeout(timeout):
            response = await client.send(request, stream=True)
        try:
            success = 200 <= response.status_code < 300
            cap = MAX_BODY if success else _ERROR_CAP
            inflate = Inflate(response.headers.get("content-encoding", "").strip().lower(), cap)
            try:
                async with asyncio.timeout(self._seconds if success else timeout):
                    await self._take(response, inflate, collect=success)
            except (httpx.HTTPError, TimeoutError, BrokenBodyError):
                if not success:
                    raise
                self.complete = False
        finally:
            await response.aclose()
        if success:
            self._end()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(response.status_code, headers, b"".join(self.found[:1]) if success else bytes(inflate.out[:cap]))

    async def _take(self, response: httpx.Response, inflate: Inflate, *, collect: bool) -> None:
        seen = 0
        async for chunk in chunks(response):
            inflate.feed(chunk)
            if collect:
                self._split(bytes(inflate.out[seen:]))
                seen = len(inflate.out)
            if inflate.overflowed or (collect and len(self.found) >= self._limit):
                self.complete = False
                break
        else:
            inflate.finish()

    def _split(self, piece: bytes) -> None:
        """Add decompressed bytes; a line is kept to 16 KB, however long it is."""
        *ended, last = piece.split(b"\n")
        for part in ended:
            self._grow(part)
            self._end()
            if len(self.found) >= self._limit:
                return
        self._grow(last)

    def _grow(self, part: bytes) -> None:
        room = MAX_LINE - len(self._rest)
        self._rest += part[:room]
        if len(part) > room:
            self.complete = False

    def _end(self) -> None:
        """Close the current line, if there is room for one more."""
        line = bytes(self._rest).rstrip(b"\r")
        self._rest.clear()
        if line.strip() and len(self.found) < self._limit:
            self.found.append(line)
