"""Waits until the application has done all that it was given, by looking at its queues: no fixed pauses, also on a busy machine."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from textual import events
from textual.app import App
from textual.command import CommandPalette
from textual.pilot import Pilot

READS = frozenset(
    {
        *("execution", "log", "jobs", "browser", "export", "making", "preview", "history", "offer", "candidates", "changes"),
        *("ci-file", "branch", CommandPalette._GATHER_COMMANDS_GROUP),
    }
)
"""Groups of workers that end by themselves. The others wait for a person."""
ROUND, ROUNDS = 0.003, 3
"""Seconds between two looks, and how many in a row must find nothing: a timer of a few milliseconds starts work as well."""
LONGEST = 20.0


def busy(app: App[Any]) -> bool:
    """Say whether anything waits to be done, or the screen on top is not laid out yet for the terminal as it is."""
    screen = app.screen
    if not screen.is_mounted or app._batch_count or getattr(app, "_held", ()):
        return True
    if any(pump.message_queue_size or pump._next_callbacks for pump in (app, screen, *screen.walk_children())):
        return True
    if app.bridge._news or any(owed(node) for node in (screen, *screen.walk_children())):  # type: ignore[attr-defined]
        return True
    if any(worker.is_running and worker.group in READS for worker in app.workers):
        return True
    return screen._layout_required or screen._compositor.size != app.size


def owed(node: Any) -> bool:
    """Say whether something that a widget draws at intervals is to be drawn once more: on a busy machine they are long."""
    making = getattr(node, "_making", None)
    paces = (getattr(node, "_pace", None), getattr(node, "_banner_pace", None), making and making._pace)
    return any(pace is not None and pace._again for pace in paces) or bool(making and making._under_way)


async def still(pilot: Pilot[int]) -> None:
    """Wait until nothing is left to be done, and repaint. Raises TimeoutError when that never comes."""
    app, calm, until = pilot.app, 0, time.monotonic() + LONGEST
    while calm < ROUNDS:
        if time.monotonic() > until:
            running = [worker.group for worker in app.workers if worker.is_running]
            raise TimeoutError(f"the console is not still after {LONGEST:g} s: {app.screen} {running}")
        await asyncio.sleep(ROUND)
        if app._exception is not None:
            raise app._exception
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
