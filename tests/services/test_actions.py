"""Every verb has an action that says its contract, and a runbook cannot lower what a verb needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.services.action import Watch
from strideiq_console.services.actions import ACTIONS


def test_every_verb_of_every_runbook_has_an_action() -> None:
    assert set(ACTIONS) == set(Verb)
    assert {step.verb for runbook in RUNBOOKS.values() for step in runbook.steps} <= set(ACTIONS)


@pytest.mark.parametrize("verb", list(Verb))
def test_every_action_says_its_contract(verb: Verb) -> None:
    action = ACTIONS[verb]
    assert all((action.precondition, action.end_state, action.natural_key, action.recovery))


def test_an_action_without_its_contract_does_not_register() -> None:
    with pytest.raises(TypeError, match="natural_key"):
        type("Careless", (Watch,), {"verb": Verb.ASK, "natural_key": "", "end_state": "x"})


def test_a_runbook_cannot_lower_a_level() -> None:
    for runbook in RUNBOOKS.values():
        for step in runbook.steps:
            assert ACTIONS[step.verb].level(replace(step, level=0)) >= ACTIONS[step.verb].least_level
            assert ACTIONS[step.verb].level(step) >= ACTIONS[step.verb].least_level


def test_a_merge_to_production_is_level_3_whatever_a_runbook_says() -> None:
    (merge,) = [s for s in RUNBOOKS["hotfix"].steps if s.id == "merge-main"]
    assert ACTIONS[Verb.MERGE].level(replace(merge, level=0)) == 3


def test_the_rules_of_a_branch_are_level_3_whatever_a_runbook_says() -> None:
    for step in RUNBOOKS["protect"].steps[:2]:
        assert ACTIONS[Verb.PROTECT_BRANCH].level(replace(step, level=0)) == 3
