"""The alerts panel. No feed brings alerts yet; the verdict line is judged from health, deployments and CI alone."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Line, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs

NO_SOURCE = "no source yet: no rule is evaluated; the verdict judges health, deploys, CI"


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return an empty panel with the reason; empty never means that all is well here."""
    return Table((Column("", 5), Column("alert"), Column("for", 7)), (), Look.NOT_CONFIGURED, f"Alerts: {NO_SOURCE}.")


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the reason in full."""
    return ((Cell(f"Alerts: {NO_SOURCE}.", Tone.MUTED),),)
