"""CI opened: runs at the left; at the right a run's jobs, a job's steps, the end of what failed. Enter goes in, Escape out."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.ci_file import CiFile
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.log_extract import EXTRACT_LINES, Extract, extract
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Line, Row, Table, Tone
from strideiq_console.presentation.ci_details import error_lines, failure_lines, file_lines, summary
from strideiq_console.presentation.ci_inside import deploy_lines, jobs_table, steps_table
from strideiq_console.presentation.ci_rows import run_of
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe, watching
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.line import plainly
from strideiq_console.ui.widgets.table import TableView

_EMPTY = Table((), (), Look.NEVER_SEEN)
Ending = Extract | str | None
"""The end of a job's log: what failed, why it could not be read, or None for a log that says of nothing that it failed."""


class CiZoom(ZoomScreen):
    """Runs, with what each holds. What is read of a run is kept until the zoom is left; a newer attempt is read anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "log", id="row.log", tooltip="the whole log of the job, or of the first red one"),
        Binding("e", "failure", "first failure", id="log.failure", tooltip="the log at the first failure"),
        Binding("w", "watch", "watch", id="ci.watch", tooltip="say so when the run has ended: in the console, and by the bell"),
    ]

    def __init__(self, spec: Any, services: Any, glyphs: Glyphs, bridge: Any, **more: Any) -> None:
        super().__init__(spec, services, glyphs, bridge, **more)
        self._inside = TableView(glyphs, headings=False, id="inside")
        self._job_id: int | None = None
        self._held: dict[tuple[int, int], tuple[Job, ...]] = {}
        self._ends: dict[int, Ending] = {}
        self._reading: set[int] = set()
        self._file: CiFile | None = None

    def compose_preview(self) -> ComposeResult:
        """Hold the run in words, its jobs or a job's steps, and what failed."""
        yield safe.PlainStatic("", id="about")
        yield self._inside
        yield safe.PlainStatic("", id="tail")
        yield safe.PlainStatic("", id="ending")
        yield safe.PlainStatic("", id="notes")

    def on_mount(self) -> None:
        """Read what the workflow file says; the base does the rest."""
        self._read_file()

    @property
    def run(self) -> WorkflowRun | None:
        """Return the run under the cursor of the list, wherever the focus is."""
        row = self.panel.view.row
        return run_of(self.services.facts(), row.key) if row else None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Return what is known of the run's jobs: of every attempt where that was read, else of the newest one."""
        run = self.run
        return () if run is None else self._held.get((run.id, run.attempt)) or run.jobs or ()

    @property
    def job(self) -> Job | None:
        """Return the job whose steps are shown, or the one under the cursor of the jobs."""
        wanted = str(self._job_id) if self._job_id is not None else self._inside.row.key if self._inside.row else ""
        return next((job for job in self.jobs if str(job.id) == wanted), None)

    def row_moved(self, event: TableView.Moved) -> None:
        """Draw the run under the cursor from its beginning, or the job."""
        if event.table is self.panel.view:
            self._job_id = None
            self._to_top()
        self.show_detail()

    def _to_top(self) -> None:
        """Bring the beginning of the preview into sight: what was scrolled to belongs to what stood here before."""
        for preview in self.query("#preview"):
            preview.scroll_home(animate=False)

    def show_detail(self) -> None:
        """Draw the preview of the run under the cursor; nothing happens before the screen is drawn, or after."""
        if not self.query("#tail"):
            return
        facts, now, row = self.services.facts(), self.services.clock.now(), self.panel.view.row
        run, jobs = self.run, self.jobs
        about: tuple[Line, ...] = summary(facts, row.key if row else "", now, self.glyphs, jobs)
        table: Table = _EMPTY if run is None else jobs_table(run, jobs, now, self.glyphs)
        steps = self.job if self._job_id is not None else None
        if steps is not None:
            table = steps_table(steps, self.glyphs)
            about = ((Cell(f"{steps.name}: its steps", Tone.ACCENT), Cell("   esc back to the jobs", Tone.MUTED)),)
        self._inside.display = run is not None and bool(jobs)
        self._inside.show(table)
        self.query_one("#about", safe.PlainStatic).show(plainly((*about, ()), self.glyphs))
        self.query_one("#tail", safe.PlainStatic).show(plainly(((), *self._tail(run, steps)), self.glyphs))
        self.query_one("#ending", safe.PlainStatic).show(plainly(self._ending(steps), self.glyphs))
        notes = () if run is not None and not jobs else file_lines(self._file, self.glyphs, self.services.settings.main)
        self.query_one("#notes", safe.PlainStatic).show(plainly((*deploy_lines(jobs), *notes), self.glyphs))
        safe.title(self.query_one("#preview"), self.glyphs.plain(self.preview_title(row)))
        self.refresh_bindings()

    def preview_title(self, row: Row | None) -> str:
        """Return which run, and which job of it, the preview is about."""
        run = self.run
        if run is None:
            return "Details"
        job = self.job if self._job_id is not None else None
        return f"Run {run.number}" + (f" · {job.name}" if job else "")

    def _tail(self, run: WorkflowRun | None, steps: Job | None) -> tuple[Line, ...]:
        """Return what stands below the jobs: which step failed, or how to learn it."""
        if run is None:
            return ()
        if not self.jobs:
            return ((Cell("Enter reads the jobs." if run.jobs is None else "No job has begun yet.", Tone.MUTED),),)
        job = steps or self._red
        if job is None or not job.state.red:
            return ()
        if job.id not in self._ends:
            words = "Reading the end of what failed…" if job.id in self._reading else "Enter reads the end of what failed."
            return ((Cell(words, Tone.MUTED),),)
        end = self._ends[job.id]
        return ((Cell(end, Tone.WARNING),),) if isinstance(end, str) else failure_lines(job, end, self.glyphs)

    def _ending(self, steps: Job | None) -> tuple[Line, ...]:
        """Return the lines of the log around the first error; they are cut at the edge, never wrapped."""
        job = steps or self._red
        end = self._ends.get(job.id) if job is not None else None
        return error_lines(end, self.glyphs) if isinstance(end, Extract) else ()

    @property
    def _red(self) -> Job | None:
        """Return the job whose failure is shown: the one under the cursor if it is red, else the first red one."""
        chosen = self.job
        if chosen is not None and chosen.state.red:
            return chosen
        run = self.run
        return next((job for job in self.jobs if job.state.red and run is not None and job.attempt == run.attempt), None)

    def open_row(self, row: Row) -> None:
        """Go into the run: read its jobs, and the end of what failed."""
        run = self.run
        if run is not None:
            self._inside.focus()
            self._go_in(run)

    @work(exclusive=True, group="jobs", exit_on_error=False)
    async def _go_in(self, run: WorkflowRun) -> None:
        try:
            async with self.waiting(f"reading the jobs of run {run.number}"):
                if run.jobs is None or run.attempt > 1 or not run.state.finished:
                    self._held[run.id, run.attempt] = await self.services.ci.jobs(run)
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="No jobs", severity="error", markup=False)
            return
        self.show_detail()
        if self._red is not None and self.jobs:
            self._inside.stand_on(str(self._red.id))
            await self._read_end(self._red)

    async def _read_end(self, job: Job) -> None:
        """Read the end of a red job's log, once."""
        if job.id in self._ends or not job.state.red:
            return
        failure = job.first_failure()
        self._reading.add(job.id)
        self.show_detail()
        try:
            async with self.waiting(f"reading the end of {job.name}"):
                lines = await self.services.ci.log_end(job, 4 * EXTRACT_LINES)
            self._ends[job.id] = extract(lines, failure.name if failure else "")
        except ConsoleError as error:
            self._ends[job.id] = error.sentence()
        finally:
            self._reading.discard(job.id)
        self.show_detail()

    @on(TableView.Chosen, "#inside")
    def _deeper(self, event: TableView.Chosen) -> None:
        event.stop()
        job = self.job
        if job is None:
            return
        if self._job_id is None:
            self._job_id = job.id
            self.show_detail()
            self._to_top()
            failure = job.first_failure()
            self._inside.stand_on(str(failure.number) if failure else "1")
            self._end_of(job)
        elif event.row is not None:
            self._open_log(job, at_failure=False, step=event.row.cells[2].text)

    @work(exclusive=True, group="jobs", exit_on_error=False)
    async def _end_of(self, job: Job) -> None:
        await self._read_end(job)

    def action_back(self) -> None:
        """Go back one level: from the steps to the jobs, to the runs, to the dashboard."""
        if self._job_id is not None:
            at = str(self._job_id)
            self._job_id = None
            self.show_detail()
            self._inside.stand_on(at)
        elif self._inside.has_focus:
            self.panel.view.focus()
        else:
            super().action_back()

    def action_pane(self, side: int) -> None:
        """Go to the runs, or into the run."""
        row = self.panel.view.row
        if side > 0 and row is not None and self.run is not None:
            self.open_row(row)
        else:
            super().action_pane(side)

    def acts(self) -> Any:
        """Return what can be done with the marked runs, else with the one under the cursor, wherever the focus is."""
        return self.spec.acts(self.services.facts(), self.panel.view.chosen, self.services.clock.now())

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        run = self.run
        if action in ("log", "watch", "failure") and run is None:
            return "the cursor stands on no CI run"
        if action == "failure" and run is not None and not (run.state.red or any(job.state.red for job in self.jobs)):
            return "nothing of this run is red"
        if action == "watch" and run is not None and run.state.finished:
            return "it has ended already"
        return super().why_not(action) if action != "log" else ""

    def action_log(self) -> None:
        """Read the whole log of the job under the cursor, else of the first red one."""
        run, job = self.run, self.job if self._inside.has_focus else None
        if job is not None:
            self._open_log(job, at_failure=False)
        elif run is not None:
            self.read_log(run)

    def action_failure(self) -> None:
        """Read the log of the red job at its first failure."""
        run, job = self.run, self._red
        if job is not None:
            self._open_log(job, at_failure=True)
        elif run is not None:
            self.read_log(run)

    def _open_log(self, job: Job, *, at_failure: bool, step: str = "") -> None:
        run = self.run
        source = self.services.ci.log(job, f"run {run.number}" if run else "job")
        self.app.push_screen(LogScreen(source, self.services, self.glyphs, at_failure=at_failure, at_step=step))

    def action_watch(self) -> None:
        """Say so when the run under the cursor has ended."""
        if self.run is not None:
            watching.watch_run(self.app, self.services, self.run, self.glyphs)

    @work(exclusive=True, group="ci-file", exit_on_error=False)
    async def _read_file(self) -> None:
        try:
            self._file = await self.services.ci.file()
        except ConsoleError:
            return  # what the file says is an extra: its absence harms nothing that stands here
        self.show_detail()
