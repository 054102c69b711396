"""A runbook being carried out: its steps, the current one in full, and a line that says what is awaited and which key helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.execution import Execution, StepState
from strideiq_console.domain.runbook.model import Input as Wanted
from strideiq_console.domain.runbook.model import fill
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.execution import UNDO, awaited, current, current_title, headline, keys, plan_lines, steps
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.screens.ask import AskDialog, InputDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.driver import Driver
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rows import RowScreen, plainly
from strideiq_console.ui.widgets.footer import keys_line
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine

LOOK_EVERY = 10.0  # a gate opens and a lease is let go outside of this screen
_STOPPED = (Awaits.CHOICE, Awaits.COMPARISON)
_HELD = (Awaits.GATE, Awaits.LEASE)


class RunbookScreen(RowScreen):
    """Carries out one execution. Leaving it leaves the execution resumable where it stands."""

    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "go_on", "go on", id="runbook.go-on", tooltip="confirm, answer, or look again; enter does the same"),
        Binding("y", "answer", "answer", show=False, id="runbook.answer-yes"),
        Binding("n", "answer", "answer", show=False, id="runbook.answer-no"),
        Binding("r", "look", "look again", id="runbook.look"),
        Binding("t", "retry", "retry", id="runbook.retry"),
        Binding("s", "skip", "skip", id="runbook.skip", tooltip="leave the step out, with a reason that is kept"),
        Binding("z", "undo", "undo", id="runbook.undo", tooltip="take back what was done, last step first; asks first"),
        Binding("x", "abandon", "abandon", id="runbook.abandon", tooltip="end it as it stands, with a reason"),
        Binding("D", "plan", "plan", id="runbook.plan"),
        Binding("l", "log", "logs", id="runbook.log", tooltip="the log of the first red job of this branch"),
        Binding("escape", "leave", "back", id="runbook.leave"),
    ]

    def __init__(self, execution: Execution, services: Console, engine: Engine, glyphs: Glyphs, bridge: Bridge) -> None:
        super().__init__(services, glyphs)
        self._bridge = bridge
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

    def _renew(self) -> None:
        standing, now, glyphs = self._standing, self.services.clock.now(), self.glyphs
        self.query_one(Header).name_it((Cell(glyphs.plain(headline(standing.execution, now))),))
        self._steps.show(steps(standing.execution, now, glyphs))
        safe.title(self.query_one("#step"), glyphs.plain(current_title(standing)))
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
        ended = standing.execution.ended is not None
        reasons = {
            "answer": "" if standing.awaits is Awaits.ANSWER else "nothing is asked",
            "retry": "" if stopped or standing.awaits is Awaits.OUTSIDE else "the step has not stopped",
            "skip": "it has ended" if ended else "",
            "undo": "" if standing.undoable or self._done() else "nothing was done that could be taken back",
            "abandon": "it has ended" if ended else "",
            "go_on": "it has ended" if ended else "",
            "look": "it has ended" if ended else "",
        }
        if action == "undo" and ended:
            return "it has ended"
        return reasons.get(action, "") or super().why_not(action)

    def _done(self) -> list[str]:
        done = (r for r in reversed(self._standing.execution.records) if r.state in (StepState.DONE, StepState.INTENDED))
        return [f"{r.step.title}: {UNDO.get(r.step.verb, 'nothing to undo')}" for r in done]

    @on(TableView.Chosen)
    def _entered(self, event: TableView.Chosen) -> None:
        event.stop()
        self.action_go_on()

    def action_go_on(self) -> None:
        """Confirm, answer, or look again, whichever is awaited."""
        standing = self._standing
        if standing.execution.ended is not None or self.driver.busy:
            return
        if standing.awaits is Awaits.CONFIRMATION:
            self._confirm(standing)
        elif standing.awaits is Awaits.ANSWER or (standing.awaits is Awaits.GATE and standing.question):
            # A "yes" that did not hold is asked again at once, with the reasons in the dialog.
            self._ask(standing)
        elif standing.awaits in _STOPPED:
            self.app.notify("It has stopped: t tries again, s skips, z undoes, x abandons.", severity="warning", markup=False)
        else:
            self.driver.go_on()

    def action_answer(self) -> None:
        """Answer the question in a dialog."""
        if self._standing.awaits is Awaits.ANSWER and not self.driver.busy:
            self._ask(self._standing)

    def action_look(self) -> None:
        """Look again."""
        self.driver.go_on()

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _confirm(self, standing: Standing) -> None:
        word = await self.app.push_screen_wait(ConfirmDialog(standing, self.glyphs, self.services.clock))
        if word is not None and standing.record is not None:
            self.driver.go_on(Consent(step=standing.record.step.id, effects=standing.fingerprint, word=word))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _ask(self, standing: Standing) -> None:
        title = standing.record.step.title if standing.record else "Question"
        block: list[Line] = [(Cell(effect.sentence),) for effect in standing.effects]
        block += [(Cell(effect.command, Tone.ACCENT),) for effect in standing.effects if effect.command]
        block += [(Cell(f"{self.glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.reasons]
        dialog = AskDialog(standing.question, self.services.clock, title=self.glyphs.plain(title), block=block)
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None:
            self.driver.go_on(Consent(answer="yes" if answer else "no"))

    def action_retry(self) -> None:
        """Try the stopped step again; it confirms again what it confirmed before."""
        self.driver.retry()

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_skip(self) -> None:
        """Leave the step out, with a reason."""
        reason = await self._reason("Skip this step", "Skip")
        if reason:
            self.driver.skip(reason)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_abandon(self) -> None:
        """End it as it stands, with a reason."""
        reason = await self._reason("Abandon: what was done stays", "Abandon")
        if reason:
            self.driver.abandon(reason)

    async def _reason(self, title: str, go: str) -> str:
        fields = (Wanted("reason", "Reason", hint="kept in the journal"),)
        dialog = InputDialog(fields, self.services.clock, title=title, judge=_reason_fault, go=go)
        values = await self.app.push_screen_wait(dialog)
        return values["reason"] if values else ""

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def action_undo(self) -> None:
        """Offer the undo with everything it would take back."""
        block: list[Line] = [(Cell(f"  {line}"),) for line in self._done()]
        question = "Take back what was done, last step first?"
        if await self.app.push_screen_wait(AskDialog(question, self.services.clock, title="Undo", block=block)):
            self.driver.undo()

    def action_plan(self) -> None:
        """Show the plan as it was approved."""
        block = plainly(plan_lines(self._standing.execution.plan), self.glyphs)
        self.app.push_screen(ReadDialog(block, self.services.clock, title="Plan"))

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


def branch_of(execution: Execution) -> str:
    """Return the branch that an execution works on, as its plan names it; ``""`` when none does."""
    inputs = dict(execution.plan.inputs)
    named = (step.values.get("branch", "") for step in execution.plan.steps)
    return next((fill(name, inputs, {}) for name in named if name), "")


def _reason_fault(name: str, value: str) -> str:
    return "" if len(value.strip()) >= 3 else "A reason of at least three letters is kept in the journal."
