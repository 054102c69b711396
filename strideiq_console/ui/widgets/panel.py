"""A panel of the dashboard: a bordered table that renews itself from the facts of its moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class Panel(Vertical):
    """One panel, in one of the five looks that its table carries."""

    def __init__(self, spec: PanelSpec, services: Console, glyphs: Glyphs, *, classes: str = "") -> None:
        super().__init__(id=f"panel-{spec.name}", classes=f"panel {classes}")
        self.spec = spec
        self._services = services
        self._glyphs = glyphs
        self.view = TableView(glyphs, headings=spec.headings)
        self._narrow = False

    def compose(self) -> ComposeResult:
        """Hold the table."""
        yield self.view

    def on_mount(self) -> None:
        """Draw what is known already, before any network."""
        safe.title(self, f"{self.spec.number} {self.spec.title}")
        self.renew()

    def lay_out(self, narrow: bool) -> None:
        """Draw for a narrow or a wide terminal."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.renew()

    def renew(self) -> None:
        """Draw the facts of this moment."""
        table = self.spec.table(self._services.facts(), self._services.clock.now(), self._glyphs, narrow=self._narrow)
        self.view.show(table)
        shown = len(self.view.rows)
        count = table.footer if shown == len(table.rows) else f"{shown} of {table.footer}"
        parts = [part for part in (table.age, count) if part]
        safe.subtitle(self, self._glyphs.plain(" · ".join(parts)))

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """A feed of this panel has news."""
        message.stop()
        self.renew()
