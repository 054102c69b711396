"""A runbook being carried out: its steps, the current one in full, and a line that says what is awaited and which key helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.execution import Execution, ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.execution import awaited, current, current_commands, current_title, headline, keys, steps
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ExecutionStarted, ReadingArrived
from strideiq_console.ui.screens.deciding import Deciding, branch_of, taken_back
from strideiq_console.ui.screens.driver import Driver
from strideiq_console.ui.screens.planned import progress_dialog
from strideiq_console.ui.screens.rows import RowScreen, plainly
from strideiq_console.ui.widgets.footer import keys_line
from strideiq_console.ui.widgets.frame import frame_execution
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine

LOOK_EVERY = 10.0  # a gate opens and a lease is let go outside of this screen
_STOPPED = (Awaits.CHOICE, Awaits.COMPARISON)
_HELD = (Awaits.GATE, Awaits.LEASE)
_GOING_ON = frozenset({"go_on", "look", "skip", "undo", "abandon", "mark", "plan_again", "retry", "fill_in"})
"""What an ended execution has no use for."""


class RunbookScreen(RowScreen):
    """Carries out one execution. Leaving it leaves the execution resumable where it stands."""

    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "go_on", "go on", id="runbook.go-on", tooltip="confirm, answer, or look again; enter does the same"),
        Binding("o", "fill_in", "fill in", id="runbook.fill-in", tooltip="fill in what the step asks for, or pass a gate by"),
        Binding("y", "answer", "answer", show=False, id="runbook.answer-yes", tooltip="answer; else copy the step's commands"),
        Binding("n", "answer", "answer", show=False, id="runbook.answer-no"),
        Binding("r", "look", "look again", id="runbook.look"),
        Binding("t", "retry", "retry", id="runbook.retry", tooltip="retry the stopped step, after a look at the outside"),
        Binding("p", "plan_again", "plan again", id="runbook.plan-again", tooltip="plan the same as of now, in the place of this"),
        Binding("m", "mark", "done by hand", id="runbook.mark", tooltip="you did the step yourself; a reason is kept"),
        Binding("s", "skip", "skip", id="runbook.skip", tooltip="leave the step out, with a reason that is kept"),
        Binding("z", "undo", "undo", id="runbook.undo", tooltip="take back what was done, last step first; asks first"),
        Binding("x", "abandon", "abandon", id="runbook.abandon", tooltip="end it as it stands, with a reason"),
        Binding("D", "plan", "plan", id="runbook.plan", tooltip="the plan: what is done, what is left, the exact commands"),
        Binding("l", "log", "logs", id="runbook.log", tooltip="the log of the first red job of this branch"),
        Binding("escape", "leave", "back", id="runbook.leave"),
    ]

    def __init__(
        self, execution: Execution, services: Console, engine: Engine, glyphs: Glyphs, bridge: Bridge, *, at_once: bool = False
    ) -> None:
        """Carry ``execution`` out; ``at_once`` opens the first confirmation by itself, where minutes count."""
        super().__init__(services, glyphs)
        self._bridge = bridge
        self._engine = engine
        self._at_once = at_once
        self._left_told = execution.ended is not None
        self.driver = Driver(engine, execution.id, self, show=self.show, complain=self._complain)
        self._standing = Standing(execution, Awaits.NOTHING, execution.current)
        self._steps = TableView(glyphs, headings=False)
        self._stood = ""

    def compose(self) -> ComposeResult:
        """Lay steps and the current step out."""
        yield Header(self.services, self.glyphs, with_verdict=False)
        with Container(id="runbook"):
            with Vertical(id="steps", classes="panel"):
                yield self._steps
            with VerticalScroll(id="step", classes="panel"):
                yield safe.PlainStatic("", id="text")
        yield EdgeLine(id="awaited")

    def on_mount(self) -> None:
        """Go on from where it stands: nothing above level 1 happens without a confirmation."""
        if not self.is_attached or not self.query(TableView):
            return  # taken away before it was drawn
        self._bridge.attach(self.query_one(Header), ())
        self._bridge.attach(self, ("executions",))
        safe.title(self.query_one("#steps"), "Steps")
        self.show(self._standing)
        self.set_interval(1.0, self._renew)
        self.set_interval(LOOK_EVERY, self._look_again)
        self.driver.go_on()

    def on_unmount(self) -> None:
        """Hear nothing more; the worker ends with the screen."""
        for widget in (self, *self.query(Header)):
            self._bridge.detach(widget)

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """The journal has grown."""
        message.stop()
        if self.driver.busy:
            self.show(self.driver.under_way())

    def on_resize(self, event: events.Resize) -> None:
        """Fit the last line."""
        self._renew()

    def show(self, standing: Standing) -> None:
        """Draw where the execution stands."""
        if not self.is_attached:
            return
        self._standing = standing
        self._renew()
        here = standing.record.step.id if standing.record else self._stood
        if here != self._stood:
            self._stood = here
            self._steps.stand_on(here)
            self.query_one("#step").scroll_home(animate=False)
        self.refresh_bindings()
        self._open_at_once(standing)
        if standing.execution.ended is ExecutionState.ABANDONED and standing.reasons and not self._left_told:
            self._left_told = True
            self._tell_left(standing)

    def _open_at_once(self, standing: Standing) -> None:
        if not self._at_once or standing.awaits in (Awaits.NOTHING, Awaits.OUTSIDE):
            return
        self._at_once = False
        if standing.awaits is Awaits.CONFIRMATION and self.app.screen is self:
            self._confirm(standing)

    @property
    def _decide(self) -> Deciding:
        return Deciding(self.app, self.services, self.glyphs)

    def _renew(self) -> None:
        if not self.query("#text"):
            return  # not drawn yet, or taken away already
        standing, now, glyphs = self._standing, self.services.clock.now(), self.glyphs
        self.query_one(Header).name_it((Cell(glyphs.plain(headline(standing.execution, now))),))
        self._steps.show(steps(standing.execution, now, glyphs))
        safe.title(self.query_one("#step"), glyphs.plain(current_title(standing)))
        frame_execution(self, standing, self.services.settings.environments)
        self.query_one("#text", safe.PlainStatic).show(plainly(current(standing, now, glyphs), glyphs))
        tone = Tone.WARNING if standing.awaits in (*_STOPPED, *_HELD) else Tone.ACTIVE if not standing.execution.ended else Tone.OK
        left, pairs = glyphs.plain(awaited(standing)), keys(standing)
        right = keys_line(pairs[:-1], pairs[-1:], self.size.width - 4 - min(width(left), self.size.width // 2))
        self.query_one("#awaited", EdgeLine).show((Cell(left, tone),), right)

    def _look_again(self) -> None:
        if self._standing.awaits in _HELD and not self.driver.busy and self.app.screen is self:
            self.driver.look()

    def _complain(self, error: ConsoleError) -> None:
        self.app.notify(error.sentence(), title="Stopped", severity="error", markup=False)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        standing, stopped = self._standing, self._standing.awaits in _STOPPED
        if standing.execution.ended is not None and action in _GOING_ON:
            return "it has ended"
        reasons = {
            "answer": "" if standing.awaits is Awaits.ANSWER or current_commands(standing) else "nothing is asked",
            "fill_in": "" if standing.form is not None or (self.row and self.row.url) else "there is nothing to fill in",
            "retry": "" if stopped or standing.awaits is Awaits.OUTSIDE else "the step has not stopped",
            "plan_again": "" if stopped or standing.awaits is Awaits.GATE else "the step has not stopped",
            "mark": "" if standing.record is not None and not standing.execution.undoing else "there is no step to mark",
            "undo": "" if standing.undoable or taken_back(standing.execution) else "nothing was done that could be taken back",
        }
        return reasons.get(action, "") or super().why_not(action)

    @on(TableView.Chosen)
    def _entered(self, event: TableView.Chosen) -> None:
        event.stop()
        self.action_go_on()

    def action_go_on(self) -> None:
        """Confirm, answer, or look again, whichever is awaited."""
        standing = self._standing
        if standing.execution.ended is not None or self.driver.busy:
            return
        asked = standing.awaits is Awaits.ANSWER or (standing.awaits is Awaits.GATE and bool(standing.question))
        if standing.awaits is Awaits.CONFIRMATION and standing.level >= 3 and self._engine.lock.on:
            self.driver.go_on()  # the engine says why it is held
        elif standing.awaits is Awaits.CONFIRMATION:
            self._confirm(standing)
        elif asked and standing.form is not None:
            self._fill_in(standing)
        elif asked:
            # A "yes" that did not hold is asked again at once, with the reasons in the dialog.
            self._answer(standing)
        elif standing.awaits in _STOPPED:
            words = "It has stopped: t tries again, p plans again, m marks it done, s skips, z undoes, x abandons."
            self.app.notify(words, severity="warning", markup=False)
        else:
            self.driver.go_on()

    def action_answer(self) -> None:
        """Answer the question in a dialog; without a question, copy the commands of the step."""
        if self._standing.awaits is Awaits.ANSWER:
            if not self.driver.busy:
                self._answer(self._standing)
        elif current_commands(self._standing):
            self._copy("\n".join(current_commands(self._standing)))

    def action_fill_in(self) -> None:
        """Open the step's form; without one, the page of the row."""
        if self._standing.form is None:
            self.action_open_page()
        elif not self.driver.busy:
            self._fill_in(self._standing)

    def action_look(self) -> None:
        """Look again."""
        self.driver.go_on()

    def _consented(self, consent: Consent | None) -> None:
        if consent is not None:
            self.driver.go_on(consent)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _confirm(self, standing: Standing) -> None:
        self._consented(await self._decide.confirm(standing))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _answer(self, standing: Standing) -> None:
        self._consented(await self._decide.answer(standing))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _fill_in(self, standing: Standing) -> None:
        self._consented(await self._decide.fill_in(standing))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _tell_left(self, standing: Standing) -> None:
        await self._decide.tell_left(standing)

    def action_retry(self) -> None:
        """Try the stopped step again; it confirms again what it confirmed before."""
        self.driver.retry()

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_plan_again(self) -> None:
        """Plan the same runbook as of now, and go on with that."""
        execution = await self._decide.plan_again(self._standing, self._engine)
        if execution is not None:
            self.post_message(ExecutionStarted(execution))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_mark(self) -> None:
        """Count the step as done by hand, with a reason."""
        marked = await self._decide.mark(self._standing)
        if marked is not None:
            self.driver.mark(*marked)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_skip(self) -> None:
        """Leave the step out, with a reason."""
        reason = await self._decide.reason("Skip this step", "Skip")
        if reason:
            self.driver.skip(reason)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_abandon(self) -> None:
        """End it as it stands, with a reason; what stays is shown before and after."""
        stays = [(Cell(f"  {line}"),) for line in taken_back(self._standing.execution)]
        block = [(Cell("This stays, unless you undo it with z first:", Tone.MUTED),), *stays] if stays else ()
        reason = await self._decide.reason("Abandon: what was done stays", "Abandon", block)
        if reason:
            self.driver.abandon(reason)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_undo(self) -> None:
        """Offer the undo with everything it would take back."""
        if await self._decide.undo(self._standing):
            self.driver.undo()

    def action_plan(self) -> None:
        """Show the plan with what is done and what is left."""
        self.app.push_screen(progress_dialog(self._standing, self.glyphs, self.services.clock))

    def action_log(self) -> None:
        """Show the log of the newest red run of this execution's branch, else of its newest run."""
        branch = branch_of(self._standing.execution)
        runs = [run for run in self.services.facts().runs.value or () if run.branch == branch]
        run = next((run for run in runs if run.state.red), runs[0] if runs else None)
        if run is None:
            self.app.notify(f"No CI run of {branch} is known yet.", severity="warning", markup=False)
        else:
            self.read_log(run)

    def action_leave(self) -> None:
        """Go back; the execution stays resumable."""
        self.dismiss(None)
