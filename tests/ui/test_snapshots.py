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
from .made_forms import commit_question, gate_with_override
from .made_rollback import candidates, offer
from .made_standings import confirmation, diverged, gate, level_4, make_execution, question, stopped, waiting

WIDE, NARROW = (120, 36), (80, 24)
Snap = Callable[..., bool]


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


def rolling_back(make: Make, theme: str) -> ConsoleApp:
    app = make(theme=theme, sandbox=True, engine=FakeEngine([gate()]))
    app.services.candidates, app.services.offer = candidates(), offer()  # type: ignore[attr-defined]
    return app


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
    "confirm-level-4": (at(level_4), ("u", "c")),
    "question": (at(question), ("u", "c")),
    "form": (at(commit_question), ("u", "c")),
    "override": (at(gate_with_override), ("u", "o")),
    "runbook-diverged": (at(diverged), ("u",)),
    "mark": (at(diverged), ("u", "m")),
    "abandon": (at(diverged), ("u", "x")),
    "progress": (at(diverged), ("u", "D")),
    "rollback": (rolling_back, ("W", "b")),
    "history": (dashboard, ("9",)),
    "inputs": (dashboard, ("W", "h", "B", "a", "d", "enter", "enter")),
    "plan": (dashboard, ("W", "h", "a", "enter", "enter")),
    "workflows": (dashboard, ("W",)),
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
