"""A leaf of the running month: one service in one environment, as it was told, assumed or entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from strideiq_console.domain.cost import CostEntry, CostKind
from strideiq_console.domain.policy.budget import ENVIRONMENTS, PlanLine
from strideiq_console.domain.policy.month_line import MonthLine
from strideiq_console.domain.policy.spending import WEAKEST, Span, Spent, Told, straight

UNREAD = "nothing is known of this month yet"
"""The note of what a provider tells that has not been read in this month."""


def leaf_of(plan: PlanLine, place: str, spent: Sequence[Spent], told: Told | None, *, planned: bool) -> MonthLine:
    """Return what one service costs in an environment; ``""`` is all of it, where nobody splits it.

    A fee that nobody meters is assumed as planned. What is used and not told stays unknown, and what a provider did not name in
    a month that it told of was not used.
    """
    leaf = MonthLine(
        plan.of(place) if place else plan.total,
        key=f"{plan.key}/{place}" if place else plan.key,
        name=place or plan.service,
        service=plan.key,
        environment=place,
        in_plan=planned,
        plan=tuple((name, plan.of(name)) for name in ENVIRONMENTS if not place or name == place),
    )
    if spent:
        return _measured(leaf, spent, told)
    if told is not None and told.known:
        method = "nothing was used"
        leaf = _known(leaf, Decimal(0), CostKind.METERED, method, complete=told.complete)
        return replace(leaf, source=told.provider, seen=told.seen, fault=told.fault)
    if plan.provider or plan.usage:
        note = UNREAD if told is not None and told.fault is None else "nobody tells: enter it"
        return replace(leaf, source=plan.provider, fault=told.fault if told else None, note=note)
    leaf = _known(leaf, leaf.planned, CostKind.ASSUMED, "fixed: counts whole", complete=True)
    return replace(leaf, source="plan", note="assumed as planned")


def entered(line: MonthLine, entry: CostEntry | None, span: Span, *, usage: bool) -> MonthLine:
    """Return a line with what somebody wrote down over what was told; ``usage`` is drawn on to the month's end, a fee is not."""
    if entry is None:
        return line
    forecast, method, sure = entry.amount, "fixed: counts whole", True
    if usage:
        forecast, method, sure = straight(entry.amount, span, entry.entered_at)
    return replace(
        line,
        actual=entry.amount,
        forecast=forecast,
        complete=True,
        forecast_complete=sure,
        kind=CostKind.ENTERED,
        method=method,
        source="entered",
        seen=entry.entered_at,
        note=entry.note,
        entry=entry,
        metered=line.actual,
        fault=None,
    )


def common(words: Iterable[str]) -> str:
    """Return the word that all share, else each of them."""
    return "; ".join(dict.fromkeys(word for word in words if word))


def _known(leaf: MonthLine, amount: Decimal, kind: CostKind, method: str, *, complete: bool) -> MonthLine:
    return replace(leaf, actual=amount, forecast=amount, complete=complete, forecast_complete=complete, kind=kind, method=method)


def _measured(leaf: MonthLine, spent: Sequence[Spent], told: Told | None) -> MonthLine:
    """Take over what a provider told; where it only assumes, the plan's amount is the better assumption."""
    actual = sum((part.actual for part in spent), Decimal(0))
    forecast = sum((part.forecast for part in spent), Decimal(0))
    if leaf.planned and all(part.kind is CostKind.ASSUMED for part in spent):
        actual = forecast = leaf.planned
    return replace(
        leaf,
        actual=actual,
        forecast=forecast,
        complete=all(part.complete for part in spent),
        forecast_complete=all(part.forecast_complete for part in spent),
        kind=min((part.kind for part in spent), key=WEAKEST.index),
        method=common(part.method for part in spent),
        source=told.provider if told else "",
        seen=told.seen if told else None,
        fault=told.fault if told else None,
        uses=tuple(line for part in spent for line in part.uses),
    )
