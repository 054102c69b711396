"""runs, resume, retry, skip, undo, abandon: what a person may decide about an execution."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.services.engine import Engine
from tests.cli.fakes import FakeWiring, run
from tests.services.fakes import FakeOutside

SLUG, BRANCH = "fix-auth-crash", "hotfix/fix-auth-crash"


@pytest.fixture
def begun(wiring: FakeWiring) -> dict[str, Any]:
    """A hotfix that stands at the question whether the fix is committed."""
    plan = json.loads(run(wiring, "hotfix", "start", SLUG, "--plan", "--json").out)
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", plan["fingerprint"], "--json")
    assert ran.code == 75
    return json.loads(ran.out)


def test_runs_lists_what_is_unfinished(wiring: FakeWiring, begun: dict[str, Any]) -> None:
    document = json.loads(run(wiring, "runs", "--json").out)
    row = document["executions"][0]
    assert set(row) >= {"id", "runbook", "title", "state", "created", "steps", "awaits", "next"}
    assert row["id"] == begun["id"]
    assert row["awaits"]["step"] == "fix"
    text = run(wiring, "runs")
    assert begun["id"] in text.out
    assert "Hotfix fix-auth-crash" in text.out
    assert text.code == 0


def test_no_run_says_so(wiring: FakeWiring) -> None:
    assert "Nothing has been carried out yet." in run(wiring, "runs").out
    assert json.loads(run(wiring, "runs", "--json").out)["executions"] == []


def test_resume_without_an_id_takes_the_newest_unfinished(wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside) -> None:
    outside.fix(BRANCH)
    ran = run(wiring, "resume", "--answer", "yes", "--plan-hash", begun["fingerprint"], "--json")
    document = json.loads(ran.out)
    assert document["id"] == begun["id"]
    assert next(step for step in document["steps"] if step["id"] == "push")["state"] == "done"


def test_without_the_hash_nothing_from_level_two_on_is_done(
    wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside
) -> None:
    outside.fix(BRANCH)
    before = list(outside.effects)
    ran = run(wiring, "resume", begun["id"], "--answer", "yes", "--json")
    assert ran.code == 75
    document = json.loads(ran.out)
    assert document["awaits"]["step"] == "push"
    assert "--plan-hash" in document["next"]
    assert outside.effects == before


def test_resume_with_nothing_to_resume_is_a_usage_error(wiring: FakeWiring) -> None:
    ran = run(wiring, "resume")
    assert ran.code == 64
    assert "nothing is unfinished" in ran.err


def test_an_answer_of_no_leaves_the_step_where_it_is(wiring: FakeWiring, begun: dict[str, Any]) -> None:
    ran = run(wiring, "resume", begun["id"], "--answer", "no", "--json")
    assert ran.code == 75
    assert json.loads(ran.out)["awaits"]["step"] == "fix"


def test_red_checks_fail_the_step_and_retry_goes_on(wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside) -> None:
    outside.fix(BRANCH)
    outside.check_states["backend-test"] = CheckState.FAILURE
    hash_ = ("--plan-hash", begun["fingerprint"])
    ran = run(wiring, "resume", begun["id"], "--answer", "yes", *hash_, "--json")
    document = json.loads(ran.out)
    assert ran.code == 1
    assert document["state"] == "failed"
    assert document["next"] == f"strideiq retry {begun['id']} --plan-hash {begun['fingerprint']}"
    outside.check_states["backend-test"] = CheckState.SUCCESS
    again = run(wiring, "retry", begun["id"], *hash_, "--json")
    assert next(s for s in json.loads(again.out)["steps"] if s["id"] == "checks")["state"] == "done"


def test_a_skip_needs_its_reason(wiring: FakeWiring, begun: dict[str, Any]) -> None:
    assert run(wiring, "skip", begun["id"]).code == 64
    ran = run(wiring, "skip", begun["id"], "--reason", "fixed by hand", "--json")
    step = next(s for s in json.loads(ran.out)["steps"] if s["id"] == "fix")
    assert (step["state"], step["reason"]) == ("skipped", "fixed by hand")


def test_abandon_keeps_the_reason_and_ends_with_zero(wiring: FakeWiring, begun: dict[str, Any]) -> None:
    ran = run(wiring, "abandon", begun["id"], "--reason", "not needed", "--json")
    document = json.loads(ran.out)
    assert ran.code == 0
    assert document["state"] == "abandoned"
    assert document["reason"] == "not needed"
    assert document["next"] is None


def test_undo_without_a_terminal_needs_the_hash(wiring: FakeWiring, begun: dict[str, Any], engine: Engine) -> None:
    ran = run(wiring, "undo", begun["id"])
    assert ran.code == 64
    assert begun["fingerprint"] in ran.err
    assert run(wiring, "undo", begun["id"], "--plan-hash", "0" * 16).code == 5
    assert not engine.execution(begun["id"]).undoing


def test_undo_takes_back_last_step_first(wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside) -> None:
    assert BRANCH in outside.local
    ran = run(wiring, "undo", begun["id"], "--plan-hash", begun["fingerprint"], "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["state"] == "undone"
    assert BRANCH not in outside.local


def test_undo_at_a_terminal_asks_and_no_means_no(wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside) -> None:
    from tests.cli.fakes import Terminal

    ran = run(wiring, "undo", begun["id"], stdin=Terminal("n\n"), terminal=True)
    assert ran.code == 4
    assert BRANCH in outside.local
    ran = run(wiring, "undo", begun["id"], stdin=Terminal("y\n"), terminal=True)
    assert ran.code == 0
    assert BRANCH not in outside.local


def test_an_unknown_id_is_a_usage_error(wiring: FakeWiring, begun: dict[str, Any]) -> None:
    assert run(wiring, "resume", "zzz").code == 64
