"""A number that the founder entered by hand, with a date and an end: after that it is unknown, not old (R90, R92, R107, R119)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum


class Validity(StrEnum):
    """Whether an entry counts today."""

    CURRENT = "current"
    EXPIRED = "expired"
    FUTURE = "dated in the future"


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """One entry. ``name`` is a quantity's word (``daily_active_users``) or another thing that is kept by hand (``restore_drill``).

    It counts from the day ``entered`` to the end of the day ``expires``, both UTC. ``value`` None: a thing that only has a date. An
    empty ``environment`` holds for every environment; ``evidence`` is a link or a few words.
    """

    name: str
    entered: date
    expires: date
    value: float | None = None
    environment: str = ""
    part: str = ""
    note: str = ""
    evidence: str = ""

    @property
    def seen(self) -> datetime:
        """Return the time that its age counts from: the beginning of the day of entry."""
        return datetime.combine(self.entered, time(), UTC)

    def validity(self, now: datetime) -> Validity:
        """Say whether it counts at an aware time."""
        today = now.astimezone(UTC).date()
        if today < self.entered:
            return Validity.FUTURE
        return Validity.CURRENT if today <= self.expires else Validity.EXPIRED

    def problem(self) -> str:
        """Return what makes the entry unusable, ``""`` when nothing does."""
        if not self.name:
            return "has no name"
        if self.expires < self.entered:
            return f"expires on {self.expires} before it was entered on {self.entered}"
        if self.value is not None and (not math.isfinite(self.value) or self.value < 0):
            return f"has the value {self.value}, which is no number from 0 up"
        return ""

    def sentence(self, now: datetime) -> str:
        """Return in a few words from when it is and until when it counts."""
        validity = self.validity(now)
        if validity is Validity.EXPIRED:
            return f"entered by hand on {self.entered}, expired on {self.expires}"
        if validity is Validity.FUTURE:
            return f"dated {self.entered}, which is still to come"
        return f"entered by hand on {self.entered}, counts until {self.expires}"
