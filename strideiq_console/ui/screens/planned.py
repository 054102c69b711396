"""A plan to read: before it begins, as a dry run, or while it is carried out; its commands for one shell or the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.execution import current_commands, note_lines, plan_lines, progress_lines
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.shell import SHELLS, Shell, for_shell
from strideiq_console.ui import safe
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.widgets.line import plainly

DRY = "Dry run: nothing is entered, nothing is done"
Draw = Callable[[Shell], Sequence[Line]]
Commands = Callable[[Shell], Sequence[str]]


class PlanDialog(ReadDialog):
    """A plan with the exact commands, quoted for the shell that this machine has; ``S`` shows them for the other one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "other_shell", "other shell", id="plan.shell", tooltip="quote the commands for the other kind of shell")
    ]

    def __init__(self, draw: Draw, commands: Commands, clock: Clock, *, title: str, go: str = "") -> None:
        self._shell: Shell = "powershell" if os.name == "nt" else "posix"
        self._draw, self._commands = draw, commands
        super().__init__(draw(self._shell), clock, title=title, go=go, copies=commands(self._shell))

    def _hint(self) -> list[Line]:
        other = SHELLS[1 - SHELLS.index(self._shell)]
        shell = (Cell("S", Tone.ACCENT), Cell(f" for {_NAMES[other]}", Tone.MUTED))
        before = [cell for line in super()._hint() for cell in line]
        return [(*before, *((Cell("   "),) if before else ()), *shell)]

    def action_other_shell(self) -> None:
        """Show the commands for the other shell; what is copied follows."""
        self._shell = SHELLS[1 - SHELLS.index(self._shell)]
        self._copies = tuple(self._commands(self._shell))
        self.query_one("#words", safe.PlainStatic).show(self._draw(self._shell))
        self.query_one("#hint", safe.PlainStatic).show(self._hint())


_NAMES: dict[Shell, str] = {"posix": "a POSIX shell", "powershell": "PowerShell"}


def plan_dialog(plan: Plan, glyphs: Glyphs, clock: Clock, *, title: str, go: str = "") -> PlanDialog:
    """Return the dialog for a plan that is not under way."""

    def commands(shell: Shell) -> list[str]:
        return [for_shell(effect.command, shell) for step in plan.steps for effect in step.effects if effect.command]

    def draw(shell: Shell) -> list[Line]:
        return plainly((*note_lines(plan, glyphs), *plan_lines(plan, shell)), glyphs)

    return PlanDialog(draw, commands, clock, title=title, go=go)


def progress_dialog(standing: Standing, glyphs: Glyphs, clock: Clock) -> PlanDialog:
    """Return the dialog for the plan of an execution: what is done, what is left, and the commands of the step it stands at."""

    def draw(shell: Shell) -> list[Line]:
        return plainly(progress_lines(standing, glyphs, shell), glyphs)

    return PlanDialog(draw, lambda shell: current_commands(standing, shell), clock, title="Plan: what is done and what is left")
