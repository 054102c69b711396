"""What Railway costs: usage by environment and service times the price table, its projection, and the paying account (R119)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from strideiq_console.domain.cost import Account, Charges, CostKind, CostLine, Invoice
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.logs import stamp
from strideiq_console.providers.railway.mapping import utc
from strideiq_console.providers.railway.prices import PRICES, plan_of
from strideiq_console.providers.railway.topology import Place, reaches_not
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_account import WireBilling, WireEstimates, WireUsage, WireUsages, WireWorkspace
from strideiq_console.providers.wire import line_or_none, malformed

_FEE = "the plan's fee is for the whole workspace and includes as much usage"
_NO_PLAN = "the plan is not known, so its fee is left out: set [railway] plan"


class Billing:
    """Asks by project, which every token may; the workspace's own account needs a member who may see billing."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def charges(self, start: datetime, end: datetime) -> Charges:
        """Return the usage from ``start`` to ``end``, one line for each environment, service and measurement."""
        lines: list[CostLine] = []
        missing = len(self._place.clients) > 1
        for client, names in self._place.clients:
            asked: dict[str, Any] = {
                "projectId": self._place.project,
                "measurements": list(PRICES),
                "groupBy": ["ENVIRONMENT_ID", "SERVICE_ID"],
                "startDate": stamp(start),
                "endDate": stamp(end),
            }
            found = (await ask(client, "usage", "Usage", asked, "usage", WireUsages)).usage
            made = [await self._line(wire) for wire in found if wire.measurement in PRICES]
            # A token of one environment may answer for the whole project: each environment is counted once.
            lines += [line for line in made if not missing or line.environment in names]
        fee, note = await self._fee()
        note += "; what belongs to no configured environment is left out" if missing else ""
        return Charges(
            SOURCE, tuple(lines), start, end, complete=fee is not None and not missing, note=note, minimum=fee or Decimal(0)
        )

    async def projection(self) -> Charges:
        """Return Railway's estimate to the end of the billing period, which it does not split by environment.

        Where the token may not see the period, the calendar month stands for it, and the note says so.
        """
        client = self._place.client()
        asked: dict[str, Any] = {"projectId": self._place.project, "measurements": list(PRICES)}
        found = (
            await ask(client, "estimated_usage", "EstimatedUsage", asked, "the estimated usage", WireEstimates)
        ).estimated_usage
        lines = tuple(
            _cost(wire.measurement, wire.estimated_value, CostKind.ESTIMATED, None, None)
            for wire in found
            if wire.measurement in PRICES and wire.project_id == self._place.project
        )
        fee, note = await self._fee()
        account = await self._account_or_none()
        start, end = (account.start, account.end) if account else _month(client.clock.now())
        if account is None:
            note += "; the billing period cannot be read, the calendar month is shown"
        return Charges(SOURCE, lines, start, end, complete=fee is not None, note=note, minimum=fee or Decimal(0))

    async def account(self) -> Account | None:
        """Return the paying account; None when Railway names no workspace. OutsideError when the token may not see it."""
        workspace = await self._place.workspace()
        if workspace is None:
            return None
        what, asked = "the workspace's billing", {"workspaceId": workspace}
        return _account(
            (await ask(self._place.client(), "workspace_billing", "WorkspaceBilling", asked, what, WireBilling)).workspace
        )

    async def _account_or_none(self) -> Account | None:
        try:
            return await self.account()
        except OutsideError as error:
            if reaches_not(error):
                return None
            raise

    async def _fee(self) -> tuple[Decimal | None, str]:
        plan = await self._place.plan()
        if plan is None:
            account = await self._account_or_none()
            plan = plan_of(account.plan) if account else None
        if plan is None:
            return None, f"usage times list price; {_NO_PLAN}"
        return plan.fee, f"usage times list price; {_FEE} ({plan.name}: ${plan.fee})"

    async def _line(self, wire: WireUsage) -> CostLine:
        environment = await self._place.environment_of(wire.tags.environment_id)
        component = await self._place.component_of(wire.tags.service_id)
        return _cost(wire.measurement, wire.value, CostKind.METERED, environment, component)


def _cost(measurement: str, value: float, kind: CostKind, environment: str | None, component: str | None) -> CostLine:
    price = PRICES[measurement]
    quantity = Decimal(str(value))
    if quantity < 0:
        raise malformed(SOURCE, "usage", f"{measurement} is negative")
    name = clean_line(environment, limit=100) if environment else None
    return CostLine(SOURCE, price.what, price.amount(quantity), "USD", kind, name, component, quantity, price.unit)


def _account(wire: WireWorkspace) -> Account:
    who, limit = wire.customer, wire.customer.usage_limit
    start, end = utc(who.billing_period.start), utc(who.billing_period.end)
    assert start is not None and end is not None  # noqa: S101, PT018 - the wire requires both
    known = plan_of(wire.plan)
    return Account(
        SOURCE,
        clean_line(wire.name, limit=100),
        known.name if known else clean_line(wire.plan.lower(), limit=40),
        start,
        end,
        Decimal(str(who.current_usage)),
        Decimal(str(who.credit_balance)),
        limit.is_over_limit if limit else False,
        Decimal(limit.soft_limit) if limit else None,
        Decimal(limit.hard_limit) if limit and limit.hard_limit is not None else None,
        who.trial_days_remaining if who.is_trialing else None,
        clean_line(who.state.lower(), limit=40),
        tuple(
            Invoice(
                clean_line(i.invoice_id, limit=100),
                clean_line(i.period_start, limit=40),
                clean_line(i.period_end, limit=40),
                Decimal(str(i.amount_due)),
                Decimal(str(i.amount_paid)),
                line_or_none(i.status, limit=40) or "",
                link if (link := line_or_none(i.hosted_url, limit=500) or "").startswith("https://") else "",
            )
            for i in who.invoices
        ),
    )


def _month(now: datetime) -> tuple[datetime, datetime]:
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = start.replace(year=start.year + 1, month=1) if start.month == 12 else start.replace(month=start.month + 1)
    return start, after
