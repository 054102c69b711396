"""Load: how long keys wait while news pour in, against a minimal Textual application in the same run; and the memory it takes.

5,000 branches, 500 pull requests, 10,000 runs, 500 events a second for 20 s, over the dashboard, over opened panels, and over a
log of 100,000 lines. Run with ``make bench-load``. Prints medians and 99th percentiles in ms, their difference to the minimal
application of the same run, and MB. Machines are noisy: with ``--rounds`` above 1 the best round of each case counts.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
SIZE = (120, 36)
ALLOWED_MS, ALLOWED_MB = 50.0, 250
LINES = 100_000
KEYS = ("j", "j", "j", "k", "G", "k", "g", "j", "pagedown", "pageup")
FILTERING = ("slash", "w", "o", "1", "backspace", "backspace", "backspace", "enter", "s", "j", "S", "j", "space", "j", "escape")


Waits = list[tuple[float, float]]
"""How long each key waited, in ms: by the clock, and the processor's time that this process took meanwhile."""


async def latencies(app: Any, seconds: float, keys: tuple[str, ...] = KEYS) -> Waits:
    """Return how long each key took from being pressed to the end of the refresh after it."""
    found: Waits = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began, taken = time.perf_counter(), time.process_time()
        app.post_message(key_event(keys[len(found) % len(keys)]))
        done = asyncio.Event()
        app.call_after_refresh(done.set)
        await done.wait()
        found.append(((time.perf_counter() - began) * 1000, (time.process_time() - taken) * 1000))
        await asyncio.sleep(0.02)
    return found


def key_event(key: str) -> Any:
    """Return the event that a terminal's driver posts for a key."""
    from textual import events
    from textual.keys import _character_to_key

    name = _character_to_key(key) if len(key) == 1 else key
    return events.Key(name, key if len(key) == 1 else None)


async def minimal(seconds: float) -> dict[str, Any]:
    """Measure an application that has nothing but one table of Textual's own."""
    from benchmarks.minimal import Minimal

    app = Minimal()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await latencies(app, 1.0)
        return summary(await latencies(app, seconds))


async def loaded(seconds: float, *way: str, keys: tuple[str, ...] = KEYS) -> dict[str, Any]:
    """Measure the console over many facts that change all the time, on the screen that the keys of ``way`` lead to."""
    from benchmarks.many import ManyConsole
    from strideiq_console.ui.app import ConsoleApp
    from strideiq_console.ui.screens.log import LogScreen

    with tempfile.TemporaryDirectory() as folder:
        console: Any = ManyConsole(Path(folder))
        app = ConsoleApp(console)
        app.animation_level = "none"
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            more: dict[str, Any] = {}
            if way:
                await pilot.press(*way)
            else:
                began = time.perf_counter()
                await app.push_screen(LogScreen(LongLog(), console, app.glyphs))
                await pilot.pause()
                more["shown"] = round((time.perf_counter() - began) * 1000)
            stop = asyncio.Event()
            events = asyncio.create_task(console.pour(stop))
            await latencies(app, min(seconds, 2.0), keys)  # warms up
            found = await latencies(app, seconds, keys)
            more["stays"] = await stays_put(app, pilot) if way else await searched(app, pilot)
            stop.set()
            await events
    return {**summary(found), "events": console.sent, **more}


async def stays_put(app: Any, pilot: Any) -> bool:
    """Say whether the cursor stays on its row, and the row where it is on the screen, for two seconds without a key."""
    view = app.screen.active.view
    view.focus()
    view.narrow_to("")  # what the keys before have left of a filter, and of marks: their column goes with the last marked row
    view.unmark()
    await pilot.pause(0.5)
    await pilot.press("g", "pagedown", "pagedown")
    await pilot.pause(0.5)
    places = set()
    for _ in range(40):
        await asyncio.sleep(0.05)
        places.add((view.row.key, view.cell_region(next(c.title for c in view._table.columns if c.title))))
    return len(places) == 1


class LongLog:
    """The log of a job that has ended, with a hundred thousand lines."""

    title, url, step, ended, outcome, note, period = "backend-test", "", "", True, "success", "", 5.0

    async def lines(self) -> tuple[str, ...]:
        return tuple(f"2026-01-20T14:10:44Z test_{n:06} PASSED [{n * 100 // LINES:3}%]" for n in range(LINES))


async def searched(app: Any, pilot: Any) -> bool:
    """Say whether a line near the end of the log is found, and shown."""
    from tests.ui.driving import screen_text

    await pilot.press("slash", *"test_099000", "enter")
    await pilot.pause()
    return "test_099000" in screen_text(app)


def summary(found: Waits) -> dict[str, Any]:
    """Return the figures of many latencies in ms, and the peak memory of this process in MB."""
    ordered, own = sorted(wall for wall, _ in found), sorted(own for _, own in found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "keys": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[int(len(ordered) * 0.99) - 1], 1),
        "own_p50": round(statistics.median(own), 1),
        "own_p99": round(own[int(len(own) * 0.99) - 1], 1),
        "max": round(ordered[-1], 1),
        "mb": round(peak),
    }


CASES: dict[str, Callable[[float], Awaitable[dict[str, Any]]]] = {
    "minimal": minimal,
    "branches": lambda seconds: loaded(seconds, "2"),
    "runs": lambda seconds: loaded(seconds, "3"),
    "branches-open": lambda seconds: loaded(seconds, "2", "enter", keys=KEYS + FILTERING),
    "runs-open": lambda seconds: loaded(seconds, "3", "enter", keys=KEYS + FILTERING),
    "log": lambda seconds: loaded(seconds),
}


def measured(case: str, seconds: float) -> dict[str, Any]:
    """Run one case in a process of its own, so that its memory is its own."""
    argv = [sys.executable, __file__, "--case", case, "--seconds", str(seconds)]
    environ = {**os.environ, "TEXTUAL_ANIMATIONS": "none"}
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=1, help="measure so often, and let the best round of each case count")
    parser.add_argument("--case", default="", choices=("", *CASES))
    wanted = parser.parse_args()
    if wanted.case:
        gc.collect()

        async def run() -> dict[str, Any]:
            return await CASES[wanted.case](wanted.seconds)

        print(json.dumps(asyncio.run(run())))
        return 0
    return compared(wanted.seconds, wanted.rounds)


def compared(seconds: float, rounds: int) -> int:
    """Measure every case in turns, print them beside the minimal application, and return 1 where one takes more than it may."""
    turns = [{case: measured(case, seconds) for case in CASES} for _ in range(rounds)]
    floor = min((turn["minimal"] for turn in turns), key=_by_the_clock)
    print("ms; own: the time that the process itself was busy, which other work on the machine does not lengthen")
    print(f"{'minimal':14} {floor}")
    bad = 0
    for case in list(CASES)[1:]:
        best = min((turn[case] for turn in turns), key=_by_the_clock)
        beyond, own = best["p99"] - floor["p99"], best["own_p99"] - floor["own_p99"]
        good = beyond <= ALLOWED_MS and best["mb"] < ALLOWED_MB and best["stays"]
        bad += not good
        words = f"p99 beyond the minimal app: {beyond:+.1f} ms, own {own:+.1f} ms: {'good' if good else 'TOO MUCH'}"
        print(f"{case:14} {best}\n{'':14} {words}")
    return 1 if bad else 0


def _by_the_clock(found: dict[str, Any]) -> float:
    return float(found["p99"])


if __name__ == "__main__":
    sys.exit(main())
