"""A panel opened: its list at the left and a preview of the row at the right; below on narrow terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Input

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.ci_runs import job_lines
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.rows import RowScreen, plainly
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import NARROW, Header
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class ZoomScreen(RowScreen):
    """One panel with all its rows, a filter, and the details of the row under the cursor."""

    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="zoom.back"),
        Binding("slash", "filter", "filter", id="row.filter"),
        Binding("n", "step(1)", "next", show=False, id="row.next", tooltip="next row that passes the filter"),
        Binding("N", "step(-1)", "previous", show=False, id="row.previous"),
        Binding("p", "preview", "preview on/off", show=False, id="zoom.preview"),
        Binding("l", "log", "log", id="row.log", tooltip="the log of a CI run"),
        Binding("r", "renew", "read again", show=False, id="panel.renew"),
    ]

    def __init__(
        self, spec: PanelSpec, services: Console, glyphs: Glyphs, bridge: Bridge, *, at: str = "", filtering: bool = False
    ) -> None:
        super().__init__(services, glyphs)
        self._spec = spec
        self._bridge = bridge
        self._at = at
        self._filtering = filtering
        self._panel = Panel(spec, services, glyphs, classes="zoomed")
        self._jobs: dict[str, tuple[Line, ...]] = {}

    def compose(self) -> ComposeResult:
        """Lay list and preview out."""
        yield Header(self.services, self.glyphs)
        with Container(id="zoom"):
            with Vertical(id="list"):
                yield safe.PlainInput(placeholder="filter; enter keeps it, esc clears it", id="filter")
                yield self._panel
            with VerticalScroll(id="preview", classes="panel"):
                yield safe.PlainStatic("", id="detail")
        yield KeyLine()

    def on_mount(self) -> None:
        """Stand on the row that was chosen."""
        if not self.is_attached or not self.query(TableView):
            return  # taken away before it was drawn
        self._bridge.attach(self.query_one(Header), ())
        self._bridge.attach(self._panel, self._spec.feeds)
        self._bridge.attach(self, self._spec.feeds)
        field = self.query_one("#filter", Input)
        field.display = self._filtering
        self._panel.view.stand_on(self._at)
        if self._filtering:
            field.focus()
        self._show_detail()

    def on_unmount(self) -> None:
        """Hear nothing more."""
        for widget in (self, self._panel, *self.query(Header)):
            self._bridge.detach(widget)

    def on_resize(self, event: events.Resize) -> None:
        """Use the wide table where the list is wide."""
        self._panel.lay_out(self._panel.size.width < NARROW)

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """Something of this panel is news."""
        message.stop()
        self._show_detail()

    @on(TableView.Moved)
    def _show_detail(self) -> None:
        if not self.query("#detail"):
            return  # not drawn yet, or taken away already
        row = self.row
        facts, now = self.services.facts(), self.services.clock.now()
        lines = self._spec.detail(facts, row.key if row else "", now, self.glyphs)
        lines = (*lines, *self._jobs.get(row.key, ())) if row else lines
        self.query_one("#detail", safe.PlainStatic).show(plainly(lines, self.glyphs))
        safe.title(self.query_one("#preview"), "Details")
        self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action == "log" and self._run is None:
            return "the cursor stands on no CI run"
        return super().why_not(action)

    @property
    def _run(self) -> WorkflowRun | None:
        return run_of(self.services.facts(), self.row.key) if self._spec.name == "ci" and self.row else None

    @on(TableView.Chosen)
    def _read_more(self) -> None:
        """Read the jobs of a run; other rows have nothing more than their preview."""
        if self._run is not None and self._run.jobs is None:
            self._read_jobs(self._run)

    @work(exclusive=True, group="jobs", exit_on_error=False)
    async def _read_jobs(self, run: WorkflowRun) -> None:
        now = self.services.clock.now()
        try:
            jobs = await self.services.jobs(run.id)
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="No jobs", severity="error", markup=False)
            return
        found = tuple(line for job in jobs for line in job_lines(job, now, self.glyphs))
        self._jobs[str(run.id)] = ((), *(found or ((Cell("the run has no jobs yet", Tone.MUTED),),)))
        self._show_detail()

    def action_log(self) -> None:
        """Read the log of the run under the cursor."""
        if self._run is not None:
            self.read_log(self._run)

    def action_filter(self) -> None:
        """Open the filter."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self._panel.view.narrow_to(event.value.strip())
        self._panel.renew()
        self._show_detail()

    @on(Input.Submitted, "#filter")
    def _keep_filter(self) -> None:
        self._panel.view.focus()

    def action_back(self) -> None:
        """Clear the filter first; then go back."""
        field = self.query_one("#filter", Input)
        if field.display and (field.has_focus or field.value):
            field.value = ""
            field.display = False
            self._panel.view.focus()
        else:
            self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Go to the next or previous row that passes the filter."""
        self._panel.view.action_move(by)

    def action_preview(self) -> None:
        """Show or hide the preview."""
        preview = self.query_one("#preview")
        preview.display = not preview.display

    def action_renew(self) -> None:
        """Read this panel's feeds again."""
        self.services.refresh(*(feed for feed in self._spec.feeds if not feed.endswith("/")))


def run_of(facts: Facts, key: str) -> WorkflowRun | None:
    """Return the workflow run that a row of the CI panel is about."""
    return next((run for run in facts.runs.value or () if str(run.id) == key), None)
