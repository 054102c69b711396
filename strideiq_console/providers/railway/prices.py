"""Railway's prices and plans as data (contracts, Railway, "Cost" and "Image retention"). A new price is one line here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

MINUTES = Decimal(43200)
"""Minutes of the month that Railway's monthly prices are meant for."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs: ``dollars`` for ``per`` units of ``unit``."""

    what: str
    unit: str
    dollars: Decimal
    per: Decimal

    def amount(self, quantity: Decimal) -> Decimal:
        """Return the dollars for a quantity, exact to 28 digits."""
        return quantity * self.dollars / self.per


PRICES = MappingProxyType(
    {
        "MEMORY_USAGE_GB": Price("memory", "GB-minutes", Decimal(10), MINUTES),
        "CPU_USAGE": Price("CPU", "vCPU-minutes", Decimal(20), MINUTES),
        "DISK_USAGE_GB": Price("disk", "GB-minutes", Decimal("0.15"), MINUTES),
        "BACKUP_USAGE_GB": Price("backups", "GB-minutes", Decimal("0.15"), MINUTES),
        "NETWORK_TX_GB": Price("network out", "GB", Decimal("0.05"), Decimal(1)),
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: its monthly fee, which includes as much usage, and how long it keeps the image of a removed deployment."""

    name: str
    fee: Decimal
    retention: timedelta


PLANS = MappingProxyType(
    {
        "free": Plan("free", Decimal(0), timedelta(hours=24)),
        "hobby": Plan("hobby", Decimal(5), timedelta(hours=72)),
        "pro": Plan("pro", Decimal(20), timedelta(hours=120)),
    }
)


def plan_of(*words: str | None) -> Plan | None:
    """Return the plan of the first word that names one, in any case; None when none does (a trial, a new plan)."""
    return next((PLANS[word.lower()] for word in words if word and word.lower() in PLANS), None)
