"""Prometheus' HTTP API: sends queries and reads the four shapes of their answers. Errors and warnings become what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import Answer, HttpClient
from strideiq_console.providers.prometheus import wire
from strideiq_console.providers.prometheus.tally import Counted
from strideiq_console.providers.wire import decode, malformed

MAX_SERIES = 5000
QUERY_SECONDS = 10
# Prometheus words these itself: a bad query, one that failed in execution, one that ran too long or was aborted.
_TOLD = (400, 422, 503)
_STEPS = {
    "bad_data": "Check the names in [metric_names] of config.toml",
    "execution": "Check the names in [metric_names] of config.toml: a gauge may stand where a counter is wanted",
    "timeout": "Ask for a shorter window, or look at the server's load",
    "canceled": "Try again with r",
    "unavailable": "Wait until the server is ready, then try again with r",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The data of an answer. ``complete`` is false when the server warned; ``note`` holds its words."""

    data: Any
    complete: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vector:
    """The series of an instant query, all at one time (None: there are none)."""

    items: tuple[Counted, ...]
    at: datetime | None
    complete: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a range query: values by epoch second; a gap is None or absent."""

    labels: Mapping[str, str]
    values: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The series of a range query."""

    lines: tuple[Line, ...]
    complete: bool = True
    note: str = ""


class Api:
    """The read side of the API below ``/api/v1``."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    @property
    def source(self) -> str:
        """Return the provider's word."""
        return self._client.source

    async def read(self, what: str, path: str, params: Mapping[str, str | int] | None = None) -> Told:
        """Return the data behind a path. OutsideError with Prometheus' own error type and words when it says ``error``."""
        answer = await self._client.get(f"/api/v1/{path}", params, allow=_TOLD)
        if answer.status in _TOLD and not answer.body.lstrip().startswith(b"{"):
            cause = f"{answer.status} without Prometheus' own words"
            raise self._error(answer, FaultKind.SERVER, cause, "Check the address and the proxy")
        envelope = decode(self.source, what, answer.json(), wire.Envelope)
        if envelope.status == "error" or answer.status in _TOLD:
            raise self._refusal(answer, what, envelope)
        said = [clean_line(text, limit=200) for text in [*(envelope.warnings or []), *(envelope.infos or [])][:5]]
        return Told(envelope.data, complete=not said, note="; ".join(said))

    async def instant(self, query: str) -> Vector:
        """Return the series of a query at the server's own present, so that a skewed clock here changes nothing."""
        told = await self.read("a query", "query", {"query": query, "timeout": f"{QUERY_SECONDS}s"})
        result = decode(self.source, "a query", told.data, wire.Result)
        if result.kind == "scalar":
            pair = decode(self.source, "a scalar", result.result, wire.Scalar)
            return Vector((Counted({}, wire.number(pair.value)),), wire.at_epoch(self.source, pair.at), told.complete, told.note)
        if result.kind != "vector":
            raise malformed(self.source, "a query", f"a {result.kind} where a vector is expected")
        items = decode(self.source, "a vector", result.result, list[wire.VectorItem])
        read = tuple(Counted(i.metric, wire.number(i.value[1])) for i in items[:MAX_SERIES] if i.value is not None)
        when = next((wire.at_epoch(self.source, i.value[0]) for i in items if i.value is not None), None)
        vector = Vector(read, when, told.complete, told.note)
        return vector if len(read) == len(items) else replace(vector, complete=False, note=_cut(told.note, len(items), len(read)))

    async def spread(self, query: str, start: int, end: int, step: int) -> Matrix:
        """Return the series of a query from ``start`` to ``end``, both epoch seconds and included, every ``step`` seconds."""
        params: dict[str, str | int] = {"query": query, "start": start, "end": end, "step": step, "timeout": f"{QUERY_SECONDS}s"}
        told = await self.read("a range", "query_range", params)
        result = decode(self.source, "a range", told.data, wire.Result)
        if result.kind != "matrix":
            raise malformed(self.source, "a range", f"a {result.kind} where a matrix is expected")
        items = decode(self.source, "a matrix", result.result, list[wire.MatrixItem])
        lines = tuple(Line(i.metric, {self._second(at): wire.number(value) for at, value in i.values}) for i in items[:MAX_SERIES])
        complete = told.complete and len(lines) == len(items)
        return Matrix(lines, complete, told.note if len(lines) == len(items) else _cut(told.note, len(items), len(lines)))

    async def now(self) -> int:
        """Return the server's own time in epoch seconds."""
        vector = await self.instant("time()")
        if vector.at is None:
            raise malformed(self.source, "its time", "no value")
        return int(vector.at.timestamp())

    def _second(self, at: float) -> int:
        return round(wire.at_epoch(self.source, at).timestamp())

    def _refusal(self, answer: Answer, what: str, envelope: wire.Envelope) -> OutsideError:
        kind = {"timeout": FaultKind.TIMEOUT, "unavailable": FaultKind.SERVER, "internal": FaultKind.SERVER}.get(
            envelope.error_type, FaultKind.REFUSED
        )
        word = clean_line(envelope.error_type, limit=40) or "error"
        words = clean_line(envelope.error, limit=300).strip().rstrip(".")
        step = _STEPS.get(envelope.error_type, "Look at the server's own log")
        return self._error(answer, kind, f"{what} is refused ({word}): {words or 'no reason is given'}", step)

    def _error(self, answer: Answer, kind: FaultKind, cause: str, step: str) -> OutsideError:
        fault = Fault(kind, self.source, f"{self.source}: {cause}", "The last known values stay, with their age", step)
        return OutsideError(fault, status=answer.status)


def _cut(note: str, whole: int, read: int) -> str:
    words = f"{whole - read} of {whole} series are not read"
    return f"{note}; {words}" if note else words
