"""Where the document's alerts stand: each rule judged over the last hour, per environment and per part (R108, R109, T24).

Pure: what was seen decides, never what is remembered of an earlier judgement, so a glance from the store says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.measured import PERIOD, Measured, MeasuredFacts, MeasuredState, measured, readings_of
from strideiq_console.domain.metric import Sample, Series
from strideiq_console.domain.policy.alert_judging import AlertStanding, AlertState, Track, judge
from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.domain.reading import Level

__all__ = ["RULES", "AlertRule", "AlertStanding", "AlertState", "Track", "judge", "standings"]

_KEEPING_UP = timedelta(minutes=5)


class AlertFacts(MeasuredFacts, Protocol):
    """What of the facts is looked at here; ``domain.facts.Facts`` has it."""

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """Return the rules with the limits that are configured."""
        ...


_WORST = (AlertState.FIRING, AlertState.RECOVERING, AlertState.PENDING, AlertState.BLIND, AlertState.TOO_FEW, AlertState.OK)


def standings(facts: AlertFacts, now: datetime, *, only: str = "") -> tuple[AlertStanding, ...]:
    """Return where every rule stands in every environment that is served, worst first; each queue for itself.

    ``only`` names one environment, for a caller who looks at no other.
    """
    places = [environment for environment in facts.environments if not environment.local and only in ("", environment.name)]
    found = [one for place in places for rule in facts.rules for one in _in(facts, rule, place, now)]
    severe = (Level.CRITICAL, Level.WARNING)
    production = {place.name: not place.production for place in places}
    return tuple(sorted(found, key=lambda s: (_WORST.index(s.state), severe.index(s.severity), production[s.environment])))


def _in(facts: AlertFacts, rule: AlertRule, place: Environment, now: datetime) -> list[AlertStanding]:
    """Judge one rule in one environment by the source that tells it now, else by the one that told it last."""
    severity = rule.severity if place.production else Level.WARNING
    present = measured(facts, place.name, rule.quantity, now)
    tracks = _tracks(facts, rule, place.name)
    if present.state is MeasuredState.NO_SOURCE and not tracks:
        note = f"no source: {present.note}" if present.note else "no source"
        return [AlertStanding(rule, place.name, AlertState.BLIND, severity, note=note)]
    if not tracks:
        few = present.state is MeasuredState.TOO_FEW
        state = AlertState.TOO_FEW if few else AlertState.BLIND
        note, at = present.note, present.seen
        return [AlertStanding(rule, place.name, state, severity, source=present.source, n=present.n, seen=at, note=note)]
    source = _source(tracks, present)
    late = _late(facts, place.name, source, rule)
    chosen = [one for one in tracks if one.source == source]
    # A queue that the source still names is judged; one that it dropped is gone, and is not blind.
    named = {one.part for one in present.parts} if present.source == source and present.parts else {one.part for one in chosen}
    return [judge(rule, place.name, severity, one, now, late, present.note) for one in chosen if one.part in named]


def _tracks(facts: AlertFacts, rule: AlertRule, place: str) -> list[Track]:
    past = facts.history.get(place)
    series = list(past.value or ()) if past is not None else []
    for _, reading in readings_of(facts, place):
        series += reading.value.series if reading.value is not None else ()
    mine = sorted((one for one in series if one.quantity is rule.quantity), key=lambda one: (one.source, one.part))
    found = []
    for (source, part), group in groupby(mine, key=lambda one: (one.source, one.part)):
        parts = list(group)
        samples = _joined(parts)
        if rule.of is not None:
            samples = _shares(samples, _joined(one for one in series if (one.quantity, one.source) == (rule.of, source)))
        window = min((one.window for one in parts if one.window is not None), default=timedelta(0))
        if any(sample.value is not None for sample in samples):
            found.append(Track(source, part, samples, window, parts[-1].note))
    return found


def _joined(series: Iterable[Series]) -> tuple[Sample, ...]:
    """Return the samples of series as one, by time; the newest knows how many requests stand behind it."""
    found: dict[datetime, Sample] = {}
    for one in series:
        for sample in one.samples:
            found[sample.at] = sample
        if one.samples and one.n is not None:
            last = one.samples[-1]
            found[last.at] = Sample(last.at, last.value, one.n)
    return tuple(found[at] for at in sorted(found))


def _shares(samples: tuple[Sample, ...], bounds: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Return values as shares of the bound that held at the time; without a bound nothing can be told."""
    known = [bound for bound in bounds if bound.value]
    made, at = [], 0
    for sample in samples:
        while at + 1 < len(known) and known[at + 1].at <= sample.at:
            at += 1
        bound = known[at].value if known else None
        made.append(Sample(sample.at, sample.value / bound if sample.value is not None and bound else None, sample.n))
    return tuple(made)


def _source(tracks: Sequence[Track], present: Measured) -> str:
    """Return whose samples count: the present's own, else those that are newest; samples of two sources are never mixed."""
    if any(one.source == present.source for one in tracks):
        return present.source
    return max(tracks, key=lambda one: (one.latest is not None, one.latest)).source


def _late(facts: AlertFacts, place: str, source: str, rule: AlertRule) -> timedelta:
    """Return how far apart samples may be and still tell of the time between: two periods of the source, the window at least."""
    mine = [
        reading.period or PERIOD
        for name, reading in readings_of(facts, place)
        if name == source or (reading.value is not None and any(one.source == source for one in reading.value.series))
    ]
    return max([rule.window, _KEEPING_UP, *(2 * period for period in mine)])
