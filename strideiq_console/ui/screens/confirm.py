"""The confirmation of one step (RELIABILITY section 5): level 2 takes a deliberate key, level 3 the typed word."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import width, wrap
from strideiq_console.presentation.execution import confirm_lines, confirm_title
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog

CARD = 70  # columns of text in the dialog, which leaves room for its scrollbar on a terminal of 80


class ConfirmDialog(Dialog[str | None]):
    """Shows what one step will do. Answers None for No; for Yes the typed word, which is ``""`` at level 2."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "consent", "yes, do it", id="dialog.yes")]

    def __init__(self, standing: Standing, glyphs: Glyphs, clock: Clock) -> None:
        super().__init__(clock)
        self._standing = standing
        self._glyphs = glyphs
        self._typed = standing.level >= 3

    def compose(self) -> ComposeResult:
        """Show the plan card, then the way out, then the way on."""
        verb = self._standing.record.step.verb.value.capitalize() if self._standing.record else "Go on"
        with Box(classes="production" if self._typed else "") as box:
            safe.title(box, self._glyphs.plain(confirm_title(self._standing)))
            with VerticalScroll(classes="card", can_focus=False):
                yield safe.PlainStatic([piece for line in self._lines() for piece in hanging(line, self._glyphs)])
            if self._typed:
                with Horizontal(classes="word"):
                    yield safe.PlainStatic([(Cell("Type "), Cell(self._standing.word, Tone.WARNING), Cell(" to go on: "))])
                    yield safe.TypedInput(id="word", limit=60)
            with Horizontal(classes="buttons"):
                if not self._typed:
                    yield safe.PlainStatic(
                        [(Cell("y", Tone.ACCENT), Cell(" does it   "), Cell("enter", Tone.ACCENT), Cell(" cancels"))]
                    )
                yield safe.PlainButton("[ Cancel ]", id="cancel")
                yield safe.PlainButton(f"[ {verb} ]", id="consent", disabled=self._typed)

    def _lines(self) -> list[Line]:
        lines = list(confirm_lines(self._standing))
        if self._typed:  # the word is asked for beside its input
            while lines and (not lines[-1] or lines[-1][0].text.startswith("Type ")):
                lines.pop()
        return lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A single key never consents to a level 3 step."""
        return not (action == "consent" and self._typed)

    def on_key(self, event: events.Key) -> None:
        """What is typed while the focus stands on Cancel goes into the word's field; nothing else does."""
        if not self._typed or not event.is_printable or event.character is None or event.character == " ":
            return
        field = self.query_one("#word", safe.TypedInput)
        if self.focused is not field:
            field.focus()
            field.insert_text_at_cursor(event.character)
            event.stop()

    @on(Input.Changed, "#word")
    def _wake(self, event: Input.Changed) -> None:
        self.query_one("#consent", Button).disabled = event.value != self._standing.word

    @on(Input.Submitted, "#word")
    def _go_to_button(self, event: Input.Submitted) -> None:
        if event.value == self._standing.word:
            self.query_one("#consent", Button).focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#consent")
    def _pressed(self) -> None:
        self._consent()

    def action_consent(self) -> None:
        """Consent by the one deliberate key of level 2."""
        self._consent()

    def _consent(self) -> None:
        if not self.awake:
            return
        word = self.query_one("#word", Input).value if self._typed else ""
        if word == self._standing.word or not self._typed:
            self.dismiss(word)


def hanging(line: Line, glyphs: Glyphs) -> list[Line]:
    """Return a line wrapped so that what belongs to a label stays beside it."""
    line = tuple(Cell(glyphs.plain(cell.text), cell.tone) for cell in line)
    if len(line) != 2 or not line[0].text.endswith(" "):
        return [line]
    label, value = line
    margin = width(label.text) + 1
    first, *rest = wrap(value.text.strip(), CARD - margin)
    return [(label, Cell(f" {first}", value.tone)), *((Cell(" " * margin), Cell(part, value.tone)) for part in rest)]
