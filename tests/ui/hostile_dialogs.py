"""The ways through runbooks: their screen, their plans, and every dialog in which a person decides."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.domain.runbook.standing import Awaits, Standing

from .fakes import FakeEngine
from .hostile_tour import Tour, Ways
from .hostile_ways import PANELS, pages
from .made_forms import COMMIT, commit_question
from .made_standings import confirmation, diverged, gate, make_execution, question, stopped


def effects(tour: Tour) -> tuple[Effect, ...]:
    return tuple(Effect(line, line[:200]) for line in tour.packed(500))


async def rollback(tour: Tour) -> None:
    await tour.app.run_action("runbook('rollback')")
    await tour.still()
    await tour.go("down")
    tour.look("rollback")
    await tour.go("D")
    await pages(tour, "rollback plan", most=20)


async def form(tour: Tour) -> None:
    asked = tour.hostile(COMMIT)
    # The names of fields are the runbook's own words.
    named = tuple(replace(new, name=old.name) for new, old in zip(asked.fields, COMMIT.fields, strict=True))
    await tour.standing(replace(commit_question(), form=replace(asked, fields=named, notes=(tour.everything,))))
    await tour.go("c")
    tour.look("form")
    await tour.go("tab")
    await tour.paste("\n".join(tour.packed(80)))
    await pages(tour, "editor", "pageup", 20)


async def run(tour: Tour) -> None:
    standing = tour.hostile(replace(gate(), reasons=(tour.everything[:3000], *gate().reasons)))
    plan = tour.engine(standing).planned
    await tour.standing(replace(standing, execution=make_execution("merge-main", plan=plan)))
    tour.look("run")
    await tour.go("y")
    await tour.go("D")
    await pages(tour, "plan", most=20)


async def diverging(tour: Tour) -> None:
    await tour.standing(tour.hostile(replace(diverged(), reasons=(tour.everything[:3000],))))
    tour.look("diverged")


async def confirm(tour: Tour) -> None:
    await tour.standing(replace(tour.hostile(confirmation("merge-main", 3)), effects=effects(tour)))
    await tour.go("c")
    await pages(tour, "confirm", "pagedown", 12)


async def ask(tour: Tour) -> None:
    """The question of a step with what it would do, what stays or is taken back, and what is kept in the journal."""
    asked = tour.hostile(replace(question(), question=tour.part(0, 3)))
    await tour.standing(replace(asked, effects=effects(tour), reasons=(tour.everything,)))
    await tour.go("c")
    tour.look("ask")
    await tour.go("escape", "m")
    tour.look("mark")
    await tour.go("escape", "z")
    tour.look("undo")
    await tour.go("escape", "x")
    await tour.paste(tour.everything[:400])
    tour.look("abandon")


async def left_behind(tour: Tour) -> None:
    """What an abandoned execution leaves behind, when it is abandoned before one's eyes."""
    standing = tour.hostile(stopped())
    await tour.standing(standing)
    ended = replace(standing.execution, ended=ExecutionState.ABANDONED)
    screen, reasons = tour.app.screen, tuple(tour.packed(80))
    screen.show(Standing(ended, Awaits.NOTHING, None, tour.part(0, 3), reasons=reasons))  # type: ignore[attr-defined]
    await tour.still()
    await pages(tour, "left behind", most=40)
    await tour.go("y")


async def begin(tour: Tour) -> None:
    """A runbook's own words in the form that begins it: it may stand in a file that came with the clone."""
    for number in (1, 2):
        await tour.app.run_action(f"runbook('own-{number}')")
        await tour.still()
        tour.look("begin")
        await tour.go("escape")


async def choose(tour: Tour) -> None:
    listed = tuple(replace(tour.hostile(make_execution("push")), id=f"1120-{n:06d}") for n in range(9))
    tour.console.tell("executions", replace(tour.console.current, executions=listed))
    await tour.go("u")
    tour.look("choose")


async def fault(tour: Tour) -> None:
    error = BlockedError("; ".join(tour.packed(88)), consequence=tour.poison.behind("so"), next_step=tour.poison.behind("then"))
    tour.console.engine = FakeEngine([gate()], error=error)
    await tour.app.run_action("runbook('own-7')")
    await tour.still()
    await pages(tour, "fault", most=20)


DIALOGS: Ways = {
    "rollback": (rollback, ("rollback", "rollback plan")),
    "form": (form, ("form", "editor")),
    "run": (run, ("run", "plan")),
    "diverged": (diverging, ("diverged",)),
    "confirm": (confirm, ("confirm",)),
    "ask": (ask, ("ask", "mark", "undo", "abandon")),
    "left behind": (left_behind, ("left behind",)),
    "begin": (begin, ("begin",)),
    "choose": (choose, ("choose",)),
    "fault": (fault, ("fault",)),
}
WAYS: Ways = {**DIALOGS, **PANELS}
SURFACES = tuple(surface for _, surfaces in WAYS.values() for surface in surfaces)
