"""Request limits of the world's hosting providers, counted in the process that asks."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spent:
    """What a request cost: what is left, and how many seconds to wait when nothing was."""

    limit: int
    remaining: int
    reset: int
    wait: int | None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that every answer carries, with ``Retry-After`` on a refusal."""
        common = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset),
        }
        return common if self.wait is None else common | {"retry-after": str(self.wait)}


class Allowance:
    """So many requests in a window of the world's seconds, and, where ``second`` is given, at most so many in any one second.

    ``state["limits"][name]`` may hold another ``limit`` and what was ``used`` in every window before this process began: a scenario
    can make a world whose limit is nearly gone. ``burst`` false switches the limit of a second off, as where a clock is turned by
    hand and no second passes. The count itself is not saved: a read must not write the world.
    """

    def __init__(self, name: str, *, limit: int, window: float, second: int = 0) -> None:
        self._name, self._limit, self._window, self._second = name, limit, window, second
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()
        self._begin = -math.inf
        self._count = 0

    def spend(self, state: dict[str, Any], now: float) -> Spent:
        """Count one request; a refused one costs nothing."""
        said = state.get("limits", {}).get(self._name, {})
        limit = int(said.get("limit", self._limit))
        with self._lock:
            if not self._begin <= now < self._begin + self._window:
                self._begin, self._count = now, int(said.get("used", 0))
            reset = math.ceil(self._begin + self._window)
            if self._count >= limit:
                return Spent(limit, 0, reset, max(1, math.ceil(self._begin + self._window - now)))
            if self._second and said.get("burst", True) and not self._calm(now):
                return Spent(limit, limit - self._count, reset, 1)
            self._count += 1
            return Spent(limit, limit - self._count, reset, None)

    def _calm(self, now: float) -> bool:
        """Say whether the last second has room for one more request, and count it."""
        while self._recent and not now - 1.0 < self._recent[0] <= now:
            self._recent.popleft()
        if len(self._recent) >= self._second:
            return False
        self._recent.append(now)
        return True
