"""The table of panels: number, title, what it shows, and which feeds bring it news. A new panel is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation import alerts, branches, ci_runs, costs, environments, metrics
from strideiq_console.presentation.cell import Line, Table
from strideiq_console.presentation.glyphs import Glyphs


class MakeTable(Protocol):
    """Makes a panel's table; every module of presentation that has a panel offers one."""

    def __call__(self, facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
        """Return the table of this moment."""
        ...


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One panel. ``feeds`` name what brings it news; one that ends in ``/`` stands for all feeds that start so."""

    number: int
    name: str
    title: str
    table: MakeTable
    detail: Callable[[Facts, str, datetime, Glyphs], tuple[Line, ...]]
    feeds: tuple[str, ...]
    headings: bool = False


PANELS = (
    PanelSpec(1, "environments", "Environments", environments.table, environments.detail, (), headings=True),
    PanelSpec(2, "branches", "Branches", branches.table, branches.detail, ("branches", "clone", "pulls", "promotion")),
    PanelSpec(3, "ci", "CI runs", ci_runs.table, ci_runs.detail, ("runs",)),
    PanelSpec(4, "metrics", "Metrics", metrics.table, metrics.detail, ("metrics",)),
    PanelSpec(5, "costs", "Costs", costs.table, costs.detail, ("costs",)),
    PanelSpec(6, "alerts", "Alerts", alerts.table, alerts.detail, ("alerts",)),
)
