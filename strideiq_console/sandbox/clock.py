"""The world's clock: real, fast or turned by hand, shared by every process that opens the world."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime

from strideiq_console.sandbox.state import WorldError

FAST = 30.0
MANUAL_PAUSE = 0.02


def parse_kind(text: str) -> tuple[str, float]:
    """Read ``real``, ``fast``, ``fast:N`` or ``manual``; return the kind and its factor. Raises WorldError."""
    name, _, number = text.partition(":")
    if name in ("real", "manual") and not number:
        return name, 1.0 if name == "real" else 0.0
    if name == "fast":
        try:
            factor = float(number) if number else FAST
        except ValueError:
            factor = 0.0
        if 0 < factor <= 100_000:
            return name, factor
    raise WorldError(f"{text!r} is no clock: use real, fast, fast:N (N times as fast as real time) or manual")


class WorldClock:
    """Tells the world's time. It began at the real time of the world's creation; ``factor`` real seconds pass in one.

    ``now`` is the world's time, ``monotonic`` and ``wall`` are real. Safe to use from several threads.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        row = connection.execute("SELECT kind, factor, began FROM clock WHERE id = 1").fetchone()
        self.kind: str = row[0]
        self.factor: float = row[1]
        self._began: float = row[2]

    def seconds(self) -> float:
        """Return the world's time as epoch seconds."""
        with self._lock:
            moved = float(self._connection.execute("SELECT moved FROM clock WHERE id = 1").fetchone()[0])
        return self._began + moved + max(0.0, time.time() - self._began) * self.factor

    def now(self) -> datetime:
        """Return the world's time: aware, UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def monotonic(self) -> float:
        """Return real seconds that never jump."""
        return time.monotonic()

    def wall(self) -> float:
        """Return real epoch seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the world; with a manual clock only a moment, because nothing moves it but a hand."""
        import asyncio  # a glance at a world's store needs its time and must not pay for asyncio

        await asyncio.sleep(seconds / self.factor if self.factor else MANUAL_PAUSE)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward. Not from inside ``World.change()``, which holds the lock this needs."""
        if seconds < 0:
            raise WorldError("the world's clock only goes forward")
        with self._lock:
            self._connection.execute("UPDATE clock SET moved = moved + ? WHERE id = 1", (seconds,))

    def close(self) -> None:
        """Close the clock's file."""
        with self._lock:
            self._connection.close()
