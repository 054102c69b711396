"""Where a fact comes from, how old it is, and why nothing newer is known, in a few words beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.measured import Measured, MeasuredState
from strideiq_console.domain.reading import Look, Reading
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.freshness import freshness


def measured_provenance(found: Measured) -> Cell:
    """Return the same of a measured value: its source, its age, and why there is no newer one."""
    if found.state is MeasuredState.NO_SOURCE:
        return Cell("")
    words = " ".join(part for part in (found.source, age_words(found.age) if found.age is not None else "") if part)
    if found.state is not MeasuredState.STALE:
        return Cell(words, Tone.MUTED)
    return Cell(f"{words}: {found.note.rstrip('.')}", Tone.WARNING) if found.note else Cell(f"{words}, old", Tone.UNKNOWN)


def provenance_cell(reading: Reading[Any] | None, feed: str, now: datetime) -> Cell:
    """Return ``railway 4 s``; what is older than two periods, hidden by a fault or never read says so in a tone of its own."""
    if reading is None:
        return Cell("not configured", Tone.MUTED)
    fresh, age = freshness(reading, feed, now), reading.age(now)
    words = f"{reading.source} {age_words(age)}" if age is not None else reading.source
    if fresh.look is Look.NOT_CONFIGURED:
        return Cell(f"{reading.source}: not configured", Tone.MUTED)
    if fresh.look is Look.NEVER_SEEN:
        return Cell(f"{reading.source}: not read yet", Tone.UNKNOWN)
    if fresh.look is Look.FAILED:
        cause = reading.fault.cause.rstrip(".") if reading.fault is not None else "failed"
        return Cell(f"{words}: {cause}", Tone.WARNING)
    if fresh.look is Look.STALE:
        return Cell(f"{words}, old", Tone.UNKNOWN)
    return Cell(words + ("" if reading.complete else ", in part"), Tone.MUTED)
