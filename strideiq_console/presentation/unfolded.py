"""What stands above a list that is read on demand: that it is being read, why it was not, and how old it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.reading import Look, Reading
from strideiq_console.presentation.age import age_words


def notice_of(found: Reading[Any], what: str, now: datetime) -> str:
    """Return the sentence above such a list; ``""`` where it was read and nothing is wrong. ``what`` follows "Reading"."""
    if found.fault is not None:
        age = found.age(now)
        held = f"Shown is what was read {age_words(age)} ago." if age is not None else ""
        step = found.fault.next_step.rstrip(".")
        return " ".join(part for part in (f"{found.fault.cause.rstrip('.')}.", held, f"{step or 'r tries again'}.") if part)
    return f"Reading {what}…" if found.value is None else ""


def look_of(found: Reading[Any]) -> Look:
    """Return the look of such a list."""
    if found.fault is not None:
        return Look.FAILED
    return Look.FRESH if found.value is not None else Look.NEVER_SEEN
