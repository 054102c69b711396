"""The clock of a fix: what its severity leaves, where the time went, and what going through staging first costs (R51, T13)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Protocol

from strideiq_console.domain.policy.incidents import SEVERITIES

WARN_AT = 0.8
LONGEST_SILENCE = timedelta(seconds=60)
_NONE = timedelta(0)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


# The runbooks rest on the policies: what is read of an execution is described here, so that the policies need not know them.
class _Step(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


class _Record(Protocol):
    @property
    def step(self) -> _Step: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


class _Plan(Protocol):
    @property
    def inputs(self) -> tuple[tuple[str, str], ...]: ...


class _Execution(Protocol):
    @property
    def plan(self) -> _Plan: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def records(self) -> Sequence[_Record]: ...


class ClockLevel(StrEnum):
    """How a clock stands: ``warning`` from four fifths of the limit, ``over`` from the limit itself."""

    OK = "ok"
    WARNING = "warning"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that a severity leaves. Sleep does not stop it: users do not wait for a laptop. ``ended`` does."""

    started: datetime
    limit: timedelta
    ended: datetime | None = None

    def spent(self, now: datetime) -> timedelta:
        """Return the time since the start, never less than none."""
        return max((self.ended or now) - self.started, _NONE)

    def left(self, now: datetime) -> timedelta:
        """Return the time until the limit; negative once it is passed."""
        return self.limit - self.spent(now)

    def level(self, now: datetime) -> ClockLevel:
        """Return how the clock stands."""
        spent = self.spent(now)
        if spent >= self.limit:
            return ClockLevel.OVER
        return ClockLevel.WARNING if spent >= self.limit * WARN_AT else ClockLevel.OK

    def sentence(self, now: datetime) -> str:
        """Return what stands in the header: ``9 of 15 min``, in hours where the limit is more than one."""
        unit, name = (_HOUR, "h") if self.limit > _HOUR else (_MINUTE, "min")
        words = f"{self.spent(now) // unit} of {self.limit // unit} {name}"
        level = self.level(now)
        if level is ClockLevel.OVER:
            return f"{words}, over time"
        return f"{words}, {_length(self.left(now))} left" if level is ClockLevel.WARNING and self.ended is None else words


def clock_of(execution: _Execution) -> Clock | None:
    """Return the clock of an execution; None where its severity has no limit (P4) or it has no severity."""
    severity = SEVERITIES.get(dict(execution.plan.inputs).get("severity", ""))
    if severity is None or severity.limit is None:
        return None
    return Clock(execution.created_at, severity.limit, execution.ended_at)


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step took. ``asleep`` is the part in which nobody looked: the console was closed, or the machine slept."""

    step: str
    title: str
    spent: timedelta
    asleep: timedelta = _NONE

    @property
    def whole(self) -> timedelta:
        """Return both together: what the clock on the wall says."""
        return self.spent + self.asleep


def step_times(execution: _Execution, now: datetime, looks: Sequence[datetime] = ()) -> tuple[StepTime, ...]:
    """Return the time of each step that has begun; one that has not ended runs until ``now``, or the end of the execution.

    ``looks`` are the moments, oldest first, at which a console was at it (heartbeats). More than a minute without one is a gap;
    without any look nothing is known of gaps, and all of the time counts as spent.
    """
    return tuple(_time(record, execution.ended_at or now, looks) for record in execution.records if record.started_at is not None)


def _time(record: _Record, until: datetime, looks: Sequence[datetime]) -> StepTime:
    start = record.started_at or until
    end = max(record.ended_at or until, start)
    asleep = _NONE
    if looks:
        seen = [start, *looks[bisect_right(looks, start) : bisect_left(looks, end)], end]
        asleep = sum((b - a for a, b in pairwise(seen) if b - a > LONGEST_SILENCE), _NONE)
    return StepTime(record.step.id, record.step.title, end - start - asleep, asleep)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a fix costs that goes to staging before main: checks and deployment, twice. None: how long is not known."""

    checks: timedelta | None
    deployment: timedelta | None
    limit: timedelta | None = None

    @property
    def cost(self) -> timedelta | None:
        """Return the time that both cycles take together."""
        return None if self.checks is None or self.deployment is None else 2 * (self.checks + self.deployment)

    @property
    def fits(self) -> bool | None:
        """Say whether both cycles end within the limit; None where either is not known, or there is no limit."""
        return None if self.cost is None or self.limit is None else self.cost < self.limit

    def sentence(self) -> str:
        """Return the note of a plan (T13)."""
        if self.cost is None or self.checks is None or self.deployment is None:
            limit = f", and the limit is {_length(self.limit)}" if self.limit is not None else ""
            return f"staging first costs checks and a deployment twice; how long those take here is not known{limit}"
        parts = f"checks {_length(self.checks)} and deployment {_length(self.deployment)}, both twice"
        words = f"staging first takes about {_length(self.cost)}: {parts}"
        if self.limit is None:
            return words
        if self.fits:
            return f"{words}; the limit is {_length(self.limit)}"
        return f"{words}, and the limit is {_length(self.limit)}: roll back at the provider first, then ship the fix"


def typical(durations: Sequence[timedelta]) -> timedelta | None:
    """Return the median of what was measured; None where nothing was."""
    return timedelta(seconds=median(d.total_seconds() for d in durations)) if durations else None


def budget(checks: Sequence[timedelta], deployments: Sequence[timedelta], severity: str) -> Budget:
    """Return what staging first costs, by how long recent runs of the checks and recent deployments took."""
    found = SEVERITIES.get(severity)
    return Budget(typical(checks), typical(deployments), found.limit if found is not None else None)


def _length(span: timedelta) -> str:
    """Return a length in minutes, rounded up; in hours from two of them on."""
    if span >= 2 * _HOUR:
        return f"{-(-span // _HOUR)} h"
    return f"{-(-span // _MINUTE)} min"
