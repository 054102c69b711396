"""Who the token belongs to, and what is left of its hourly limit."""

from __future__ import annotations

from strideiq_console.sandbox.github.call import Call, Reply
from strideiq_console.sandbox.github.rates import hourly, rate_of
from strideiq_console.sandbox.github.shapes import private_user


def get_user(call: Call) -> Reply:
    """``GET /user``."""
    return Reply(200, private_user(call, call.login))


def get_rate_limit(call: Call) -> Reply:
    """``GET /rate_limit``, which costs nothing."""
    rate, limit = rate_of(call.state, call.login, call.now), hourly(call.state)
    core = {"limit": limit, "used": rate["used"], "remaining": limit - rate["used"], "reset": rate["reset"]}
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": int(call.now) + 60}
    return Reply(200, {"resources": {"core": core, "search": search}, "rate": core})
