"""What is measured, paid and watched: metrics, lines of the month, alerts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strideiq_console.presentation import alerts as alerts_text
from strideiq_console.presentation import costs_lines
from strideiq_console.presentation import metrics as metrics_text
from strideiq_console.presentation.cell import Table
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.ui.palette.entry import Entry, Row

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def metrics(services: Console) -> Iterable[Entry]:
    """Offer each quantity of each environment, with its value."""
    table = metrics_text.all_table(services.facts(), services.clock.now(), UNICODE)
    return _entries(table, "metrics", "metric", slice(1, 4))


def costs(services: Console) -> Iterable[Entry]:
    """Offer each line of the month, with what it has cost so far."""
    table = costs_lines.table(services.facts(), services.clock.now(), UNICODE, narrow=True)
    names = {row.key: row.cells[0].text.strip() for row in table.rows}
    for row in table.rows:
        service, _, place = row.key.partition("/")
        name = f"{names[service]}, {place}" if service in names and place else names[row.key]
        yield Entry(f"{name}  {row.cells[2].text}", Row("costs", row.key), "cost", rank=1)


def alerts(services: Console) -> Iterable[Entry]:
    """Offer each alert, with how it stands."""
    table = alerts_text.table(services.facts(), services.clock.now(), UNICODE, narrow=True)
    return _entries(table, "alerts", "alert", slice(1, 3))


def _entries(table: Table, panel: str, kind: str, shown: slice) -> Iterable[Entry]:
    for row in table.rows:
        words = " ".join(cell.text.strip() for cell in row.cells[shown])
        yield Entry(words, Row(panel, row.key), kind, rank=1)
