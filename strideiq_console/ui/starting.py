"""How a runbook begins: a few fields, the plan as a whole, and only then an entry in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from strideiq_console.domain.branch import slug_fault
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.presentation.execution import plan_lines
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.screens.ask import InputDialog
from strideiq_console.ui.screens.pick import Choice
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rows import plainly

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

NOT_YET = "not there yet"
_MENU = (("f", "feature"), ("h", "hotfix"), ("r", "release"), ("b", "rollback"), ("p", "promote"), ("m", "migrate"))


def menu(runbooks: dict[str, Runbook], read_only: str) -> list[Choice]:
    """Return the lines of the menu of runbooks; one that cannot be started says why."""
    lines = []
    for key, name in _MENU:
        known = runbooks.get(name)
        title = f"{name}: {known.title}" if known else name
        lines.append(Choice(key, title, name, refused=(read_only if known else NOT_YET)))
    return lines


async def begin(app: App[int], services: Console, runbook: Runbook, glyphs: Glyphs) -> Execution | None:
    """Ask for the inputs, plan, show the plan, and start it when the person wants it; None when not.

    Runs in a worker, for it waits for dialogs and for planning. Faults are said as notifications.
    """
    engine = services.engine
    if engine is None:
        app.notify(services.read_only, title="Read only", severity="warning", markup=False)
        return None
    form = InputDialog(runbook.inputs, services.clock, title=runbook.title, judge=fault_of_input, go="Plan")
    inputs = await app.push_screen_wait(form)
    if inputs is None:
        return None
    app.notify(f"Planning {runbook.name}…", timeout=2, markup=False)
    try:
        plan = await engine.plan(runbook.name, inputs)
        app.clear_notifications()
        block = plainly(plan_lines(plan), glyphs)
        if not await app.push_screen_wait(ReadDialog(block, services.clock, title="Plan: nothing is done yet", go="Start")):
            return None
        return await engine.start(plan)
    except ConsoleError as error:
        app.notify(error.sentence(), title=f"{runbook.name} cannot start", severity="error", timeout=15, markup=False)
        return None


def fault_of_input(name: str, value: str) -> str:
    """Say what is wrong with an input, or ``""``."""
    if name == "slug":
        return slug_fault(value) or ""
    if name == "severity" and value not in SEVERITIES:
        return f"severity is one of {', '.join(SEVERITIES)}"
    return ""
