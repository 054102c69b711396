"""The alerts panel: where each rule stands, since when, and what to do."""

from __future__ import annotations

import json
from datetime import timedelta

from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation import alerts
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.draw import table_lines
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.metrics_json import alerts_json

from .facts import NOW, calm
from .measures import hour, measured_facts, series

BAD = hour(error_rate=(*(0.01,) * 5, *(0.072,) * 5), p99=(*(300.0,) * 6, *(2400.0,) * 4))


def lines(facts: object, room: int = 28, *, narrow: bool = False) -> list[str]:
    table = alerts.table(facts, NOW, UNICODE, narrow=narrow)  # type: ignore[arg-type]
    return [plain(line).rstrip() for line in table_lines(table, room, titles=False)]


def test_the_dashboard_shows_what_is_on_first_and_clips_no_word() -> None:
    found = lines(measured_facts(BAD))
    assert found[:2] == ["CRIT  errors 7.2%>5%  4 min", "WARN  p99 2.4s>2s     3 min"]
    assert "ok    celery 12" in found
    assert not any("…" in line for line in found)
    assert alerts.table(measured_facts(BAD), NOW, UNICODE).footer == "9 alerts, 2 on · 4 blind"


def test_a_wide_list_says_environment_limit_and_source() -> None:
    found = lines(measured_facts(BAD), 76, narrow=True)
    assert found[0].split("  ")[0] == "✖ CRIT"
    assert "production errors 7.2 % > 5 %" in found[0]
    assert found[0].endswith("prometheus")
    assert any("? blind" in line and "staging p99: no source" in line for line in found)
    assert not any("…" in line for line in found if "staging" not in line)


def test_a_dip_and_a_rise_have_words_of_their_own() -> None:
    dip = lines(measured_facts(hour(error_rate=(*(0.072,) * 9, 0.01))), 76, narrow=True)
    assert any("recovering" in line and "errors 1 % of 5 %" in line for line in dip)
    queue = series(Quantity.QUEUE_DEPTH, *(3.0,) * 8, 140.0, 140.0, part="sync")
    rise = lines(measured_facts((queue,)), 76, narrow=True)
    assert any("pending" in line and "queue sync 140 > 100" in line for line in rise)


def test_too_few_requests_say_how_many() -> None:
    found = lines(measured_facts((series(Quantity.ERROR_RATE, 0.5, n=3),)), 76, narrow=True)
    assert any("too few" in line and "errors n=3" in line for line in found)


def test_the_detail_names_rule_value_source_and_next_step() -> None:
    words = "\n".join(plain(line) for line in alerts.detail(measured_facts(BAD), "production/error_rate", NOW, UNICODE))
    assert "Above the limit for 4 min." in words
    assert "Rule: above 5 % for 5 min, of 20 requests or more: critical." in words
    assert "prometheus, n=412, 0 s ago" in words
    assert "Next: d shows what changed; W b rolls back" in words
    assert alerts.detail(measured_facts(BAD), "production/none", NOW, UNICODE) == ()


def test_an_alert_that_was_on_when_it_went_blind_says_so() -> None:
    later = NOW + timedelta(minutes=20)
    words = "\n".join(plain(line) for line in alerts.detail(measured_facts(BAD), "production/error_rate", later, UNICODE))
    assert "blind" in words
    assert "It was firing when something was last known." in words
    assert alerts.level(measured_facts(BAD), later) is Level.UNKNOWN


def test_nobody_measures_is_not_configured_and_never_good() -> None:
    table = alerts.table(calm(), NOW, UNICODE)
    assert (table.look, table.rows) == (Look.NOT_CONFIGURED, ())
    assert alerts.level(calm(), NOW) is Level.UNKNOWN


def test_staging_that_nobody_measures_is_no_alarm_of_production() -> None:
    assert alerts.level(measured_facts(), NOW) is Level.OK


def test_json_is_the_panels_rows() -> None:
    facts = measured_facts(BAD)
    found = alerts_json(facts, NOW)
    json.dumps(found)
    assert [item["id"] for item in found["items"]] == [row.key for row in alerts.table(facts, NOW, UNICODE).rows]
    first = found["items"][0]
    assert (first["state"], first["severity"], first["limit"], first["source"]) == ("firing", "critical", 0.05, "prometheus")
    assert first["since"] == (NOW - timedelta(minutes=4)).isoformat()


def test_a_value_that_rounds_to_its_limit_is_said_to_be_over_it() -> None:
    found = lines(measured_facts(hour(error_rate=(0.05001,) * 10)), 76, narrow=True)
    assert "errors just over 5 %" in found[0]
