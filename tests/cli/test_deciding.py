"""``mark``, ``replan`` and ``--on-unfinished``: what stands still or is under way already, decided by the person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strideiq_console.services.engine import Engine
from tests.cli.fakes import FakeWiring, run
from tests.services.fakes import FakeOutside

SLUG, BRANCH = "fix-auth-crash", "hotfix/fix-auth-crash"
OTHER = "f" * 40


@pytest.fixture
def begun(wiring: FakeWiring) -> dict[str, Any]:
    plan = json.loads(run(wiring, "hotfix", "start", SLUG, "--plan", "--json").out)
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", plan["fingerprint"], "--json")
    assert ran.code == 75
    return json.loads(ran.out)


@pytest.fixture
def diverged(wiring: FakeWiring, begun: dict[str, Any], outside: FakeOutside) -> dict[str, Any]:
    """The hotfix at its push, after somebody else pushed something of that name."""
    outside.fix(BRANCH)
    outside.origin[BRANCH] = outside.commit("somebody else", outside.origin["main"])
    ran = run(wiring, "resume", begun["id"], "--answer", "yes", "--plan-hash", begun["fingerprint"], "--json")
    assert ran.code == 5, ran
    return begun


def test_a_step_marked_as_done_by_hand_is_done_and_says_why(
    wiring: FakeWiring, diverged: dict[str, Any], engine: Engine, outside: FakeOutside
) -> None:
    before = list(outside.effects)
    ran = run(wiring, "mark", diverged["id"], "--reason", "pushed it myself", "--result", f"sha={OTHER}", "--json")
    record = engine.execution(diverged["id"]).record("push")
    assert (str(record.state), record.by_hand, record.result["sha"]) == ("done", "pushed it myself", OTHER)
    assert outside.effects == before, "marking does nothing outside"
    assert ran.code == 75


def test_a_mark_needs_a_reason(wiring: FakeWiring, diverged: dict[str, Any], engine: Engine) -> None:
    assert run(wiring, "mark", diverged["id"], "--reason", "no").code == 64
    assert run(wiring, "mark", diverged["id"]).code == 64
    assert run(wiring, "mark", diverged["id"], "--reason", "by hand", "--result", "sha").code == 64
    assert str(engine.execution(diverged["id"]).record("push").state) == "diverged"


def test_a_plan_made_again_takes_the_place_of_the_old_one(
    wiring: FakeWiring, diverged: dict[str, Any], engine: Engine, outside: FakeOutside
) -> None:
    shown = run(wiring, "replan", diverged["id"], "--plan", "--json")
    fresh = json.loads(shown.out)["fingerprint"]
    assert f"replan {diverged['id']} --plan-hash {fresh}" in json.loads(shown.out)["next"]
    assert not engine.execution(diverged["id"]).state.ended
    ran = run(wiring, "replan", diverged["id"], "--plan-hash", fresh, "--json")
    new = json.loads(ran.out)
    assert new["id"] != diverged["id"]
    assert str(engine.execution(diverged["id"]).state) == "abandoned"
    assert fresh in engine.execution(diverged["id"]).reason
    # What the old one did is found and taken over, not done again.
    assert next(step for step in new["steps"] if step["id"] == "branch")["adopted"]


def test_replan_without_the_hash_changes_nothing(wiring: FakeWiring, diverged: dict[str, Any], engine: Engine) -> None:
    assert run(wiring, "replan", diverged["id"], "--json").code == 64
    assert [str(e.state) for e in engine.executions()] == ["diverged"]


@pytest.mark.parametrize("choice", ["fail", "continue", "abandon"])
def test_what_is_under_way_is_not_begun_twice(wiring: FakeWiring, begun: dict[str, Any], engine: Engine, choice: str) -> None:
    words = ("hotfix", "start", SLUG, "--plan-hash", begun["fingerprint"], "--json", "--on-unfinished", choice)
    ran = run(wiring, *words)
    states = [str(execution.state) for execution in engine.executions()]
    if choice == "fail":
        assert (ran.code, states) == (4, ["running"])
        assert begun["id"] in ran.err
    elif choice == "continue":
        assert (ran.code, states) == (75, ["running"])
        assert json.loads(ran.out)["id"] == begun["id"]
    else:
        assert (ran.code, states) == (75, ["running", "abandoned"])
        assert json.loads(ran.out)["id"] != begun["id"]


def test_another_runbook_with_the_same_inputs_is_no_twin(wiring: FakeWiring, begun: dict[str, Any], engine: Engine) -> None:
    plan = engine.execution(begun["id"]).plan
    from dataclasses import replace

    assert engine.twin(plan) is not None
    assert engine.twin(replace(plan, runbook="feature")) is None


def test_abandoning_lists_what_is_left_with_how_to_take_it_back(wiring: FakeWiring, diverged: dict[str, Any]) -> None:
    ran = run(wiring, "abandon", diverged["id"], "--reason", "somebody else does it")
    assert "still there: branch hotfix/fix-auth-crash" in ran.out
    assert "git update-ref -d refs/heads/hotfix/fix-auth-crash" in ran.out
