"""The real clock, the one place where the console reads the time of the machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Tells real time (the port is ``domain.ports.Clock``)."""

    def now(self) -> datetime:
        """Return the time: aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()

    def wall(self) -> float:
        """Return epoch seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import asyncio  # a glance needs the time and must not pay for asyncio

        await asyncio.sleep(seconds)
