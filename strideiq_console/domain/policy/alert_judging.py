"""How one alert rule stands by the samples of one part: above over the window, below for the recovery, or not to be told (R108)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from strideiq_console.domain.metric import Sample
from strideiq_console.domain.policy.alert_rules import AlertRule
from strideiq_console.domain.reading import Level


class AlertState(StrEnum):
    """Where a rule stands. ``BLIND`` and ``TOO_FEW`` are states of their own: neither is good news."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    BLIND = "blind"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """One rule in one environment, for one part (a queue) where a quantity has several.

    ``value`` is in the unit of the rule's limit, ``n`` the requests behind it, ``seen`` when it was. ``since`` is when the value
    went above the limit, None while it is not above; ``earlier`` says that it may have been before, where the samples begin.
    ``before`` is how the rule stood when something was last known, for a rule that is blind or has too few requests now.
    ``severity`` is the rule's, and no more than a warning outside production. ``note`` says why nothing is known.
    """

    rule: AlertRule
    environment: str
    state: AlertState
    severity: Level
    value: float | None = None
    since: datetime | None = None
    part: str = ""
    source: str = ""
    n: int | None = None
    seen: datetime | None = None
    earlier: bool = False
    before: AlertState | None = None
    note: str = ""

    @property
    def raised(self) -> bool:
        """Say whether the alert is on: it fires, or its end is not certain yet."""
        return self.state in (AlertState.FIRING, AlertState.RECOVERING)

    @property
    def level(self) -> Level:
        """Return how bad it is; what is not known is never good."""
        if self.raised:
            return self.severity
        if self.state in (AlertState.BLIND, AlertState.TOO_FEW):
            return Level.UNKNOWN
        return Level.WARNING if self.state is AlertState.PENDING else Level.OK


@dataclass(frozen=True, slots=True)
class Track:
    """All samples of one part from one source, oldest first, in the unit of the rule's limit."""

    source: str
    part: str
    samples: tuple[Sample, ...]
    window: timedelta = timedelta(0)
    note: str = ""

    @property
    def latest(self) -> datetime | None:
        """Return when a value was last told."""
        return next((sample.at for sample in reversed(self.samples) if sample.value is not None), None)


def judge(
    rule: AlertRule, environment: str, severity: Level, track: Track, now: datetime, late: timedelta, note: str = ""
) -> AlertStanding:
    """Judge a rule over the samples of one part.

    It fires when every sample of a run is above the limit and the run, with the time that its first sample sums up, covers the
    window; it ends when a run below lasts the recovery time. Samples with too few requests, and gaps up to ``late``, neither
    confirm nor end anything; a longer gap ends a run, but not an alert that fires.
    """
    enough = [s for s in track.samples if s.value is not None and not _few(rule, s)]
    run = _Run(rule, track.window, late)
    if any(s.value is not None and s.value > rule.limit for s in enough):  # on a calm day nothing has to be counted
        for sample in enough:
            run.take(sample)
    newest = track.samples[-1]
    last = enough[-1] if enough else None
    valued = next((s for s in reversed(track.samples) if s.value is not None or s.n is not None), newest)
    shown = last if last is not None else valued
    state, before = run.state, None
    why = ""
    if now - valued.at > late:
        state, before, why = AlertState.BLIND, run.state if last is not None else None, note or "no newer value"
    elif last is None or (_few(rule, valued) and now - last.at > late):
        few = _few(rule, valued)
        state, before = (AlertState.TOO_FEW if few else AlertState.BLIND), run.state if last is not None else None
        shown, why = valued, track.note or note
    elif _few(rule, valued) and state is AlertState.OK:
        state, before, shown = AlertState.TOO_FEW, AlertState.OK, valued
    return AlertStanding(
        rule=rule,
        environment=environment,
        state=state,
        severity=severity,
        value=shown.value,
        since=run.since,
        part=track.part,
        source=track.source,
        n=shown.n,
        seen=shown.at,
        earlier=run.earlier,
        before=before,
        note=why,
    )


def _few(rule: AlertRule, sample: Sample) -> bool:
    return rule.least is not None and sample.n is not None and sample.n < rule.least


class _Run:
    """How a rule stands after each sample; the samples above, and those below, that came one after the other."""

    def __init__(self, rule: AlertRule, window: timedelta, late: timedelta) -> None:
        self._rule, self._window, self._late = rule, window, late
        self.state = AlertState.OK
        self.since: datetime | None = None
        self.earlier = False
        self._above: datetime | None = None
        self._below: datetime | None = None
        self._last: datetime | None = None

    def take(self, sample: Sample) -> None:
        """Take the next sample, which has a value and requests enough."""
        first = self._last is None
        if self._last is not None and sample.at - self._last > self._late:
            self._above = self._below = None
            if self.state is AlertState.PENDING:
                self.state, self.since = AlertState.OK, None
        self._last = sample.at
        # Strictly: a value exactly at the limit is good (R109).
        if sample.value is not None and sample.value > self._rule.limit:
            self._is_above(sample.at, first=first)
        else:
            self._is_below(sample.at)

    def _is_above(self, at: datetime, *, first: bool) -> None:
        self._below = None
        if self._above is None:
            self._above = at
        if self.state in (AlertState.FIRING, AlertState.RECOVERING):
            self.state = AlertState.FIRING
            return
        if self.state is AlertState.OK:
            self.since, self.earlier = at, first
        covered = at - self._above + self._window
        self.state = AlertState.FIRING if covered >= self._rule.window else AlertState.PENDING

    def _is_below(self, at: datetime) -> None:
        self._above = None
        if self._below is None:
            self._below = at
        if self.state in (AlertState.FIRING, AlertState.RECOVERING):
            over = at - self._below >= self._rule.recovery
            self.state = AlertState.OK if over else AlertState.RECOVERING
        elif self.state is AlertState.PENDING:
            self.state = AlertState.OK
        if self.state is AlertState.OK:
            self.since, self.earlier = None, False
