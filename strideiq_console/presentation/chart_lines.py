"""A chart as lines of cells: bars over time, values and times at its edges, the limit of an alert, deployments (R102-R107)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10

from strideiq_console.domain.metric import Sample
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.chart import binned
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import number_words

FEWEST_ROWS = 4
_LEAST = 1e-300
"""What is drawn as nothing: a power of ten below it is none."""
_REACH = 3.0
"""A limit that is higher than so many times the highest value would press the line to the floor: it is named above the chart."""
_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened at a time, such as a deployment; ``label`` is short."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn from ``start`` to ``end``. ``limit`` is in the unit of the samples, None where no alert guards them."""

    samples: tuple[Sample, ...]
    unit: str
    start: datetime
    end: datetime
    limit: float | None = None
    tone: Tone = Tone.WARNING
    markers: tuple[Marker, ...] = ()


def chart_lines(chart: Chart, columns: int, rows: int, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return ``rows`` lines of at most ``columns``: bars, the axis with times, and the labels of the markers.

    Values above the limit have the tone of the alert, and the limit's own line runs through the rest. Too small a space gives none.
    """
    marked = [m for m in chart.markers if chart.start <= m.at <= chart.end]
    height = rows - 2 - bool(marked)
    top = _top(chart)
    at_limit = _row_of(chart.limit, top, height) if chart.limit is not None and height > 0 else None
    labels = _labels(chart, top, height, at_limit)
    gutter = max((len(label) for label in labels), default=0) + 1
    width = columns - gutter - 1
    if height < FEWEST_ROWS - 2 or width < 8:
        return ()
    values = binned(chart.samples, chart.start, chart.end, width)
    at = {_column(m.at, chart, width) for m in marked}
    lines: list[Line] = []
    for row in range(height):
        limit = row == at_limit
        label = Cell(f"{labels[row]:>{gutter - 1}} ", chart.tone if limit else Tone.MUTED)
        edge = Cell(glyphs.upright, Tone.MUTED)
        lines.append((label, edge, *_bars(values, height - 1 - row, height, top, chart, glyphs, at, limit=limit)))
    lines.append((Cell(" " * gutter + glyphs.rule, Tone.MUTED), *_axis(values, glyphs)))
    lines.append((Cell(" " * (gutter + 1) + _times(chart, width), Tone.MUTED),))
    if marked:
        lines.append((Cell(" " * (gutter + 1)), Cell(_marks(marked, chart, width, glyphs), Tone.ACCENT)))
    return tuple(lines)


def limit_beyond(chart: Chart) -> bool:
    """Say whether the limit lies above the chart's upper edge, so that no line shows it."""
    return chart.limit is not None and chart.limit > _top(chart)


def _top(chart: Chart) -> float:
    """Return the value at the upper edge: a round number above all values, and above the limit where that is near."""
    known = [s.value for s in chart.samples if s.value is not None and chart.start <= s.at <= chart.end]
    high = max(known, default=0.0)
    if chart.limit is not None and (not known or high == 0 or chart.limit <= high * _REACH):
        high = max(high, chart.limit)
    if high < _LEAST:
        return 1.0
    unit = 10.0 ** floor(log10(high))
    return next(nice for nice in _NICE if nice * unit >= high * 1.02 or nice == _NICE[-1]) * unit


def _row_of(value: float, top: float, height: int) -> int | None:
    """Return the line, counted from above, in which a value lies; None above the edge."""
    if value > top:
        return None
    return min(height - 1, max(0, height - ceil(value / top * height)))


def _labels(chart: Chart, top: float, height: int, at_limit: int | None) -> list[str]:
    labels = [""] * max(height, 0)
    if not labels:
        return labels
    labels[0] = number_words(top, chart.unit)
    labels[-1] = number_words(0, chart.unit)
    if height >= 7 and height % 2 and at_limit not in (height // 2 - 1, height // 2 + 1):
        labels[height // 2] = number_words(top / 2, chart.unit)
    if at_limit is not None and chart.limit is not None:
        labels[at_limit] = number_words(chart.limit, chart.unit)
    return labels


def _bars(
    values: Sequence[float | None],
    floor_row: int,
    height: int,
    top: float,
    chart: Chart,
    glyphs: Glyphs,
    marks: set[int],
    *,
    limit: bool,
) -> list[Cell]:
    """Return one line of bars, ``floor_row`` lines above the axis, as runs of one tone."""
    steps = len(glyphs.bars)
    cells: list[Cell] = []
    for column, value in enumerate(values):
        filled = 0 if value is None else round(value / top * height * steps) - floor_row * steps
        if value is not None and value > 0 and floor_row == 0:
            filled = max(filled, 1)  # what is not nothing is never drawn as nothing
        if filled > 0:
            above = chart.limit is not None and value is not None and value > chart.limit
            mark, tone = glyphs.bars[min(filled, steps) - 1], chart.tone if above else Tone.ACTIVE
        elif column in marks:
            mark, tone = glyphs.upright, Tone.ACCENT
        elif limit:
            mark, tone = glyphs.rule, chart.tone
        else:
            mark, tone = (glyphs.gap if value is None and floor_row == 0 else " "), Tone.MUTED
        if cells and cells[-1].tone is tone:
            cells[-1] = Cell(cells[-1].text + mark, tone)
        else:
            cells.append(Cell(mark, tone))
    return cells


def _axis(values: Sequence[float | None], glyphs: Glyphs) -> tuple[Cell, ...]:
    places = set(_ticks(len(values)))
    return (Cell("".join(glyphs.tick if column in places else glyphs.rule for column in range(len(values))), Tone.MUTED),)


def _ticks(width: int) -> list[int]:
    count = max(min(width // 14, 6), 1)
    return [round(i * (width - 1) / count) for i in range(count + 1)]


def _times(chart: Chart, width: int) -> str:
    """Return the line of times below the axis; none overlaps its neighbour, and the last one ends at the edge."""
    span = chart.end - chart.start
    form = "%H:%M" if span <= timedelta(hours=25) else "%b %d"
    line = [" "] * width
    for place in _ticks(width):
        moment = chart.start + span * (place / max(width - 1, 1))
        word = moment.astimezone(chart.end.tzinfo).strftime(form)
        begin = min(max(place - len(word) // 2, 0), width - len(word))
        if begin >= 0 and all(c == " " for c in line[max(begin - 1, 0) : begin + len(word) + 1]):
            line[begin : begin + len(word)] = word
    return "".join(line).rstrip()


def _column(at: datetime, chart: Chart, width: int) -> int:
    return min(int((at - chart.start) / (chart.end - chart.start) * width), width - 1)


def _marks(markers: Sequence[Marker], chart: Chart, width: int, glyphs: Glyphs) -> str:
    """Return the labels of the markers, each at its column; where two would overlap, the newer one is named."""
    line = [" "] * width
    for marker in sorted(markers, key=lambda m: m.at, reverse=True):
        column = _column(marker.at, chart, width)
        word = f"{glyphs.rising}{marker.label}"
        begin = column if column + len(word) <= width else max(column - len(word) + 1, 0)
        if begin != column:
            word = f"{marker.label}{glyphs.rising}"
        if all(c == " " for c in line[max(begin - 1, 0) : begin + len(word) + 1]):
            line[begin : begin + len(word)] = word[:width]
        elif line[column] == " ":
            line[column] = glyphs.rising
    return "".join(line).rstrip()
