"""The token's owner, the team, and what it is billed.

``state["vercel"]["plan"]`` is ``hobby`` where it is not said; only ``pro`` has cost data, as in the real world.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from strideiq_console.sandbox.vercel.call import Answer, Call, Lines, Record, VercelError, page_of
from strideiq_console.sandbox.vercel.shapes import PROJECT, TEAM, USER, team_shape

_DAY = timedelta(days=1)
# Service, category, unit, what a day uses, and what a day costs.
_USAGE = (
    ("Fast Data Transfer", "Networking", "GB", 3.42, 0.0),
    ("Edge Requests", "Networking", "Requests", 18_240, 0.0),
    ("Function Invocations", "Compute", "Invocations", 4_312, 0.0026),
    ("Build Minutes", "Developer Tools", "Minutes", 6.5, 0.091),
)


def user(_call: Call) -> tuple[int, Any]:
    """Answer who owns the token."""
    return 200, {"user": USER}


def teams(call: Call) -> tuple[int, Any]:
    """Answer the teams: the one."""
    return 200, {"teams": [_team(call)], "pagination": page_of(1)}


def team(call: Call) -> tuple[int, Any]:
    """Answer one team."""
    if call.at["team"] not in (TEAM, "acme"):
        raise VercelError(404, "not_found", "Team not found")
    return 200, _team(call)


def charges(call: Call) -> tuple[int, Any]:
    """Answer one FOCUS charge a line, for whole days that have begun."""
    if call.memory.get("plan", "hobby") == "hobby":
        raise VercelError(404, "costs_not_found", "Costs not found")
    first, last = (_day(call.query.get(name, ""), name) for name in ("from", "to"))
    if not first < last or last - first > timedelta(days=366):
        raise VercelError(400, "bad_request", "Invalid request: `from` should be before `to`, by at most one year")
    now = datetime.fromtimestamp(call.now, UTC)
    lines: list[Record] = []
    first = max(first, _midnight(datetime.fromtimestamp(call.state["repository"]["created_at"], UTC)))
    while first < min(last, now):
        lines += [_usage(first, *kind) for kind in _USAGE]
        if first.day == 1:
            lines.append(_charge(first, "Pro Plan Seat", "Business Applications", "Seats", None, 20.0, category="Purchase"))
        first += _DAY
    return 200, Lines("application/jsonl", lines)


def _team(call: Call) -> Record:
    return team_shape(call.state["repository"]["created_at"], str(call.memory.get("plan", "hobby")))


def _day(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise VercelError(400, "bad_request", f"Invalid request: `{name}` should be a date") from None
    return _midnight(at)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _usage(day: datetime, service: str, kind: str, unit: str, quantity: float, cost: float) -> Record:
    return _charge(day, service, kind, unit, quantity, cost, category="Usage") | {
        "RegionId": "iad1",
        "RegionName": "Washington, D.C., USA",
    }


def _charge(day: datetime, service: str, kind: str, unit: str, quantity: float | None, cost: float, *, category: str) -> Record:
    return {
        "BilledCost": cost,
        "BillingCurrency": "USD",
        "ChargeCategory": category,
        "ChargePeriodStart": day.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ChargePeriodEnd": (day + _DAY).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ConsumedQuantity": quantity,
        "ConsumedUnit": None if quantity is None else unit,
        "EffectiveCost": cost,
        "ServiceName": service,
        "ServiceCategory": kind,
        "ServiceProviderName": "Vercel",
        "Tags": {} if quantity is None else {"ProjectId": PROJECT["id"], "ProjectName": PROJECT["name"]},
        "PricingCategory": "Standard",
        "PricingCurrency": "USD",
        "PricingQuantity": 1 if quantity is None else quantity,
        "PricingUnit": unit,
    }


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v2/user", user),
    ("GET", "/v2/teams", teams),
    ("GET", "/v2/teams/{team}", team),
    ("GET", "/v1/billing/charges", charges),
)
