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


class InputDialog(Dialog[Mapping[str, str] | None]):
    """A few fields. Enter goes to the next one, and from the last one on; nothing is carried out by it."""

    SAFE = "Input"
    DEAF_FOR = 0.0

    def __init__(self, wanted: Sequence[Wanted], clock: Clock, *, title: str, judge: Judge, go: str = "Go on") -> None:
        super().__init__(clock)
        self._wanted = tuple(wanted)
        self._title = title
        self._judge = judge
        self._go = go

    def compose(self) -> ComposeResult:
        """Show one line a field, and below them what is wrong."""
        with Box() as box:
            safe.title(box, self._title)
            for field in self._wanted:
                with Horizontal(classes="field"):
                    yield safe.PlainStatic(field.title, classes="label")
                    yield safe.PlainInput(field.default, placeholder=field.hint, id=f"field-{field.name}")
            yield safe.PlainStatic("", id="wrong")
            with Horizontal(classes="buttons"):
                yield safe.PlainButton("[ Cancel ]", id="cancel")
                yield safe.PlainButton(f"[ {self._go} ]", id="go")

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == f"field-{self._wanted[-1].name}":
            self._finish()
        else:
            self.focus_next()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "go":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        values = {field.name: self.query_one(f"#field-{field.name}", Input).value.strip() for field in self._wanted}
        for name, value in values.items():
            wrong = self._judge(name, value)
            if wrong:
                self.query_one("#wrong", safe.PlainStatic).show([(Cell(wrong, Tone.CRITICAL),)])
                self.query_one(f"#field-{name}", Input).focus()
                return
        if self.awake:
            self.dismiss(values)
