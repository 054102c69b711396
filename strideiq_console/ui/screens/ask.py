"""Questions: yes or no, and a few fields to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.model import Input as Wanted
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.widgets.cycle import CycleField


class AskDialog(Dialog[bool | None]):
    """A question with yes and no; the focus stands on No, and leaving answers None."""

    SAFE = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="dialog.yes"),
        Binding("n", "answer(False)", "no", id="dialog.no"),
    ]

    def __init__(self, question: str, clock: Clock, *, title: str, block: Sequence[Line] = ()) -> None:
        super().__init__(clock)
        self._question = question
        self._title = title
        self._block = tuple(block)

    def compose(self) -> ComposeResult:
        """Show the question and both answers."""
        with Box() as box:
            safe.title(box, self._title)
            with VerticalScroll(classes="card", can_focus=False):
                yield safe.PlainStatic([(Cell(self._question),), *(((), *self._block) if self._block else ())])
            with Horizontal(classes="buttons"):
                yield safe.PlainStatic([(Cell("y", Tone.ACCENT), Cell(" yes   "), Cell("n", Tone.ACCENT), Cell(" no"))])
                yield safe.PlainButton("[ No ]", id="no")
                yield safe.PlainButton("[ Yes ]", id="yes")

    def action_answer(self, answer: bool) -> None:
        """Answer, once keys count."""
        if self.awake:
            self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id == "yes")


Judge = Callable[[str, str], str]
"""Says what is wrong with the value of a named field, or ``""``."""
Propose = Callable[[str, str], str]
"""Says what a value of a named field could be turned into, or ``""``."""


def nothing_better(name: str, value: str) -> str:
    """Propose nothing."""
    return ""


class InputDialog(Dialog[Mapping[str, str] | None]):
    """A few fields. Enter goes to the next one, and from the last one on; nothing is carried out by it.

    What a field proposes is shown below it while it is filled in; Enter takes it where the value itself cannot be used.
    """

    SAFE = ".entry"
    DEAF_FOR = 0.0

    def __init__(
        self,
        wanted: Sequence[Wanted],
        clock: Clock,
        *,
        title: str,
        judge: Judge,
        go: str = "Go on",
        propose: Propose = nothing_better,
        block: Sequence[Line] = (),
    ) -> None:
        super().__init__(clock)
        self._wanted = tuple(wanted)
        self._title = title
        self._judge = judge
        self._propose = propose
        self._go = go
        self._block = tuple(block)

    def compose(self) -> ComposeResult:
        """Show what is to be known first, one line a field, and below them what is wrong."""
        with Box() as box:
            safe.title(box, self._title)
            if self._block:
                with VerticalScroll(classes="card", can_focus=False):
                    yield safe.PlainStatic(self._block)
            for field in self._wanted:
                with Horizontal(classes="field"):
                    yield safe.PlainStatic(field.title, classes="label")
                    yield _entry(field)
                yield safe.PlainStatic("", id=f"proposed-{field.name}", classes="proposed")
            yield safe.PlainStatic("", id="wrong")
            with Horizontal(classes="buttons"):
                yield safe.PlainButton("[ Cancel ]", id="cancel")
                yield safe.PlainButton(f"[ {self._go} ]", id="go")

    def begin(self) -> None:
        """Without a field to fill in, the focus stands on the way out."""
        if not self._wanted:
            self.query_one("#cancel").focus()

    @on(Input.Changed)
    def _show_proposal(self, event: Input.Changed) -> None:
        name = (event.input.id or "").removeprefix("field-")
        better = self._propose(name, event.value)
        line = [(Cell("becomes ", Tone.MUTED), Cell(better, Tone.ACCENT))] if better else []
        self.query_one(f"#proposed-{name}", safe.PlainStatic).show(line)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._next((event.input.id or "").removeprefix("field-"))

    @on(CycleField.Done)
    def _chosen(self, event: CycleField.Done) -> None:
        self._next((event.field.id or "").removeprefix("field-"))

    def _next(self, name: str) -> None:
        if self._took(name):
            return
        if not self._wanted or name == self._wanted[-1].name:
            self._finish()
        else:
            self.focus_next()

    def _took(self, name: str) -> bool:
        """Put what is proposed into the field, so that it is seen before it counts."""
        widget = self.query_one(f"#field-{name}")
        better = self._propose(name, widget.value) if isinstance(widget, Input) else ""
        if not better or not isinstance(widget, Input):
            return False
        widget.value = better
        widget.cursor_position = len(better)
        widget.focus()
        return True

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "go":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        if any(self._took(field.name) for field in self._wanted):
            return
        values: dict[str, str] = {}
        for field in self._wanted:
            value = self._value(field.name)
            wrong = self._judge(field.name, value) if value or not field.optional else ""
            if wrong:
                self.query_one("#wrong", safe.PlainStatic).show([(Cell(wrong, Tone.CRITICAL),)])
                self.query_one(f"#field-{field.name}").focus()
                return
            values[field.name] = value
        if self.awake:
            self.dismiss(values)

    def _value(self, name: str) -> str:
        widget = self.query_one(f"#field-{name}")
        return widget.value.strip() if isinstance(widget, (Input, CycleField)) else ""


def _entry(field: Wanted) -> CycleField | safe.PlainInput:
    name = f"field-{field.name}"
    entry: CycleField | safe.PlainInput
    if field.choices:
        entry = CycleField(field.choices, field.default, empty=field.optional, id=name)
    else:
        entry = safe.PlainInput(field.default, placeholder=field.hint, id=name)
    entry.add_class("entry")
    return entry
