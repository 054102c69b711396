"""The metrics opened: a chart of the chosen quantity over a chosen time, with its limit, deployments, source and n."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.measured import Measured, MeasuredState, measured
from strideiq_console.domain.metric import Quantity, Series
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import metrics
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Line, Row, Tone
from strideiq_console.presentation.chart_lines import Chart, limit_beyond
from strideiq_console.presentation.measured import number_words, rule_of
from strideiq_console.presentation.metrics_detail import deploy_markers, notes, state_sentence
from strideiq_console.ui import safe
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.chart import ChartView

SPANS = (
    ("1 h", timedelta(hours=1)),
    ("6 h", timedelta(hours=6)),
    ("24 h", timedelta(hours=24)),
    ("7 d", timedelta(days=7)),
    ("30 d", timedelta(days=30)),
)
PATIENCE = 20.0
"""Seconds after which an answer is no longer waited for."""
SETTLED = 0.15
"""Seconds that the cursor must rest before a longer time is asked for: passing rows by asks nobody."""

_Key = tuple[str, Quantity, str]


@dataclass(frozen=True, slots=True)
class _Past:
    """What was answered for a chart, and when; ``failure`` is why there is no newer answer."""

    series: tuple[Series, ...] = ()
    at: datetime | None = None
    failure: str = ""


_NOTHING = _Past()


class MetricsZoom(ZoomScreen):
    """Every quantity of every environment, and the chart of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "range(1)", "longer time", id="metrics.longer", tooltip="1 h, 6 h, 24 h, 7 d, 30 d"),
        Binding("left_square_bracket", "range(-1)", "shorter time", id="metrics.shorter"),
        Binding("e", "next_environment", "environment", id="metrics.environment", tooltip="the same of the next environment"),
    ]

    def __init__(self, spec: PanelSpec, *more: Any, **words: Any) -> None:
        super().__init__(replace(spec, table=metrics.all_table, headings=True), *more, **words)
        self._span = 0
        self._past: dict[_Key, _Past] = {}
        self._asking: _Key | None = None
        self._drawn: _Key | None = None

    def compose_preview(self) -> ComposeResult:
        """Put the chart above the words."""
        yield ChartView(self.glyphs, id="chart")
        yield safe.PlainStatic("", id="detail")

    @property
    def span(self) -> tuple[str, timedelta]:
        """Return the time that the chart shows."""
        return SPANS[self._span]

    def preview_title(self, row: Row | None) -> str:
        """Return what the chart shows."""
        found = metrics.of_key(row.key) if row is not None else None
        if found is None:
            return "Chart"
        return self.glyphs.plain(f"{metrics.name_of(found[1])} · {found[0]} · {self.span[0]}")

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action == "next_environment" and len(metrics.served(self.services.facts())) < 2:
            return "there is one environment only"
        return super().why_not(action)

    def detail_lines(self, row: Row) -> Sequence[Line]:
        """Draw the chart of a row, and return the words below it."""
        found = metrics.of_key(row.key)
        if found is None:
            return ()
        facts, now = self.services.facts(), self.services.clock.now()
        one = measured(facts, *found, now)
        series = self._series(one)
        self._draw(one, series, now)
        head = self._head(one, series, now)
        return (*((head,) if head else ()), (), *super().detail_lines(row))

    def _key(self, one: Measured) -> _Key:
        return one.environment, one.quantity, self.span[0]

    def _series(self, one: Measured) -> tuple[Series, ...]:
        """Return the series of the chart: of the last hour what the feed has brought, of a longer time what was asked for."""
        if self._span == 0 and one.series is not None and metrics.span_of(one.quantity) <= self.span[1]:
            return (one.series,)
        key = self._key(one)
        past = self._past.get(key, _NOTHING)
        if past.at is None and not past.failure and self._asking != key and one.state is not MeasuredState.NO_SOURCE:
            self._asking = key
            self._read(key, *self.span)
        mine = [s for s in past.series if s.part == one.part] or list(past.series)
        same = [s for s in mine if s.source == one.source]
        return tuple(same or mine)[:1]

    def _draw(self, one: Measured, series: tuple[Series, ...], now: datetime) -> None:
        view, key = self.query_one(ChartView), self._key(one)
        since = now - self.span[1]
        drawn = [s for s in series if any(sample.value is not None and sample.at >= since for sample in s.samples)]
        if not drawn:
            if self._drawn is not None and self._drawn[:2] == key[:2] and self._drawn != key and self._awaits(key):
                return  # the last chart stays; the line below it says which one it is
            self._drawn = None
            view.show(None, self._why_nothing(one, series, now))
            return
        facts = self.services.facts()
        rule = rule_of(one, facts.rules)
        limit = rule.limit if rule is not None else None
        if rule is not None and rule.of is not None:
            limit = rule.limit * one.limit if one.limit else None
        tone = Tone.CRITICAL if rule is not None and rule.severity is Level.CRITICAL else Tone.WARNING
        markers = deploy_markers(facts, one.environment)
        chart = Chart(drawn[0].samples, one.quantity.unit, since, now, limit, tone, markers)
        view.show(chart, "There is no room for a chart: p puts it elsewhere.")
        self._drawn = key

    def _why_nothing(self, one: Measured, series: tuple[Series, ...], now: datetime) -> str:
        """Return what stands in the place of a chart."""
        key = self._key(one)
        if self._asking == key:
            return f"Asking for the last {self.span[0]}."
        newest = max((sample.at for s in series for sample in s.samples if sample.value is not None), default=None)
        if newest is not None:
            return f"No sample of the last {self.span[0]}; the newest is {age_words(now - newest)} old, and ] shows a longer time."
        return self._past.get(key, _NOTHING).failure or state_sentence(one)

    def _awaits(self, key: _Key) -> bool:
        return self._asking == key or bool(self._past.get(key, _NOTHING).failure)

    def _head(self, one: Measured, series: tuple[Series, ...], now: datetime) -> Line:
        """Return the line below the chart: whose samples it shows, that something is asked for, or why that failed."""
        key = self._key(one)
        past = self._past.get(key, _NOTHING)
        if self.query_one(ChartView).chart is None:
            return ()  # the words in its place say why
        words = notes(series)
        if series and series[0].n is not None:
            words += f", n={series[0].n} in the newest sample"
        if past.at is not None and now - past.at > timedelta(minutes=1):
            words += f", asked {age_words(now - past.at)} ago"
        if self._drawn is not None and self._drawn != key:
            words = f"Shown is the last {self._drawn[2]}."
        if self._asking == key:
            return (Cell(f"Asking for the last {self.span[0]}. {words}".rstrip(), Tone.ACTIVE),)
        if past.failure:
            return (Cell(f"{past.failure} {words}".rstrip(), Tone.WARNING),)
        chart = self.query_one(ChartView).chart
        if words and chart is not None and chart.limit is not None and limit_beyond(chart):
            words += f"; the limit, {number_words(chart.limit, chart.unit)}, lies above the chart"
        return (Cell(f"Samples of {words}." if words else "", Tone.MUTED),)

    @work(exclusive=True, group="history", exit_on_error=False)
    async def _read(self, key: _Key, name: str, span: timedelta) -> None:
        before = self._past.get(key, _NOTHING)
        try:
            await asyncio.sleep(SETTLED)
            async with self.waiting(f"asking for {metrics.name_of(key[1])} of the last {name}", within=PATIENCE, source="history"):
                found = await self.services.history(key[0], key[1], span)
        except ConsoleError as error:
            self._past[key] = replace(before, failure=error.sentence())
        else:
            # An empty answer is an answer: it is not asked for again and again.
            self._past[key] = _Past(found, self.services.clock.now(), "" if found else "Nothing was kept of this time.")
        finally:
            if self._asking == key:
                self._asking = None
        if self.is_attached:
            self.show_detail()

    def action_range(self, by: int) -> None:
        """Show a longer or a shorter time."""
        self._span = min(max(self._span + by, 0), len(SPANS) - 1)
        self.show_detail()

    def action_next_environment(self) -> None:
        """Go to the same quantity of the next environment."""
        found = metrics.of_key(self.row.key) if self.row is not None else None
        if found is None:
            return
        names = [place.name for place in metrics.served(self.services.facts())]
        after = names[(names.index(found[0]) + 1) % len(names)] if found[0] in names else names[0]
        self.panel.view.stand_on(metrics.key_of(after, found[1]))
        self.show_detail()

    def action_renew(self) -> None:
        """Read the feeds again, and ask again for what the chart shows."""
        self._past = {key: replace(past, at=None, failure="") for key, past in self._past.items()}
        super().action_renew()
        self.show_detail()
