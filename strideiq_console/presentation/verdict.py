"""The verdict: the worst thing that is true now, since when, and the next key (DESIGN section 6). Unknown is never green."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.alerting import standings
from strideiq_console.domain.reading import Level
from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line
from strideiq_console.presentation.environment_findings import database_shared, deployed_red, schema_behind
from strideiq_console.presentation.environment_state import EnvironmentState, environment_states
from strideiq_console.presentation.findings import (
    blind,
    ci_red,
    ci_words,
    degraded,
    deployment_failed,
    drifted,
    health_critical,
    hidden,
    hotfix_open,
    pinned,
    pull_blocked,
    unfinished,
)
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured_findings import blind_alerts, cost_words, fix_storm, over_plan, raised


def verdict(facts: Facts, now: datetime) -> Verdict:
    """Return the first finding in the order of what hurts most; the calm sentence when there is none."""
    states = environment_states(facts, now)
    return next(_findings(facts, states, now), None) or _calm(facts, states, now)


def _findings(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> Iterator[Verdict]:
    return (finding for finding in _candidates(facts, states, now) if finding is not None)


def _candidates(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> Iterator[Verdict | None]:
    """Yield what may be wrong in the order of what hurts most; each is looked at only when nothing before it was found."""
    production = [s for s in states if s.environment.production]
    others = [s for s in states if not s.environment.production and not s.environment.local]
    judged = standings(facts, now)
    for state in production:
        yield health_critical(state)
        yield raised(judged, state, now, Level.CRITICAL)
        yield deployment_failed(state)
        yield pinned(state)
        yield drifted(state)
    for state in states:
        yield database_shared(state)
    yield unfinished(facts, now, waiting=False)
    for state in production:
        yield blind(facts, state)
        yield degraded(state)
        yield raised(judged, state, now, Level.WARNING)
    yield fix_storm(facts, states, now)
    yield ci_red(facts, states)
    for state in production:
        yield deployed_red(state)
        yield schema_behind(state)
    for state in others:
        for found in (health_critical, deployment_failed, drifted, degraded, deployed_red, schema_behind):
            yield found(state)
        yield raised(judged, state, now, Level.WARNING)
    yield hotfix_open(facts)
    yield pull_blocked(facts)
    yield over_plan(facts, now)
    yield unfinished(facts, now, waiting=True)
    for state in production:
        yield blind_alerts(judged, state)
    yield hidden(facts, now)


def _calm(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> Verdict:
    production = next((s for s in states if s.environment.production), None)
    waiting, known = _waiting(facts, now)
    ci, green = ci_words(states)
    tail = f"{waiting}, {ci}, {cost_words(facts, now)}."
    if production is None:
        return Verdict(Level.UNKNOWN, f"No production environment is configured: {tail}", ((":", "commands"),))
    if not production.configured or production.level is not Level.OK:
        return Verdict(
            Level.UNKNOWN,
            f"Before the first deployment: production is not configured, {tail}",
            (("1", "environments"), ("?", "help")),
        )
    level = Level.OK if green and known else Level.UNKNOWN
    hints = (("W", "workflows"),) if level is Level.OK else (("R", "read all again"),)
    return Verdict(level, f"Production healthy, {tail}", hints)


def _waiting(facts: Facts, now: datetime) -> tuple[str, bool]:
    """Return how many commits wait on staging, and whether that is known."""
    promotion = facts.promotion.value
    if promotion is None or promotion.to_main is None:
        return "waiting commits unknown", False
    age = freshness(facts.promotion, "promotion", now).age
    seen = f" (seen {age} ago)" if age else ""
    count = promotion.to_main
    if count == 0:
        return f"nothing waits on staging{seen}", True
    return f"{count} commit{'s wait' if count > 1 else ' waits'} on staging{seen}", True


def verdict_line(found: Verdict, glyphs: Glyphs) -> Line:
    """Return the second line of the screen: the mark, the sentence, and the hints as ``key does``."""
    hints = "  ".join(f"{key} {does}" for key, does in found.hints)
    mark = Cell(glyphs.level(found.level) + " ", LEVEL_TONES[found.level])
    return (mark, Cell(found.sentence, LEVEL_TONES[found.level]), Cell(f"   {hints}" if hints else ""))
