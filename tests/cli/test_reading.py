"""glance, show, doctor, and what opens without a verb: forms, exit codes, stored or live."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from strideiq_console.domain.reading import Level
from tests.cli.fakes import FakePractice, FakeTokens, FakeWiring, console, run
from tests.presentation.facts import NOW, ago, bare, calm, health, probe, reading, red_run

RED = calm(health={**calm().health, "production": health("production", probe(Level.CRITICAL, parts=(("db", Level.CRITICAL),)))})
WARN = calm(runs=reading("github", (red_run(1840, "main", calm().runs.value[0].sha),)))


@pytest.mark.parametrize(
    ("facts", "code"), [(calm(), 0), (WARN, 1), (RED, 2), (bare(), 3)], ids=["ok", "warning", "critical", "unknown"]
)
@pytest.mark.parametrize("form", [(), ("--json",), ("--line",)], ids=["text", "json", "line"])
def test_the_exit_code_is_the_level_in_every_form(facts, code: int, form: tuple[str, ...]) -> None:
    wiring = FakeWiring(console(facts))
    ran = run(wiring, "glance", *form)
    assert ran.code == code
    assert wiring.lives == 0
    assert ran.err == ""


def test_glance_forms() -> None:
    wiring = FakeWiring(console())
    assert json.loads(run(wiring, "glance", "--json").out)["level"] == "ok"
    line = run(wiring, "glance", "--line").out
    assert line.count("\n") == 1
    assert line.startswith("✔ Production healthy")
    assert "Environments" in run(wiring, "glance").out


def test_live_reads_once_before_it_answers() -> None:
    wiring = FakeWiring(console(bare(), after=calm()))
    ran = run(wiring, "glance", "--live", "--line")
    assert wiring.console.refreshed == 1
    assert ran.code == 0


def test_without_a_verb_a_pipe_gets_the_glance_and_a_terminal_the_console() -> None:
    wiring = FakeWiring(console())
    assert "Environments" in run(wiring).out
    assert wiring.guides == []
    assert run(wiring, terminal=True).code == 0
    assert len(wiring.guides) == 1
    dumb = run(wiring, terminal=True, environ={"TERM": "dumb"})
    assert "Environments" in dumb.out


def test_show_takes_what_is_fresh_and_reads_what_is_not() -> None:
    fresh = FakeWiring(console())
    assert run(fresh, "show", "ci").code == 0
    assert fresh.lives == 0
    old = replace(calm().runs, seen=ago(hours=2))
    stale = FakeWiring(console(calm(runs=old), after=calm()))
    assert run(stale, "show", "ci").code == 0
    assert stale.lives == 1
    stored = FakeWiring(console(calm(runs=old)))
    ran = run(stored, "show", "ci", "--stored")
    assert (ran.code, stored.lives) == (3, 0)
    assert "read 2 h ago" in ran.out


@pytest.mark.parametrize("noun", ["environments", "branches", "ci"])
def test_show_has_text_and_json(noun: str) -> None:
    wiring = FakeWiring(console())
    document = json.loads(run(wiring, "show", noun, "--json").out)
    assert document["noun"] == noun
    assert document["items"]
    assert run(wiring, "show", noun).out


def test_show_of_something_else_is_a_usage_error() -> None:
    ran = run(FakeWiring(console()), "show", "weather")
    assert ran.code == 64
    assert "environments" in ran.err


def test_doctor_reads_first_and_names_fixes() -> None:
    wiring = FakeWiring(console(bare()), tokens=FakeTokens(dict.fromkeys(("github", "vercel"), "none: set it")))
    ran = run(wiring, "doctor")
    assert wiring.console.refreshed == 1
    assert ran.code in (2, 3)
    assert "STRIDEIQ_GITHUB_TOKEN" in ran.out
    document = json.loads(run(wiring, "doctor", "--json").out)
    assert document["schema"]
    assert all(set(row) == {"level", "about", "words", "fix"} for row in document["findings"])


def test_sandbox_verbs_need_a_world_and_turn_or_serve_it(tmp_path) -> None:
    practice = FakePractice(tmp_path)
    wiring = FakeWiring(console(), practice)
    assert run(wiring, "sandbox", "advance", "60").code == 64
    assert run(wiring, "--world", str(tmp_path), "sandbox", "advance", "60").code == 0
    assert run(wiring, "sandbox", "serve", "--port", "0", "--world", str(tmp_path)).code == 0
    assert practice.turned == [60.0]
    assert practice.served == [0]
    for wrong in (("advance", "-1"), ("advance", "nan"), ("serve", "--port", "70000"), ("serve",), ()):
        assert run(wiring, "--world", str(tmp_path), "sandbox", *wrong).code == 64


def test_global_options_may_stand_before_or_after_the_verb(tmp_path) -> None:
    wiring = FakeWiring(console())
    run(wiring, "--world", str(tmp_path), "--clock", "manual", "glance")
    run(wiring, "glance", "--world", str(tmp_path), "--clock", "manual")
    assert wiring.seen[0] == wiring.seen[1]
    assert wiring.seen[0].clock == "manual"
    assert run(wiring, "glance", "--scenario", "calm").code == 64


def test_the_time_shown_is_the_consoles() -> None:
    assert NOW.strftime("%H:%M:%S") in run(FakeWiring(console()), "glance").out
