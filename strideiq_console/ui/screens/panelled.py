"""What every screen with panels can do: mark rows, sort, choose what to do with the chosen rows, and read the feeds again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.screens.pick import ActDialog, Choice
from strideiq_console.ui.screens.rows import RowScreen
from strideiq_console.ui.widgets.arrangement import Memory
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

_ROW_ACTS = (
    Act("y", "copy what the row is about", action="copy"),
    Act("Y", "copy the address of its page", action="copy_url"),
    Act("o", "open its page", action="open_page"),
)
"""What every row offers, each by the key that does it without the menu."""


class PanelScreen(RowScreen):
    """A screen of which one panel is the active one. ``memory`` is what a person has made of the panels so far."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "acts", "actions", id="row.acts", tooltip="what can be done with the row, or with the marked rows"),
        Binding("space", "mark_row", "mark", show=False, id="row.mark", tooltip="mark the row; actions take all marked rows"),
        Binding("s", "sort", "sort", show=False, id="row.sort", tooltip="sort by the next column, as a click on its heading does"),
        Binding("S", "turn_round", "turn round", show=False, id="row.sort-turn", tooltip="sort the other way round"),
        Binding(
            "slash",
            "filter",
            "filter",
            id="row.filter",
            tooltip="rows with these words; !word without, age:word in one column",
        ),
        Binding("r", "renew", "read again", show=False, id="panel.renew", tooltip="read this panel's feeds again"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs) -> None:
        super().__init__(services, glyphs)
        self.memory = Memory()

    @property
    def active(self) -> Panel:
        """Return the panel that keys are for."""
        raise NotImplementedError

    @property
    def view(self) -> TableView | None:
        """Return the table that keys are for: one that has the focus, else that of the active panel."""
        return self.focused if isinstance(self.focused, TableView) else self.active.view

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action in ("mark_row", "acts") and self.row is None:
            return "there is no row"
        if action in ("sort", "turn_round") and not (self.view and len(self.view.rows) > 1):
            return "there is nothing to sort"
        return super().why_not(action)

    def acts(self) -> tuple[Act, ...]:
        """Return what the active panel offers for the chosen rows."""
        return self.active.spec.acts(self.services.facts(), self.chosen_keys(), self.services.clock.now())

    def action_acts(self) -> None:
        """Choose what to do with the chosen rows; what cannot be done says why, and what helps."""
        offered, taken = [], set[str]()
        for act in (*self.acts(), *_ROW_ACTS):
            if act.letter not in taken:
                taken.add(act.letter)
                offered.append(act)
        lines = [
            Choice(act.letter, self.glyphs.plain(act.title), f"{place}", self.glyphs.plain(self.why_not_act(act)), note=act.key)
            for place, act in enumerate(offered)
        ]
        keys = self.chosen_keys()
        title = f"Actions: {len(keys)} marked rows" if self.view and self.view.marked else f"Actions: {self.row_name()}"
        chooser = ActDialog(lines, self.glyphs, self.services.clock, title=self.glyphs.plain(title))
        self.app.push_screen(chooser, lambda picked: self.take(offered[int(picked)]) if picked else None)

    def action_mark_row(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go to the next one."""
        if self.view is not None:
            self.view.mark_row()

    def action_sort(self) -> None:
        """Sort by the next column."""
        if self.view is not None:
            self.view.sort_on()

    def action_turn_round(self) -> None:
        """Sort the other way round."""
        if self.view is not None:
            self.view.sort_by(self.view.sorting.turned())

    def action_renew(self) -> None:
        """Read the feeds of this panel again, and no others."""
        spec = self.active.spec
        self.services.refresh(*spec.feeds)
        self.active.note_wait()
