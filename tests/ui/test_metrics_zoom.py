"""The metrics opened: the chart of the row, longer times on demand, the next environment, and failures that keep the chart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.reading import Reading
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels.metrics import MetricsZoom
from strideiq_console.ui.widgets.chart import ChartView

from .conftest import Make
from .driving import press, screen_text
from .made_facts import NOW

FIVE = timedelta(minutes=5)
DOWN = OutsideError(Fault(FaultKind.UNREACHABLE, "prometheus", "prometheus does not answer", next_step="press r to ask again"))
Q = Quantity


def series(quantity: Quantity, value: float, place: str, *, n: int | None = None, step: float = 1, part: str = "") -> Series:
    samples = tuple(Sample(NOW - timedelta(minutes=step * (59 - i)), value if i > 40 else value / 8, n) for i in range(60))
    return Series(quantity, place, "prometheus", samples, part, FIVE if n else None, n)


def present(place: str, errors: float) -> tuple[Series, ...]:
    return (
        series(Q.ERROR_RATE, errors, place, n=412),
        series(Q.P99, 780, place, n=412),
        series(Q.QUEUE_DEPTH, 12, place, part="celery"),
        series(Q.QUEUE_DEPTH, 3, place, part="sync"),
        series(Q.DAILY_ACTIVE_USERS, 214, place),
    )


def measured() -> dict[str, Any]:
    metrics, history = {}, {}
    for place, errors in (("production", 0.072), ("staging", 0.001)):
        found = present(place, errors)
        worst = (EndpointErrors("POST", "/v1/coach", 40, 9),) if place == "production" else ()
        value = Metrics(place, "prometheus", found, worst)
        metrics[f"{place}/prometheus"] = Reading("prometheus", value, NOW, None, NOW, period=timedelta(minutes=1))
        history[place] = Reading("history", found, NOW, None, NOW, period=timedelta(minutes=2))
    return {"metrics": metrics, "history": history}


class Past:
    """Answers for charts as it is told, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Quantity, timedelta]] = []
        self.error: OutsideError | None = None
        self.hold: asyncio.Event | None = None
        self.heard = asyncio.Event()

    async def __call__(self, environment: str, quantity: Quantity, span: timedelta) -> tuple[Series, ...]:
        self.asked.append((environment, quantity, span))
        self.heard.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        return (series(quantity, 0.03, environment, n=90, step=span.total_seconds() / 3600),)


async def opened(app: ConsoleApp, pilot: Pilot[int], past: Past) -> MetricsZoom:
    app.services.history = past  # type: ignore[method-assign]
    await press(pilot, "4", "enter")
    assert isinstance(app.screen, MetricsZoom)
    return app.screen


async def answered(pilot: Pilot[int], past: Past) -> None:
    """Wait until the chart was asked for, and what came of it is drawn."""
    await asyncio.wait_for(past.heard.wait(), 5)
    past.heard.clear()
    await pilot.app.workers.wait_for_complete([w for w in pilot.app.workers if w.group == "history"])
    await pilot.pause()


SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])


@SIZES
async def test_it_opens_on_the_chart_of_the_last_hour_without_asking_anybody(make: Make, size: tuple[int, int]) -> None:
    app, past = make(**measured()), Past()
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, past)
        shown = screen_text(app)
    assert "errors · production · 1 h" in shown
    assert "5 % │" in shown
    assert "01:10" in shown
    assert "Samples of prometheus, n=412" in shown
    assert past.asked == []


async def test_below_the_chart_stand_source_n_rule_and_endpoints(make: Make) -> None:
    app = make(**measured())
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, Past())
        shown = screen_text(app)
        await press(pilot, "j", "j", "j")
        queues = screen_text(app)
    assert "prometheus · n=412 · over 5 min" in shown
    assert "alert firing: errors 7.2 % > 5 %" in shown
    assert "POST /v1/coach" in shown
    assert "9 of 40" in shown
    assert "queue · production · 1 h" in queues
    assert "the limit, 100, lies above" in queues
    assert "celery" in queues
    assert "sync" in queues


async def test_longer_times_are_asked_for_once_and_kept(make: Make) -> None:
    app, past = make(**measured()), Past()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, past)
        await press(pilot, "right_square_bracket")
        await answered(pilot, past)
        assert "errors · production · 6 h" in screen_text(app)
        assert "n=90 in the newest sample" in screen_text(app)
        await press(pilot, "left_square_bracket", "right_square_bracket")
        assert past.asked == [("production", Q.ERROR_RATE, timedelta(hours=6))]
        await press(pilot, *["right_square_bracket"] * 9)
        await answered(pilot, past)
        assert "errors · production · 30 d" in screen_text(app)
        assert past.asked[-1][2] == timedelta(days=30)


async def test_while_it_asks_the_last_chart_stays_and_says_which_one_it_is(make: Make) -> None:
    app, past = make(**measured()), Past()
    past.hold = asyncio.Event()
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, past)
        before = zoom.query_one(ChartView).chart
        await press(pilot, "right_square_bracket")
        await asyncio.wait_for(past.heard.wait(), 5)
        shown = screen_text(app)
        assert "Asking for the last 6 h. Shown is the last 1 h." in shown
        assert zoom.query_one(ChartView).chart is before
        past.hold.set()
        await answered(pilot, past)
        assert "Asking" not in screen_text(app)


async def test_a_failure_says_so_keeps_the_chart_and_is_not_repeated_until_asked(make: Make) -> None:
    app, past = make(**measured()), Past()
    past.error = DOWN
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, past)
        await press(pilot, "right_square_bracket")
        await answered(pilot, past)
        assert "prometheus does not answer. press r to ask again." in screen_text(app)
        assert zoom.query_one(ChartView).chart is not None
        app.services.tell("metrics/production/prometheus")  # type: ignore[attr-defined]
        await pilot.pause()
        assert len(past.asked) == 1
        past.error = None
        await press(pilot, "r")
        await answered(pilot, past)
        assert "does not answer" not in screen_text(app)


async def test_a_key_goes_to_the_same_number_of_the_next_environment(make: Make) -> None:
    app = make(**measured())
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, Past())
        await press(pilot, "e")
        assert zoom.row is not None
        assert zoom.row.key == "staging/error_rate"
        assert "errors · staging · 1 h" in screen_text(app)
        await press(pilot, "e")
        assert zoom.row.key == "production/error_rate"


async def test_a_question_that_was_left_is_given_up_and_asked_anew_on_coming_back(make: Make) -> None:
    app, past = make(**measured()), Past()
    past.hold = asyncio.Event()
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, past)
        await press(pilot, "right_square_bracket")
        await asyncio.wait_for(past.heard.wait(), 5)
        past.heard.clear()
        past.hold = None
        await press(pilot, "j")
        await answered(pilot, past)
        assert "p99 · production · 6 h" in screen_text(app)
        assert "Asking" not in screen_text(app)
        await press(pilot, "k")
        await answered(pilot, past)
        assert [quantity for _, quantity, _ in past.asked] == [Q.ERROR_RATE, Q.P99, Q.ERROR_RATE]
        chart = zoom.query_one(ChartView).chart
        assert chart is not None
        assert chart.end - chart.start == timedelta(hours=6)


async def test_what_nobody_tells_is_asked_of_nobody(make: Make) -> None:
    app, past = make(**measured()), Past()
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, past)
        zoom.panel.view.stand_on("production/coach_conversations")
        await press(pilot, "right_square_bracket")
        assert "No source: nobody tells it." in screen_text(app)
    assert past.asked == []


async def test_an_ascii_terminal_gets_a_chart_of_ascii(make: Make) -> None:
    app = make(**measured(), glyphs="ascii")
    async with app.run_test(size=(120, 36)) as pilot:
        zoom = await opened(app, pilot, Past())
        chart = [strip.text for strip in (zoom.query_one(ChartView).render_line(y) for y in range(14))]
    assert "".join(chart).isascii()
    assert "#" in "".join(chart)


async def test_it_is_resized_from_the_smallest_to_the_largest_without_a_fault(make: Make) -> None:
    app = make(**measured())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, Past())
        for size in ((60, 20), (300, 100), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert all(len(line) == size[0] for line in screen_text(app).splitlines())
