"""A list to choose from: the menu of runbooks, unfinished executions, what can be done with a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.screens.dialog import Box, Dialog
from strideiq_console.ui.widgets.table import TableView


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu: its letter, what it is, why it cannot be chosen now (``""``: it can), and a note beside it."""

    key: str
    title: str
    value: str
    refused: str = ""
    note: str = ""


class PickDialog(Dialog[str | None]):
    """A menu whose lines have letters. Answers the value of the chosen line."""

    SAFE = "TableView"
    DEAF_FOR = 0.0

    def __init__(self, choices: Sequence[Choice], glyphs: Glyphs, clock: Clock, *, title: str) -> None:
        super().__init__(clock)
        self._choices = tuple(choices)
        self._glyphs = glyphs
        self._title = title

    def compose(self) -> ComposeResult:
        """Show the lines; one that cannot be chosen says why."""
        with Box(classes="wide") as box:
            safe.title(box, self._title)
            yield TableView(self._glyphs, headings=False)
            yield safe.PlainStatic("", id="wrong")
            if self.hint():
                yield safe.PlainStatic(self.hint(), classes="hint")

    def hint(self) -> list[Line]:
        """Return what stands below the list."""
        return []

    def begin(self) -> None:
        """Fill the list."""
        rows = [Row(choice.value, _choice_cells(choice)) for choice in self._choices]
        longest = max((len(choice.title) for choice in self._choices), default=10)
        table = Table((Column("", 3), Column("", min(longest, 60) + 2), Column("")), tuple(rows), Look.FRESH)
        view = self.query_one(TableView)
        view.show(table)
        view.stand_on(next((choice.value for choice in self._choices if not choice.refused), ""))

    def on_key(self, event: events.Key) -> None:
        """A letter chooses its line."""
        choice = next((c for c in self._choices if c.key == event.character), None)
        if choice is not None:
            event.stop()
            self._choose(choice)

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        choice = next((c for c in self._choices if event.row is not None and c.value == event.row.key), None)
        if choice is not None:
            self._choose(choice)

    def say_why(self, choice: Choice | None) -> None:
        """Say in full below the list why a line cannot be chosen; nothing for one that can."""
        lines = [(Cell(f"{choice.title}: {choice.refused}", Tone.WARNING),)] if choice is not None and choice.refused else []
        self.query_one("#wrong", safe.PlainStatic).show(lines)

    def _choose(self, choice: Choice) -> None:
        if choice.refused:
            self.say_why(choice)
        elif self.awake:
            self.dismiss(choice.value)


class ActDialog(PickDialog):
    """What can be done with a row. Under the cursor it is said in full which rule blocks a line, and what helps."""

    def hint(self) -> list[Line]:
        """Say what Enter does."""
        return [(Cell("letter or enter", Tone.ACCENT), Cell(" takes it; a runbook shows its plan first", Tone.MUTED))]

    @on(TableView.Moved)
    def _moved(self, event: TableView.Moved) -> None:
        self.say_why(next((c for c in self._choices if event.row is not None and c.value == event.row.key), None))


def _choice_cells(choice: Choice) -> tuple[Cell, Cell, Cell]:
    key, what, why = _cells(choice.key, choice.title, choice.refused)
    return (key, what, why if choice.refused else Cell(choice.note, Tone.ACCENT))


def _cells(key: str, what: str, why: str) -> tuple[Cell, Cell, Cell]:
    """Return a line that is greyed out when there is a reason why it cannot be taken."""
    return (Cell(key, Tone.MUTED if why else Tone.ACCENT), Cell(what, Tone.MUTED if why else Tone.PLAIN), Cell(why, Tone.MUTED))
