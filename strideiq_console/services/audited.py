"""An audit that was made minutes ago is not made again: the steps of an execution look often, and a tool takes its seconds."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.vulnerability import Audit, Auditor

FRESH = timedelta(minutes=15)
"""How long an answer, or a fault, stands for the next question."""


class Remembering:
    """Implements ``vulnerability.Auditor`` over another one; questions at the same time share one run."""

    def __init__(self, auditor: Auditor, clock: Clock) -> None:
        self._auditor = auditor
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked: datetime | None = None
        self._answer: Audit | OutsideError | None = None

    @property
    def source(self) -> str:
        """Return the tool's word."""
        return self._auditor.source

    async def audit(self) -> Audit:
        """Return what the tool found within the last minutes, else run it; the same fault again where it failed."""
        async with self._lock:
            now = self._clock.now()
            if self._answer is None or self._asked is None or not timedelta(0) <= now - self._asked <= FRESH:
                try:
                    self._answer = await self._auditor.audit()
                except OutsideError as error:
                    self._answer = error
                self._asked = now
            if isinstance(self._answer, OutsideError):
                raise self._answer
            return self._answer
