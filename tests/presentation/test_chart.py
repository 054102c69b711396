"""Sparklines and charts: gaps stay gaps, peaks stay peaks, nothing is wider than its room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.metric import Sample
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.chart import binned, spark_of, sparkline
from strideiq_console.presentation.chart_lines import Chart, Marker, chart_lines
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import ASCII, UNICODE, Glyphs

NOW = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def samples(*values: float | None, step: float = 60) -> tuple[Sample, ...]:
    return tuple(Sample(NOW - timedelta(seconds=step * (len(values) - 1 - i)), value) for i, value in enumerate(values))


def chart(*values: float | None, limit: float | None = None, **more: object) -> Chart:
    return Chart(samples(*values), "ratio", NOW - HOUR, NOW, limit, **more)  # type: ignore[arg-type]


def test_a_sparkline_goes_from_the_lowest_to_the_highest() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], UNICODE) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 7], ASCII) == "_#"


def test_a_gap_is_a_blank_and_nothing_known_is_all_blank() -> None:
    assert sparkline([1, None, 9], UNICODE) == "▁ █"
    assert spark_of((), NOW, HOUR, 8, UNICODE) == " " * 8


def test_noise_does_not_look_like_an_alarm() -> None:
    assert set(sparkline([100, 101, 99, 100], UNICODE)) <= set("▁▂")
    assert set(sparkline([5, 5, 5], UNICODE)) == {"▁"}
    assert set(sparkline([0, 0, 0], UNICODE)) == {"▁"}


def test_the_highest_of_a_column_is_drawn_so_no_peak_vanishes() -> None:
    found = binned(samples(*[1.0] * 30, 90.0, *[1.0] * 29), NOW - HOUR, NOW, 6)
    assert max(value or 0 for value in found) == 90.0


def test_columns_between_close_samples_are_filled_and_a_long_silence_is_not() -> None:
    close = binned(samples(1, 2, 3, 4), NOW - timedelta(minutes=3), NOW, 12)
    assert None not in close
    apart = (*samples(1, 1, 1, step=60), Sample(NOW + timedelta(minutes=20), 1.0))
    found = binned(apart, NOW - timedelta(minutes=2), NOW + timedelta(minutes=20), 22)
    assert found[6:20] == (None,) * 14


def test_a_sample_without_a_value_is_a_gap_although_its_neighbours_are_close() -> None:
    assert binned(samples(1, None, 1), NOW - timedelta(minutes=2), NOW, 3) == (1, None, 1)


def text(made: Chart, columns: int = 60, rows: int = 12, glyphs: Glyphs = UNICODE) -> list[str]:
    return [plain(line) for line in chart_lines(made, columns, rows, glyphs)]


def test_a_chart_has_values_times_and_the_limit_between_them() -> None:
    found = text(chart(*[0.01] * 30, *[0.07] * 30, limit=0.05))
    assert found[0].startswith("8 % │")
    assert any(line.startswith("5 % │") and "─" in line for line in found)
    assert "0 % │" in found[-3]
    assert (found[-1].split()[0], found[-1].split()[-1]) == ("01:10", "02:10")


def test_what_is_above_the_limit_has_the_tone_of_the_alert() -> None:
    lines = chart_lines(chart(*[0.01] * 30, *[0.07] * 30, limit=0.05, tone=Tone.CRITICAL), 60, 12, UNICODE)
    bars = {(cell.tone, mark) for line in lines[:-2] for cell in line for mark in cell.text if mark in "▁▂▃▄▅▆▇█"}
    assert {tone for tone, _ in bars} == {Tone.CRITICAL, Tone.ACTIVE}


def test_a_limit_far_above_the_values_does_not_press_them_to_the_floor() -> None:
    assert "█" in "".join(text(chart(*[0.001] * 60, limit=0.05)))
    assert not any(line.startswith("5 %") for line in text(chart(*[0.001] * 60, limit=0.05)))


def test_nothing_known_is_drawn_as_gaps_and_never_as_zero() -> None:
    found = text(chart(*[None] * 60, limit=0.05))
    assert "█" not in "".join(found)
    assert "▁" not in "".join(found)
    assert "···" in found[-3]
    assert "▁" in "".join(text(chart(*[0.00001] * 30, *[0.07] * 30))), "what is not nothing is not drawn as nothing"


def test_a_deployment_stands_at_its_time_with_its_commit() -> None:
    found = text(chart(*[0.01] * 60, limit=0.05, markers=(Marker(NOW - timedelta(minutes=14), "a1b2c3d"),)))
    column = found[-1].index("▲")
    assert "a1b2c3d" in found[-1]
    assert found[1][column] == "│"
    outside = text(chart(*[0.01] * 60, markers=(Marker(NOW - timedelta(hours=3), "a1b2c3d"),)))
    assert "a1b2c3d" not in "".join(outside)


def test_deployments_that_are_close_are_all_marked_and_the_newest_is_named() -> None:
    marks = tuple(Marker(NOW - timedelta(minutes=m), f"{m:07d}") for m in (30, 31, 33))
    line = text(chart(*[0.01] * 60, markers=marks))[-1]
    assert "0000030" in line
    assert line.count("▲") >= 2


def test_ascii_terminals_get_ascii() -> None:
    marked = chart(*[0.01] * 20, *[None] * 20, *[0.07] * 20, limit=0.05, markers=(Marker(NOW - HOUR / 2, "a1b2c3d"),))
    assert "".join(text(marked, glyphs=ASCII)).isascii()


@pytest.mark.parametrize("size", [(0, 0), (5, 3), (12, 4), (300, 2)], ids=str)
def test_too_small_a_room_draws_nothing(size: tuple[int, int]) -> None:
    assert text(chart(1, 2, 3), *size) == []


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e12, allow_nan=False)), max_size=80),
    st.one_of(st.none(), st.floats(1e-6, 1e9)),
    st.integers(1, 200),
    st.integers(1, 40),
)
def test_it_fits_whatever_is_drawn(values: list[float | None], limit: float | None, columns: int, rows: int) -> None:
    made = chart(*values, limit=limit, markers=(Marker(NOW, "a1b2c3d"), Marker(NOW - HOUR, "b1b2c3d")))
    lines = text(made, columns, rows)
    assert len(lines) in (0, rows)
    assert all(width(line) <= columns for line in lines)
