"""Questions to read the answer of: what changed (``d``), may one stop for today (``x``), how is a migration made."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from strideiq_console.domain.fault import BlockedError, ConsoleError
from strideiq_console.presentation import new_migration, session_end
from strideiq_console.presentation.shell import Shell
from strideiq_console.ui.jumping import JumpingApp
from strideiq_console.ui.screens.changes import ChangesDialog
from strideiq_console.ui.screens.reading import ReadDialog, fault_dialog
from strideiq_console.ui.screens.rows import RowScreen, plainly


class AskedApp(JumpingApp):
    """Answers from the facts of the moment, and reads more while the answer stands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "changes", "what changed", id="app.changes", tooltip="what changed in the environment under the cursor"),
        Binding("x", "session_end", "session end", show=False, id="app.session-end", tooltip="may one stop for today?"),
    ]

    def action_changes(self, environment: str = "") -> None:
        """Show what changed in an environment: the one named, the one under the cursor, else production."""
        environment = environment or self._environment_here()
        try:
            known = self.services.known_changes(environment)
        except BlockedError as error:
            self.push_screen(fault_dialog(error, self.services.clock, title="What changed"))
            return
        self.push_screen(ChangesDialog(self.services, self.glyphs, known), self._go)

    async def _go(self, action: str | None) -> None:
        if action:
            await self.run_action(action)

    def _environment_here(self) -> str:
        served = [e for e in self.services.settings.environments if not e.local]
        row = self.screen.row if isinstance(self.screen, RowScreen) else None
        words = row.key.split("/") if row is not None else []
        here = next((e.name for e in served if e.name in words), "")
        return here or next((e.name for e in served if e.production), "production")

    def action_session_end(self) -> None:
        """Say what is not settled yet."""
        checks = session_end.session_end(self.services.facts(), self.services.clock.now())
        block = plainly(session_end.lines(checks, self.glyphs), self.glyphs)
        self.push_screen(ReadDialog(block, self.services.clock, title="Session end"))

    @work(exclusive=True, group="new-migration", exit_on_error=False)
    async def action_new_migration(self, text: str) -> None:
        """Show the command that makes a migration of that name, and what is to be settled before it is run (R89)."""
        clock, below = self.services.clock, self.screen
        waiting = below.waiting("reading the migrations", source="git") if isinstance(below, RowScreen) else nullcontext()
        shell: Shell = "powershell" if os.name == "nt" else "posix"
        try:
            async with waiting:
                found = await self.services.new_migration(text)
        except ConsoleError as error:
            self.push_screen(fault_dialog(error, clock, title="New migration"))
            return
        block = plainly(new_migration.lines(found, clock.now(), self.glyphs, shell), self.glyphs)
        self.push_screen(ReadDialog(block, clock, title="New migration", copies=new_migration.commands(found, shell)))
