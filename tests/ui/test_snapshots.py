"""How the screens look, in both themes and both sizes.

After a wanted change: look at it, then ``pytest tests/ui --snapshot-update``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.reading import Reading
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.ui.app import ConsoleApp

from .conftest import Make
from .driving import press
from .fakes import FakeEngine
from .made_facts import facts, failed, unconfigured
from .made_standings import confirmation, gate, make_execution, question

WIDE, NARROW = (120, 36), (80, 24)
Snap = Callable[..., bool]


def stopped() -> Standing:
    execution = make_execution("push", failing="the remote refused the push: branch is protected")
    return Standing(execution, Awaits.CHOICE, execution.record("push"), "push failed", undoable=True)


def waiting() -> Standing:
    execution = make_execution("staging-live", waiting="Vercel is ready; Railway is deploying 51d09aa, 0:41")
    return Standing(execution, Awaits.OUTSIDE, execution.record("staging-live"), "waiting for Railway", undoable=True)


def done() -> Standing:
    execution = replace(make_execution(), ended=ExecutionState.DONE)
    return Standing(execution, Awaits.NOTHING, None, "hotfix fix-auth-crash: done")


def dashboard(make: Make, theme: str) -> ConsoleApp:
    return make(theme=theme, engine=FakeEngine([gate()]))


def troubled(make: Make, theme: str) -> ConsoleApp:
    known = facts()
    return make(
        theme=theme,
        engine=FakeEngine([gate()]),
        executions=(gate().execution,),
        sandbox=True,
        runs=failed(known.runs),
        branches=Reading("git"),
        pulls=unconfigured("github"),
        guide=(
            "W, then h, starts a hotfix; u resumes.",
            "? shows every key. q leaves.",
            "esc hides these lines.",
        ),
    )


def at(standing: Callable[[], Standing]) -> Callable[[Make, str], ConsoleApp]:
    def build(make: Make, theme: str) -> ConsoleApp:
        return make(theme=theme, sandbox=True, executions=(gate().execution,), engine=FakeEngine([standing()]))

    return build


CASES: dict[str, tuple[Callable[[Make, str], ConsoleApp], tuple[str, ...]]] = {
    "dashboard": (dashboard, ()),
    "dashboard-troubled": (troubled, ()),
    "zoom": (dashboard, ("3", "j", "j", "enter")),
    "runbook-gate": (at(gate), ("u",)),
    "runbook-waiting": (at(waiting), ("u",)),
    "runbook-stopped": (at(stopped), ("u",)),
    "runbook-done": (at(done), ("u",)),
    "confirm-level-2": (at(lambda: confirmation("push", 2)), ("u", "c")),
    "confirm-level-3": (at(lambda: confirmation("merge-main", 3)), ("u", "c")),
    "question": (at(question), ("u", "c")),
    "inputs": (dashboard, ("W", "h", "B", "a", "d", "enter", "enter")),
    "plan": (dashboard, ("W", "h", "a", "enter", "enter")),
    "workflows": (dashboard, ("W", "b")),
    "help": (dashboard, ("?",)),
    "reason": (at(stopped), ("u", "s")),
    "undo": (at(stopped), ("u", "z")),
    "palette": (dashboard, ("colon",)),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x36", "80x24"])
@pytest.mark.parametrize("theme", ["night", "day"])
@pytest.mark.parametrize("case", CASES)
def test_looks(case: str, theme: str, size: tuple[int, int], make: Make, snap_compare: Any) -> None:
    build, keys = CASES[case]

    async def drive(pilot: Pilot[int]) -> None:
        await press(pilot, *keys)
        for widget in pilot.app.screen.query("Input"):
            widget.cursor_blink = False  # type: ignore[attr-defined]
        # On a busy machine a toast has gone by itself by now; elsewhere it must not decide either.
        pilot.app.clear_notifications()
        for screen in pilot.app.screen_stack:
            await screen.query("Toast").remove()
        await pilot.pause()

    app = build(make, theme)
    assert snap_compare(app, terminal_size=size, run_before=drive)
