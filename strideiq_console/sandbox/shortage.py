"""A beginning in which everything that is metered is nearly used up: an import of old activities runs since the month began.

A founder's quotas are the requests that GitHub and Railway still answer this hour, GitHub's free minutes, Railway's usage against
the plan and its soft limit, and, of the machines themselves, connections, disk and queue.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

from strideiq_console.sandbox import ci_minutes, ci_past, traffic
from strideiq_console.sandbox.belongings import day_of
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.state import State

HOUR, DAY = 3600.0, 86_400.0
GITHUB_USED, RAILWAY_USED = 3_900, 760
"""What others took of the hour: a little above the fifth that is worth keeping for what must not wait is left."""
DOLLARS = 33.4
"""What Railway has charged of the month when the world begins: the plan has 30 for all of it."""
MINUTES = 2_900
MOST_MINUTES_A_DAY = 420
_USUAL_A_MONTH = 18.3
"""What all of Railway costs in a calm month of 30 days."""
_A_GB, _A_PROCESSOR = 10.0, 20.0  # dollars a month
_MOST_MEMORY, _MOST_PROCESSOR = 5.0, 2.5
_DISK = ((6.0, 4.05), (4.0, 4.19), (2.0, 4.32), (0.5, 4.43))  # days ago, GB of the 5 that the volume has


def nearly_used_up(state: State, origin: Origin, folder: Path, begin: float) -> None:
    """Use up nearly all of every quota, and let the queue grow on slowly."""
    state["limits"]["github"]["used"] = GITHUB_USED
    state["limits"]["railway"]["used"] = RAILWAY_USED
    state.setdefault("vercel", {"pinned": False, "alias_request": None})["plan"] = "pro"
    _strain(state, begin)
    _spend(state, begin)
    ci_past.stumbled(state, "staging", begin)
    _build_often(state, begin)


def _strain(state: State, begin: float) -> None:
    """Fill the connections, the disk and the queue nearly to where the document's alerts begin."""
    state["drifts"] = {
        "production": [
            {"knob": "connections", "from": begin - 30 * HOUR, "until": begin - HOUR, "to": 78.0},
            {"knob": "pool_used", "from": begin - 30 * HOUR, "until": begin - HOUR, "to": 9.0},
            {"knob": "redis_bytes", "from": begin - 26 * HOUR, "until": begin + 12 * HOUR, "to": 176_000_000.0},
            {"knob": "queue_sync", "from": begin - 22 * HOUR, "until": begin, "to": 94.0},
            {"knob": "queue_sync", "from": begin, "until": begin + 10 * HOUR, "to": 134.0},
        ]
    }
    rows = [{"service": "Postgres", "from": begin - days * DAY, "disk_gb": size} for days, size in _DISK]
    state.setdefault("railway", {}).setdefault("resources", {})["production"] = rows


def _spend(state: State, begin: float) -> None:
    """Let the API need so much since the month began that Railway's plan is overrun, as far as a machine can, early in a month."""
    start = datetime.fromtimestamp(begin, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
    share = max(begin - start, HOUR) / (30 * DAY)
    more = max(0.0, DOLLARS / share - _USUAL_A_MONTH)
    memory = min(_MOST_MEMORY, more * 0.7 / _A_GB)
    processor = min(_MOST_PROCESSOR, (more - memory * _A_GB) / _A_PROCESSOR)
    asked = traffic.CALM["production"]["requests_per_minute"]
    traffic.set_knobs(state, "production", start, api_memory_gb=memory, api_cpu=1.0 + processor / (asked * traffic.CPU_A_REQUEST))
    charged = (_USUAL_A_MONTH + memory * _A_GB + processor * _A_PROCESSOR) * share
    state["railway"]["soft_limit"] = math.ceil(charged * 1.08)


def _build_often(state: State, begin: float) -> None:
    """Spread minutes of GitHub Actions over the month's days, so that nearly all free ones are gone."""
    minutes = state["billed_minutes"]
    today = datetime.fromtimestamp(begin, UTC)
    days = [day_of(begin - number * DAY) for number in range(today.day)]
    billed = ci_minutes.by_day(state, begin)
    spent = sum(billed.get(day, 0) for day in days)
    each = min(MOST_MINUTES_A_DAY, max(0, MINUTES - spent) // len(days))
    for day in days:
        minutes[day] = minutes.get(day, 0) + each
