"""May one close the lid? The work tree, the tests, production, and what was begun: four answers, each with its next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.ci import CheckState, worst
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.policy.alerting import standings
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.environment_state import EnvironmentState, environment_states
from strideiq_console.presentation.findings import name_of
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured_findings import alert_words

SCHEMA = "strideiq.session-end/1"


@dataclass(frozen=True, slots=True)
class EndCheck:
    """One answer. ``next_step`` is ``""`` where nothing is left to do."""

    title: str
    level: Level
    words: str
    next_step: str = ""


def session_end(facts: Facts, now: datetime) -> tuple[EndCheck, ...]:
    """Return the four answers; what is not known is never good."""
    states = environment_states(facts, now)
    return (_tree(facts, now), _tests(facts, states, now), _production(facts, states, now), _begun(facts, states))


def level(checks: tuple[EndCheck, ...]) -> Level:
    """Return the worst of them."""
    return worst_level(check.level for check in checks)


def _tree(facts: Facts, now: datetime) -> EndCheck:
    title = "Work tree clean, all pushed"
    clone, seen = facts.clone.value, freshness(facts.clone, "clone", now)
    if clone is None or not seen.trusted:
        return EndCheck(title, Level.UNKNOWN, seen.notice or "the clone has not been read", "r reads it again")
    found = []
    if clone.operation is not None:
        found.append(f"a {clone.operation} is under way")
    if clone.dirty:
        found.append(f"{clone.dirty} files are not committed")
    mine = [b for b in facts.branches.value or () if b.unpushed]
    if mine:
        found.append(f"{sum(b.unpushed or 0 for b in mine)} commits are not pushed ({', '.join(b.name for b in mine[:3])})")
    if found:
        return EndCheck(title, Level.WARNING, "; ".join(found), "commit and push, or leave it knowingly")
    if facts.branches.value is None:
        return EndCheck(title, Level.UNKNOWN, "the branches have not been read", "r reads them")
    return EndCheck(title, Level.OK, f"clean on {clone.branch or 'a detached head'}")


def _tests(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> EndCheck:
    title = "Tests green"
    seen = freshness(facts.runs, "runs", now)
    if facts.runs.value is None or not seen.trusted:
        return EndCheck(title, Level.UNKNOWN, seen.notice or "CI has not been read", "r reads it again")
    served = [state for state in states if not state.environment.local]
    heads = [(s.environment.branch, s.ci.state if s.ci is not None else CheckState.UNKNOWN) for s in served]
    clone = facts.clone.value
    if clone is not None and clone.branch is not None and clone.branch not in dict(heads):
        mine = next((run for run in facts.runs.value if run.branch == clone.branch), None)
        if mine is not None:
            heads.append((clone.branch, mine.state))
    said = ", ".join(f"{branch} {state}" for branch, state in heads)
    found = worst(state for _, state in heads) if heads else CheckState.UNKNOWN
    if found.red:
        return EndCheck(title, Level.WARNING, said, "3 opens CI; e goes to the first failure")
    if not all(state.passes for _, state in heads) or not heads:
        return EndCheck(title, Level.UNKNOWN, said or "no branch is deployed anywhere", "3 opens CI; w tells when it ends")
    return EndCheck(title, Level.OK, said)


def _production(facts: Facts, states: tuple[EnvironmentState, ...], now: datetime) -> EndCheck:
    title = "Production healthy"
    found = [state for state in states if state.environment.production]
    if not found:
        return EndCheck(title, Level.UNKNOWN, "no environment is configured as production", "strideiq init")
    names = {state.environment.name for state in found}
    raised = [one for one in standings(facts, now) if one.environment in names and one.raised]
    worst_of = worst_level([*(state.level for state in found), *(one.severity for one in raised)])
    words = {
        Level.OK: "it answers well, and serves what its branch holds",
        Level.WARNING: "something is not as it should be",
        Level.CRITICAL: "it does not answer well",
        Level.UNKNOWN: "its state is not known",
    }
    said = ", ".join(alert_words(one) for one in raised[:2]) or words[worst_of]
    return EndCheck(title, worst_of, said, "" if worst_of is Level.OK else "d says what changed, 1 shows it")


def _begun(facts: Facts, states: tuple[EnvironmentState, ...]) -> EndCheck:
    title = "Nothing half-finished"
    found = list(_open(facts, states))
    if not found:
        return EndCheck(title, Level.OK, "no runbook is open, nothing is pinned")
    return EndCheck(title, Level.WARNING, "; ".join(found), "u resumes; W b P ends a pin")


def _open(facts: Facts, states: tuple[EnvironmentState, ...]) -> Iterator[str]:
    yield from (f"{name_of(one)} is {one.state}" for one in facts.executions if not one.state.ended)
    led = {dict(one.plan.inputs).get("slug", "") for one in facts.executions if not one.state.ended}
    for standing in facts.pulls.value or ():
        slug = standing.pull.head.removeprefix("hotfix/")
        if slug != standing.pull.head and slug not in led:
            yield f"#{standing.pull.number} of hotfix {slug} is open to {standing.pull.base}"
    yield from (f"{state.environment.name} is pinned" for state in states if state.held)


def lines(checks: tuple[EndCheck, ...], glyphs: Glyphs) -> tuple[Line, ...]:
    """Return each answer with its mark, and below it what is left to do."""
    answer: list[Line] = []
    for check in checks:
        answer.append(text(Cell(f"{glyphs.level(check.level)} {check.title}", LEVEL_TONES[check.level]), f"  {check.words}"))
        if check.next_step:
            answer.append((Cell(f"    {check.next_step}", Tone.MUTED),))
    worst_of = level(checks)
    end = "The day can end here." if worst_of is Level.OK else "Not everything is settled."
    return (*answer, (), (Cell(end, LEVEL_TONES[worst_of]),))


def session_end_json(checks: tuple[EndCheck, ...], now: datetime) -> dict[str, Any]:
    """Return the answers as one document."""
    rows = [{"title": c.title, "level": str(c.level), "words": c.words, "next": c.next_step} for c in checks]
    return {"schema": SCHEMA, "at": now.isoformat(), "level": str(level(checks)), "checks": rows}
