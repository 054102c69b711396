"""Whose data an environment holds: on its page, in the verdict, in the doctor and in JSON; unknown is never good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from strideiq_console.domain.attested import RESTORE_DRILL, STAGING_DATA
from strideiq_console.domain.database_share import DatabaseShare, Sharing
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import environments
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.environment_data import data_findings
from strideiq_console.presentation.environment_state import environment_state
from strideiq_console.presentation.environments_json import environments_json
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.verdict import verdict

from .facts import BY_HAND, NOW, bare, calm, fault, shares

DRILL, ROWS = BY_HAND


def page(facts: Facts, name: str) -> list[str]:
    return [plain(line) for line in environments.detail(facts, name, NOW, UNICODE)]


def line_of(facts: Facts, name: str, label: str) -> str:
    return next(line for line in page(facts, name) if line.startswith(label))


def found(facts: Facts, check: str, subject: str) -> Finding:
    return next(one for one in data_findings(facts, NOW) if (one.check, one.subject) == (check, subject))


def document(facts: Facts, name: str) -> dict[str, Any]:
    return next(one for one in environments_json(facts, NOW) if one["name"] == name)


def aged(entry: ManualEntry, days: int) -> ManualEntry:
    entered = NOW.date() - timedelta(days=days)
    return replace(entry, entered=entered, expires=entered + timedelta(days=90))


def test_what_somebody_vouches_for_is_said_with_its_age() -> None:
    facts = calm()
    assert line_of(facts, "production", "restore") == "restore   ✔ tried 33 d ago  (manual)"
    assert "          into a scratch database" in page(facts, "production")
    assert line_of(facts, "staging", "data") == "data      ✔ synthetic, attested 12 d ago  (manual)"
    assert line_of(facts, "staging", "database") == "database  ✔ its own  postgres 0 s"
    assert [one.level for one in data_findings(facts, NOW)] == [Level.OK] * 3
    assert document(facts, "production")["restore_drill"]["days"] == 33
    assert document(facts, "production")["data_attested"] is None
    assert document(facts, "staging")["data_attested"]["words"] == "synthetic, attested 12 d ago"
    assert document(facts, "staging")["database"]["sharing"] == "own"


@pytest.mark.parametrize(
    ("entries", "words", "step"),
    [
        pytest.param(
            (), "no restore was ever tried", 'write [manual.drill] quantity = "restore_drill", entered = 2026-01-20', id="none"
        ),
        pytest.param((aged(DRILL, 90),), "", "", id="the last day"),
        pytest.param((aged(DRILL, 91),), "tried 91 d ago, which is too long ago", "set entered = 2026-01-20 in its", id="due"),
        pytest.param(
            (aged(DRILL, -2),), "dated 2026-01-22, which is still to come", "set entered = 2026-01-20", id="still to come"
        ),
    ],
)
def test_a_drill_that_is_due_is_a_warning_on_the_page_and_in_the_doctor(
    entries: tuple[ManualEntry, ...], words: str, step: str
) -> None:
    facts = calm(by_hand=entries)
    one, line = found(facts, "restore drill", "production"), line_of(facts, "production", "restore")
    assert one.level is (Level.WARNING if words else Level.OK)
    assert words in one.cause
    assert step in one.next_step
    assert line.startswith("restore   ▲" if words else "restore   ✔")
    assert words in line
    if step:
        assert any(step in told for told in page(facts, "production"))
    assert environment_state(facts, facts.environments[0], NOW).level is Level.OK, "what serves is well all the same"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        pytest.param((), "unknown: nobody vouches for it", id="none"),
        pytest.param((aged(ROWS, 91),), "unknown: synthetic, attested 91 d ago, until", id="over"),
        pytest.param((aged(ROWS, -1),), "unknown: what vouches for it is dated 2026-01-21", id="still to come"),
        pytest.param((replace(ROWS, note="as in production"),), "says neither synthetic nor sanitized", id="unsaid"),
    ],
)
def test_data_that_nobody_vouches_for_is_unknown_and_amber(entries: tuple[ManualEntry, ...], words: str) -> None:
    facts = calm(by_hand=entries)
    one = found(facts, "staging data", "staging")
    assert one.level is Level.UNKNOWN
    assert words in one.cause
    assert one.next_step.startswith("look at its rows, then ")
    line = next(line for line in environments.detail(facts, "staging", NOW, UNICODE) if plain(line).startswith("data"))
    assert words in plain(line)
    assert line[1].tone is Tone.UNKNOWN
    assert any("it is meant to be: synthetic" in told for told in page(facts, "staging"))
    assert document(facts, "staging")["data_attested"]["level"] == "unknown"


@pytest.mark.parametrize(
    ("sharing", "what"), [(Sharing.DATABASE, "production's database"), (Sharing.SERVER, "production's database server")]
)
def test_production_in_the_place_of_staging_is_critical_everywhere(sharing: Sharing, what: str) -> None:
    facts = calm(databases=shares(sharing))
    said = verdict(facts, NOW)
    assert (said.level, said.sentence) == (
        Level.CRITICAL,
        f"Staging uses {what}: what is tried there reaches real users' data.",
    )
    state = environment_state(facts, facts.environments[1], NOW)
    assert state.level is Level.CRITICAL
    assert page(facts, "staging")[1].startswith("✖ uses ")
    assert found(facts, "own database", "staging").level is Level.CRITICAL
    told = found(facts, "staging data", "staging")
    assert (told.level, str(sharing) in told.cause) == (Level.CRITICAL, True), "no entry makes production's rows synthetic"
    assert document(facts, "staging")["level"] == "critical"
    assert document(facts, "staging")["database"]["sharing"] == sharing.name.lower()
    assert environment_state(facts, facts.environments[0], NOW).level is Level.OK


def test_what_was_shared_stays_critical_until_something_else_is_seen_and_what_was_apart_does_not_stay_good() -> None:
    later = NOW + timedelta(hours=3)
    shared, apart = calm(databases=shares(Sharing.DATABASE)), calm()
    assert [one.level for one in data_findings(shared, later) if one.check == "own database"] == [Level.CRITICAL]
    assert [one.level for one in data_findings(apart, later) if one.check == "own database"] == [Level.UNKNOWN]
    lines = [plain(line) for line in environments.detail(apart, "staging", later, UNICODE)]
    assert "database  ? its own  postgres 3 h, old" in lines


def test_what_cannot_be_compared_is_unknown_with_a_next_step() -> None:
    why = (DatabaseShare("staging", Sharing.UNKNOWN, "production's address cannot be read"),)
    facts = calm(databases=replace(shares(), value=why))
    assert line_of(facts, "staging", "database").startswith("database  ? unknown")
    one = found(facts, "own database", "staging")
    assert (one.level, "pg_control_system" in one.next_step) == (Level.UNKNOWN, True)
    assert verdict(facts, NOW).level is Level.OK, "what is not known is no alarm"


def test_databases_that_are_configured_no_more_say_nothing() -> None:
    gone = shares(Sharing.DATABASE).failed(
        fault(FaultKind.NOT_CONFIGURED, "postgres", "the database of staging is not configured"), NOW
    )
    facts = calm(databases=gone)
    assert verdict(facts, NOW).level is Level.OK
    one = found(facts, "own database", "staging")
    assert (one.level, one.cause) == (Level.UNKNOWN, "the database of staging is not configured")
    assert not any(line.startswith("database") for line in page(facts, "staging"))


def test_the_own_machine_on_production_is_told_and_before_the_first_deployment_nothing_is_wanted() -> None:
    mine = (DatabaseShare("local", Sharing.DATABASE, "both addresses name one host and port"),)
    facts = calm(databases=replace(shares(), value=mine))
    assert verdict(facts, NOW).sentence.startswith("Local uses production's database")
    assert [one.level for one in data_findings(facts, NOW) if one.subject == "local"] == [Level.CRITICAL]
    nowhere = tuple(replace(one, url="", api="") for one in facts.environments)
    assert list(data_findings(replace(bare(), environments=nowhere), NOW)) == []


def test_words_by_hand_cannot_draw_on_the_screen() -> None:
    sly = ManualEntry(STAGING_DATA, date(2026, 1, 8), date(2026, 4, 8), None, "staging", note="synthetic \x1b[31m", evidence="a\nb")
    told = "".join(page(calm(by_hand=(sly, ManualEntry(RESTORE_DRILL, date.max, date.max))), "staging"))
    assert "\x1b" not in told
    assert "\n" not in told
