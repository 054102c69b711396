"""One noun by itself, as ``strideiq show`` prints it: its table, its JSON and its level, from the functions the panels use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.presentation import alerts, branches, ci_runs, costs, costs_lines, environments, history, metrics
from strideiq_console.presentation.cell import Table
from strideiq_console.presentation.costs_json import costs_json
from strideiq_console.presentation.environments_json import environments_json, status_json
from strideiq_console.presentation.execution_json import execution_json
from strideiq_console.presentation.feed_json import branches_json, ci_json
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import UNICODE, Glyphs
from strideiq_console.presentation.metrics_json import alerts_json, metrics_json

SCHEMA = "strideiq.show/1"


@dataclass(frozen=True, slots=True)
class Noun:
    """What can be shown by itself. ``table`` takes facts, now, glyphs and ``narrow``; ``feeds`` are the readings it is made of.

    ``wide_from`` is the terminal's width from which the wide table fits, None where there is one table alone.
    """

    name: str
    feeds: Callable[[Facts], tuple[Reading[Any], ...]]
    table: Callable[..., Table]
    content: Callable[[Facts, datetime], dict[str, Any]]
    level: Callable[[Facts, datetime], Level]
    wide_from: int | None = None

    def narrow(self, width: int) -> bool:
        """Say whether the narrow table is the fitting one in so many columns."""
        return self.wide_from is None or width < self.wide_from

    def as_json(self, facts: Facts, now: datetime) -> dict[str, Any]:
        """Return the noun as one document."""
        shown = self.table(facts, now, UNICODE)
        head = {"schema": SCHEMA, "noun": self.name, "at": now.isoformat(), "level": str(self.level(facts, now))}
        return {**head, "look": str(shown.look), "notice": shown.notice, **self.content(facts, now)}

    def fresh(self, facts: Facts, now: datetime) -> bool:
        """Say whether everything that it is made of is known and fresh, so that no new reading is needed.

        What nobody has configured is no reason to ask again, where something else is known.
        """
        wanted = [reading for reading in self.feeds(facts) if not _not_configured(reading)]
        return (bool(wanted) or self.name == "history") and all(freshness(one, self.name, now).trusted for one in wanted)


def _not_configured(reading: Reading[Any]) -> bool:
    return reading.fault is not None and reading.fault.kind is FaultKind.NOT_CONFIGURED


def _environment_feeds(facts: Facts) -> tuple[Reading[Any], ...]:
    return (facts.clone, facts.promotion, facts.runs, *facts.deployments.values(), *facts.health.values())


def _measured_feeds(facts: Facts) -> tuple[Reading[Any], ...]:
    return (*facts.metrics.values(), *facts.history.values())


def _cost_feeds(facts: Facts) -> tuple[Reading[Any], ...]:
    return tuple(facts.costs.values())


def _environments(facts: Facts, now: datetime) -> dict[str, Any]:
    return {"items": environments_json(facts, now), "status": status_json(facts)}


def _history_table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    return history.table(facts.executions, now, glyphs)


def _history(facts: Facts, now: datetime) -> dict[str, Any]:
    return {"items": [execution_json(execution) for execution in facts.executions]}


def _history_level(facts: Facts, now: datetime) -> Level:
    return Level.WARNING if any(not execution.state.ended for execution in facts.executions) else Level.OK


NOUNS = {
    noun.name: noun
    for noun in (
        Noun(
            "environments", _environment_feeds, environments.table, _environments, environments.level, wide_from=environments.WIDE
        ),
        Noun(
            "branches",
            lambda facts: (facts.branches, facts.pulls),
            branches.table,
            lambda facts, now: branches_json(facts),
            branches.level,
        ),
        Noun("ci", lambda facts: (facts.runs,), ci_runs.table, ci_json, ci_runs.level),
        Noun("metrics", _measured_feeds, metrics.all_table, metrics_json, metrics.level, wide_from=100),
        Noun(
            "costs",
            lambda facts: tuple(facts.costs.values()),
            costs_lines.table,
            costs_json,
            costs.level,
            wide_from=costs_lines.WIDE,
        ),
        Noun("alerts", _measured_feeds, alerts.table, alerts_json, alerts.level),
        Noun("history", lambda facts: (), _history_table, _history, _history_level),
    )
}
