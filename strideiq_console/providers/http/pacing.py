"""How fast requests may follow each other: the steady half of a limit, and bursts. Time is passed in; nothing here waits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.ports import Clock

STEADY = 0.5
"""The share of a limit that steady reads may use in any window (RELIABILITY rule 22)."""
BURST = 0.1
"""The part of that half which may go at once, as when a console opens; the rest trickles in."""
SPREAD = 1.25
"""Requests that left in so many seconds for each second of a burst's window still arrive in it when the way bunches them up."""
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by both clocks."""

    at: datetime
    tick: float

    @classmethod
    def of(cls, clock: Clock) -> Moment:
        """Return the present moment."""
        return cls(clock.now(), clock.monotonic())

    def seconds_to(self, later: Moment) -> float:
        """Return the seconds until a later moment, by the clock that has seen more of them.

        A clock that is set back hides seconds from ``at``, a suspended machine from ``tick``; neither may make a wait longer.
        """
        return max((later.at - self.at).total_seconds(), later.tick - self.tick, 0.0)


class Pace:
    """A bucket of reads: ``BURST`` of the limit fits in, and as much trickles in as keeps any window within ``STEADY``."""

    def __init__(self, limit: int, window: float, now: Moment) -> None:
        self._limit, self._window = limit, window
        self._level = self._most
        self._filled = now

    @property
    def _most(self) -> float:
        return max(1.0, BURST * self._limit)

    @property
    def _rate(self) -> float:
        return (STEADY - BURST) * self._limit / self._window

    def adapt(self, limit: int, window: float) -> None:
        """Take over what the newest answer says; a limit that shrinks takes effect at once, one that grows fills by and by."""
        self._limit, self._window = limit, window
        self._level = min(self._level, self._most)

    def wait(self, now: Moment) -> float:
        """Return the seconds until one more read fits; 0 when it fits now."""
        self._level = min(self._most, self._level + self._filled.seconds_to(now) * self._rate)
        self._filled = now
        missing = (1.0 - self._level) / self._rate
        return missing if missing > _NOTHING else 0.0

    def take(self, now: Moment) -> None:
        """Count a request. One that may not wait overdraws, and steady reads pay it back; never more than a burst's worth."""
        self.wait(now)
        self._level = max(self._level - 1.0, -self._most)


class Burst:
    """At most ``count`` requests in ``seconds``, whoever asks: the limits that no header tells of."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds * SPREAD if seconds < 10 else seconds
        self._sent: deque[Moment] = deque(maxlen=count)

    def wait(self, now: Moment) -> float:
        """Return the seconds until there is room for one more; 0 when there is."""
        if len(self._sent) < (self._sent.maxlen or 0):
            return 0.0
        missing = self._seconds - self._sent[0].seconds_to(now)
        return missing if missing > _NOTHING else 0.0

    def take(self, now: Moment) -> None:
        """Count a request."""
        self._sent.append(now)
