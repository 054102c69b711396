"""One noun by itself, as ``strideiq show`` prints it: its table, its JSON and its level, from the functions the panels use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.presentation import branches, ci_runs, environments
from strideiq_console.presentation.branches import short_blocker
from strideiq_console.presentation.cell import Table
from strideiq_console.presentation.environment_state import environment_states
from strideiq_console.presentation.feed_json import branches_json, ci_json, environments_json
from strideiq_console.presentation.findings import ci_red
from strideiq_console.presentation.freshness import freshness

SCHEMA = "strideiq.show/1"


@dataclass(frozen=True, slots=True)
class Noun:
    """What can be shown by itself. ``table`` takes facts, now, glyphs and ``narrow``; ``feeds`` are the readings it is made of."""

    name: str
    feeds: Callable[[Facts], tuple[Reading[Any], ...]]
    table: Callable[..., Table]
    content: Callable[[Facts, datetime], dict[str, Any]]
    level: Callable[[Facts, datetime], Level]

    def as_json(self, facts: Facts, now: datetime) -> dict[str, Any]:
        """Return the noun as one document."""
        head = {"schema": SCHEMA, "noun": self.name, "at": now.isoformat(), "level": str(self.level(facts, now))}
        return {**head, **self.content(facts, now)}

    def fresh(self, facts: Facts, now: datetime) -> bool:
        """Say whether everything that it is made of is known and fresh, so that no new reading is needed."""
        return all(freshness(reading, self.name, now).trusted for reading in self.feeds(facts))


def _environment_feeds(facts: Facts) -> tuple[Reading[Any], ...]:
    return (facts.clone, facts.promotion, facts.runs, *facts.deployments.values(), *facts.health.values())


def _environments(facts: Facts, now: datetime) -> dict[str, Any]:
    return {"items": environments_json(facts, now)}


def _branches(facts: Facts, now: datetime) -> dict[str, Any]:
    return branches_json(facts)


def _ci(facts: Facts, now: datetime) -> dict[str, Any]:
    return ci_json(facts)


def _environments_level(facts: Facts, now: datetime) -> Level:
    return worst_level(s.level for s in environment_states(facts, now) if not s.environment.local)


def _branches_level(facts: Facts, now: datetime) -> Level:
    if facts.branches.value is None or freshness(facts.branches, "branches", now).look is not Look.FRESH:
        return Level.UNKNOWN
    blocked = any(short_blocker(s) in ("CI red", "conflict", "changes wanted") for s in facts.pulls.value or ())
    return Level.WARNING if blocked else Level.OK


def _ci_level(facts: Facts, now: datetime) -> Level:
    if not freshness(facts.runs, "runs", now).trusted:
        return Level.UNKNOWN
    return Level.WARNING if ci_red(facts, environment_states(facts, now)) else Level.OK


NOUNS = {
    noun.name: noun
    for noun in (
        Noun("environments", _environment_feeds, environments.table, _environments, _environments_level),
        Noun("branches", lambda facts: (facts.branches, facts.pulls), branches.table, _branches, _branches_level),
        Noun("ci", lambda facts: (facts.runs,), ci_runs.table, _ci, _ci_level),
    )
}
