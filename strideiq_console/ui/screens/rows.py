"""What can be done with the row under the cursor on any screen with tables: copy it, copy or open its address, read a job's log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.presentation.cell import Cell, Line, Row, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import links
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class RowScreen(Screen[None]):
    """A screen with tables."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", show=False, id="row.copy", tooltip="copy what the row is about"),
        Binding("Y", "copy_url", "copy address", show=False, id="row.copy-url"),
        Binding("o", "open_page", "open page", show=False, id="row.page", tooltip="open the row's page in the browser"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs) -> None:
        super().__init__()
        self.services = services
        self.glyphs = glyphs

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave once: a second key that comes before the screen is gone would close what stands below it."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

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

    def action_copy(self) -> None:
        """Copy the row's own name, or all of its words where its key is no word of it."""
        if self.row is not None:
            words = [cell.text.strip() for cell in self.row.cells]
            self._copy(self.row.key if any(self.row.key in word for word in words) else " ".join(filter(None, words)))

    def action_copy_url(self) -> None:
        """Copy the row's address."""
        if self.row is not None and self.row.url:
            self._copy(self.row.url)

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.app.notify(text, title="Copied", markup=False)

    def action_open_page(self) -> None:
        """Show the row's address, and hand it to a browser where there is one and the host is known."""
        url = self.row.url if self.row else ""
        if not url:
            return
        wrong = links.refusal(url, self.services.settings)
        if self.services.sandbox:
            wrong = "the sandbox has no pages"
        if wrong:
            self.app.notify(f"{url}\nNot opened: {wrong}.", title="Page", severity="warning", markup=False)
        elif links.has_browser():
            self.app.notify(url, title="Opening", markup=False)
            self.run_worker(lambda: links.open_page(url), thread=True, exit_on_error=False, group="browser")
        else:
            self.app.notify(f"{url}\nThere is no browser here; Y copies the address.", title="Page", markup=False)

    @work(exclusive=True, group="log", exit_on_error=False)
    async def read_log(self, run: WorkflowRun) -> None:
        """Show the end of the log of the run's first red job, else of its first one."""
        self.app.notify(f"Reading the log of run {run.number}…", timeout=2, markup=False)
        try:
            jobs = await self.services.jobs(run.id)
            job = first_to_read(jobs)
            if job is None:
                self.app.notify(f"Run {run.number} has no jobs yet.", severity="warning", markup=False)
                return
            lines = await self.services.log_tail(job.id)
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="No log", severity="error", markup=False)
            return
        failing = job.first_failure()
        head = [(Cell(f"first red step: {failing.number} {failing.name}", Tone.CRITICAL),), ()] if failing else []
        block = [*head, *((Cell(line),) for line in lines or ("the log is empty",))]
        title = f"{job.name} · {job.state} · run {run.number}"
        await self.app.push_screen(ReadDialog(block, self.services.clock, title=self.glyphs.plain(title), at_end=True))


def first_to_read(jobs: tuple[Job, ...]) -> Job | None:
    """Return the first red job, else one that runs, else the first."""
    red = next((job for job in jobs if job.state.red), None)
    return red or next((job for job in jobs if not job.state.finished), jobs[0] if jobs else None)


def plainly(lines: Iterable[Line], glyphs: Glyphs) -> list[Line]:
    """Return lines with the console's own marks in the set of glyphs that this terminal can draw."""
    return [tuple(Cell(glyphs.plain(cell.text), cell.tone) for cell in line) for line in lines]
