"""The costs panel opened: the month line by line, an amount edited in place, the scaling triggers, and the export (R119-R121)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.policy.month import Month, MonthLine, month_of, triggers
from strideiq_console.presentation import costs_export, costs_lines
from strideiq_console.presentation.cell import Line, Row, Table, plain
from strideiq_console.presentation.costs_triggers import trigger_lines
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.services.exports import keep_export
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.arrangement import Preview


class CostsZoom(ZoomScreen):
    """Every line of the month. ``e`` puts an input over the actual amount of the row: Enter keeps it, Esc throws it away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "enter actual", id="costs.edit", tooltip="write down what this line really cost so far"),
        Binding("t", "triggers", "triggers", id="costs.triggers", tooltip="how far off the scaling triggers are"),
        Binding("x", "export", "export", id="costs.export", tooltip="the table as CSV and Markdown, into the state folder"),
    ]

    def __init__(self, spec: PanelSpec, *more: Any, **words: Any) -> None:
        super().__init__(replace(spec, table=self._table, headings=True, across=True), *more, **words)
        self._edited = ""
        self._triggers = False
        self._field = safe.PlainInput(placeholder="amount", id="amount", limit=40)

    def _table(self, facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
        room = self.panel.view.room
        return costs_lines.table(facts, now, glyphs, narrow=narrow or 0 < room < costs_lines.WIDE)

    def on_mount(self) -> None:
        """Hold the input that stands over a cell while it is edited; the base has put the cursor on its row."""
        if self.query("#list"):
            self.query_one("#list").mount(self._field)

    def on_resize(self, event: events.Resize) -> None:
        """Draw as wide as there is room, and keep the input over its cell."""
        self.call_after_refresh(self._laid_out)

    def _laid_out(self) -> None:
        self.panel.renew()
        self._place_field()

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """News may have moved the row that is edited."""
        self.call_after_refresh(self._place_field)

    @property
    def preview(self) -> Preview:
        """Return where the preview stands: below the table, which needs the width, unless somebody took it away."""
        return Preview.OFF if self.memory.preview is Preview.OFF else Preview.BELOW

    def preview_title(self, row: Row | None) -> str:
        """Return what stands in the border of the preview."""
        if self._edited:
            return "enter keeps the amount, esc throws it away"
        return "Scaling triggers" if self._triggers else "Details"

    def detail_lines(self, row: Row) -> Sequence[Line]:
        """Return the line in full, or the scaling triggers."""
        facts, now = self.services.facts(), self.services.clock.now()
        return trigger_lines(triggers(facts, now), now, self.glyphs) if self._triggers else super().detail_lines(row)

    @property
    def _month(self) -> Month:
        return month_of(self.services.facts(), self.services.clock.now())

    @property
    def _line(self) -> MonthLine | None:
        key = self._edited or (self.row.key if self.row else "")
        return next((line for line in self._month.all_lines if line.key == key), None)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action in ("edit", "take_back") and self._line is None:
            return "a sum is not entered: choose one of its lines"
        if action == "take_back" and self._line is not None and self._line.entry is None:
            return "nothing is entered here"
        return super().why_not(action)

    def action_edit(self) -> None:
        """Put an input over the actual amount of the row, with the amount that was entered before."""
        line = self._line
        if line is None or self.row is None:
            return
        self._edited = self.row.key
        self._field.value = "" if line.entry is None else str(line.entry.amount)
        self._field.display = True
        self._place_field()
        self.set_focus(self._field)  # at once: what is typed ahead belongs to the field
        self._field.cursor_position = len(self._field.value)
        self.show_detail()

    def _place_field(self) -> None:
        if not self._edited:
            return
        self.panel.view.stand_on(self._edited)
        region = self.panel.view.cell_region(costs_lines.ACTUAL)
        if region is not None:
            corner = region.offset - self.query_one("#list").region.offset
            self._field.styles.offset = (corner.x, corner.y)
            self._field.styles.width = region.width

    @on(Input.Submitted, "#amount")
    def _keep_amount(self, event: Input.Submitted) -> None:
        """Keep the amount; what cannot be kept stays in the field, with a word on why."""
        event.stop()
        line, before = self._line, self._month
        words = event.value.strip()
        if line is None or (not words and line.entry is None):
            self._leave()
            return
        try:
            if words:
                self.services.enter_cost(line.service, line.place, "", words)
            elif line.entry is not None:
                self.services.take_cost_back(line.service, line.entry.environment, "")
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="Not entered", severity="warning", markup=False)
            return
        self._leave()
        self._tell("Entered" if words else "Taken back", before)

    def action_take_back(self) -> None:
        """Let the entry of the row count no more; it stays on record."""
        line, before = self._line, self._month
        if line is None or line.entry is None:
            return
        try:
            self.services.take_cost_back(line.service, line.entry.environment, "")
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="Not taken back", severity="warning", markup=False)
        else:
            self._tell("Taken back", before)

    def _tell(self, title: str, before: Month) -> None:
        moved = "\n".join(plain(line) for line in costs_lines.moved(before, self._month))
        self.app.notify(self.glyphs.plain(moved), title=title, timeout=6, markup=False)
        self.panel.renew()
        self.show_detail()

    def action_back(self) -> None:
        """Throw away what is being typed, then leave the triggers, then do as every opened panel."""
        if self._edited:
            self._leave()
        elif self._triggers:
            self.action_triggers()
        else:
            super().action_back()

    @on(Input.Blurred, "#amount")
    def _left(self) -> None:
        # A terminal that loses its focus takes it from the field too: somebody looks at the bill in another window.
        if self.app.app_focus and self._edited and self.focused is not self._field:
            self._leave()

    def _leave(self) -> None:
        """Take the input away; the row has the focus again."""
        self._edited = ""
        self._field.display = False
        self.set_focus(self.panel.view)
        self.show_detail()

    def action_triggers(self) -> None:
        """Show the scaling triggers in the place of the details, or the details again."""
        self._triggers = not self._triggers
        self.show_detail()

    def action_renew(self) -> None:
        """Read the bills again."""
        self.services.refresh(*(f"costs/{name}" for name in self.services.facts().costs))

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write the table into the state folder's exports, as CSV and as Markdown; nothing that is there is written over."""
        facts, now = self.services.facts(), self.services.clock.now()
        texts = {"csv": costs_export.as_csv(facts, now), "md": costs_export.as_markdown(facts, now)}
        state, name, written = self.services.settings.state, f"costs-{month_of(facts, now).name}", []
        try:
            for ending, text in texts.items():
                path = await asyncio.to_thread(keep_export, state, f"{name}.{ending}", self.services.redact(text))
                written.append(str(path))
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="Not exported", severity="error", markup=False)
            return
        self.app.notify("\n".join(written), title="Exported", timeout=8, markup=False)
