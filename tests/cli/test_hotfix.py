"""A hotfix by the command line: the plan hash, the answers, the typed word; each standing with its exit code and next command."""

from __future__ import annotations

import io
import json
import shlex
from typing import Any

import pytest

from strideiq_console.services.engine import Engine
from tests.cli.fakes import FakeWiring, Ran, Terminal, console, run
from tests.services.fakes import FakeOutside

SLUG = "fix-auth-crash"
BRANCH = f"hotfix/{SLUG}"


def planned(wiring: FakeWiring) -> dict[str, Any]:
    ran = run(wiring, "hotfix", "start", SLUG, "--plan", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def follow(wiring: FakeWiring, ran: Ran, *more: str) -> tuple[Ran, dict[str, Any]]:
    """Run the command that the last answer names as next."""
    words = shlex.split(json.loads(ran.out)["next"])
    assert words[0] == "strideiq"
    answered = run(wiring, *words[1:], *more, "--json")
    return answered, json.loads(answered.out)


def test_the_plan_is_shown_and_nothing_is_done(wiring: FakeWiring, outside: FakeOutside, engine: Engine) -> None:
    plan = planned(wiring)
    assert plan["schema"]
    assert plan["next"] == f"strideiq hotfix start {SLUG} --plan-hash {plan['fingerprint']}"
    assert [step["id"] for step in plan["steps"]][:4] == ["fetch", "branch", "checkout", "fix"]
    assert outside.effects == []
    assert engine.executions() == ()
    text = run(wiring, "hotfix", "start", SLUG, "--plan")
    assert plan["fingerprint"] in text.out
    assert "next: strideiq hotfix start" in text.out


def test_an_agent_carries_it_to_production_by_following_next(wiring: FakeWiring, outside: FakeOutside) -> None:
    plan = planned(wiring)
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", plan["fingerprint"], "--json")
    codes = [ran.code]
    document = json.loads(ran.out)
    assert document["awaits"]["step"] == "fix"
    outside.fix(BRANCH)
    for _ in range(40):
        if document["next"] is None:
            break
        ran, document = follow(wiring, ran)
        codes.append(ran.code)
    assert document["state"] == "done"
    assert codes[-1] == 0
    assert set(codes[:-1]) == {75}
    merges = [effect for effect in outside.effects if effect.endswith("/merge")]
    assert len(merges) == 3


def test_without_a_terminal_the_hash_is_required(wiring: FakeWiring, outside: FakeOutside) -> None:
    ran = run(wiring, "hotfix", "start", SLUG)
    assert ran.code == 64
    assert "--plan-hash" in ran.err
    assert outside.effects == []


def test_a_hash_of_another_plan_is_refused_as_diverged(wiring: FakeWiring, outside: FakeOutside, engine: Engine) -> None:
    plan = planned(wiring)
    outside.push("main", outside.commit("another's work", outside.origin["main"]))
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", plan["fingerprint"])
    assert ran.code == 5
    assert plan["fingerprint"] in ran.err
    assert engine.executions() == ()


def test_the_word_alone_is_no_consent(wiring: FakeWiring) -> None:
    ran = run(wiring, "hotfix", "start", SLUG, "--confirm", "production")
    assert ran.code == 64
    assert "--plan-hash" in ran.err


def to_production_door(wiring: FakeWiring, outside: FakeOutside) -> Ran:
    """Go on until the merge to main asks for its word."""
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", planned(wiring)["fingerprint"], "--json")
    outside.fix(BRANCH)
    for _ in range(40):
        document = json.loads(ran.out)
        if document["awaits"]["step"] == "merge-main":
            return ran
        ran, _ = follow(wiring, ran)
    raise AssertionError("never came to the merge to main")


@pytest.mark.parametrize("words", [(), ("--confirm", "prod"), ("--confirm", "PRODUCTION"), ("--answer", "yes")])
def test_production_is_untouched_without_exactly_the_word(words: tuple[str, ...], wiring: FakeWiring, outside: FakeOutside) -> None:
    ran = to_production_door(wiring, outside)
    document = json.loads(ran.out)
    before, main = list(outside.effects), outside.origin["main"]
    assert document["awaits"]["word"] == "production"
    assert document["next"].endswith("--confirm production")
    again = run(wiring, "resume", "--plan-hash", document["fingerprint"], *words, "--json")
    assert again.code == 75
    assert outside.origin["main"] == main
    assert outside.effects == before


def test_a_slug_that_is_none_gets_a_proposal(wiring: FakeWiring) -> None:
    ran = run(wiring, "hotfix", "start", "Fix Auth")
    assert ran.code == 64
    assert "try fix-auth" in ran.err


def test_without_an_engine_the_reason_is_said(wiring: FakeWiring) -> None:
    silent = FakeWiring(console(read_only="nothing can be carried out: no GitHub token"))
    ran = run(silent, "hotfix", "start", SLUG, "--plan")
    assert ran.code == 4
    assert "no GitHub token" in ran.err
    assert "strideiq doctor" in ran.err


def test_a_second_start_of_the_same_fix_is_blocked(wiring: FakeWiring) -> None:
    run(wiring, "hotfix", "start", SLUG, "--plan-hash", planned(wiring)["fingerprint"])
    again = run(wiring, "hotfix", "start", SLUG, "--plan-hash", planned(wiring)["fingerprint"])
    assert again.code in (4, 5)
    assert again.err


class Typist(Terminal):
    """Types at each question what a founder would; ends the input when told to."""

    def __init__(self, outside: FakeOutside, *, word: str = "y", most: int = 99) -> None:
        super().__init__()
        self.outside = outside
        self.left = most
        self.asked = 0
        self.word = word
        self.heard = io.StringIO()

    def readline(self, size: int = -1) -> str:
        self.asked += 1
        self.left -= 1
        if self.left < 0:
            return ""
        if self.outside.local.get(BRANCH) == self.outside.tracking.get("main") and BRANCH in self.outside.local:
            self.outside.fix(BRANCH)
        question = self.heard.getvalue().splitlines()[-1]
        return f"{self.word}\n" if question.startswith("Type production") else "y\n"


def test_at_a_terminal_end_of_input_means_no(wiring: FakeWiring, outside: FakeOutside, engine: Engine) -> None:
    ran = run(wiring, "hotfix", "start", SLUG, stdin=Terminal(""), terminal=True)
    assert ran.code == 4
    assert "nothing was done" in ran.err
    assert engine.executions() == ()
    assert outside.effects == []


def test_at_a_terminal_each_step_from_level_two_asks(wiring: FakeWiring, outside: FakeOutside) -> None:
    main = outside.origin["main"]
    typist = Typist(outside)
    ran = run(wiring, "hotfix", "start", SLUG, stdin=typist, terminal=True)
    # "y" is not the word of the last door: everything before it was confirmed, production was not touched.
    assert ran.code == 75
    assert "Not confirmed: nothing was done." in ran.err
    assert ran.err.count("Type production") == 1
    assert "→ PRODUCTION" in ran.out
    assert outside.origin["main"] == main
    assert typist.asked >= 8


def test_at_a_terminal_the_word_opens_production(wiring: FakeWiring, outside: FakeOutside) -> None:
    ran = run(wiring, "hotfix", "start", SLUG, stdin=Typist(outside, word="production"), terminal=True)
    assert ran.code == 0, ran.out[-1500:]
    assert len([effect for effect in outside.effects if effect.endswith("/merge")]) == 3
    assert "done: nothing is left to do" in ran.out


def test_at_a_terminal_one_no_stops_there(wiring: FakeWiring, outside: FakeOutside) -> None:
    ran = run(wiring, "hotfix", "start", SLUG, stdin=Typist(outside, most=2), terminal=True)
    assert ran.code == 75
    assert not any(effect.startswith("git push") for effect in outside.effects)
    assert "next: strideiq resume" in ran.out


def test_progress_goes_to_standard_error_and_data_to_standard_output(wiring: FakeWiring) -> None:
    ran = run(wiring, "hotfix", "start", SLUG, "--plan-hash", planned(wiring)["fingerprint"], "--json")
    json.loads(ran.out)
    assert "fetch main" in ran.err
    assert "$ " in ran.err
