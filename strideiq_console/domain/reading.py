"""A dated value: what was seen, when, from where, and why nothing newer is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from strideiq_console.domain.fault import Fault, FaultKind

T = TypeVar("T")


class Look(StrEnum):
    """The five looks of a panel (DESIGN section 3)."""

    NOT_CONFIGURED = "not configured"
    NEVER_SEEN = "never seen"
    FRESH = "fresh"
    STALE = "stale"
    FAILED = "failed"


class Level(StrEnum):
    """How bad something is. ``UNKNOWN`` is a state of its own and is never green."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The last good value of a feed with its age, and the fault that hides a newer one.

    ``seen`` is the time of the value, ``tried`` that of the last attempt (both aware, UTC). ``source`` is the feed's word,
    such as ``github`` or ``git``. ``complete`` is false when a page or a part is known to be missing. ``period`` is how often the
    feed is renewed, in the time of ``seen``; a value older than two of them is stale.
    """

    source: str
    value: T | None = None
    seen: datetime | None = None
    fault: Fault | None = None
    tried: datetime | None = None
    complete: bool = True
    period: timedelta | None = None

    def age(self, now: datetime) -> timedelta | None:
        """Return how old the value is; None when there is none."""
        return None if self.seen is None else max(now - self.seen, timedelta(0))

    def look(self, now: datetime, period: timedelta) -> Look:
        """Return the look of a panel over this reading; stale means older than two periods."""
        if self.fault is not None:
            return Look.NOT_CONFIGURED if self.fault.kind is FaultKind.NOT_CONFIGURED else Look.FAILED
        age = self.age(now)
        if age is None:
            return Look.NEVER_SEEN
        return Look.STALE if age > 2 * period else Look.FRESH

    def failed(self, fault: Fault, at: datetime) -> Reading[T]:
        """Return the same value with the fault that hides a newer one."""
        return replace(self, fault=fault, tried=at)
