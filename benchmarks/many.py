"""A console of which much is known and of which much changes: 5,000 branches, 500 pull requests, 10,000 runs, and their events."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.facts import Facts
from strideiq_console.settings.model import UiSettings
from tests.presentation.facts import NOW, ago, branch, health, probe, pull, reading, run, sha
from tests.presentation.measured_facts import whole
from tests.ui.fakes import FakeConsole

BRANCHES, PULLS, RUNS = 5_000, 500, 10_000
EVENTS_A_SECOND = 500
_STATES = (CheckState.SUCCESS, CheckState.FAILURE, CheckState.CANCELLED)
_FEEDS = (
    "runs",
    "branches",
    "runs",
    "health/production",
    "runs",
    "pulls",
    "runs",
    "branches",
    "runs",
    "metrics/production/prometheus",
)


class RunningClock:
    """Goes on from the moment of the facts as fast as any clock."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return time.monotonic() - self._began

    def wall(self) -> float:
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManyConsole(FakeConsole):
    """Holds the many facts; :meth:`event` changes one of them and tells it, as the board does for each reading."""

    def __init__(self, folder: Path) -> None:
        names = [f"feature/work-{n:04}" for n in range(BRANCHES)]
        runs = [run(n, names[n % BRANCHES], sha(f"{n:05x}"), state=_STATES[n % 3]) for n in range(RUNS, 0, -1)]
        base = whole(error_rate=0.072)
        self.many: dict[str, list[Any]] = {
            "branches": [
                branch(name, sha(f"{n:05x}"), at=ago(minutes=n), ahead=n % 9, behind=n % 4) for n, name in enumerate(names)
            ],
            "pulls": [pull(1000 + n, name, "staging") for n, name in enumerate(names[:PULLS])],
            "runs": runs,
        }
        self.many["branches"] += base.branches.value or ()
        super().__init__(folder, facts=base, ui=UiSettings(glyphs="unicode"))
        self.clock: Any = RunningClock()
        self._changed = set(self.many)
        self.sent = 0

    def facts(self) -> Facts:
        """Return the facts of the moment: one object until one of them changes."""
        if self._changed:
            fields: dict[str, Any] = {}
            for name in self._changed & set(self.many):
                fields[name] = reading("github", tuple(self.many[name]), seen=self.clock.now(), period=90)
            if "health/production" in self._changed:
                ms = 80 + self.sent % 40
                fields["health"] = {**self.current.health, "production": health("production", probe(ms=ms))}
            if "metrics/production/prometheus" in self._changed:
                fields["metrics"] = {name: replace(one, seen=self.clock.now()) for name, one in self.current.metrics.items()}
            self._changed.clear()
            self.current = replace(self.current, **fields)
        return self.current

    def event(self) -> None:
        """Let one thing happen: a run goes on or begins, a branch gets a commit, a pull request is blocked, a page answers."""
        n = self.sent = self.sent + 1
        feed = _FEEDS[n % len(_FEEDS)]
        if feed == "runs":
            self._run(n)
        elif feed == "branches":
            self._branch(n)
        elif feed == "pulls":
            at = n * 7 % PULLS
            one = self.many["pulls"][at]
            self.many["pulls"][at] = replace(one, blockers=() if one.blockers else ("waits for a review",))
        self._changed.add(feed)
        self.tell(feed)

    def _run(self, n: int) -> None:
        runs = self.many["runs"]
        if n % 50 == 0:
            begun = self.clock.now()
            more = {"created_at": begun, "started_at": begun, "updated_at": begun}
            number = runs[0].number + 1
            runs.insert(0, run(number, f"feature/work-{n % BRANCHES:04}", sha(f"{number:05x}"), state=CheckState.RUNNING, **more))
            runs.pop()
        else:
            at = n * 7 % 200
            state = CheckState.RUNNING if runs[at].state is not CheckState.RUNNING else CheckState.SUCCESS
            runs[at] = replace(runs[at], state=state, updated_at=self.clock.now())

    def _branch(self, n: int) -> None:
        at = n * 37 % BRANCHES
        one = self.many["branches"][at]
        tip = sha(f"{n:06x}")
        commit = Commit(tip, f"Event {n}", "founder", self.clock.now())
        self.many["branches"][at] = replace(one, tip=commit, remote=tip)

    async def pour(self, stop: asyncio.Event) -> None:
        """Let things happen at the rate of the issue until told to stop."""
        sent, began = 0, time.perf_counter()
        while not stop.is_set():
            due = int((time.perf_counter() - began) * EVENTS_A_SECOND)
            for _ in range(min(due - sent, EVENTS_A_SECOND)):
                sent += 1
                self.event()
            await asyncio.sleep(0.002)
