"""The workspace that pays: its plan, its period and its invoices, priced from what the world's services used."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import measures, memory
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, SERVICES, WORKSPACE, iso, made

FEES = {"free": 0.0, "hobby": 5.0, "pro": 20.0}
MONTH_MINUTES = 43_200
# Dollars for a unit-minute, for the network for a GB.
PRICES = {
    "MEMORY_USAGE_GB": 10 / MONTH_MINUTES,
    "CPU_USAGE": 20 / MONTH_MINUTES,
    "DISK_USAGE_GB": 0.15 / MONTH_MINUTES,
    "BACKUP_USAGE_GB": 0.15 / MONTH_MINUTES,
    "NETWORK_TX_GB": 0.05,
}
SOFT_LIMIT = 25


def workspace(call: Call, arguments: Arguments) -> Node:
    """Answer the workspace, which no token of one environment may read."""
    call.wide()
    if text(arguments, "workspaceId") != WORKSPACE:
        raise GraphQLError(NOT_AUTHORIZED)
    born = iso(call.state["repository"]["created_at"])
    fields = {
        "id": WORKSPACE,
        "name": "StrideIQ",
        "plan": memory.plan(call.state).upper(),
        "createdAt": born,
        "updatedAt": born,
        "customer": lambda _: _customer(call),
    }
    return Node("Workspace", fields)


def _customer(call: Call) -> Node:
    begin, end = measures.period(call.now)
    current = dollars(call, begin, call.now)
    due = max(FEES[memory.plan(call.state)], current)
    soft = int(call.memory.get("soft_limit", SOFT_LIMIT))
    limit = {"id": made("limit"), "customerId": made("customer"), "softLimit": soft, "hardLimit": None}
    subscription = {
        "id": made("subscription"),
        "status": "active",
        "nextInvoiceDate": iso(end),
        "nextInvoiceCurrentTotal": round(due * 100),
        "cancelAtPeriodEnd": False,
        "billingCycleAnchor": iso(begin),
        "latestInvoiceId": "in_1",
    }
    fields = {
        "id": made("customer"),
        "state": "ACTIVE",
        "currentUsage": round(current, 4),
        "creditBalance": 0.0,
        "appliedCredits": 0.0,
        "remainingUsageCreditBalance": 0.0,
        "isTrialing": False,
        "trialDaysRemaining": 0,
        "billingPeriod": Node("BillingPeriod", {"start": iso(begin), "end": iso(end)}),
        "usageLimit": Node("UsageLimit", limit | {"isOverLimit": current > soft}),
        "invoices": _invoices(call, begin),
        "subscriptions": [Node("CustomerSubscription", subscription)],
    }
    return Node("Customer", fields)


def _invoices(call: Call, begin: float) -> list[Node]:
    """Return the invoices of the two months before, newest first."""
    found: list[Node] = []
    for number in (2, 1):
        start, end = measures.period(begin - 1.0)
        total = max(FEES[memory.plan(call.state)], dollars(call, start, end))
        fields: dict[str, Any] = {
            "invoiceId": f"in_{number}",
            "status": "paid",
            "periodStart": iso(start),
            "periodEnd": iso(end),
            "total": round(total * 100),
            "amountDue": round(total, 2),
            "amountPaid": round(total, 2),
            "hostedURL": f"https://invoice.stripe.com/i/acct_sandbox/in_{number}",
        }
        found.append(Node("CustomerInvoice", fields))
        begin = start
    return found


def dollars(call: Call, begin: float, end: float) -> float:
    """Return what all services of the workspace used between two times, in dollars."""
    places = [(name, service) for name in ENVIRONMENTS.values() for service in SERVICES.values()]
    return sum(
        measures.used(call, place, measurement, begin, end) * price for place in places for measurement, price in PRICES.items()
    )


QUERIES: dict[str, Resolve] = {"workspace": workspace}
