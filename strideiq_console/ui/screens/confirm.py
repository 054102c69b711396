"""A confirmation (RELIABILITY section 5): level 2 takes a deliberate key, 3 a typed word, 4 two words and time to read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.consent_lines import confirmed_together
from strideiq_console.presentation.draw import width, wrap
from strideiq_console.presentation.execution import confirm_lines, confirm_title
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.widgets.frame import frame

CARD = 70  # columns of text in the dialog, which leaves room for its scrollbar on a terminal of 80


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed to confirm: nothing at level 2, the word at level 3, and the database's name as well at level 4."""

    word: str = ""
    database: str = ""


class ConfirmDialog(Dialog[Typed | None]):
    """Shows what will be done: by one step, or by a whole group. Answers None for No, else what was typed.

    A level 4 step can be confirmed only once it was shown for as long as the standing says; the clock decides, the timer draws.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "consent", "yes, do it", id="dialog.yes")]

    def __init__(self, standing: Standing, glyphs: Glyphs, clock: Clock) -> None:
        super().__init__(clock)
        self._standing = standing
        self._glyphs = glyphs
        wanted = (("word", standing.word), ("database", standing.database))
        self._wanted = {name: word for name, word in wanted if word} if standing.level >= 3 else {}
        self._typed = standing.level >= 3
        self._armed_at = clock.wall() + standing.arms_in

    def compose(self) -> ComposeResult:
        """Show the plan card, then the way out, then the way on."""
        verb = self._standing.record.step.verb.value.capitalize() if self._standing.record else "Go on"
        with Box(classes=self._look()) as box:
            safe.title(box, self._glyphs.plain(confirm_title(self._standing)))
            frame(box, production=self._look() == "production")
            with VerticalScroll(classes="card", can_focus=False):
                yield safe.PlainStatic([piece for line in self._lines() for piece in hanging(line, self._glyphs)])
            for name, word in self._wanted.items():
                with Horizontal(classes="word"):
                    yield safe.PlainStatic([(Cell("Type "), Cell(word, Tone.WARNING), Cell(" to go on: "))])
                    yield safe.TypedInput(id=name, limit=60)
            with Horizontal(classes="buttons"):
                yield safe.PlainStatic(self._hint(), id="hint")
                yield safe.PlainButton("[ Cancel ]", id="cancel")
                yield safe.PlainButton(f"[ {verb} ]", id="consent", disabled=self._typed)

    def _look(self) -> str:
        """Production wears its own colour; another place that wants a word warns."""
        if not self._typed:
            return ""
        together = [one.step for one in confirmed_together(self._standing)]
        weighty = [step for step in together if step.level >= 3] or together
        return "typed" if weighty and all(step.environment == "staging" for step in weighty) else "production"

    def _lines(self) -> list[Line]:
        lines = list(confirm_lines(self._standing))
        if self._typed:  # the words are asked for beside their inputs
            while lines and (not lines[-1] or lines[-1][0].text.startswith("Type ")):
                lines.pop()
        return lines

    def _hint(self) -> list[Line]:
        if not self._typed:
            return [(Cell("y", Tone.ACCENT), Cell(" does it   "), Cell("enter", Tone.ACCENT), Cell(" cancels"))]
        left = self.arms_in
        return [(Cell(f"can be confirmed in {math.ceil(left)} s: read it first", Tone.WARNING),)] if left > 0 else []

    @property
    def arms_in(self) -> float:
        """Return how many seconds are left before a level 4 step can be confirmed."""
        return max(self._armed_at - self._clock.wall(), 0.0)

    @property
    def ready(self) -> bool:
        """Say whether every word is right and the time to read has passed."""
        fields = ((self.query_one(f"#{name}", Input).value, word) for name, word in self._wanted.items())
        complete = self._standing.level < 3 or "word" in self._wanted
        complete = complete and (self._standing.level < 4 or "database" in self._wanted)
        return self.awake and self.arms_in <= 0 and complete and all(value == word for value, word in fields)

    def begin(self) -> None:
        """Count down where there is something to count."""
        if self.arms_in > 0:
            self.set_interval(0.5, self.renew)

    def renew(self) -> None:
        """Draw the countdown, and wake the button as soon as it may be pressed."""
        self.query_one("#hint", safe.PlainStatic).show(self._hint())
        if self._typed:
            self.query_one("#consent", Button).disabled = not self.ready

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A single key never consents to a level 3 step."""
        return not (action == "consent" and self._typed)

    def on_key(self, event: events.Key) -> None:
        """What is typed while the focus stands on Cancel goes into the first field that is not right yet; nothing else does."""
        if not self._typed or not event.is_printable or event.character is None or event.character == " ":
            return
        if isinstance(self.focused, safe.TypedInput):
            return
        fields = [self.query_one(f"#{name}", safe.TypedInput) for name in self._wanted]
        field = next((f for f in fields if f.value != self._wanted[f.id or ""]), None)
        if field is not None:
            field.focus()
            field.insert_text_at_cursor(event.character)
            event.stop()

    @on(Input.Changed)
    def _wake(self) -> None:
        self.renew()

    @on(Input.Submitted)
    def _go_to_next(self, event: Input.Submitted) -> None:
        self.renew()
        if event.value != self._wanted.get(event.input.id or ""):
            return
        if self.ready:
            self.query_one("#consent", Button).focus()
        elif event.input.id == "word" and "database" in self._wanted:
            self.query_one("#database").focus()

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
        if not self._typed and self.awake:
            self.dismiss(Typed())
        elif self._typed and self.ready:
            self.dismiss(Typed(**{name: self.query_one(f"#{name}", Input).value for name in self._wanted}))


def hanging(line: Line, glyphs: Glyphs) -> list[Line]:
    """Return a line wrapped so that what belongs to a label stays beside it."""
    line = tuple(Cell(glyphs.plain(cell.text), cell.tone) for cell in line)
    if len(line) != 2 or not line[0].text.endswith(" "):
        return [line]
    label, value = line
    margin = width(label.text) + 1
    first, *rest = wrap(value.text.strip(), CARD - margin)
    return [(label, Cell(f" {first}", value.tone)), *((Cell(" " * margin), Cell(part, value.tone)) for part in rest)]
