"""Findings from what is measured and counted: alerts of the document, blind alerts, a storm of fixes, a month over its plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.alerting import AlertStanding, AlertState
from strideiq_console.domain.policy.month import month_of
from strideiq_console.domain.policy.storm import storm
from strideiq_console.domain.reading import Level
from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.environment_state import EnvironmentState
from strideiq_console.presentation.findings import after_deploy, named
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.measured import number_words

_WHAT = (("d", "what changed"), ("W b", "roll back"))
_METRICS = (("4", "metrics"), ("d", "what changed"))


def raised(judged: Sequence[AlertStanding], state: EnvironmentState, now: datetime, level: Level) -> Verdict | None:
    """Say which of the alerts is on in an environment, its value and limit, for how long, and after which deployment (R108)."""
    mine = [one for one in judged if one.environment == state.environment.name and one.raised and one.severity is level]
    if not mine:
        return None
    words = ", ".join(alert_words(one) for one in mine[:2])
    more = f", and {len(mine) - 2} more" if len(mine) > 2 else ""
    first = mine[0]
    held = f" for {'more than ' if first.earlier else ''}{age_words(now - first.since)}" if first.since is not None else ""
    return Verdict(level, f"{named(state)}: {words}{more}{held}{after_deploy(state, first.since)}.", _WHAT)


def alert_words(one: AlertStanding) -> str:
    """Return an alert as its value and its limit: ``API errors 7.2 % (limit 5 %)``; a queue by its name."""
    name = f"{one.rule.title} {one.part}" if one.part else one.rule.title
    unit = "ratio" if one.rule.of is not None else one.rule.quantity.unit
    value = f" {number_words(one.value, unit)}" if one.value is not None else ""
    return f"{name}{value} (limit {number_words(one.rule.limit, unit)})"


def blind_alerts(judged: Sequence[AlertStanding], state: EnvironmentState) -> Verdict | None:
    """Say that alerts guard nothing now although a source is configured; where nobody measures at all this is no finding."""
    mine = [one for one in judged if one.environment == state.environment.name]
    blind = [one for one in mine if one.state is AlertState.BLIND and one.source]
    if not blind:
        return None
    names = ", ".join(dict.fromkeys(one.rule.title for one in blind))
    why = f": {blind[0].note.rstrip('.')}" if blind[0].note else ""
    return Verdict(Level.UNKNOWN, f"{named(state)} is blind for {names}{why}.", _METRICS)


def fix_storm(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> Verdict | None:
    """Say that fix follows fix on main, and what it was at before them: going back may be the faster way (R52)."""
    if not freshness(facts.mainline, "mainline", now).trusted:
        return None
    found = storm(facts.mainline.value or (), now)
    branch = next((state.environment.branch for state in states if state.environment.production), "main")
    return None if found is None else Verdict(Level.WARNING, f"{found.sentence(now, branch)}.", _WHAT)


def over_plan(facts: Facts, now: datetime) -> Verdict | None:
    """Say that the month will cost more than planned, and by how much; a forecast that is not known is no finding."""
    month = month_of(facts, now)
    if month.forecast is None or month.delta is None or month.delta <= 0:
        return None
    least = "" if month.forecast_complete else "at least "
    words = f"{now:%B} will cost {least}${month.forecast:.2f}, ${month.delta:.2f} over the plan."
    return Verdict(Level.WARNING, words, (("5", "costs"),))


def cost_words(facts: Facts, now: datetime) -> str:
    """Return the month in a few words: what it has cost so far of what is planned."""
    month = month_of(facts, now)
    if month.actual is None:
        return f"${month.planned:.2f} planned"
    least = "" if month.complete else "at least "
    return f"{least}${month.actual:.2f} of ${month.planned:.2f} planned"
