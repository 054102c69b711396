"""Who the token belongs to, and what is left of its hourly limit."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.github.call import Call, Reply
from strideiq_console.sandbox.github.shapes import private_user
from strideiq_console.sandbox.state import State

HOURLY_LIMIT = 5000
HOUR = 3600


def rate_of(state: State, login: str, now: float) -> dict[str, Any]:
    """Return the account's counter of this hour, started anew when the hour is over."""
    rate: dict[str, Any] = state["rate"].setdefault(login, {"used": 0, "reset": int(now) + HOUR})
    if now >= rate["reset"]:
        rate |= {"used": 0, "reset": int(now) + HOUR}
    return rate


def get_user(call: Call) -> Reply:
    """``GET /user``."""
    return Reply(200, private_user(call, call.login))


def get_rate_limit(call: Call) -> Reply:
    """``GET /rate_limit``, which costs nothing."""
    rate = rate_of(call.state, call.login, call.now)
    core = {"limit": HOURLY_LIMIT, "used": rate["used"], "remaining": HOURLY_LIMIT - rate["used"], "reset": rate["reset"]}
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": int(call.now) + 60}
    return Reply(200, {"resources": {"core": core, "search": search}, "rate": core})
