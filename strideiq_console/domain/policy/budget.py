"""Section 10 of the architecture document: what a month is planned to cost, and the lines that the founder adds to it (R119, R120).

The document's rows sum to 31.25 dollars, its columns to 15 and 15: the domain stands in the total alone. Both are kept (T23).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from strideiq_console.domain.metric import Quantity

CURRENCY = "USD"
ENVIRONMENTS = ("production", "staging")
"""The environments that the plan has amounts for."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A planned monthly cost.

    ``provider`` and ``component`` say which charges are this line's: ``""`` as provider, nobody meters it; ``""`` as component, all
    of the provider's that no other line takes. ``usage`` grows by the day, else it is a fixed fee that counts whole. ``in_columns``
    is false for the document's domain, which is in none of its columns.
    """

    service: str
    staging: Decimal
    production: Decimal
    provider: str = ""
    component: str = ""
    usage: bool = False
    in_columns: bool = True

    @property
    def key(self) -> str:
        """Return the service as a word for the command line and for row keys: ``railway-api``."""
        return key_of(self.service)

    @property
    def total(self) -> Decimal:
        """Return both environments together."""
        return self.staging + self.production

    def of(self, environment: str) -> Decimal:
        """Return what is planned for an environment; 0 for one that the plan does not know."""
        return {"staging": self.staging, "production": self.production}.get(environment, Decimal(0))


PLAN = (
    PlanLine("Vercel", Decimal(0), Decimal(0), "vercel", usage=True),
    PlanLine("Railway (API)", Decimal(5), Decimal(5), "railway", "api", usage=True),
    PlanLine("Railway (DB)", Decimal(5), Decimal(5), "railway", "database", usage=True),
    PlanLine("Railway (Redis)", Decimal(5), Decimal(5), "railway", "redis", usage=True),
    PlanLine("Domain", Decimal(0), Decimal(15) / Decimal(12), in_columns=False),
)
"""The document's table. The domain is 15 dollars a year."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The plan as this console knows it. ``users`` is what the scaling triggers count as users (R121)."""

    lines: tuple[PlanLine, ...] = PLAN
    currency: str = CURRENCY
    users: Quantity = Quantity.REGISTERED_USERS


def planned_total(lines: Iterable[PlanLine] = PLAN) -> Decimal:
    """Return the plan's month: 31.25 by the document."""
    return sum((line.total for line in lines), Decimal(0))


def planned_by_environment(lines: Iterable[PlanLine] = PLAN) -> dict[str, Decimal]:
    """Return the plan by environment: staging 15, production 16.25 by the document."""
    kept = tuple(lines)
    return {name: sum((line.of(name) for line in kept), Decimal(0)) for name in ("staging", "production")}


def column_sums(lines: Iterable[PlanLine] = PLAN) -> dict[str, Decimal]:
    """Return the sums that stand under the document's columns: 15 and 15, without the domain (T23)."""
    return planned_by_environment(line for line in lines if line.in_columns)


@lru_cache(maxsize=512)
def key_of(service: str) -> str:
    """Return a service's name as a word: ``Railway (API)`` is ``railway-api``."""
    letters = "".join(char if char.isalnum() else " " for char in service.casefold())
    return "-".join(letters.split())
