"""What StrideIQ costs, line by line, as billed, metered, estimated, assumed or entered (R119, R120). Money is Decimal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class CostKind(StrEnum):
    """Where an amount comes from."""

    BILLED = "billed"
    """The provider says that it bills it."""
    METERED = "metered"
    """Usage that the provider measured, multiplied by its price table."""
    ESTIMATED = "estimated"
    """The provider's own projection to the end of the period."""
    ASSUMED = "assumed"
    """No billing data on this plan or role: a stated assumption, shown as one."""
    ENTERED = "entered"
    """Somebody wrote it down, with a date."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """One amount. ``environment`` and ``component`` are the console's words, None where the provider does not tell.

    ``quantity`` with ``unit`` is what was used (``GB-minutes``), None where the provider bills a flat amount. ``usage`` is false
    for what does not grow with the days of the month: a seat, a tax, a credit.
    """

    provider: str
    what: str
    amount: Decimal
    currency: str = "USD"
    kind: CostKind = CostKind.BILLED
    environment: str | None = None
    component: str | None = None
    quantity: Decimal | None = None
    unit: str = ""
    usage: bool = True


@dataclass(frozen=True, slots=True)
class Charges:
    """What one provider says of one billing period, ``start`` inclusive and ``end`` exclusive (aware, UTC).

    ``complete`` is false when lines are known to be missing: then :attr:`total` is a lower bound and is shown as one.
    ``note`` is a sentence on what is included, assumed, or not to be had on this plan. ``minimum`` is what a plan costs even when
    less is used (Railway's fee includes as much usage).
    """

    provider: str
    lines: tuple[CostLine, ...]
    start: datetime
    end: datetime
    complete: bool = True
    note: str = ""
    minimum: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Return the sum of the lines, at least the plan's minimum."""
        return max(total(self.lines), self.minimum)


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of a provider; ``status`` in its word, ``""`` when it gives none."""

    id: str
    start: str
    end: str
    due: Decimal
    paid: Decimal
    status: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a provider says of the paying account: the plan, the running period and its limits, in dollars.

    ``usage`` may be hours old. ``hard_limit`` shuts workloads down when it is reached; None: there is none.
    """

    provider: str
    name: str
    plan: str
    start: datetime
    end: datetime
    usage: Decimal
    credit: Decimal = Decimal(0)
    over_limit: bool = False
    soft_limit: Decimal | None = None
    hard_limit: Decimal | None = None
    trial_days: int | None = None
    state: str = ""
    invoices: tuple[Invoice, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthCosts:
    """What one provider says of the running month. ``projection`` is its own estimate of the whole month, None where it makes none.

    ``before`` are the charges of the month before, None when they were not asked for or are not told.
    """

    provider: str
    charges: Charges
    projection: Charges | None = None
    before: Charges | None = None


@dataclass(frozen=True, slots=True)
class CostEntry:
    """An actual amount that somebody wrote down: of one line of the plan in one month (``2026-01``), since ``entered_at``.

    ``environment`` is ``""`` where the line is not split. A later entry of the same line and month replaces an earlier one.
    """

    service: str
    environment: str
    month: str
    amount: Decimal
    entered_at: datetime
    by: str = ""
    note: str = ""


def total(lines: Iterable[CostLine]) -> Decimal:
    """Return the sum of amounts, exact."""
    return sum((line.amount for line in lines), Decimal(0))
