"""One value of a few, on one line: the arrows or space go round, a letter or digit jumps to the value that begins with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.ui import safe
from strideiq_console.ui.widgets.line import shortened


class CycleField(Widget, can_focus=True):
    """A choice among ``values``; ``labels`` are what is drawn for them. ``empty``: no choice at all is one of the choices."""

    DEFAULT_CSS = """
    CycleField { height: 1; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", "next", id="choice.next", tooltip="the next choice"),
        Binding("left", "turn(-1)", "previous", show=False, id="choice.previous", tooltip="the choice before"),
        Binding("enter", "done", "take it", show=False, id="choice.take"),
    ]

    @dataclass
    class Done(Message):
        """The person is content with the choice."""

        field: CycleField

    @dataclass
    class Changed(Message):
        """Another value is chosen."""

        field: CycleField

    def __init__(
        self,
        values: Sequence[str],
        default: str = "",
        *,
        labels: Sequence[str] = (),
        empty: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._values = (("",) if empty else ()) + tuple(values)
        self._labels = (("none",) if empty else ()) + (tuple(labels) or tuple(values))
        self._at = self._values.index(default) if default in self._values else 0

    @property
    def value(self) -> str:
        """Return the chosen value."""
        return self._values[self._at] if self._values else ""

    def render(self) -> Content:
        """Return all choices with the chosen one in brackets, or it alone where they do not fit."""
        room = self.content_size.width
        every: list[Cell] = []
        for n, label in enumerate(self._labels):
            here = n == self._at
            every.append(Cell(f"[{label}]" if here else f" {label} ", Tone.ACCENT if here else Tone.MUTED))
        if sum(width(cell.text) for cell in every) > room and self._labels:
            place = f"  {self._at + 1} of {len(self._labels)}"
            every = [Cell(f"[{self._labels[self._at]}]", Tone.ACCENT), Cell(place, Tone.MUTED)]
        return safe.cells(shortened(every, room))

    def on_key(self, event: events.Key) -> None:
        """A letter or digit chooses the next value that begins with it."""
        typed = (event.character or "").casefold()
        if not typed.isalnum():
            return
        order = [(self._at + step) % len(self._values) for step in range(1, len(self._values) + 1)]
        fits = next((n for n in order if self._labels[n].casefold().startswith(typed)), None)
        if fits is not None:
            event.stop()
            self._to(fits)

    def action_turn(self, by: int) -> None:
        """Choose the next value, or the one before."""
        if self._values:
            self._to((self._at + by) % len(self._values))

    def action_done(self) -> None:
        """Say that this is it."""
        self.post_message(self.Done(self))

    def _to(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Changed(self))
