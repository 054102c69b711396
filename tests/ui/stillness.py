"""Waits for the application to have done all that it was given, by looking at its queues: no fixed pauses, also on a busy machine."""

from __future__ import annotations

import asyncio
import time

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

OURS = frozenset({"execution", "log", "jobs", "browser", "export", "start", "dialog", "section", "reads"})
ROUND, ROUNDS = 0.003, 3
"""Seconds between two looks, and how many in a row must find nothing: timers of a few milliseconds start work as well."""
LONGEST = 20.0


def _waits(app: App[int]) -> bool:
    return any(worker.is_running and worker.group in OURS and app.screen.id != "dialog" for worker in app.workers)


def busy(app: App[int]) -> bool:
    """Say whether a message waits, or the screen on top is not laid out yet for the terminal as it is."""
    screen: Screen[object] = app.screen
    pumps: list[MessagePump] = [app, screen, *screen.walk_children()]
    if any(pump._message_queue_size or pump._next_callbacks for pump in pumps) or getattr(app, "_held", ()):
        return True
    return bool(app._batch_count or screen._layout_required or screen._compositor.size != app.size or not screen.is_mounted)


async def still(pilot: Pilot[int]) -> None:
    """Wait until nothing is left to be done. Raises TimeoutError when that never comes."""
    app, calm, until = pilot.app, 0, time.monotonic() + LONGEST
    while calm < ROUNDS:
        if time.monotonic() > until:
            raise TimeoutError(f"the console is not still after {LONGEST:g} s")
        await asyncio.sleep(ROUND)
        calm = 0 if busy(app) else calm + 1
    app.screen._on_timer_update()


async def strike(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one by one, each answered before the next."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        driver.send_message(event)
        await still(pilot)
