"""The metrics panel. No feed brings metrics yet, and the panel says so instead of showing zeros."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Line, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs

NO_SOURCE = "no source yet: so far strideiq doctor alone reads metrics"


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return an empty panel with the reason."""
    return Table((Column("metric"), Column("value", 12, right=True)), (), Look.NOT_CONFIGURED, f"Metrics: {NO_SOURCE}.")


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the reason in full."""
    return (
        (Cell(f"Metrics: {NO_SOURCE}.", Tone.MUTED),),
        (Cell("Until then health and latency stand in the environments panel.", Tone.MUTED),),
    )
