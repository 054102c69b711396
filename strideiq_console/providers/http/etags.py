"""Conditional reads: GitHub does not count a 304, so each body that came with an ETag is asked for again with it."""

from __future__ import annotations

import asyncio
import hashlib

import httpx

from strideiq_console.domain.fault import StoreError
from strideiq_console.providers.http.answer import Answer, EtagStore

_LARGEST = 1024 * 1024
_HEADERS = ("content-type", "link")


class Kept:
    """One read's place in the store: what is there, and keeping what comes. ``account`` parts the answers of two tokens."""

    def __init__(self, store: EtagStore, account: str, url: httpx.URL) -> None:
        self._store = store
        self._key = hashlib.sha256(f"GET\0{url}\0{account}".encode()).hexdigest()
        try:
            self._found = store.get(self._key)
        except StoreError:  # a cache that cannot be read costs one request, and the store tells its own fault elsewhere
            self._found = None

    @property
    def etag(self) -> str | None:
        """Return the ETag to send, if a body is kept."""
        return self._found[0] if self._found else None

    def answer(self, fresh: dict[str, str], *, source: str, request_id: str | None) -> Answer:
        """Return the kept body as the answer to a 304 that came with the headers ``fresh``."""
        if self._found is None:
            raise ValueError("a 304 without anything kept")
        _, body, headers = self._found
        return Answer(200, {**headers, **fresh}, body, from_cache=True, source=source, request_id=request_id)

    async def keep(self, answer: Answer) -> None:
        """Keep a 200 that carries an ETag and is not larger than 1 MB."""
        etag = answer.headers.get("etag")
        if not etag or answer.status != 200 or len(answer.body) > _LARGEST:
            return
        headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
        try:
            await asyncio.to_thread(self._store.put, self._key, etag, answer.body, headers)
        except StoreError:  # as above: the answer itself is good
            return
