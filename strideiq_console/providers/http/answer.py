"""What came back: an answer with its body, and the strict reading of JSON (RELIABILITY threats T12, T13)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError

MAX_DEPTH = 100


class EtagStore(Protocol):
    """Bodies that were answered with an ETag. Keys are digests; neither tokens nor addresses can be read from them."""

    def get(self, key: str) -> tuple[str, bytes, Mapping[str, str]] | None:
        """Return the ETag, the body and the headers kept under ``key``."""
        ...

    def put(self, key: str, etag: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep an answered body."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, its body whole and decompressed. ``headers`` have lower-case names.

    ``from_cache`` marks a 304 that was answered from the ETag store; ``status`` is 200 then. ``source`` and ``request_id`` go
    into the faults that :meth:`json` raises.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    from_cache: bool = False
    complete: bool = True
    source: str = field(default="outside", compare=False)
    request_id: str | None = field(default=None, compare=False)
    _decoded: list[Any] = field(default_factory=list, repr=False, compare=False)

    def json(self) -> Any:
        """Return the decoded body. OutsideError (malformed) for NaN, a duplicate key, depth above 100, or no JSON at all."""
        if not self._decoded:
            try:
                self._decoded.append(strict_json(self.body))
            except ValueError as error:
                raise self.malformed(str(error)) from error
        return self._decoded[0]

    def expect_json(self) -> None:
        """Decode a success at once, so that garbage is a reason to try again; a web page is a proxy or a portal talking."""
        if not 200 <= self.status < 300 or not self.body:
            return
        kind = self.headers.get("content-type", "").lower()
        if "html" in kind:
            raise self.malformed("a web page instead of JSON, as a proxy or a sign-in portal sends it,")
        if "json" in kind and not any(word in kind for word in ("jsonl", "ndjson", "stream")):
            self.json()

    def malformed(self, why: str) -> OutsideError:
        """Return the error that says what is wrong with the body of this answer."""
        fault = Fault(
            FaultKind.MALFORMED,
            self.source,
            f"{self.source}: {why} in an answer with status {self.status}",
            "The answer is not used",
            "Try again with r; if it stays, look at the provider's status page",
            request_id=self.request_id,
        )
        return OutsideError(fault, status=self.status)


def strict_json(body: bytes) -> Any:
    """Decode JSON, refusing what a well-behaved server never sends. ValueError says what, in words fit to be shown."""
    try:
        value = json.loads(body, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError(f"JSON nested deeper than {MAX_DEPTH}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no valid JSON ({_short(error)})") from None
    except UnicodeDecodeError:
        raise ValueError("JSON that is not UTF-8") from None
    if _deeper_than(value, MAX_DEPTH):
        raise ValueError(f"JSON nested deeper than {MAX_DEPTH}")
    return value


def _short(error: json.JSONDecodeError) -> str:
    return f"{error.msg.lower()}, at character {error.pos}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a duplicate key in JSON")
    return made


def _constant(word: str) -> Any:
    raise ValueError(f"{word} in JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number out of range in JSON")
    return number


def _deeper_than(value: Any, cap: int) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(cap):
        if not level:
            return False
        level = [child for item in level for child in _children(item) if isinstance(child, (dict, list))]
    return bool(level)


def _children(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def as_list(decoded: Any) -> list[Any]:
    """Return a decoded page that is a list itself; ValueError for any other."""
    if not isinstance(decoded, list):
        raise ValueError("a page that is no list")
    return decoded


def pick(answer: Answer, items: Callable[[Any], list[Any]]) -> list[Any]:
    """Return the items of a page; OutsideError (malformed) where ``items`` raises ValueError."""
    try:
        return items(answer.json())
    except ValueError as error:
        raise answer.malformed(str(error)) from error


def encode(body: Any) -> bytes:
    """Return a request's body as JSON; escaped where it holds half a surrogate pair, so that it can be written back as it came."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
