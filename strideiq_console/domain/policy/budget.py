"""Section 10 of the architecture document: what a month is planned to cost.

The document's rows sum to 31.25 dollars, its columns to 30 (the yearly domain is in no column but the total): both are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CostLine:
    """A planned monthly cost in US dollars."""

    service: str
    staging: Decimal
    production: Decimal


PLAN = (
    CostLine("Vercel", Decimal(0), Decimal(0)),
    CostLine("Railway (API)", Decimal(5), Decimal(5)),
    CostLine("Railway (DB)", Decimal(5), Decimal(5)),
    CostLine("Railway (Redis)", Decimal(5), Decimal(5)),
    CostLine("Domain", Decimal(0), Decimal(15) / Decimal(12)),
)
CURRENCY = "USD"


def planned_total() -> Decimal:
    """Return the plan's month: 31.25."""
    return sum((line.staging + line.production for line in PLAN), Decimal(0))


def planned_by_environment() -> dict[str, Decimal]:
    """Return the plan by environment: staging 15, production 16.25."""
    return {
        "staging": sum((line.staging for line in PLAN), Decimal(0)),
        "production": sum((line.production for line in PLAN), Decimal(0)),
    }
