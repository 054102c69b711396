"""What a step wants filled in: files to mark, a message to write, a line, a choice. Leaving loses nothing unasked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, TextArea

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.form import Field, FieldKind, Form
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.form_lines import message_fault, message_lines, option_lines, ruler
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.widgets.cycle import CycleField
from strideiq_console.ui.widgets.marks import MarkList
from strideiq_console.ui.widgets.table import TableView

MESSAGE = "message"
"""The field that holds a commit message, which is judged while it is written."""
Preview = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the lines that stand behind an option, such as those that a file would add. May raise ConsoleError."""


class FormDialog(Dialog[Mapping[str, str] | None]):
    """A form of one step. Answers what was filled in, without the empty fields; None when it was left."""

    SAFE = "#fields .entry"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next field", id="form.next"),
        Binding("shift+tab", "app.focus_previous", "field before", show=False, id="form.previous"),
    ]

    def __init__(
        self, form: Form, glyphs: Glyphs, clock: Clock, *, block: Sequence[Line] = (), preview: Preview | None = None
    ) -> None:
        super().__init__(clock)
        self._form = form
        self._glyphs = glyphs
        self._block = tuple(block)
        self._preview = preview
        self._begun: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """Show the notes, the fields, what is wrong, and the way out before the way on."""
        tall = any(field.kind in (FieldKind.FILES, FieldKind.TEXT) for field in self._form.fields)
        with Box(classes="wide tall form" if tall else "wide form") as box:
            safe.title(box, self._glyphs.plain(self._form.title))
            notes = [*self._block, *((Cell(f"{self._glyphs.warn} {note}", Tone.WARNING),) for note in self._form.notes)]
            if notes:
                with VerticalScroll(id="notes", can_focus=False):
                    yield safe.PlainStatic(notes)
            with Vertical(id="fields"):
                for field in self._form.fields:
                    yield from self._field(field)
            yield safe.PlainStatic("", id="wrong")
            with Horizontal(classes="buttons"):
                yield safe.PlainStatic(self._keys())
                yield safe.PlainButton("[ Cancel ]", id="cancel")
                yield safe.PlainButton(f"[ {self._form.go} ]", id="go")

    def _keys(self) -> list[Line]:
        marks = any(field.kind is FieldKind.FILES for field in self._form.fields)
        pairs = [("space", "marks"), ("a", "all")] if marks else []
        line = [cell for key, does in [*pairs, ("tab", "goes on")] for cell in (Cell(key, Tone.ACCENT), Cell(f" {does}   "))]
        return [tuple(line)]

    def _field(self, field: Field) -> ComposeResult:
        name = f"field-{field.name}"
        if field.kind is FieldKind.FILES:
            with Horizontal(classes="files"):
                marks = MarkList(field.options, field.default, self._glyphs, id=name)
                marks.add_class("entry")
                yield marks
                if self._preview is not None:
                    yield safe.PlainStatic("", classes="added")
            yield safe.PlainStatic("", classes="more")
        elif field.kind is FieldKind.TEXT:
            yield safe.PlainStatic([(Cell(self._glyphs.plain(ruler(72)), Tone.MUTED),)], classes="ruler")
            editor = safe.PlainEditor(field.default, placeholder=field.hint, id=name)
            editor.add_class("entry")
            yield editor
            if field.name == MESSAGE:
                yield safe.PlainStatic("", classes="lint")
        else:
            with Horizontal(classes="field"):
                yield safe.PlainStatic(field.title, classes="label")
                yield self._line(field, name)

    @staticmethod
    def _line(field: Field, name: str) -> CycleField | safe.PlainInput:
        if field.kind is not FieldKind.CHOICE:
            entry: CycleField | safe.PlainInput = safe.PlainInput(field.default, placeholder=field.hint, id=name, limit=500)
        else:
            free = [option for option in field.options if not option.refused]
            labels = [option.label for option in free]
            entry = CycleField([option.value for option in free], field.default, labels=labels, empty=not field.required, id=name)
        entry.add_class("entry")
        return entry

    def begin(self) -> None:
        """Judge what stands there already."""
        self._begun = self.entry()
        for editor in self.query(safe.PlainEditor):
            editor.cursor_blink = False
            editor.move_cursor(editor.document.end)
        self._judge_message()
        self._show_option()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the preview where there is no room for it beside the list."""
        self.query(".added").set(display=event.size.width >= 100)

    def entry(self) -> dict[str, str]:
        """Return what is filled in, without empty fields."""
        found: dict[str, str] = {}
        for field in self._form.fields:
            widget = self.query_one(f"#field-{field.name}")
            if isinstance(widget, (MarkList, CycleField, safe.PlainEditor, Input)):
                value = widget.value if field.kind is not FieldKind.LINE else widget.value.strip()
                if value.strip():
                    found[field.name] = value
        return found

    @property
    def changed(self) -> bool:
        """Say whether leaving would lose something."""
        return self.entry() != self._begun

    def action_leave(self) -> None:
        """Leave; ask first where something would be lost."""
        if not self.changed:
            self.dismiss(None)
            return
        question = "Throw away what you filled in?"
        ask = AskDialog(question, self._clock, title=self._glyphs.plain(self._form.title))
        self.app.push_screen(ask, self._thrown_away)

    def _thrown_away(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(None)

    @on(Input.Submitted)
    @on(CycleField.Done)
    @on(TableView.Chosen)
    def _go_on(self) -> None:
        """Enter goes to the next field; nothing is sent by it."""
        self.focus_next()

    @on(TableView.Moved)
    def _show_option(self) -> None:
        if not self.query("#go"):
            return  # not drawn yet
        for marks in self.query(MarkList):
            self.query_one(".more", safe.PlainStatic).show(option_lines(marks.option, self._glyphs))
            if self._preview is not None and marks.option is not None:
                self._show_added(marks.option.value)

    @on(MarkList.Marked)
    def _say_why_not(self, event: MarkList.Marked) -> None:
        self._wrong(event.refused)

    @on(TextArea.Changed)
    def _judge_message(self) -> None:
        if not self.query("#go"):
            return  # not drawn yet
        for field in self._form.fields:
            if field.name == MESSAGE and field.kind is FieldKind.TEXT:
                text = self.query_one(f"#field-{field.name}", safe.PlainEditor).value
                self.query_one(".lint", safe.PlainStatic).show(message_lines(text, self._glyphs))

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _show_added(self, value: str) -> None:
        if self._preview is None:
            return
        try:
            lines: Sequence[Line] = [(Cell(f"+ {line}", Tone.OK),) for line in await self._preview(value)]
        except ConsoleError as error:
            lines = [(Cell(error.cause, Tone.WARNING),)]
        for pane in self.query(".added"):
            if isinstance(pane, safe.PlainStatic):
                pane.show(lines or [(Cell("nothing to show: no text is added", Tone.MUTED),)])

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id != "go":
            self.action_leave()
        elif self.awake:
            self._finish()

    def _finish(self) -> None:
        entry = self.entry()
        wrong = self._form.fault(entry)
        if not wrong and MESSAGE in entry and self.query(".lint"):
            wrong = message_fault(entry[MESSAGE])
        if wrong:
            self._wrong(wrong)
        else:
            self.dismiss(entry)

    def _wrong(self, words: str) -> None:
        self.query_one("#wrong", safe.PlainStatic).show([(Cell(words, Tone.CRITICAL),)] if words else [])
