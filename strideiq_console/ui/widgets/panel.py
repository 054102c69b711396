"""A panel: a bordered table that renews itself from the facts, a few times a second at most, and only where it is seen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Table
from strideiq_console.presentation.draw import ELLIPSIS
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.widgets.making import Making
from strideiq_console.ui.widgets.pace import in_sight
from strideiq_console.ui.widgets.sorting import titles
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

NARROW = 120
"""Columns below which the panel that stands across the terminal says less: its wide table, the cursor and both borders."""
ROOMY = 64
"""Columns from which on any other panel says more: as much as when it stands alone on a narrow terminal."""
TICK = 0.5


class Panel(Vertical):
    """One panel, in one of the five looks that its table carries."""

    def __init__(self, spec: PanelSpec, services: Console, glyphs: Glyphs, *, classes: str = "") -> None:
        super().__init__(id=f"panel-{spec.name}", classes=f"panel {classes}")
        self.spec = spec
        self._services = services
        self._glyphs = glyphs
        self.view = TableView(glyphs, headings=spec.headings or "zoomed" in classes)
        self._table = Table((), (), Look.NEVER_SEEN)
        self._narrow = False
        self._making = Making(self, services, self._make, self._take)
        self._note = ""

    def compose(self) -> ComposeResult:
        """Hold the table."""
        yield self.view

    def on_mount(self) -> None:
        """Draw what is known already, before any network."""
        safe.title(self, f"{self.spec.number} {self.spec.title}")
        self._making.renew(unseen=True)
        self.set_interval(TICK, self.note_wait)

    def on_resize(self, event: events.Resize) -> None:
        """Say as much as there is room for."""
        across = self.spec.across
        narrow = event.size.width < NARROW if across else event.size.width >= ROOMY
        if narrow != self._narrow:
            self._narrow = narrow
            self.renew()

    def become(self, spec: PanelSpec) -> None:
        """Show another list in this place, at once: a section of an opened panel."""
        self.spec = spec
        safe.title(self, self._glyphs.plain(f"{spec.number} {spec.title}"))
        self._making.renew(unseen=True)

    def on_click(self) -> None:
        """A click on the border is one on the panel."""
        if not self.view.has_focus:
            self.view.focus()

    def on_show(self) -> None:
        """Draw what has come while nobody could see it."""
        self.catch_up()

    def catch_up(self) -> None:
        """Draw the facts of this moment if they were not drawn while the panel was out of sight."""
        self._making.catch_up()

    def renew(self) -> None:
        """Draw the facts of this moment; where the panel is not seen, as soon as it is."""
        self._making.renew()

    def _make(self, facts: Facts, now: datetime) -> Table:
        table = self.spec.table(facts, now, self._glyphs, narrow=self._narrow)
        self.view.arrangement.prepare(table)  # here, where no key waits: drawing finds it done
        return table

    def _take(self, table: Table) -> None:
        self._table = table
        self.view.show(table)
        self._note_all()

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """A feed of this panel has news."""
        message.stop()
        self._making.ask()

    def note_wait(self) -> None:
        """Say for how long a reading is waited for, once that is worth saying; a reading that fails says so in the notice."""
        if in_sight(self):
            self._note_all()

    @on(TableView.Rearranged)
    def _note_all(self) -> None:
        """Say in the lower edge what a person has made of the table, what is waited for, the age, and how many there are."""
        note = self._glyphs.plain(" · ".join(part for part in self._parts() if part))
        if note != self._note:
            self._note = note
            safe.subtitle(self, note)

    def _parts(self) -> tuple[str, ...]:
        table, view = self._table, self.view
        lasts = self._services.reading(*self.spec.feeds)
        reading = f"reading{ELLIPSIS} {lasts:.0f} s" if lasts else ""
        marked = f"{len(view.arrangement.marks)} marked" if view.arrangement.marks else ""
        known = view.sorting.column in ("", *titles(table))
        by = view.sorting.words(self._glyphs) if known else ""
        query = view.arrangement.query
        shown = len(view.rows)
        count = table.footer if shown == len(table.rows) else f"{shown} of {table.footer or len(table.rows)}"
        return (reading, marked, by, f"/{query}" if query and not self.has_class("zoomed") else "", table.age, count)
