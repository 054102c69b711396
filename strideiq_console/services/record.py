"""Writes an execution's journal entries, under the lease, and tells who listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store.journal import Journal
from strideiq_console.store.leases import Lease


class Point(StrEnum):
    """The points of the step protocol at which a crash can fall (RELIABILITY R1)."""

    BEFORE_INTENT = "before intent"
    AFTER_INTENT = "after intent"
    AFTER_EFFECT = "after effect"
    AFTER_DONE = "after done"


_TOLD = ("reason", "detail", "sentence")
"""Texts of people and of the outside. Results, commands and what a deed is recognised by stay word for word."""

_KEPT = ("files", "message")
"""What a commit is recognised by after a crash; a secret in either blocks before it is written here."""


def as_is(text: str) -> str:
    """Return a text as it stands, where there are no secrets to take out."""
    return text


class Record:
    """Appends entries for one execution, on disk when the call returns. ``redact`` takes secrets out of their texts."""

    def __init__(
        self,
        journal: Journal,
        execution_id: str,
        lease: Lease | None,
        clock: Clock,
        tell: Callable[[str], None],
        trace: Callable[[Point, str], None] | None,
        redact: Callable[[str], str] = as_is,
    ) -> None:
        self._redact = redact
        self._journal = journal
        self._id = execution_id
        self._lease = lease
        self._clock = clock
        self._tell = tell
        self._trace = trace

    def append(self, kind: EntryKind, *, step: str = "", data: Mapping[str, Any] | None = None) -> None:
        """Write one entry. Raises BlockedError when the lease was lost, StoreError when the disk refuses."""
        self._journal.append(self._id, kind, step=step, data=self._redacted(data or {}), at=self._clock.now(), lease=self._lease)
        self._tell(self._id)

    def _redacted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: self._redact(value) for name, value in data.items() if name in _TOLD and isinstance(value, str)}
        entry = {n: v if n in _KEPT else self._redact(str(v)) for n, v in dict(data.get("entry", {})).items()}
        return {**data, **told, **({"entry": entry} if entry else {})}

    def passed(self, point: Point, step: str) -> None:
        """Tell that a point of the step protocol is passed."""
        if self._trace is not None:
            self._trace(point, step)
