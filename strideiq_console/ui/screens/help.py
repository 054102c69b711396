"""The keys that work where help was asked for: grouped, searchable, and with the reason why one is disabled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.draw import width, wrap
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.help_rows import HelpRow
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.widgets.filtering import passing
from strideiq_console.ui.widgets.table import TableView

WIDEST_KEYS, WHERE = 14, 11
MORE = "/"
"""Stands in the key of a line that goes on with what the one above it says; no id of a key has it."""
_NOTHING = Cell("")


class HelpDialog(Dialog[bool]):
    """What can be pressed here. Typing searches; the line under the cursor is said in full below the list, with its id."""

    SAFE = "Input"
    DEAF_FOR = 0.0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "down", show=False, id="help.down"),
        Binding("up", "move(-1)", "up", show=False, id="help.up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="help.page-down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="help.page-up"),
    ]

    def __init__(self, rows: Sequence[HelpRow], glyphs: Glyphs, clock: Clock) -> None:
        super().__init__(clock)
        self._rows = tuple(rows)
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Show the search field above the keys."""
        with Box(classes="wide tall") as box:
            safe.title(box, "Keys here")
            yield safe.PlainInput(placeholder="search; esc leaves", id="search")
            yield TableView(self._glyphs, headings=True)
            yield safe.PlainStatic("", id="said", classes="hint")

    def begin(self) -> None:
        """Fill the list."""
        self._fill()
        self.call_after_refresh(self._fill)  # it knows by then how much room there is

    def on_resize(self, event: events.Resize) -> None:
        """Fold what is said into the room there is."""
        super().on_resize(event)
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        """Show the keys that were searched for; what is said of one takes as many lines as it needs."""
        if not self.query(TableView):
            return  # taken away meanwhile
        widest = min(max((width(row.keys) for row in self._rows), default=4), WIDEST_KEYS) + 2
        columns = (Column("key", widest), Column("does, or why not now"), Column("where", WHERE))
        view = self.query_one(TableView)
        whole = tuple(Row(row.id, _cells(row)) for row in self._rows)
        found = passing(whole, self.query_one("#search", Input).value.strip(), columns)
        room = view.room - widest - WHERE - 1
        rows = [line for row in found for line in _lines(row, room)]
        view.show(Table(columns, tuple(rows), Look.FRESH, "" if rows else "No key does that here."))
        self._say()

    def action_move(self, by: int) -> None:
        """Scroll the list while the search field keeps the focus."""
        self.query_one(TableView).action_move(by)

    def action_page(self, by: int) -> None:
        """Scroll the list by a page."""
        self.query_one(TableView).action_page(by)

    @on(TableView.Moved)
    def _say(self) -> None:
        under = self.query_one(TableView).row
        row = next((one for one in self._rows if under is not None and one.id == under.key.partition(MORE)[0]), None)
        self.query_one("#said", safe.PlainStatic).show(_in_full(row) if row is not None else "")

    @on(Input.Changed, "#search")
    def _search(self) -> None:
        self._fill()


def _lines(row: Row, room: int) -> list[Row]:
    """Return a row, and below it one more for each line that its words need in ``room`` columns."""
    keys, does, where = row.cells
    first, *more = wrap(does.text, room, indent="  ") if room > 0 else (does.text,)
    below = (Row(f"{row.key}{MORE}{n}", (_NOTHING, replace(does, text=text), _NOTHING)) for n, text in enumerate(more))
    return [Row(row.key, (keys, replace(does, text=first), where)), *below]


def _cells(row: HelpRow) -> tuple[Cell, ...]:
    if row.why_not:
        does = f"{row.does}; not now: {row.why_not}"
        return (Cell(row.keys, Tone.MUTED), Cell(does, Tone.MUTED), Cell(row.where, Tone.MUTED))
    return (Cell(row.keys, Tone.ACCENT), Cell(row.does), Cell(row.where, Tone.MUTED))


def _in_full(row: HelpRow) -> list[Line]:
    why = [(Cell(f"not now: {row.why_not}", Tone.WARNING),)] if row.why_not else []
    mapped = (Cell('"', Tone.MUTED), Cell(row.id, Tone.ACCENT), Cell('" under [ui.keys] in config.toml maps it', Tone.MUTED))
    return [(Cell(row.keys, Tone.ACCENT), Cell(f"  {row.does}")), *why, mapped]
