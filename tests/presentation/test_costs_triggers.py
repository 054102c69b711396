"""Scaling triggers in words: how far off, since when, and what to do."""

from __future__ import annotations

from datetime import timedelta

from strideiq_console.domain.policy.scaling import TRIGGERS, TriggerStanding, TriggerState
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.costs_triggers import short, trigger_lines, triggers_json
from strideiq_console.presentation.glyphs import UNICODE
from tests.domain.month_cases import NOW

CPU, CONNECTIONS, THOUSAND, _ = TRIGGERS
MINUTE = timedelta(minutes=1)


def lines(standing: TriggerStanding) -> list[str]:
    return [plain(line) for line in trigger_lines([standing], NOW, UNICODE)]


def test_one_that_fired_says_what_to_do() -> None:
    fired = TriggerStanding(THOUSAND, TriggerState.FIRED, 1204.0, source="prometheus", seen=NOW)
    assert short(fired) == "users 1,204 > 1,000"
    assert lines(fired) == ["▲ users > 1,000: fired, 1,204 is 204 above", f"  do: {THOUSAND.action}"]


def test_one_that_is_well_says_how_far_off_it_is_and_from_where() -> None:
    well = TriggerStanding(CONNECTIONS, TriggerState.OK, 0.234, source="postgres", seen=NOW - 2 * MINUTE)
    assert lines(well) == [
        "✔ DB connections > 90 %: ok, 23.4 % is 67 points below",
        f"  postgres, 2 min ago; then: {CONNECTIONS.action}",
    ]


def test_one_that_rises_says_for_how_long() -> None:
    rising = TriggerStanding(CPU, TriggerState.RISING, 0.91, NOW - 42 * MINUTE, "railway", NOW)
    assert lines(rising)[0] == "▲ CPU > 80 % for 1 h: rising, 91 % for 42 min of 1 h"


def test_one_that_is_not_known_is_not_green_and_says_why() -> None:
    unknown = TriggerStanding(CPU, TriggerState.NO_SOURCE, note="no source tells it")
    assert lines(unknown) == ["? CPU > 80 % for 1 h: no source", "  no source tells it"]
    assert trigger_lines([unknown], NOW, UNICODE)[0][0].tone is Tone.UNKNOWN
    assert triggers_json([unknown])[0] == {
        "trigger": "cpu",
        "fires": "CPU > 80 % for 1 h",
        "state": "no source",
        "value": None,
        "limit": 0.8,
        "distance": None,
        "since": None,
        "action": CPU.action,
        "seen": None,
        "source": None,
        "note": "no source tells it",
    }
