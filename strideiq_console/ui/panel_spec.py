"""What a panel is made of: number, title, its table and preview, its acts, and the feeds that bring it news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.cell import Line, Table
from strideiq_console.presentation.glyphs import Glyphs


class MakeTable(Protocol):
    """Makes a panel's table; every module of presentation that has a panel offers one."""

    def __call__(self, facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
        """Return the table of this moment."""
        ...


Acts = Callable[[Facts, tuple[str, ...], datetime], tuple[Act, ...]]
"""Returns what can be done with the rows of these keys: those that are marked, else the one under the cursor."""


def no_acts(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return nothing: a panel whose rows are only looked at."""
    return ()


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One panel. ``feeds`` name what brings it news; one that ends in ``/`` stands for all feeds that start so, none for all.

    ``across`` is the panel that has the whole width of the dashboard: its table is narrow on a narrow terminal. Every other one
    has half of it or less, and is ``narrow`` (the one panel of a narrow terminal, which says more) where it is roomy enough.
    """

    number: int
    name: str
    title: str
    table: MakeTable
    detail: Callable[[Facts, str, datetime, Glyphs], tuple[Line, ...]]
    feeds: tuple[str, ...]
    headings: bool = False
    acts: Acts = no_acts
    across: bool = False
