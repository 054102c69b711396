"""Load: how long keys wait while news pour in, against a minimal Textual application in the same run; and the memory it takes.

5,000 branches, 500 pull requests, 10,000 runs, 500 events a second for 20 s, then a log of 100,000 lines. Run with
``make bench-load``. Prints medians and 99th percentiles in ms, their difference to the minimal application, and MB.
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
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
SIZE = (120, 36)
EVENTS_A_SECOND = 500
KEYS = ("j", "j", "j", "k", "G", "k", "g", "j", "pagedown", "pageup")


def many_facts() -> Any:
    """Return facts as large as the issue names them."""
    from strideiq_console.domain.ci import CheckState
    from tests.presentation.facts import ago, branch, pull, reading, run, sha
    from tests.presentation.measured_facts import whole

    names = [f"feature/work-{n:04}" for n in range(5000)]
    branches = [branch(name, sha(f"{n:05x}"), at=ago(minutes=n), ahead=n % 9, behind=n % 4) for n, name in enumerate(names)]
    pulls = [pull(1000 + n, name, "staging") for n, name in enumerate(names[:500])]
    states = (CheckState.SUCCESS, CheckState.FAILURE, CheckState.RUNNING)
    runs = [run(n, names[n % 5000], sha(f"{n:05x}"), state=states[n % 3]) for n in range(10_000, 0, -1)]
    base = whole(error_rate=0.072)
    return replace(
        base,
        branches=reading("git", (*(base.branches.value or ()), *branches), period=20),
        pulls=reading("github", tuple(pulls), period=180),
        runs=reading("github", tuple(runs), period=90),
    )


async def latencies(app: Any, seconds: float, press: Callable[[str], Awaitable[None]]) -> list[float]:
    """Return how long each key took from being pressed to the end of the refresh after it."""
    found: list[float] = []
    until = time.perf_counter() + seconds
    turn = 0
    while time.perf_counter() < until:
        began = time.perf_counter()
        await press(KEYS[turn % len(KEYS)])
        done = asyncio.Event()
        app.call_after_refresh(done.set)
        await done.wait()
        found.append((time.perf_counter() - began) * 1000)
        turn += 1
        await asyncio.sleep(0.02)
    return found


async def pour(tell: Callable[[int], None], stop: asyncio.Event) -> int:
    """Send events at the wished rate until told to stop; return how many were sent."""
    sent, began = 0, time.perf_counter()
    while not stop.is_set():
        due = int((time.perf_counter() - began) * EVENTS_A_SECOND)
        for _ in range(min(due - sent, EVENTS_A_SECOND)):
            sent += 1
            tell(sent)
        await asyncio.sleep(0.002)
    return sent


async def minimal(seconds: float) -> dict[str, Any]:
    """Measure an application that has nothing but one table of Textual's own, while as many events reach it."""
    from textual.app import App, ComposeResult
    from textual.widgets import DataTable

    class Minimal(App[None]):
        def compose(self) -> ComposeResult:
            yield DataTable(cursor_type="row")

        def on_mount(self) -> None:
            table = self.query_one(DataTable)
            table.add_column("run", width=20)
            table.add_rows([(f"row {n}",) for n in range(200)])

    app = Minimal()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stop = asyncio.Event()
        events = asyncio.create_task(pour(lambda n: None, stop))

        async def press(key: str) -> None:
            app.post_message(key_event(key))

        found = await latencies(app, seconds, press)
        stop.set()
        await events
    return summary(found)


def key_event(key: str) -> Any:
    """Return the event that a terminal's driver posts for a key."""
    from textual import events
    from textual.keys import _character_to_key

    name = _character_to_key(key) if len(key) == 1 else key
    return events.Key(name, key if len(key) == 1 else None)


async def loaded(seconds: float, panel: str) -> dict[str, Any]:
    """Measure the console over many facts, with runs and branches changing all the time; cursor and scroll must stay put."""
    from strideiq_console.domain.ci import CheckState
    from strideiq_console.settings.model import UiSettings
    from strideiq_console.ui.app import ConsoleApp
    from strideiq_console.ui.widgets.table import TableView
    from tests.ui.fakes import FakeConsole

    facts = many_facts()
    runs = list(facts.runs.value or ())
    with tempfile.TemporaryDirectory() as folder:
        console: Any = FakeConsole(Path(folder), facts=facts, ui=UiSettings(glyphs="unicode"))
        app = ConsoleApp(console)
        app.animation_level = "none"
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()

            def tell(n: int) -> None:
                at = n % 50
                state = CheckState.RUNNING if n % 2 else CheckState.SUCCESS
                runs[at] = replace(runs[at], state=state, updated_at=facts.runs.seen + timedelta(milliseconds=n))
                if n % 10 == 0:
                    console.current = replace(console.current, runs=replace(facts.runs, value=tuple(runs)))
                console.tell("runs" if n % 3 else "branches")

            await pilot.press(panel)
            stop = asyncio.Event()
            events = asyncio.create_task(pour(tell, stop))

            async def press(key: str) -> None:
                app.post_message(key_event(key))

            await latencies(app, min(seconds, 2.0), press)  # warms up
            found = await latencies(app, seconds, press)
            stays = await stays_put(app, pilot, TableView)
            stop.set()
            sent = await events
    return {**summary(found), "events": sent, "stays_put": stays}


async def stays_put(app: Any, pilot: Any, view_type: Any) -> bool:
    """Say whether cursor and scroll stand still for two seconds of events while no key is pressed."""
    view = app.focused
    if not isinstance(view, view_type):
        return False
    await pilot.press("g", "pagedown")
    await pilot.pause()
    before = (view.row.key if view.row else None, round(view.scroll_y))
    await asyncio.sleep(2.0)
    return before == (view.row.key if view.row else None, round(view.scroll_y))


async def long_log(lines: int) -> dict[str, Any]:
    """Measure a log of so many lines: shown, searched, and walked through."""
    from strideiq_console.settings.model import UiSettings
    from strideiq_console.ui.app import ConsoleApp
    from strideiq_console.ui.screens.log import LogScreen
    from tests.presentation.facts import calm
    from tests.ui.fakes import FakeConsole

    text = tuple(f"2026-01-20T14:10:44Z test_{n:06} PASSED [{n * 100 // lines:3}%]" for n in range(lines))

    class Source:
        title, url, step, ended, outcome, note, period = "backend-test", "", "", True, "success", "", 5.0

        async def lines(self) -> tuple[str, ...]:
            return text

    with tempfile.TemporaryDirectory() as folder:
        console: Any = FakeConsole(Path(folder), facts=calm(), ui=UiSettings(glyphs="unicode"))
        app = ConsoleApp(console)
        app.animation_level = "none"
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            began = time.perf_counter()
            await app.push_screen(LogScreen(Source(), console, app.glyphs))
            await pilot.pause()
            shown = (time.perf_counter() - began) * 1000

            async def press(key: str) -> None:
                app.post_message(key_event(key))

            walked = await latencies(app, 4.0, press)
            began = time.perf_counter()
            await pilot.press("slash", *"test_099", "enter")
            await pilot.pause()
            searched = (time.perf_counter() - began) * 1000
    return {**summary(walked), "shown": round(shown), "searched": round(searched)}


def summary(found: list[float]) -> dict[str, Any]:
    """Return the figures of many latencies in ms, and the peak memory of this process in MB."""
    ordered = sorted(found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "keys": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[int(len(ordered) * 0.99) - 1], 1),
        "max": round(ordered[-1], 1),
        "mb": round(peak),
    }


def measured(case: str, seconds: float) -> dict[str, Any]:
    """Run one case in a process of its own, so that its memory is its own."""
    environ = {**os.environ, "TEXTUAL_ANIMATIONS": "none"}
    argv = [sys.executable, __file__, "--case", case, "--seconds", str(seconds)]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--case", default="")
    wanted = parser.parse_args()
    if wanted.case:
        gc.collect()
        cases: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
            "minimal": lambda: minimal(wanted.seconds),
            "branches": lambda: loaded(wanted.seconds, "2"),
            "runs": lambda: loaded(wanted.seconds, "3"),
            "log": lambda: long_log(100_000),
        }

        async def run() -> dict[str, Any]:
            return await cases[wanted.case]()

        print(json.dumps(asyncio.run(run())))
        return 0
    floor = measured("minimal", wanted.seconds)
    print(f"{'minimal Textual app':24} {floor}")
    for case in ("branches", "runs", "log"):
        found = measured(case, wanted.seconds)
        print(f"{case:24} {found}  p99 beyond the minimal app: {found['p99'] - floor['p99']:+.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
