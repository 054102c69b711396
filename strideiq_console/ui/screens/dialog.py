"""What all dialogs share: keys are deaf for a moment after opening, Escape is No, and the first focus is the safe choice."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from strideiq_console.domain.ports import Clock

T = TypeVar("T")
DEAF = 0.4
"""Seconds after opening in which keys do nothing: they were typed for what stood there before (RELIABILITY threat T14)."""
AROUND = 10
"""Lines that border, word and answers take around the text of a dialog."""
PASSES = frozenset({"escape", "ctrl+c"})
"""Keys that count at once: they only ever lead out."""


class Dialog(ModalScreen[T]):
    """A dialog that answers None, or False, when it is left. ``SAFE`` names the widget that has the first focus.

    A menu, a form or a page to read leads to nothing by itself and sets ``DEAF_FOR`` to 0, so that typing ahead works.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel", id="dialog.leave"),
        Binding("pagedown", "read_on(1)", "read on", show=False, id="dialog.read-on"),
        Binding("pageup", "read_on(-1)", "read back", show=False, id="dialog.read-back"),
    ]
    SAFE: ClassVar[str] = "#cancel"
    DEAF_FOR: ClassVar[float] = DEAF

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._opened = clock.monotonic()

    @property
    def awake(self) -> bool:
        """Say whether keys and clicks count already."""
        return self._clock.monotonic() - self._opened >= self.DEAF_FOR

    def on_mount(self) -> None:
        """Put the focus on the safe choice; the deaf moment begins when the dialog can be seen."""
        self._opened = self._clock.monotonic()
        safest = self.query(self.SAFE)
        if not self.is_attached or not safest:
            return  # taken away before it was drawn
        safest.first().focus()
        self.begin()

    def begin(self) -> None:
        """Fill in what is to be seen, now that the widgets stand."""

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the answers below what is to be read."""
        for card in self.query(".card"):
            card.styles.max_height = max(event.size.height - AROUND, 3)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answer once: a second key that comes before the dialog is gone would close what stands below it."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def action_read_on(self, by: int) -> None:
        """Turn the page of what is to be read: nobody should have to confirm what stands below the edge."""
        for card in self.query(".card"):
            card.scroll_relative(y=by * max(card.size.height - 1, 1), animate=False)

    def action_leave(self) -> None:
        """Leave without consent."""
        self.dismiss(None)


class Box(Vertical):
    """The bordered box of a dialog."""
