"""Section 10 of the architecture document: at which measured values StrideIQ must grow, and how far off they are (R121)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from strideiq_console.domain.measured import Measured, MeasuredFacts, MeasuredState, measured, readings_of
from strideiq_console.domain.metric import Quantity, Sample
from strideiq_console.domain.policy.budget import Budget

HOUR = timedelta(hours=1)
GAP = timedelta(minutes=11)
"""The longest silence between two samples that still belong together: two of the slowest feed's periods, and a little."""


class TriggerState(StrEnum):
    """How a trigger stands. ``RISING`` is above the limit, but not for long enough yet."""

    FIRED = "fired"
    RISING = "rising"
    OK = "ok"
    UNKNOWN = "unknown"
    NO_SOURCE = "no source"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of the document. ``limit`` is exceeded, never met; ``hold`` is how long without a gap."""

    key: str
    title: str
    limit: float
    action: str
    hold: timedelta = timedelta(0)
    share: bool = True


TRIGGERS = (
    Trigger("cpu", "CPU", 0.8, "move the API to a larger Railway instance, or run a second one", HOUR),
    Trigger("connections", "DB connections", 0.9, "pool connections, then move the database to a larger plan"),
    Trigger("users-1000", "users", 1000, "move Railway to its Pro plan and plan the month anew", share=False),
    Trigger("users-10000", "users", 10000, "give the database a machine of its own and the API several instances", share=False),
)


@dataclass(frozen=True, slots=True)
class TriggerStanding:
    """How far a trigger is off. ``value`` is a share from 0 to 1 or a count, None when it is not known, then ``note`` says why.

    ``since`` is the beginning of an unbroken stretch above the limit. ``distance`` is limit minus value: what may still be added.
    """

    trigger: Trigger
    state: TriggerState
    value: float | None = None
    since: datetime | None = None
    source: str = ""
    seen: datetime | None = None
    note: str = ""
    part: str = ""

    @property
    def distance(self) -> float | None:
        """Return what is missing to the limit, negative above it; None when the value is not known."""
        return None if self.value is None else self.trigger.limit - self.value


class ScalingFacts(MeasuredFacts, Protocol):
    """What of the facts is looked at here; ``domain.facts.Facts`` has it."""

    @property
    def budget(self) -> Budget:
        """Return the plan, which says what counts as users."""
        ...


def triggers(facts: ScalingFacts, now: datetime) -> tuple[TriggerStanding, ...]:
    """Return the document's four triggers in its order, as production stands."""
    place = next((e.name for e in facts.environments if e.production), "production")
    cpu, connections, *users = TRIGGERS
    people = measured(facts, place, facts.budget.users, now)
    return (
        _cpu(cpu, facts, place, now),
        _at_once(connections, measured(facts, place, Quantity.CONNECTIONS, now)),
        *(_at_once(trigger, people) for trigger in users),
    )


def stretch(samples: Sequence[Sample], limit: float, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the first and the last time of the unbroken stretch above a limit that lasts until now; None when there is none.

    A sample at or below the limit, one without a value, or a silence longer than :data:`GAP` ends a stretch.
    """
    found: list[Sample] = []
    for before, sample in pairwise((None, *samples)):
        if sample is None or sample.value is None or sample.value <= limit:
            found = []
        elif before is not None and sample.at - before.at > GAP:
            found = [sample]
        else:
            found.append(sample)
    if not found or now - found[-1].at > GAP:
        return None
    return found[0].at, found[-1].at


def _at_once(trigger: Trigger, value: Measured) -> TriggerStanding:
    """Judge a trigger that holds as soon as its limit is exceeded."""
    standing = _unjudged(trigger, value)
    if standing is not None:
        return standing
    number = value.share if trigger.share else value.value
    if number is None:
        return TriggerStanding(trigger, TriggerState.UNKNOWN, None, None, value.source, value.seen, "its limit is not known")
    state = TriggerState.FIRED if number > trigger.limit else TriggerState.OK
    return TriggerStanding(trigger, state, number, None, value.source, value.seen, value.note, value.part)


def _unjudged(trigger: Trigger, value: Measured) -> TriggerStanding | None:
    """Return the standing of a trigger whose value may not be judged: what is old or missing decides nothing."""
    if value.state is MeasuredState.KNOWN:
        return None
    state = TriggerState.NO_SOURCE if value.state is MeasuredState.NO_SOURCE else TriggerState.UNKNOWN
    note = value.note or "no source tells it"
    if value.state is MeasuredState.STALE:
        note = "too old to decide"
    number = value.share if trigger.share else value.value
    return TriggerStanding(trigger, state, number, None, value.source, value.seen, note, value.part)


def _cpu(trigger: Trigger, facts: ScalingFacts, place: str, now: datetime) -> TriggerStanding:
    """Judge the CPU by its samples: it fires after an hour above the limit without a gap."""
    value = measured(facts, place, Quantity.CPU, now)
    standing = _unjudged(trigger, value)
    if standing is not None:
        return standing
    if value.share is None or not value.limit:
        note = "the limit of the CPU is not known"
        return TriggerStanding(trigger, TriggerState.UNKNOWN, None, None, value.source, value.seen, note, value.part)
    samples = _shares(_samples(facts, place, value), value.limit)
    found = stretch(samples, trigger.limit, now)
    if found is None:
        state = TriggerState.OK if value.share <= trigger.limit else TriggerState.RISING
        return TriggerStanding(trigger, state, value.share, None, value.source, value.seen, value.note, value.part)
    first, last = found
    state = TriggerState.FIRED if last - first >= trigger.hold else TriggerState.RISING
    return TriggerStanding(trigger, state, value.share, first, value.source, value.seen, value.note, value.part)


def _samples(facts: ScalingFacts, place: str, value: Measured) -> Iterable[Sample]:
    """Return every sample that is known of the part that is judged, of the store and of the newest reading, in their order."""
    found = {sample.at: sample for sample in (value.series.samples if value.series is not None else ())}
    for name, reading in readings_of(facts, place):
        if name != value.source or reading.value is None:
            continue
        for series in reading.value.of(Quantity.CPU):
            if series.part == value.part:
                found |= {sample.at: sample for sample in series.samples}
    return (found[at] for at in sorted(found))


def _shares(samples: Iterable[Sample], limit: float) -> tuple[Sample, ...]:
    return tuple(Sample(sample.at, None if sample.value is None else sample.value / limit) for sample in samples)
