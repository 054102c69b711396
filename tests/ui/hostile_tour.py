"""Drives every screen over hostile facts until each text of a corpus was drawn on each of them; says what was drawn where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

from textual.pilot import Pilot

from strideiq_console.domain.ci_file import CiFile, CiRemark
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.glyphs import pick
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.log import LogScreen

from .driving import press, screen_text
from .fake_ci import FakeLog
from .fakes import FakeConsole, FakeEngine
from .hostile_facts import Poison, changed, commits, comparison, joined, poisoned, unfolded, whole
from .made_forms import COMMIT, commit_question
from .made_rollback import candidates, offer
from .made_standings import confirmation, diverged, gate, make_execution

TAG = re.compile(r"q(\d{3})")


class Tour:
    """Knows which text has been drawn on which surface. ``framed`` is told after each look, with the surface's name.

    Each text has its number before it (``q017``); it counts as drawn where its first letters stand behind that number, so one that
    is eaten, or that moves the cursor, never counts.
    """

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], console: FakeConsole, texts: Sequence[str], *, turns: int = 2) -> None:
        self.app, self.pilot, self.console, self.most = app, pilot, console, turns
        self.texts = tuple(f"q{number:03d}{text}" for number, text in enumerate(texts))
        self._heads = [clean_line(text)[:3].rstrip() for text in texts]
        self.drawn: dict[str, set[int]] = defaultdict(set)
        self.given: dict[str, set[int]] = defaultdict(set)
        self.framed: Callable[[str], None] = lambda surface: None
        self.poison = Poison(cycle(self.texts), 1, 1)
        self.left: list[int] = []

    def lacking(self, *surfaces: str) -> list[int]:
        return sorted({n for n in range(len(self.texts)) for surface in surfaces if n not in self.drawn[surface]})

    async def go(self, *keys: str) -> None:
        await press(self.pilot, *keys)

    def look(self, surface: str) -> None:
        """Count what stands on the screen now."""
        text = screen_text(self.app)
        for match in TAG.finditer(text):
            number = int(match[1])
            if number < len(self._heads) and text.startswith(self._heads[number], match.end()):
                self.drawn[surface].add(number)
        self.given[surface].update(self.left)
        self.framed(surface)

    async def walk(self, name: str) -> None:
        """Walk one way so often; each time with what its surfaces have not drawn yet."""
        way, surfaces = WAYS[name]
        for turn in range(self.most):
            self.left = self.lacking(*surfaces)
            if not self.left:
                break
            self._prepare(turn)
            self.app.to_dashboard()
            await self.pilot.pause()
            await way(self)
        self.app.to_dashboard()

    def _prepare(self, turn: int) -> None:
        shift = turn * 37 % len(self.left)
        order = [self.texts[n] for n in (*self.left[shift:], *self.left[:shift])]
        # A narrow cell shows one text, what is folded shows them all; but then there is no room for rows: so they take turns.
        self.poison = Poison(cycle(order), (1, 2, 4)[turn % 3], (len(order), 1)[turn % 2])
        console = self.console
        standing = self.hostile(gate())
        console.current = joined(self.hostile(whole(executions=(standing.execution,))))
        console.engine = FakeEngine([standing])
        console.unfolding.error = None if turn % 2 else BlockedError(self.everything)
        console.unfolding.found = {name: self.hostile(value) for name, value in unfolded().items()}
        console.branches.commits, console.branches.comparison = self.hostile(commits()), self.hostile(comparison())
        console.came = self.hostile(changed(console.known_changes("production")))
        console.candidates, console.offer = self.hostile(candidates()), self.hostile(offer())
        console.ci.workflow = CiFile(remarks=[CiRemark(n, self.poison.behind("")) for n in range(9)])
        console.job_list, console.log = (), tuple(order)
        console.past = console.current.history["production"].value or ()
        for feed in ("branches", "runs", "metrics/production/prometheus", "costs/railway", "health/production", "executions"):
            console.tell(feed)

    def hostile(self, value: Any) -> Any:
        return poisoned(value, self.poison)

    @property
    def everything(self) -> str:
        return " ".join(self.texts[n] for n in self.left)

    def standing(self, standing: Standing) -> None:
        """Let one execution stand so."""
        self.console.engine = FakeEngine([standing])
        self.console.tell("executions", replace(self.console.current, executions=(standing.execution,)))


async def dashboard(tour: Tour) -> None:
    tour.look("dashboard")


async def environments(tour: Tour) -> None:
    await tour.go("1", "enter")
    for surface in ENVIRONMENTS:
        tour.look(surface)
        await tour.go("right_square_bracket")


async def branches(tour: Tour) -> None:
    await tour.go("2", "enter")
    for surface in BRANCHES:
        tour.look(surface)
        await tour.go("right_square_bracket")


async def acts(tour: Tour) -> None:
    await tour.go("2", "a")
    tour.look("acts")


async def ci(tour: Tour) -> None:
    await tour.go("3", "enter")
    tour.look("ci")
    await tour.go("enter")
    tour.look("ci jobs")
    await tour.go("enter")
    tour.look("ci steps")


async def metrics(tour: Tour) -> None:
    await tour.go("4", "enter")
    for _ in range(2):
        tour.look("metrics")
        await tour.go("down")


async def costs(tour: Tour) -> None:
    await tour.go("5", "enter")
    tour.look("costs")
    await tour.go("down")
    tour.look("costs")
    await tour.go("t")
    tour.look("triggers")


async def alerts(tour: Tour) -> None:
    await tour.go("6", "enter")
    tour.look("alerts")


async def log(tour: Tour) -> None:
    source = FakeLog(tuple(tour.texts[n] for n in tour.left), title=tour.poison.behind("log"), step=tour.poison.behind("step"))
    await tour.app.push_screen(LogScreen(source, tour.console, pick("unicode", {})))  # type: ignore[arg-type]
    await tour.go("home")
    for _ in range(len(tour.left) // 20 + 1):
        tour.look("log")
        await tour.go("pagedown")


async def what_changed(tour: Tour) -> None:
    await tour.go("d")
    tour.look("changes")
    await tour.go("space")
    tour.look("changes")


async def session_end(tour: Tour) -> None:
    await tour.go("x")
    tour.look("session end")


async def palette(tour: Tour) -> None:
    await tour.go("colon", "q")
    tour.look("palette")
    await tour.go("pagedown")
    tour.look("palette")
    await tour.go("escape")


async def history(tour: Tour) -> None:
    standing = tour.hostile(gate())
    listed = tuple(replace(tour.hostile(make_execution("push")), id=f"1120-{n:06d}") for n in range(20))
    tour.console.tell("executions", replace(tour.console.current, executions=(standing.execution, *listed)))
    await tour.go("9")
    tour.look("history")
    await tour.go("e")
    for _ in range(2):
        tour.look("evidence")
        await tour.go("space")


async def rollback(tour: Tour) -> None:
    await tour.app.run_action("runbook('rollback')")
    await tour.go("down")
    tour.look("rollback")


async def form(tour: Tour) -> None:
    asked = tour.hostile(replace(COMMIT, notes=(tour.everything,)))
    named = tuple(
        replace(new, name=old.name) for new, old in zip(asked.fields, COMMIT.fields, strict=True)
    )  # the runbook's own words
    tour.standing(replace(commit_question(), form=replace(asked, fields=named)))
    await tour.go("u", "c")
    tour.look("form")


async def run(tour: Tour) -> None:
    tour.standing(tour.hostile(replace(gate(), reasons=(tour.everything[:3000], *gate().reasons))))
    await tour.go("u")
    tour.look("run")
    await tour.go("D")
    tour.look("plan")
    await tour.go("space")
    tour.look("plan")


async def diverging(tour: Tour) -> None:
    tour.standing(tour.hostile(replace(diverged(), reasons=(tour.everything[:3000],))))
    await tour.go("u")
    tour.look("diverged")


async def confirm(tour: Tour) -> None:
    half = len(tour.left) // 2
    parts = (tour.left[:half], tour.left[half:])
    effects = tuple(Effect(*(" ".join(tour.texts[n] for n in part[side::2]) for side in (0, 1))) for part in parts)
    tour.standing(replace(tour.hostile(confirmation("merge-main", 3)), effects=effects))
    await tour.go("u", "c")
    tour.look("confirm")
    await tour.go("pagedown")
    tour.look("confirm")


async def choose(tour: Tour) -> None:
    listed = tuple(replace(tour.hostile(make_execution("push")), id=f"1120-{n:06d}") for n in range(9))
    tour.console.tell("executions", replace(tour.console.current, executions=listed))
    await tour.go("u")
    tour.look("choose")


async def fault(tour: Tour) -> None:
    error = BlockedError(tour.everything, consequence=tour.poison.behind("so"), next_step=tour.poison.behind("then"))
    engine = FakeEngine([gate()], error=error)
    tour.console.engine = engine
    await tour.app.run_action("runbook('protect')")
    await tour.pilot.pause()
    tour.look("fault")


async def toasts(tour: Tour) -> None:
    for start in range(0, len(tour.left), 60):
        words = " ".join(tour.texts[n] for n in tour.left[start : start + 60])
        tour.app.notify(words, title=words[:40])
        tour.app.copy_to_clipboard(words)
        tour.app.title = tour.app.sub_title = words
        await tour.pilot.pause()
        await tour.pilot.pause()
        tour.look("toasts")
        tour.app.clear_notifications()


async def keys(tour: Tour) -> None:
    await tour.go("2", "question_mark")
    tour.look("help")
    await tour.go("escape", "W")
    tour.look("menu")


ENVIRONMENTS = ("environments", "ladder", "parts", "deployments", "names", "providers")
BRANCHES = ("branches", "commits", "diff")
Way = Callable[[Tour], Awaitable[None]]
WAYS: dict[str, tuple[Way, tuple[str, ...]]] = {
    "dashboard": (dashboard, ("dashboard",)),
    "environments": (environments, ENVIRONMENTS),
    "branches": (branches, BRANCHES),
    "acts": (acts, ("acts",)),
    "ci": (ci, ("ci", "ci jobs", "ci steps")),
    "metrics": (metrics, ("metrics",)),
    "costs": (costs, ("costs", "triggers")),
    "alerts": (alerts, ("alerts",)),
    "log": (log, ("log",)),
    "changes": (what_changed, ("changes",)),
    "session end": (session_end, ("session end",)),
    "palette": (palette, ("palette",)),
    "history": (history, ("history", "evidence")),
    "rollback": (rollback, ("rollback",)),
    "form": (form, ("form",)),
    "run": (run, ("run", "plan")),
    "diverged": (diverging, ("diverged",)),
    "confirm": (confirm, ("confirm",)),
    "choose": (choose, ("choose",)),
    "fault": (fault, ("fault",)),
    "toasts": (toasts, ("toasts",)),
    "keys": (keys, ("help", "menu")),
}
"""Each way through the screens, and the surfaces that it passes."""
