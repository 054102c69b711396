"""The world's hosts, answering as ever but for the words in their answers: those are an attacker's (RELIABILITY threat T1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any, ClassVar

import httpx

from strideiq_console.sandbox.transport import WorldTransport

WORDS = frozenset(
    {
        *("title", "body", "message", "description", "display_title", "subject", "text", "summary", "error", "reason", "note"),
        *("commitMessage", "githubCommitMessage", "githubCommitAuthorName", "errorMessage", "impact_override", "components_text"),
        *("statusDescription", "verificationRecord", "details", "help", "creatorName", "annotation"),
    }
)
"""Names of values that are words for people in any of the answers, and steer nothing."""
NAMED = frozenset({"jobs", "steps", "incidents", "components", "labels", "author", "committer", "creator"})
"""What a ``name`` within one of these belongs to is a name that somebody chose freely."""


class HostileTransport(WorldTransport):
    """Puts the next texts of a corpus behind every free word of an answer in JSON, and lines of them under every log.

    Half a pair of surrogates goes as JSON may carry it, escaped; into a log go bytes that are no UTF-8. ``served`` says which texts
    have gone out in JSON; a log holds them all.
    """

    texts: ClassVar[Iterator[tuple[int, str]]] = iter(())
    served: ClassVar[set[int]] = set()
    whole: ClassVar[Sequence[str]] = ()

    @classmethod
    def arm(cls, texts: Sequence[str]) -> None:
        """Begin to answer with these texts, each with its number before it, over and over."""
        cls.whole = tuple(f"q{number:03d}{text}" for number, text in enumerate(texts))
        cls.texts, cls.served = cycle(enumerate(cls.whole)), set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the world does, with hostile words."""
        response = await super().handle_async_request(request)
        body = await response.aread()
        kind = response.headers.get("content-type", "")
        if response.status_code == 200 and body and "json" in kind:
            body = json.dumps(self._hostile(json.loads(body), "", "")).encode()
        elif response.status_code == 200 and "plain" in kind and "log" in str(request.url):
            body += self._log()
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in ("content-length", "etag")]
        return httpx.Response(response.status_code, headers=headers, stream=httpx.ByteStream(body))

    def _hostile(self, value: Any, name: str, within: str) -> Any:
        if isinstance(value, dict):
            return {key: self._hostile(item, key, name or within) for key, item in value.items()}
        if isinstance(value, list):
            return [self._hostile(item, "", name or within) for item in value]
        free = name in WORDS or (name == "name" and within in NAMED)
        return value + self._next() if free and isinstance(value, str) and value else value

    def _next(self, many: int = 2) -> str:
        found = [next(self.texts) for _ in range(many)]
        self.served.update(number for number, _ in found)
        return "".join(text for _, text in found)

    def _log(self) -> bytes:
        lines = (f"2026-11-20T02:10:44.0000000Z {text}\n" for text in self.whole)
        return "".join(lines).encode("utf-8", "surrogateescape")
