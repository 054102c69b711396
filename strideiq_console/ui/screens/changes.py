"""What changed in an environment: what is known stands there at once, the rest is read while one looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button

from strideiq_console.domain.changes import Changes
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.presentation import changes as shown
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.screens.rows import plainly

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class ChangesDialog(Dialog[str | None]):
    """Answers where to go next: an action of the application, or None. ``known`` is what is shown first."""

    DEAF_FOR = 0.0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", "down", show=False, id="move.down"),
        Binding("up,k", "scroll(-1)", "up", show=False, id="move.up"),
        Binding("pagedown,space,ctrl+d", "scroll(20)", "page down", show=False, id="move.page-down"),
        Binding("pageup,ctrl+u", "scroll(-20)", "page up", show=False, id="move.page-up"),
        Binding("b", "go('app.runbook(\\'rollback\\')')", "roll back", id="changes.roll-back", tooltip="plan a rollback"),
        Binding("W", "go('app.workflows')", "workflows", show=False, id="changes.workflows"),
        Binding("1", "go('app.panel(\\'environments\\')')", "environments", show=False, id="changes.environments"),
        Binding("4", "go('app.panel(\\'metrics\\')')", "metrics", show=False, id="changes.metrics"),
        Binding("r", "renew", "read again", id="changes.renew"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs, known: Changes) -> None:
        super().__init__(services.clock)
        self._services = services
        self._glyphs = glyphs
        self._found = known
        self._fault: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Show what is known, then the way out."""
        with Box(classes="wide"):
            with VerticalScroll(classes="card", id="text", can_focus=False):
                yield safe.PlainStatic("", id="words")
            with Horizontal(classes="buttons"):
                yield safe.PlainStatic(self._hint(), id="hint")
                yield safe.PlainButton("[ Close ]", id="cancel")

    def begin(self) -> None:
        """Ask for the rest at once."""
        self.action_renew()

    def action_renew(self) -> None:
        """Ask for commits and variables again; what is shown stays until they are in."""
        self._show(reading=True)
        self._read()

    @work(exclusive=True, group="changes", exit_on_error=False)
    async def _read(self) -> None:
        try:
            self._found, self._fault = await self._services.changes(self._found.environment), ()
        except ConsoleError as error:
            self._fault = tuple(part for part in (error.cause, error.consequence, error.next_step) if part)
        self._show()

    def _show(self, *, reading: bool = False) -> None:
        boxes = self.query(Box)
        if not boxes:
            return  # left already
        now = self._clock.now()
        safe.title(boxes.first(), self._glyphs.plain(shown.title(self._found, now)))
        block: Sequence[Line] = shown.lines(self._found, now, self._glyphs, reading=reading)
        wrong = [(Cell(words, Tone.WARNING),) for words in self._fault]
        self.query_one("#words", safe.PlainStatic).show(plainly([*wrong, *block], self._glyphs))

    def _hint(self) -> list[Line]:
        return [(Cell("b", Tone.ACCENT), Cell(" roll back  ", Tone.MUTED), Cell("r", Tone.ACCENT), Cell(" read again", Tone.MUTED))]

    def action_scroll(self, by: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#text").scroll_relative(y=by, animate=False)

    def action_go(self, action: str) -> None:
        """Leave for another place."""
        self.dismiss(action)

    @on(Button.Pressed)
    def _pressed(self) -> None:
        self.dismiss(None)
