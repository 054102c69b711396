"""The menu of runbooks: a letter or Enter starts one, ``D`` only plans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import ClassVar

from textual.binding import Binding, BindingType

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.screens.pick import Choice, PickDialog
from strideiq_console.ui.widgets.table import TableView

LETTERS = {"feature": "f", "hotfix": "h", "release": "r", "rollback": "b", "promote": "p", "migrate": "m"}
"""DESIGN section 7. Whatever else there is gets a letter of its own name, else any that is free."""
_MOVES = frozenset("jkg")


def letters(runbooks: Mapping[str, Runbook]) -> dict[str, str]:
    """Return a letter for each runbook, none twice; DESIGN's come first, then those that runbooks ask for."""
    found: dict[str, str] = {name: LETTERS[name] for name in runbooks if name in LETTERS}
    for name, runbook in runbooks.items():
        if name not in found and runbook.key and runbook.key not in found.values():
            found[name] = runbook.key
    for name in sorted(runbooks, key=lambda name: runbooks[name].here):
        free = (c for c in (*name, *ascii_lowercase) if c in ascii_lowercase and c not in _MOVES and c not in found.values())
        found.setdefault(name, next(free, ""))
    return found


def menu(runbooks: Mapping[str, Runbook], read_only: str) -> list[Choice]:
    """Return the lines of the menu, DESIGN's runbooks first; where nothing can be carried out each says why."""
    order = {name: place for place, name in enumerate(LETTERS)}
    keys = letters(runbooks)
    lines = []
    for name in sorted(runbooks, key=lambda name: (order.get(name, len(order)), runbooks[name].here, runbooks[name].own)):
        known = runbooks[name]
        lines.append(Choice(keys[name], f"{name}: {known.title}", name, refused=read_only, note="yours" if known.own else ""))
    return lines


class RunbookMenu(PickDialog):
    """Answers the name of a runbook; ``dry`` says whether it is only to be planned."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("D", "plan_only", "plan only", id="menu.dry-run", tooltip="plan it, and enter nothing")
    ]

    def __init__(self, choices: Sequence[Choice], glyphs: Glyphs, clock: Clock, *, dry: bool = False) -> None:
        super().__init__(choices, glyphs, clock, title="Dry run: plan only" if dry else "Workflows (runbooks)")
        self.dry = dry

    def hint(self) -> list[Line]:
        """Say what Enter and D do."""
        if self.dry:
            return [(Cell("whatever you choose is only planned; nothing is entered", Tone.MUTED),)]
        return [(Cell("enter", Tone.ACCENT), Cell(" starts it   "), Cell("D", Tone.ACCENT), Cell(" plans it, and enters nothing"))]

    def action_plan_only(self) -> None:
        """Take the row under the cursor, to plan it and nothing more."""
        self.dry = True
        self.query_one(TableView).action_choose()
