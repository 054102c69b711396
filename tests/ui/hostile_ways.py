"""The ways through the panels: dashboard, every opened panel with its sections, the log, and what is asked anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import BlockedError
from strideiq_console.presentation.glyphs import pick
from strideiq_console.ui.screens.log import LogScreen

from .fake_ci import FakeLog
from .hostile_tour import NARROW, WIDE, Tour, Ways
from .made_standings import gate, make_execution

ENVIRONMENTS = ("environments", "ladder", "parts", "deployments", "names", "providers")
BRANCHES = ("branches", "commits", "diff")


async def pages(tour: Tour, surface: str, key: str = "space", most: int = 6) -> None:
    """Look at what does not fit one page, page by page, until nothing new comes; the first page key may but move a cursor."""
    idle = 0
    for _ in range(most):
        before = len(tour.drawn[surface])
        tour.look(surface)
        idle = idle + 1 if len(tour.drawn[surface]) == before else 0
        if idle > 1:
            break
        await tour.go(key)


async def dashboard(tour: Tour) -> None:
    tour.look("dashboard")


async def narrow(tour: Tour) -> None:
    """The smallest terminal that is served: one panel at a time below its tabs, and the header's short forms."""
    tour.resize(*NARROW)
    await tour.still()
    for number in "23456":
        await tour.go(number)
        tour.look("narrow dashboard")
    await tour.go("3", "enter")
    tour.look("narrow panel")
    tour.resize(*WIDE)
    await tour.still()


async def environments(tour: Tour) -> None:
    await tour.go("1", "enter")
    for surface in ENVIRONMENTS:
        tour.look(surface)
        await tour.go("right_square_bracket")
    tour.console.unfolding.error = BlockedError(tour.everything[:3000], consequence=tour.part(0, 50))
    await tour.go("right_square_bracket", "r")
    tour.look("ladder")


async def branches(tour: Tour) -> None:
    await tour.go("2", "enter")
    tour.look("branches")
    for surface in BRANCHES[1:]:
        await tour.go("right_square_bracket", "right")
        await pages(tour, surface, "pagedown", 20)


async def acts(tour: Tour) -> None:
    for number in "23":
        await tour.go(number, "a")
        tour.look("acts")
        await tour.go("escape")


async def ci(tour: Tour) -> None:
    await tour.go("3", "enter")
    tour.look("ci")
    await tour.go("enter")
    tour.look("ci jobs")
    await tour.go("enter", "right")
    await pages(tour, "ci steps", "pagedown", 9)


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
    await tour.go("x")
    tour.look("costs")


async def alerts(tour: Tour) -> None:
    await tour.go("6", "enter")
    for _ in range(5):
        tour.look("alerts")
        await tour.go("down")


async def log(tour: Tour) -> None:
    lines = (*(tour.texts[n] for n in tour.left[:40]), *tour.packed(110))
    source = FakeLog(lines, title=tour.poison.behind("log"), step=tour.poison.behind("step"))
    source.note = tour.part(0, 9)
    await tour.app.push_screen(LogScreen(source, tour.console, pick("unicode", {})))  # type: ignore[arg-type]
    await tour.go("home")
    await pages(tour, "log", "pagedown", 12)
    source.error = BlockedError(tour.everything[:2000])
    await tour.go("r")
    tour.look("log")


async def what_changed(tour: Tour) -> None:
    await tour.go("d")
    await pages(tour, "changes", most=12)


async def session_end(tour: Tour) -> None:
    await tour.go("x")
    await pages(tour, "session end", most=4)


async def history(tour: Tour) -> None:
    whole = make_execution("push", plan=tour.engine(gate()).planned)
    listed = (whole, *(replace(tour.hostile(make_execution("push")), id=f"1120-{n:06d}") for n in range(20)))
    tour.console.tell("executions", replace(tour.console.current, executions=listed))
    await tour.go("9")
    for _ in range(4):
        tour.look("history")
        await tour.go("down")
    await tour.go("home", "e")
    await pages(tour, "evidence", most=12)


async def palette(tour: Tour) -> None:
    await tour.go("colon", "q")
    for _ in range(2):
        tour.look("palette")
        await tour.go("pagedown")
    await tour.go("escape")


async def toasts(tour: Tour) -> None:
    """A toast for as much as the screen has room for; the same goes to the clipboard and to titles."""
    await tour.go("9")
    lines = tour.packed(54)
    tour.app.clear_notifications()
    for start in range(0, len(lines), 14):
        words = lines[start : start + 14]
        tour.app.notify("\n".join(words), title=words[0])
        tour.app.copy_to_clipboard("\n".join(words))
        tour.app.title = tour.app.sub_title = words[0]
        await tour.still()
        tour.look("toasts")
        tour.app.clear_notifications()


async def watched(tour: Tour) -> None:
    """What is said when a run has ended: a toast, the bell, and the terminal's title."""
    ci, known = tour.console.ci, tour.console.current
    first, *others = known.runs.value or ()
    runs = (replace(first, state=CheckState.RUNNING), *others)
    tour.console.tell("runs", replace(known, runs=replace(known.runs, value=runs)))
    ci.over, ci.ending = asyncio.Event(), replace(first, branch=tour.everything[:900])
    await tour.go("3", "enter", "w")
    tour.look("watched")
    ci.over.set()
    await tour.still()
    tour.look("watched")


async def copied(tour: Tour) -> None:
    """Names and addresses of rows go to the clipboard, and a toast says so."""
    for number in "23":
        await tour.go(number)
        for _ in range(2):
            await tour.go("y", "Y", "o", "down")
        tour.look("copied")
        tour.app.clear_notifications()


async def pasted(tour: Tour) -> None:
    """What is pasted comes from a page that somebody else wrote."""
    one = tour.everything[:900]
    await tour.go("2", "enter", "slash")
    await tour.paste(one)
    tour.look("pasted")
    await tour.go("escape", "escape")
    await tour.go("colon")
    await tour.paste(one)
    tour.look("pasted")
    await tour.go("escape", "5", "enter", "e")
    await tour.paste(one)
    tour.look("pasted")


async def keys(tour: Tour) -> None:
    await tour.go("2", "question_mark")
    tour.look("help")
    await tour.go("escape", "W")
    tour.look("menu")


PANELS: Ways = {
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
    "watched": (watched, ("watched",)),
    "copied": (copied, ("copied",)),
    "pasted": (pasted, ("pasted",)),
    "keys": (keys, ("help", "menu")),
    "narrow": (narrow, ("narrow dashboard", "narrow panel")),
    "toasts": (toasts, ("toasts",)),
}
