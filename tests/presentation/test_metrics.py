"""The metrics panel: values with units, n and source, and a word of its own for each reason why there is none."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.measured import Measured, MeasuredState
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation import metrics, metrics_detail
from strideiq_console.presentation.cell import Table, Tone, plain
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from strideiq_console.presentation.measured import measured_cell, number_words, value_words
from strideiq_console.presentation.metrics_json import metrics_json

from .facts import NOW, calm
from .measures import hour, measured_facts, series

Q = Quantity
KNOWN = MeasuredState.KNOWN


def rows(table: Table) -> dict[str, list[str]]:
    return {row.key: [cell.text for cell in row.cells] for row in table.rows}


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        *((48.0, "ms", "48 ms"), (999.4, "ms", "999 ms"), (999.6, "ms", "1 s"), (2400.0, "ms", "2.4 s"), (12040.0, "ms", "12 s")),
        *((0.072, "ratio", "7.2 %"), (0.05, "ratio", "5 %"), (1.0, "ratio", "100 %"), (0.0, "ratio", "0 %")),
        *((0.9999, "ratio", "99.9 %"), (0.00001, "ratio", "<0.1 %")),
        *((61e6, "bytes", "61 MB"), (1.8e9, "bytes", "1.8 GB"), (512.0, "bytes", "512 B"), (0.254, "vcpu", "0.25 vCPU")),
        *((1032.0, "", "1 032"), (0.0, "", "0"), (12.5, "", "12.5")),
    ],
)
def test_numbers_have_their_unit_and_are_never_rounded_to_all_or_nothing(value: float, unit: str, words: str) -> None:
    assert number_words(value, unit) == words


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (Measured(Q.CONNECTIONS, "production", KNOWN, 41.0, limit=100.0), "41/100"),
        (Measured(Q.REDIS_MEMORY, "production", KNOWN, 61e6, limit=256e6), "61/256 MB"),
        (Measured(Q.REDIS_MEMORY, "production", KNOWN, 61e6, limit=2e9), "61 MB/2 GB"),
        (Measured(Q.REDIS_MEMORY, "production", KNOWN, 61e6), "61 MB"),
        (Measured(Q.P99, "production", MeasuredState.TOO_FEW, 2400.0, n=3), "too few"),
        (Measured(Q.P99, "production", MeasuredState.NO_SOURCE), "no source"),
        (Measured(Q.P99, "production", MeasuredState.BLIND), "blind"),
        (Measured(Q.P99, "production", MeasuredState.STALE, 2400.0), "2.4 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_or_the_word_of_its_state(measured: Measured, words: str) -> None:
    assert value_words(measured) == words


def test_above_a_limit_has_a_mark_and_exactly_at_it_has_none() -> None:
    at = Measured(Q.P99, "production", KNOWN, 2000.0)
    over = Measured(Q.P99, "production", KNOWN, 2000.1)
    assert (measured_cell(at, UNICODE).text, measured_cell(at, UNICODE).tone) == ("2 s", Tone.PLAIN)
    assert (measured_cell(over, UNICODE).text, measured_cell(over, UNICODE).tone) == ("2 s ▲", Tone.WARNING)
    assert measured_cell(over, ASCII).text == "2 s !"
    share = Measured(Q.CONNECTIONS, "production", KNOWN, 81.0, limit=100.0)
    assert measured_cell(share, UNICODE).text == "81/100 ▲"
    errors = Measured(Q.ERROR_RATE, "production", KNOWN, 0.072)
    assert measured_cell(errors, UNICODE, narrow=True).text == "7.2% ▲"
    assert measured_cell(errors, UNICODE).tone is Tone.CRITICAL


def test_an_old_value_says_its_age_and_is_never_plain() -> None:
    old = Measured(Q.P99, "production", MeasuredState.STALE, 780.0, age=timedelta(minutes=14))
    cell = measured_cell(old, UNICODE)
    assert (cell.text, cell.tone) == ("780 ms (14 min)", Tone.UNKNOWN)


def test_a_row_a_quantity_with_source_and_n_beside_each() -> None:
    table = metrics.table(measured_facts(), NOW, UNICODE)
    found = rows(table)
    assert (table.look, table.footer, table.notice) == (Look.FRESH, "production · 1 h", "")
    assert found["production/error_rate"][0::2] == ["✔", "0.4 %", "n=412 prometheus"]
    assert found["production/connections"][2] == "41/100"
    assert found["production/queue_depth"][2::2] == ["12", "celery +1 prometheus"]
    assert found["production/activities_synced"][2] == "1 032"
    assert found["production/strava_sync_success"][2::2] == ["99.1 %", "n=1041 prometheus"]
    assert found["production/coach_conversations"][2::2] == ["no source", "export it"]
    assert all(cells[0] != "✔" for key, cells in found.items() if "daily" in key), "what no rule guards is not called good"


def test_what_is_above_its_limit_stands_first_with_the_limit() -> None:
    table = metrics.table(measured_facts(hour(error_rate=(*(0.01,) * 5, *(0.072,) * 5), p99=(2400.0,) * 10)), NOW, UNICODE)
    first, second, *_ = table.rows
    assert [cell.text for cell in first.cells][:3] == ["✖", "errors", "7.2 % ▲ 5 %"]
    assert [cell.text for cell in second.cells][:3] == ["▲", "p99", "2.4 s ▲ 2 s"]
    assert first.cells[3].text.strip()[-1] == "█"
    full = metrics.table(measured_facts(hour(connections=(95.0,) * 10)), NOW, UNICODE)
    assert [cell.text for cell in full.rows[0].cells][:3] == ["▲", "DB", "95/100 ▲ 80 %"]
    assert [row.key for row in full.rows][1] == "production/error_rate"
    assert metrics.level(measured_facts(hour(error_rate=(0.072,) * 10)), NOW) is Level.CRITICAL


def test_too_few_blind_and_no_source_are_words_and_no_numbers() -> None:
    few = (series(Q.P99, 9000.0, n=3), series(Q.ERROR_RATE, None, n=0), series(Q.QUEUE_DEPTH, None, part="celery"))
    found = rows(metrics.table(measured_facts(few), NOW, UNICODE))
    assert found["production/p99"][2::2] == ["too few", "n=3 prometheus"]
    assert found["production/error_rate"][2::2] == ["too few", "n=0 prometheus"]
    assert found["production/queue_depth"][2] == "blind"
    assert found["production/connections"][2] == "no source"
    assert metrics.level(measured_facts(few), NOW) is Level.UNKNOWN


def test_a_source_that_fails_keeps_the_rows_and_says_why() -> None:
    fault = Fault(FaultKind.UNREACHABLE, "prometheus", "prometheus does not answer", next_step="press r")
    table = metrics.table(measured_facts(fault=fault), NOW + timedelta(minutes=9), UNICODE)
    assert (table.look, table.age) == (Look.FAILED, "9 min")
    assert "does not answer" in table.notice
    assert rows(table)["production/p99"][:3] == ["?", "p99", "780 ms (9 min)"]


def test_nobody_measures_says_which_key_configures_it() -> None:
    table = metrics.table(calm(), NOW, UNICODE)
    assert (table.look, table.rows) == (Look.NOT_CONFIGURED, ())
    assert "[prometheus]" in table.notice
    assert metrics.level(calm(), NOW) is Level.UNKNOWN


def test_a_fresh_table_fits_its_panel() -> None:
    facts = measured_facts(hour(error_rate=(0.072,) * 10, p99=(2400.0,) * 10))
    for narrow, room in ((False, 57), (True, 76)):
        table = metrics.table(facts, NOW, UNICODE, narrow=narrow)
        for row, line in zip(table.rows, table_lines(table, room, titles=False), strict=True):
            words = plain(line)
            assert width(words) <= room
            if row.key != "production/coach_conversations":
                assert "…" not in words, words


def test_the_opened_panel_has_a_row_a_quantity_and_environment() -> None:
    table = metrics.all_table(measured_facts(), NOW, UNICODE)
    assert "staging/p99" in rows(table)
    assert rows(table)["staging/p99"][3] == "no source"
    assert rows(table)["production/requests"][3] == "412"
    assert "production/workers" not in rows(table), "of what the document does not name, only what somebody tells"
    assert metrics.of_key("production/p99") == ("production", Q.P99)
    assert metrics.of_key("production/nothing") is None


def detail(key: str, **changes: tuple[float | None, ...]) -> str:
    return "\n".join(plain(line) for line in metrics_detail.detail(measured_facts(hour(**changes)), key, NOW, UNICODE))


def test_the_detail_of_errors_lists_the_endpoints_that_fail() -> None:
    words = detail("production/error_rate", error_rate=(0.072,) * 10)
    assert "alert firing: errors 7.2 % > 5 %" in words
    assert "no health checks · prometheus" in words
    assert "22.5 %  9 of 40  4xx 2" in words
    assert "1 of 12 (few)" in words


def test_the_detail_of_a_queue_lists_every_queue() -> None:
    words = detail("production/queue_depth")
    assert words.index("celery") < words.index("sync")
    assert "12" in words


def test_a_probe_of_the_console_is_called_synthetic() -> None:
    assert "Synthetic probe of the health path: 82 ms" in detail("production/p99")
    assert "Synthetic" not in detail("production/error_rate")


def test_other_sources_are_told_apart() -> None:
    facts = measured_facts()
    other = series(Q.P99, 900.0, n=80, source="railway")
    reading = facts.metrics["production/prometheus"]
    assert reading.value is not None
    more = type(reading.value)("production", "railway", (other,))
    both = {**facts.metrics, "production/railway": type(reading)("railway", more, NOW, None, NOW, period=reading.period)}
    changed = measured_facts()
    object.__setattr__(changed, "metrics", both)
    words = "\n".join(plain(line) for line in metrics_detail.detail(changed, "production/p99", NOW, UNICODE))
    assert "railway says 900 ms n=80" in words


def test_deployments_mark_the_chart_once_a_commit() -> None:
    found = metrics_detail.deploy_markers(measured_facts(), "production")
    assert len({marker.label for marker in found}) == len(found) > 0


def test_json_carries_state_source_seen_and_fault() -> None:
    fault = Fault(FaultKind.UNREACHABLE, "prometheus", "prometheus does not answer")
    found = metrics_json(measured_facts(fault=fault), NOW)
    json.dumps(found)
    items = {item["id"]: item for item in found["items"]}
    p99 = items["production/p99"]
    assert (p99["state"], p99["value"], p99["n"], p99["source"], p99["seen"]) == (
        "stale",
        780.0,
        412,
        "prometheus",
        NOW.isoformat(),
    )
    assert p99["fault"]["cause"] == "prometheus does not answer"
    assert items["staging/p99"]["state"] == "no source"
    assert [part["name"] for part in items["production/queue_depth"]["parts"]] == ["celery", "sync"]
    assert found["endpoints"]["production"]["items"][0]["rate"] == 9 / 40
    assert found["endpoints"]["staging"] is None
