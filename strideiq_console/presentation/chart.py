"""Samples in few columns: the small line of bars beside a number, and what a chart is drawn from. A gap stays a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from strideiq_console.domain.metric import Sample
from strideiq_console.presentation.glyphs import Glyphs

_BRIDGED = 4.0
"""Samples that are farther apart than so many usual steps have a gap between them."""
_FLAT = 1.25
"""A line that varies by less than a quarter is drawn low and even: noise must not look like an alarm."""


def binned(samples: Sequence[Sample], start: datetime, end: datetime, columns: int) -> tuple[float | None, ...]:
    """Return one value a column from ``start`` to ``end``: the highest of its samples, so that no peak vanishes; None for a gap.

    A column between two samples that follow each other as closely as usual takes the earlier one's value.
    """
    width = (end - start).total_seconds() / columns if columns > 0 else 0.0
    if width <= 0:
        return ()
    found: list[float | None] = [None] * columns
    told = [False] * columns
    # In seconds from the start: a panel draws a dozen of these lines each time.
    points = [((sample.at - start).total_seconds(), sample.value) for sample in samples]
    for at, value in points:
        if not 0 <= at <= columns * width:
            continue
        column = min(int(at / width), columns - 1)
        told[column] = True
        before = found[column]
        if value is not None and (before is None or value > before):
            found[column] = value
    _bridge(found, told, points, width)
    return tuple(found)


def _bridge(found: list[float | None], told: Sequence[bool], points: Sequence[tuple[float, float | None]], width: float) -> None:
    steps = [b - a for (a, _), (b, _) in pairwise(points) if b > a]
    if not steps or all(told):
        return
    usual = median(steps)
    for (before, value), (after, following) in pairwise(points):
        if value is None or following is None or after - before > usual * _BRIDGED:
            continue
        for column in range(max(int(before / width) + 1, 0), min(int(after / width), len(found))):
            if not told[column]:
                found[column] = value


def sparkline(values: Sequence[float | None], glyphs: Glyphs) -> str:
    """Return one mark a value: bars from the lowest to the highest, a blank for a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    low, high = min(known), max(known)
    span = max(high, low * _FLAT) - low
    steps = len(glyphs.bars) - 1
    return "".join(" " if v is None else glyphs.bars[round((v - low) / span * steps) if span > 0 else 0] for v in values)


def spark_of(samples: Sequence[Sample], now: datetime, span: timedelta, columns: int, glyphs: Glyphs) -> str:
    """Return the last ``span`` of samples as a sparkline; all blanks when nothing is known."""
    return sparkline(binned(samples, now - span, now, columns), glyphs)
