"""Usage reports of the billing platform: the minutes of the world's own runs, and the storage of its artifacts.

Private repositories of the plan have 3,000 minutes a month, so everything here is discounted to nothing until they are used up.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox import ci_minutes
from strideiq_console.sandbox.github.call import ApiError, Call, Reply

PRICE_A_MINUTE = 0.008
FREE_MINUTES = 3000


@dataclass(frozen=True, slots=True)
class Item:
    """The minutes of one day, and how many of them were free."""

    date: str
    quantity: int
    free: int


def user_usage(call: Call) -> Reply:
    """``GET /users/{user}/settings/billing/usage``: 403 for anybody else's, 404 away from the billing platform."""
    _check_user(call)
    return Reply(200, {"usageItems": [_item(call, item) for item in _items(call)]})


def user_summary(call: Call) -> Reply:
    """``GET /users/{user}/settings/billing/usage/summary``."""
    _check_user(call)
    return Reply(200, {"timePeriod": _period(call), "user": call.at["account"], "usageItems": _summary(call)})


def organization_usage(call: Call) -> Reply:
    """``GET /organizations/{org}/settings/billing/usage``: 403 for another organization."""
    _check_organization(call)
    own = {"organizationName": call.state["repository"]["owner"]}
    return Reply(200, {"usageItems": [_item(call, item) | own for item in _items(call)]})


def organization_summary(call: Call) -> Reply:
    """``GET /organizations/{org}/settings/billing/usage/summary``."""
    _check_organization(call)
    return Reply(200, {"timePeriod": _period(call), "organization": call.at["account"], "usageItems": _summary(call)})


def _check_user(call: Call) -> None:
    if call.at["account"].lower() != call.login.lower():
        raise ApiError(403, "You must be the user to see this report.")
    _check_platform(call)


def _check_organization(call: Call) -> None:
    if call.at["account"].lower() != call.state["repository"]["owner"]:
        raise ApiError(403, "Must have admin rights to the organization.")
    _check_platform(call)


def _check_platform(call: Call) -> None:
    if not call.state["billing"]:
        raise ApiError(404, "Not Found")


def _asked(call: Call) -> tuple[int, int | None, int | None]:
    """Return year, month and day of the request; without a month, the summary and the report are of the whole year."""
    given = {key: call.query.get(key) for key in ("year", "month", "day")}
    if any(value is not None and not value.isdecimal() for value in given.values()):
        raise ApiError(400, "year, month and day are numbers.")
    year, month, day = (None if value is None else int(value) for value in given.values())
    now = datetime.fromtimestamp(call.now, UTC)
    if day is not None and month is None:
        month = now.month
    return year or now.year, month, day


def _period(call: Call) -> dict[str, int]:
    return {key: value for key, value in zip(("year", "month", "day"), _asked(call), strict=True) if value is not None}


def _items(call: Call) -> list[Item]:
    """Return minutes by day with what of the month was free."""
    minutes = ci_minutes.by_day(call.state, call.now)
    spent: dict[str, int] = defaultdict(int)
    found: list[Item] = []
    for day in sorted(minutes):
        free = min(minutes[day], max(0, FREE_MINUTES - spent[day[:7]]))
        spent[day[:7]] += minutes[day]
        found.append(Item(day, minutes[day], free))
    year, month, date = _asked(call)
    wanted = f"{year:04d}-" + (f"{month:02d}-" if month else "") + (f"{date:02d}" if date else "")
    return [item for item in found if item.date.startswith(wanted)]


def _money(quantity: float) -> float:
    return round(quantity * PRICE_A_MINUTE, 4)


def _item(call: Call, item: Item) -> dict[str, Any]:
    return {
        "date": f"{item.date}T00:00:00Z",
        "product": "actions",
        "sku": "Actions Linux",
        "quantity": item.quantity,
        "unitType": "Minutes",
        "pricePerUnit": PRICE_A_MINUTE,
        "grossAmount": _money(item.quantity),
        "discountAmount": _money(item.free),
        "netAmount": _money(item.quantity - item.free),
        "repositoryName": call.full_name,
    }


def _summary(call: Call) -> list[dict[str, Any]]:
    items = _items(call)
    if not items or call.query.get("product", "actions").lower() != "actions":
        return []
    quantity, free = sum(item.quantity for item in items), sum(item.free for item in items)
    row: dict[str, Any] = {"product": "actions", "sku": "actions_linux", "unitType": "minutes", "pricePerUnit": PRICE_A_MINUTE}
    for name, amount in (("gross", quantity), ("discount", free), ("net", quantity - free)):
        row |= {f"{name}Quantity": amount, f"{name}Amount": _money(amount)}
    return [row]
