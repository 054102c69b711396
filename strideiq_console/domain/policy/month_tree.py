"""Builds the lines of the running month: the plan, what providers told of each part of it, and what was entered over both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.policy.budget import ENVIRONMENTS, Budget, PlanLine, key_of
from strideiq_console.domain.policy.month_leaf import common, entered, leaf_of
from strideiq_console.domain.policy.month_line import MonthLine, together, walk
from strideiq_console.domain.policy.spending import Span, Spent, Told, name_of

_NOTHING = (Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Tree:
    """What the lines are made of. ``entries`` are of this month, by key of the service and environment."""

    budget: Budget
    told: Mapping[str, Told]
    entries: Mapping[tuple[str, str], CostEntry]
    span: Span

    def roots(self) -> tuple[MonthLine, ...]:
        """Return the lines in the plan's order, then what is spent outside the plan, then entries of lines that are gone."""
        providers = [line.provider or line.key for line in self.budget.lines]
        made = [root for provider in dict.fromkeys((*providers, *self.told)) for root in self._root(provider)]
        known = {line.service for root in made for line in walk(root)}
        for (service, _), entry in self.entries.items():
            if service not in known:
                known.add(service)
                made.append(self._line(PlanLine(entry.service, *_NOTHING), (), None, planned=False))
        return tuple(made)

    def _root(self, provider: str) -> list[MonthLine]:
        """Return a provider's lines as one, or the one line that there is."""
        told = self.told.get(provider)
        lines = [line for line in self.budget.lines if (line.provider or line.key) == provider]
        rest = list(told.spent) if told is not None else []
        made: dict[str, MonthLine] = {}
        for line in sorted(lines, key=lambda line: not line.component):  # one without a component takes what is left
            mine = [part for part in rest if not line.component or part.component == line.component]
            rest = [part for part in rest if part not in mine]
            made[line.key] = self._line(line, mine, told)
        found = [made[line.key] for line in lines]
        if told is not None and (rest or (not lines and told.configured)):
            found += self._unplanned(told, rest)
        if len(found) > 1:
            return [self._group(provider, found, told)]
        return [_bounded(found[0], told)] if found else []

    def _unplanned(self, told: Told, spent: Sequence[Spent]) -> list[MonthLine]:
        """Return lines that the plan does not know: one for each component that has none."""
        name = name_of(told.provider)
        made = []
        for component in dict.fromkeys(part.component for part in spent) or [""]:
            plan = PlanLine(f"{name} ({component})" if component else name, *_NOTHING, told.provider, component, usage=True)
            made.append(self._line(plan, [part for part in spent if part.component == component], told, planned=False))
        return made

    def _group(self, provider: str, parts: Sequence[MonthLine], told: Told | None) -> MonthLine:
        """Return a provider's lines as one: its bill may be entered as a whole."""
        key = key_of(provider)
        if any(part.service == key for part in parts):
            key += "-all"
        group = _whole(key, name_of(provider), parts, told)
        return entered(_bounded(group, told), self.entries.get((key, "")), self.span, usage=True)

    def _line(self, plan: PlanLine, spent: Sequence[Spent], told: Told | None, *, planned: bool = True) -> MonthLine:
        """Return a service: one leaf, or one for each environment that is planned, told or entered."""
        apart = {place for service, place in self.entries if service == plan.key and place}
        places = {name for name in ENVIRONMENTS if plan.of(name)} | {part.environment for part in spent} | apart
        if spent and not apart and not any(part.environment for part in spent):
            # A provider that splits nothing: one leaf, of the one environment that is planned, else of none.
            only = common(name for name in ENVIRONMENTS if plan.of(name))
            only = only if only in ENVIRONMENTS else ""
            spent, places = [replace(part, environment=only) for part in spent], {only}
        leaves = []
        for place in sorted(places or {""}, key=_order):
            leaf = leaf_of(plan, place, [part for part in spent if part.environment == place], told, planned=planned)
            leaves.append(entered(leaf, self.entries.get((plan.key, place)) if place else None, self.span, usage=plan.usage))
        whole = self.entries.get((plan.key, ""))
        if len(leaves) > 1:
            line = replace(_whole(plan.key, plan.service, leaves, told), in_plan=planned)
            return entered(line, whole, self.span, usage=plan.usage)
        only_leaf = replace(leaves[0], key=plan.key, name=plan.service)
        mine = only_leaf.entry
        if whole is None or (mine is not None and mine.entered_at > whole.entered_at):
            return only_leaf
        return entered(only_leaf, whole, self.span, usage=plan.usage)


def _whole(key: str, name: str, parts: Sequence[MonthLine], told: Told | None) -> MonthLine:
    sums, kinds = together(parts), {part.kind for part in parts}
    return MonthLine(
        sums.planned,
        sums.actual,
        sums.forecast,
        sums.complete,
        sums.forecast_complete,
        key=key,
        name=name,
        service=key,
        kind=kinds.pop() if len(kinds) == 1 else None,
        method=common(part.method for part in parts),
        source=common(part.source for part in parts),
        seen=min((part.seen for part in parts if part.seen is not None), default=None),
        fault=told.fault if told else None,
        parts=tuple(parts),
    )


def _bounded(line: MonthLine, told: Told | None) -> MonthLine:
    """Lift a provider's sum to what it costs at least, and to its own projection where the parts do not reach it."""
    if told is None or not told.known or line.entry is not None or line.actual is None or line.forecast is None:
        return line
    floor = told.minimum
    # A projection is of what the provider has metered: it does not know what was entered over a part of that.
    own = told.projection if not any(part.entry for part in walk(line)) else None
    ahead = max(floor, own or Decimal(0))
    note = line.note
    if line.actual < floor:
        note = "; ".join(filter(None, (note, f"the plan's fee of {floor:.2f} is paid even when less is used")))
    return replace(line, actual=max(line.actual, floor), forecast=max(line.forecast, ahead), note=note)


def _order(place: str) -> tuple[int, str]:
    return (ENVIRONMENTS.index(place) if place in ENVIRONMENTS else len(ENVIRONMENTS), place)
