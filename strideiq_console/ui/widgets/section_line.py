"""The line of sections of an opened panel: which one stands below it. ``[`` and ``]`` turn it, a click chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.widgets.line import EdgeLine


class SectionLine(EdgeLine):
    """The titles of the sections, the open one between bars; at the right what they are about, or what is being read."""

    @dataclass
    class Chosen(Message):
        """A section was clicked."""

        name: str

    def __init__(self, sections: Sequence[tuple[str, str]], glyphs: Glyphs) -> None:
        super().__init__(id="sections")
        self._sections = tuple(sections)
        self._glyphs = glyphs

    def point_at(self, name: str, about: str = "", *, busy: bool = False) -> None:
        """Mark the open section, and say at the right what it is about."""
        cells = []
        for key, title in self._sections:
            here = key == name
            text = self._glyphs.plain(f"▏{title}▕") if here else f" {title} "
            cells.append(Cell(text, Tone.ACCENT if here else Tone.MUTED))
        self.show(cells, (Cell(self._glyphs.plain(about), Tone.ACTIVE if busy else Tone.MUTED),) if about else ())

    def on_click(self, event: events.Click) -> None:
        """Choose the section below the pointer."""
        at = event.x - self.gutter.left
        for key, title in self._sections:
            size = width(title) + 2
            if 0 <= at < size:
                self.post_message(self.Chosen(key))
                return
            at -= size
