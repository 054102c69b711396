"""The running month: what it was planned to cost, what it has cost, and what it will have cost (R119, R120).

One tree of lines, whose leaves are one service in one environment. Partial data gives a lower bound, and unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from strideiq_console.domain.cost import CostEntry, CostKind, MonthCosts
from strideiq_console.domain.policy.budget import Budget, key_of, planned_by_environment, planned_total
from strideiq_console.domain.policy.month_line import MonthLine, MonthSide, told, walk
from strideiq_console.domain.policy.month_tree import Tree
from strideiq_console.domain.policy.scaling import TriggerStanding, triggers
from strideiq_console.domain.policy.spending import Told, span_of, spending
from strideiq_console.domain.reading import Reading

__all__ = ["Month", "MonthLine", "MonthSide", "TriggerStanding", "month_of", "triggers"]


class MonthFacts(Protocol):
    """What of the facts is looked at here; ``domain.facts.Facts`` has it and rests on the policies itself."""

    @property
    def costs(self) -> Mapping[str, Reading[MonthCosts]]:
        """Return the readings by provider."""
        ...

    @property
    def entries(self) -> tuple[CostEntry, ...]:
        """Return the newest entry of each line and month."""
        ...

    @property
    def budget(self) -> Budget:
        """Return the plan."""
        ...


@dataclass(frozen=True, slots=True)
class Month(MonthSide):
    """The running month. ``by_environment`` holds what is told by environment; what no provider splits is in the total alone.

    ``lines`` are the roots of the tree. ``before`` is what the month before cost, None when no provider told;
    ``notes`` are sentences on what is missing, assumed or left out.
    """

    name: str = ""
    currency: str = "USD"
    start: datetime | None = None
    end: datetime | None = None
    by_environment: Mapping[str, MonthSide] = field(default_factory=dict)
    lines: tuple[MonthLine, ...] = ()
    before: Decimal | None = None
    before_complete: bool = False
    notes: tuple[str, ...] = ()

    @property
    def all_lines(self) -> Iterator[MonthLine]:
        """Yield every line of the tree, in the order of the screen."""
        for line in self.lines:
            yield from walk(line)


def month_of(facts: MonthFacts, now: datetime) -> Month:
    """Return the month that ``now`` lies in, UTC. An entry of another month never counts for it."""
    span = span_of(now)
    answers = {name: spending(name, reading, span, facts.budget.currency) for name, reading in facts.costs.items()}
    entries = {(key_of(e.service), e.environment): e for e in facts.entries if e.month == span.name}
    roots = Tree(facts.budget, answers, entries, span).roots()
    sums = told(roots)
    before, before_complete = _before(answers)
    return Month(
        planned_total(facts.budget.lines),
        sums.actual,
        sums.forecast,
        sums.actual is not None and sums.complete,
        sums.forecast is not None and sums.forecast_complete,
        name=span.name,
        currency=facts.budget.currency,
        start=span.start,
        end=span.end,
        by_environment=_by_environment(facts, roots),
        lines=roots,
        before=before,
        before_complete=before_complete,
        notes=tuple(_notes(roots, answers)),
    )


def _by_environment(facts: MonthFacts, roots: tuple[MonthLine, ...]) -> dict[str, MonthSide]:
    """Add the leaves up by environment, the plan's environments first. An entry for a whole service splits nothing.

    Where a planned part of it stands in a charge that nobody splits, an environment's sum is a lower bound.
    """
    planned = planned_by_environment(facts.budget.lines)
    leaves = [leaf for root in roots for leaf in root.leaves]
    sides = {}
    for name in dict.fromkeys((*reversed(planned), *(leaf.environment for leaf in leaves if leaf.environment))):
        found = told(leaf for leaf in leaves if leaf.environment == name)
        split = not any(dict(leaf.plan).get(name) for leaf in leaves if not leaf.environment)
        sides[name] = MonthSide(
            planned.get(name, Decimal(0)),
            found.actual,
            found.forecast,
            found.actual is not None and found.complete and split,
            found.forecast is not None and found.forecast_complete and split,
        )
    return sides


def _before(answers: Mapping[str, Told]) -> tuple[Decimal | None, bool]:
    """Return what the providers told of the month before, and whether all of them did."""
    asked = [answer for answer in answers.values() if answer.configured]
    found = [answer.before for answer in asked if answer.before is not None]
    if not found:
        return None, False
    return sum(found, Decimal(0)), len(found) == len(asked) and all(answer.before_complete for answer in asked)


def _notes(roots: tuple[MonthLine, ...], answers: Mapping[str, Told]) -> Iterator[str]:
    lines = [line for root in roots for line in walk(root)]
    assumed = [line for line in lines if not line.parts and line.kind is CostKind.ASSUMED]
    if assumed:
        told_of = (f"{line.key if '/' in line.key else line.name} {line.actual:.2f}" for line in assumed)
        yield f"assumed, since nobody bills it to the console: {', '.join(told_of)}"
    for line in lines:
        if line.entry is not None and line.parts:
            yield f"{line.name} was entered as a whole: by environment, what its lines say without that counts"
    for answer in answers.values():
        if answer.configured or any(line.source == answer.provider and line.actual is None for line in lines):
            yield from answer.notes
