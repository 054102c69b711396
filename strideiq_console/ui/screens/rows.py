"""What can be done with rows on any screen with tables: copy them, open their address, take an act, wait for what is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.fault import ConsoleError, Fault, FaultKind, OutsideError
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.cell import Row
from strideiq_console.presentation.ci_runs import first_to_read
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import opening
from strideiq_console.ui.bridge import RunbookWanted
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.whole import WholeScreen
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.line import plainly as plainly
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


LONGEST_WAIT = 30.0


class RowScreen(WholeScreen):
    """A screen with tables."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", show=False, id="row.copy", tooltip="copy what the row is about"),
        Binding("Y", "copy_url", "copy address", show=False, id="row.copy-url", tooltip="copy the address of the row's page"),
        Binding("o", "open_page", "open page", show=False, id="row.page", tooltip="open the row's page in the browser"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs) -> None:
        super().__init__()
        self.services = services
        self.glyphs = glyphs

    @property
    def view(self) -> TableView | None:
        """Return the table with the focus, or the first one that is shown."""
        if isinstance(self.focused, TableView):
            return self.focused
        return next((view for view in self.query(TableView) if view.is_on_screen), None)

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        return self.view.row if self.view else None

    def chosen_keys(self) -> tuple[str, ...]:
        """Return the keys of the marked rows, else the key of the row under the cursor; none in a table without rows."""
        return self.view.chosen if self.view else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the row has nothing for."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now, or ``""``; help shows it."""
        if action == "copy" and self.row is None:
            return "there is no row"
        if action in ("copy_url", "open_page") and (self.row is None or not self.row.url):
            return "this row has no page"
        return ""

    def why_not_act(self, act: Act) -> str:
        """Say which rule blocks an act now and what helps, or ``""``."""
        if act.why_not:
            return act.why_not
        if act.runbook:
            known = act.runbook in self.services.runbooks()
            return self.services.read_only if known else f"this console has no runbook {act.runbook}"
        return "" if "." in act.action else self.why_not(act.action.partition("(")[0])

    def take(self, act: Act) -> None:
        """Do what an act says: begin its runbook with what is known already, or run the action of this screen.

        A runbook is begun as from its menu: it asks for what it was not given, shows its plan, and the engine asks for consent.
        """
        why = self.why_not_act(act)
        if why:
            self.app.notify(why, title=act.title, severity="warning", markup=False)
        elif act.runbook:
            self.app.post_message(RunbookWanted(act.runbook, act.inputs))
        elif act.action:
            self.call_later(self.run_action, act.action)

    def row_name(self) -> str:
        """Return the row's own name, or all of its words where its key is no word of it."""
        if self.row is None:
            return ""
        words = [cell.text.strip() for cell in self.row.cells]
        return self.row.key if any(self.row.key in word for word in words) else " ".join(filter(None, words))

    def action_copy(self) -> None:
        """Copy what was selected with the mouse, else the row's name."""
        selected = self.get_selected_text()
        if selected:
            self._copy(selected)
        elif self.row is not None:
            self._copy(self.row_name())

    def action_copy_url(self) -> None:
        """Copy the row's address."""
        if self.row is not None and self.row.url:
            self._copy(self.row.url)

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.app.notify(text, title="Copied", markup=False)

    def action_open_page(self) -> None:
        """Show the row's address, and hand it to a browser where there is one and the host is known."""
        opening.offer(self, self.row.url if self.row else "", self.services)

    @asynccontextmanager
    async def waiting(self, what: str, *, within: float = LONGEST_WAIT, source: str = "") -> AsyncIterator[None]:
        """Show in the last line that this is being read, once it takes longer than half a second, and for how long.

        Never endless: after ``within`` seconds it raises OutsideError with a fault that says what gave no answer.
        """
        lines = self.query(KeyLine)
        token = lines.first().begin(what, self.services.clock) if lines else None
        try:
            async with asyncio.timeout(within):
                yield
        except TimeoutError:
            fault = Fault(FaultKind.TIMEOUT, source, f"{what}: no answer within {within:g} s", "", "try again, or r reads again")
            raise OutsideError(fault) from None
        finally:
            if token is not None:
                lines.first().end(token)

    @work(exclusive=True, group="log", exit_on_error=False)
    async def read_log(self, run: WorkflowRun) -> None:
        """Show the log of the run's first red job at its first failure, else of the job that runs, else of its first one."""
        try:
            async with self.waiting(f"reading the jobs of run {run.number}"):
                jobs = await self.services.jobs(run.id)
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="No log", severity="error", markup=False)
            return
        job = first_to_read(jobs)
        if job is None:
            self.app.notify(f"Run {run.number} has no jobs yet.", severity="warning", markup=False)
            return
        source = self.services.ci.log(job, f"run {run.number}")
        await self.app.push_screen(LogScreen(source, self.services, self.glyphs, at_failure=job.state.red))
