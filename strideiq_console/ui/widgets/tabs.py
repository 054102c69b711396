"""The tab line of a narrow terminal: which panel stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.widgets.line import EdgeLine


class TabLine(EdgeLine):
    """Number and title of each panel; the one that is shown stands between bars."""

    @dataclass
    class Picked(Message):
        """A tab was clicked."""

        panel: str

    def __init__(self, specs: Sequence[PanelSpec], glyphs: Glyphs) -> None:
        super().__init__(id="tabs")
        self._specs = specs
        self._glyphs = glyphs

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked panel."""
        place = self.cell_at(event.x - 1)
        if place is not None and place < len(self._specs):
            self.post_message(self.Picked(self._specs[place].name))

    def point_at(self, name: str) -> None:
        """Mark the panel that is shown."""
        cells = []
        for spec in self._specs:
            here = spec.name == name
            words = f"{spec.number} {spec.title}"
            text = self._glyphs.plain(f"▏{words}▕") if here else f" {words} "
            cells.append(Cell(text, Tone.ACCENT if here else Tone.MUTED))
        self.show(cells)
