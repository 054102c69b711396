"""GitHub's limits: requests an hour, and the secondary ones by the minute and for writes, each counted per account.

``state["limits"]["github"]`` may say otherwise: ``hourly`` (5,000), ``used`` (what other programs of the account take of each hour
before anybody here asks), ``secondary`` (False switches those off), ``status`` of a refusal (403, as GitHub mostly answers, or
429), ``silent`` (True: a secondary refusal comes without ``retry-after``).
"""

from __future__ import annotations

import math
from typing import Any

from strideiq_console.sandbox.github.call import ApiError
from strideiq_console.sandbox.state import State

HOURLY_LIMIT = 5000
HOUR = 3600
MINUTE = 60
POINTS_A_MINUTE = 900
WRITES_A_MINUTE = 80
WRITES_AN_HOUR = 500
READ_POINTS, WRITE_POINTS = 1, 5
_READS = ("GET", "HEAD", "OPTIONS")


def rate_of(state: State, login: str, now: float) -> dict[str, Any]:
    """Return the account's counter of this hour, started anew when the hour is over."""
    fresh = {"used": int(_said(state).get("used", 0)), "reset": int(now) + HOUR}
    rate: dict[str, Any] = state["rate"].setdefault(login, dict(fresh))
    if now >= rate["reset"]:
        rate |= fresh
    return rate


def hourly(state: State) -> int:
    """Return how many requests an hour an account may send."""
    return int(_said(state).get("hourly", HOURLY_LIMIT))


def _said(state: State) -> dict[str, Any]:
    found: dict[str, Any] = state.get("limits", {}).get("github", {})
    return found


def check(state: State, login: str, method: str, now: float, *, free: bool) -> None:
    """Count a request for the secondary limits; ``free``: the hour's limit does not hold. Raises ApiError when a limit is hit."""
    status = int(_said(state).get("status", 403))
    rate = rate_of(state, login, now)
    if not free and rate["used"] >= hourly(state):
        raise ApiError(status, f"API rate limit exceeded for user ID {state['accounts'][login]['id']}.")
    if not _said(state).get("secondary", True):
        return
    write = method not in _READS
    points = WRITE_POINTS if write else READ_POINTS
    kept = [row for row in rate.get("recent", []) if row[0] > now - (HOUR if row[2] else MINUTE)]
    wait = _wait(kept, points, now, write=write)
    if wait is not None:
        headers = {} if _said(state).get("silent") else {"retry-after": str(wait)}
        words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        raise ApiError(status, words, headers=headers)
    rate["recent"] = [*kept, [now, points, write]]


def _wait(recent: list[list[Any]], points: int, now: float, *, write: bool) -> int | None:
    """Return how many seconds to wait, None when the request may pass."""
    minute = [row for row in recent if row[0] > now - MINUTE]
    writes = [row for row in recent if row[2]]
    ends = []
    if sum(row[1] for row in minute) + points > POINTS_A_MINUTE:
        ends.append(minute[0][0] + MINUTE)
    if write and sum(row[2] for row in minute) >= WRITES_A_MINUTE:
        ends.append(next(row[0] for row in minute if row[2]) + MINUTE)
    if write and len(writes) >= WRITES_AN_HOUR:
        ends.append(writes[0][0] + HOUR)
    return max(1, math.ceil(max(ends) - now)) if ends else None


def spend(state: State, login: str, now: float, cost: int) -> dict[str, str]:
    """Take from the hour's requests; return the headers that every answer carries."""
    rate, limit = rate_of(state, login, now), hourly(state)
    rate["used"] = min(limit, rate["used"] + cost)
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(limit - rate["used"]),
        "x-ratelimit-used": str(rate["used"]),
        "x-ratelimit-reset": str(rate["reset"]),
        "x-ratelimit-resource": "core",
    }
