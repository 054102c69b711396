"""Answers that a provider lets us reuse: a 304 costs nothing of GitHub's limit. Tokens are no part of what is kept."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from strideiq_console.store import codec
from strideiq_console.store.database import Database

MAX_ROWS = 500
MAX_BODY = 4_000_000


class Etags:
    """The newest ``MAX_ROWS`` answers by key, compressed. Implements ``EtagStore`` of ``providers/http``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> tuple[str, bytes, Mapping[str, str]] | None:
        """Return tag, body and headers of the answer kept for ``key``."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT etag, body, headers FROM etags WHERE key = ?", (key,)).fetchone()
        return None if row is None else (row[0], zlib.decompress(row[1]), codec.strings_of(row[2]))

    def put(self, key: str, etag: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep an answer; one that is too large, or that a read-only store cannot take, is simply asked for again next time."""
        if len(body) > MAX_BODY or self._database.read_only:
            return
        row = (key, etag, codec.strings_text(headers), zlib.compress(body, 1))
        with self._database.writing(durable=False) as connection:
            connection.execute("INSERT OR REPLACE INTO etags (key, etag, headers, body) VALUES (?, ?, ?, ?)", row)
            connection.execute("DELETE FROM etags WHERE number <= (SELECT max(number) FROM etags) - ?", (MAX_ROWS,))
