"""Protecting by the command line: the plan with its differences, the hash, the word for each branch, the undo after it is done."""

from __future__ import annotations

import io
import json
import shlex
from typing import Any

import pytest

from strideiq_console.services.engine import Engine
from tests.cli.fakes import FakeWiring, Ran, Terminal, run
from tests.services.fakes import FakeOutside
from tests.services.protect_cases import CLASSIC, EFFECTS, NOTHING, prepare


def planned(wiring: FakeWiring, *more: str) -> dict[str, Any]:
    ran = run(wiring, "protect", "start", *more, "--plan", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def follow(wiring: FakeWiring, ran: Ran) -> Ran:
    return run(wiring, *shlex.split(json.loads(ran.out)["next"])[1:], "--json")


def test_an_agent_protects_both_branches_by_following_next_and_takes_it_back(
    wiring: FakeWiring, outside: FakeOutside, engine: Engine
) -> None:
    laws = prepare(outside, CLASSIC)
    before = laws.copy()
    plan = planned(wiring)
    assert plan["next"] == f"strideiq protect start --plan-hash {plan['fingerprint']}"
    assert engine.executions() == ()
    ran = run(wiring, "protect", "start", "--plan-hash", plan["fingerprint"], "--json")
    assert ran.code == 75
    assert outside.effects == [], "the hash of the plan alone confirms nothing of level 3"
    ran = follow(wiring, ran)
    assert outside.effects == EFFECTS[CLASSIC][:1], "one word, one branch"
    ran = follow(wiring, ran)
    document = json.loads(ran.out)
    assert (ran.code, document["state"], document["next"]) == (0, "done", None)
    assert outside.effects == EFFECTS[CLASSIC]
    undone = run(wiring, "undo", document["id"], "--plan-hash", plan["fingerprint"], "--json")
    assert (undone.code, json.loads(undone.out)["state"]) == (0, "undone")
    assert laws.copy() == before


def test_without_a_terminal_the_hash_is_required(wiring: FakeWiring, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    ran = run(wiring, "protect", "start", "--approvals", "0")
    assert ran.code == 64
    assert "protect start --approvals 0 --plan --json" in ran.err
    assert run(wiring, "protect", "start", "--plan-hash", "0" * 16).code == 5
    assert run(wiring, "protect", "start", "--confirm", "production").code == 64
    assert outside.effects == []


def test_the_plan_names_the_deadlock_in_words(wiring: FakeWiring, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    outside.bot = False
    ran = run(wiring, "protect", "start", "--approvals", "1", "--plan")
    assert "main will deadlock" in ran.out
    assert "--approvals 0" in ran.out
    assert "--approvals 1 --plan-hash" in ran.out.splitlines()[-1]


def test_another_decision_is_another_plan(wiring: FakeWiring, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    assert planned(wiring)["fingerprint"] != planned(wiring, "--approvals", "0")["fingerprint"]
    assert run(wiring, "protect", "start", "--approvals", "2", "--plan").code == 64


@pytest.mark.parametrize(("typed", "done"), [("y\nproduction\nproduction\n", 2), ("y\nproduction\nno\n", 1), ("n\n", 0)])
def test_a_person_types_the_word_for_each_branch(wiring: FakeWiring, outside: FakeOutside, typed: str, done: int) -> None:
    prepare(outside, NOTHING)
    run(wiring, "protect", "start", stdin=Terminal(typed), terminal=True)
    assert outside.effects == EFFECTS[NOTHING][:done]


def test_a_pipe_is_no_person(wiring: FakeWiring, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    assert run(wiring, "protect", "start", stdin=io.StringIO("y\nproduction\n")).code == 64
    assert outside.effects == []
