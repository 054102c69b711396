"""Reads ``[costs]``: further lines of the plan, its currency, and what counts as users (R119-R121)."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.money import amount_of
from strideiq_console.domain.policy.budget import CURRENCY, PLAN, Budget, PlanLine
from strideiq_console.settings import checks
from strideiq_console.settings.table import Table

PROVIDERS = ("", "railway", "vercel", "github")
_USERS = (str(Quantity.REGISTERED_USERS), str(Quantity.DAILY_ACTIVE_USERS))
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


def budget(table: Table) -> Budget:
    """Return the document's plan with the lines that are added to it; a line of the same name takes the document's place."""
    currency = table.text("currency", CURRENCY, _currency_fault) or CURRENCY
    users = Quantity(table.choice("users", _USERS[0], _USERS))
    inner = table.table("lines")
    added: dict[str, PlanLine] = {}
    for name in inner.names:
        line = _line(inner.table(name), name)
        if not checks.NAME.match(name):
            inner.fault(name, "must be a name: 1 to 40 of a-z, 0-9 and '-'")
        elif not line.key:
            inner.fault(name, "service must hold a letter or a digit")
        elif line.key in added:
            inner.fault(name, f"{line.service} stands in the plan twice")
        else:
            added[line.key] = line
    inner.close()
    table.close()
    lines = [_instead(line, added.pop(line.key, None)) for line in PLAN]
    return Budget((*lines, *added.values()), currency, users)


def _instead(line: PlanLine, other: PlanLine | None) -> PlanLine:
    """Return the line that takes the place of the document's; charges that were its own stay so where the new one says nothing."""
    if other is None:
        return line
    if other.provider:
        return other
    return replace(other, provider=line.provider, component=line.component, usage=line.usage or other.usage)


def _line(table: Table, name: str) -> PlanLine:
    service = table.text("service", name, limit=40) or name
    provider = table.choice("provider", "", PROVIDERS)
    component = table.text("component", limit=60)
    if component and not provider:
        table.fault("component", "belongs to a provider: set provider too")
    yearly = table.flag("yearly", default=False)
    usage = table.flag("usage", default=bool(provider))
    parts = Decimal(12) if yearly else Decimal(1)
    staging, production = _amount(table, "staging") / parts, _amount(table, "production") / parts
    table.close()
    return PlanLine(service, staging, production, provider, component, usage)


def _amount(table: Table, key: str) -> Decimal:
    text = table.money(key)
    if text is None:
        return Decimal(0)
    try:
        return amount_of(text)
    except ValueError as error:
        table.fault(key, str(error))
        return Decimal(0)


def _currency_fault(value: str) -> str | None:
    return None if not value or _CURRENCY.match(value) else "must be three capital letters, such as USD"
