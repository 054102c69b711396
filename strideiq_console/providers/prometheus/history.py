"""Lays the lines of a range query on its grid of times and sums them up, so that a gap stays to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from strideiq_console.domain.metric import Quantity, Sample, Series
from strideiq_console.providers.prometheus import tally
from strideiq_console.providers.prometheus.api import Line, Matrix
from strideiq_console.providers.prometheus.promql import Expressions
from strideiq_console.providers.prometheus.tally import Counted, Frame

MIN_STEP = 15
MAX_POINTS = 300
WINDOW = timedelta(minutes=5)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Grid:
    """The times of a range: epoch seconds, both ends included."""

    start: int
    end: int
    step: int

    def seconds(self) -> range:
        """Return every time of the grid."""
        return range(self.start, self.end + 1, self.step)


def grid(end: int, span: timedelta, points: int) -> Grid:
    """Return at most ``points`` times (2 to 300), at least 15 s apart, that cover ``span`` up to ``end``."""
    wanted = min(max(points, 2), MAX_POINTS)
    seconds = max(1, round(span.total_seconds()))
    step = max(MIN_STEP, -(-seconds // (wanted - 1)))
    return Grid(end - step * (seconds // step), end, step)


def window_of(quantity: Quantity, step: int) -> timedelta | None:
    """Return what each sample sums up: a day for business counts, the step but 5 minutes at least for requests; None for gauges."""
    if quantity in tally.GAUGES:
        return None
    counted = (*tally.COUNTERS, Quantity.STRAVA_SYNC_SUCCESS, Quantity.STRAVA_SYNC_ATTEMPTS)
    return DAY if quantity in counted else max(WINDOW, timedelta(seconds=step))


def query(expressions: Expressions, frame: Frame, quantity: Quantity, window: timedelta | None) -> str:
    """Return the query whose range gives a quantity's history."""
    if window is None:
        return expressions.present([getattr(frame.names, tally.GAUGES[quantity])])
    if quantity in tally.PERCENTILES:
        return expressions.buckets(window)
    if quantity in (Quantity.REQUESTS, Quantity.ERROR_RATE):
        return expressions.requests(window, by_endpoint=False)
    if quantity in tally.COUNTERS:
        return expressions.count(getattr(frame.names, tally.COUNTERS[quantity]), window)
    return expressions.count(frame.names.strava_syncs, window, frame.names.result)


def together(expressions: Expressions, frame: Frame, quantities: Iterable[Quantity], step: int) -> dict[str, tuple[Quantity, ...]]:
    """Return the queries that tell several quantities, each with those that its answer holds: all gauges are one query."""
    found: dict[str, tuple[Quantity, ...]] = {}
    gauges = tuple(quantity for quantity in quantities if quantity in tally.GAUGES)
    if gauges:
        found[expressions.present([getattr(frame.names, tally.GAUGES[quantity]) for quantity in gauges])] = gauges
    for quantity in (one for one in quantities if one not in tally.GAUGES):
        text = query(expressions, frame, quantity, window_of(quantity, step))
        found[text] = (*found.get(text, ()), quantity)
    return found


def of_several(frame: Frame, quantity: Quantity, matrix: Matrix, times: Grid) -> tuple[Series, ...]:
    """Return the history of one quantity from the answer to a query of :func:`together`."""
    if quantity in tally.GAUGES:
        name = getattr(frame.names, tally.GAUGES[quantity])
        matrix = replace(matrix, lines=tuple(line for line in matrix.lines if line.labels.get("__name__") == name))
    return series(frame, quantity, matrix, times, window_of(quantity, times.step))


def series(frame: Frame, quantity: Quantity, matrix: Matrix, times: Grid, window: timedelta | None) -> tuple[Series, ...]:
    """Return the history of a quantity, one series a part; empty when no series came."""
    if not matrix.lines:
        return ()
    if window is None:
        return _gauges(frame, quantity, matrix, times)
    found = [_counted(frame, quantity, matrix.lines, second, window) for second in times.seconds()]
    samples = tuple(sample for sample, _ in found)
    complete = matrix.complete
    return (frame.series(quantity, samples, window=window, n=found[-1][1], note=matrix.note, complete=complete),)


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _there(lines: Iterable[Line], second: int) -> list[Counted]:
    return [Counted(line.labels, line.values[second]) for line in lines if second in line.values]


def _counted(
    frame: Frame, quantity: Quantity, lines: tuple[Line, ...], second: int, window: timedelta
) -> tuple[Sample, int | None]:
    """Return what was counted at one time: a gap where no line has a point."""
    items, at = _there(lines, second), _at(second)
    if not items:
        return Sample(at, None), None
    if quantity in tally.COUNTERS:
        value = _sum(items)
        return Sample(at, None if value is None else float(round(value))), None
    if quantity in tally.PERCENTILES:
        made = tally.latency(frame, tally.bounds(items), at, window, "")
    elif quantity in (Quantity.REQUESTS, Quantity.ERROR_RATE):
        made = tally.answers(frame, items, at, window, "")[0]
    else:
        made = list(tally.strava(frame, items, at, window, ""))
    one = next(item for item in made if item.quantity is quantity)
    return replace(one.samples[0], n=one.n), one.n


def _gauges(frame: Frame, quantity: Quantity, matrix: Matrix, times: Grid) -> tuple[Series, ...]:
    apart = tally.instances_apart(quantity, (line.labels for line in matrix.lines))
    by_part: dict[str, list[Line]] = {}
    for line in matrix.lines:
        by_part.setdefault(tally.part_of(frame.names, quantity, line.labels, apart=apart), []).append(line)
    return tuple(
        tally.gauge(frame, quantity, part, [(_at(second), _sum(_there(by_part[part], second))) for second in times.seconds()])
        for part in sorted(by_part)
    )


def _sum(items: list[Counted]) -> float | None:
    """Return the sum of values; None where there is none, or a gap among them."""
    values = [item.value for item in items if item.value is not None]
    return sum(values) if values and len(values) == len(items) else None
