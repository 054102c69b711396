"""Dialogs to read in: a plan before it begins, and long text such as a job's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.ports import Clock
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog


class ReadDialog(Dialog[bool | None]):
    """Text to scroll in. With ``go`` it also asks whether to go on; the focus stands on Close, and leaving is No."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", "down", show=False, id="move.down"),
        Binding("up,k", "scroll(-1)", "up", show=False, id="move.up"),
        Binding("pagedown,space,ctrl+d", "scroll(20)", "page down", show=False, id="move.page-down"),
        Binding("pageup,ctrl+u", "scroll(-20)", "page up", show=False, id="move.page-up"),
        Binding("y", "go", "go on", id="dialog.yes"),
        Binding("y", "copy", "copy", id="reading.copy", tooltip="copy the commands of what is read here"),
        Binding("Y", "copy", "copy", show=False, id="reading.copy-always", tooltip="copy the commands of what is read here"),
    ]

    def __init__(
        self, block: Sequence[Line], clock: Clock, *, title: str, go: str = "", at_end: bool = False, copies: Sequence[str] = ()
    ) -> None:
        super().__init__(clock)
        self._copies = tuple(copies)
        self._block = tuple(block)
        self._title = title
        self._go = go
        self._at_end = at_end

    def compose(self) -> ComposeResult:
        """Show the text, then the way out."""
        with Box(classes="wide") as box:
            safe.title(box, self._title)
            with VerticalScroll(classes="card", id="text", can_focus=False):
                yield safe.PlainStatic(self._block, id="words")
            with Horizontal(classes="buttons"):
                yield safe.PlainStatic(self._hint(), id="hint")
                yield safe.PlainButton("[ Cancel ]" if self._go else "[ Close ]", id="cancel")
                if self._go:
                    yield safe.PlainButton(f"[ {self._go} ]", id="go")

    def begin(self) -> None:
        """Show a log's end first."""
        if self._at_end:
            self.query_one("#text").scroll_end(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a text that asks something can be answered; ``y`` copies where nothing is asked."""
        if action == "copy":
            return bool(self._copies)
        return bool(self._go) if action == "go" else True

    def _hint(self) -> list[Line]:
        key = "Y" if self._go else "y"
        return [(Cell(key, Tone.ACCENT), Cell(" copies the commands", Tone.MUTED))] if self._copies else []

    def action_copy(self) -> None:
        """Copy the commands, one a line."""
        self.app.copy_to_clipboard("\n".join(self._copies))
        self.app.notify(f"{len(self._copies)} commands", title="Copied", timeout=3)

    def action_scroll(self, by: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#text").scroll_relative(y=by, animate=False)

    def action_go(self) -> None:
        """Go on, once keys count."""
        if self.awake:
            self.dismiss(True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "go":
            self.action_go()
        else:
            self.dismiss(None)


def fault_dialog(error: ConsoleError, clock: Clock, *, title: str) -> ReadDialog:
    """Return the dialog that says why something cannot be done: it stays for as long as it is read, which a toast does not."""
    said = ((Tone.WARNING, error.cause), (Tone.PLAIN, error.consequence), (Tone.ACCENT, error.next_step))
    lines: list[Line] = []
    for tone, words in said:
        lines += [*([()] if lines and words else []), *((Cell(part, tone),) for part in words.split("; ") if part)]
    return ReadDialog(lines, clock, title=title)
