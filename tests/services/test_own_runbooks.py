"""Own runbooks against the code behind their verbs, and one carried out over the fake outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.model import Input, Runbook, Step, Verb, step
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services.own_runbooks import check_own, usages
from tests.services.fakes import SETTINGS, FakeOutside

FETCH = step("fetch", Verb.FETCH, "fetch", "why")
BRANCH = step("branch", Verb.CREATE_BRANCH, "branch", "why", level=2, branch="chore/{slug}", start="{fetch.main}")
CHORE = Runbook("chore", "A chore", (Input("slug", "What", hint="tidy-up"),), (FETCH, BRANCH), own=True)


def wrong(*steps: Step) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_own([replace(CHORE, steps=steps)])
    return caught.value.cause


def test_a_good_one_passes() -> None:
    check_own([CHORE])
    check_own(RUNBOOKS.values())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (replace(BRANCH, arguments=(("branch", "x"),)), "create branch needs start"),
        (replace(BRANCH, arguments=(*BRANCH.arguments, ("force", "yes"))), "create branch takes no force"),
        (replace(BRANCH, arguments=(("branch", "x"), ("start", "{fetch.colour}"))), "fetch gives main"),
        (step("push", Verb.PUSH, "push", "why", level=1, branch="x", head="{fetch.main}"), "level 1 is lower than the 2"),
        (
            step("m", Verb.MERGE, "m", "why", level=2, environment="production", pull="1", head="h", base="b"),
            "level 2 is lower than the 3",
        ),
        (
            step("m", Verb.MERGE, "m", "why", environment="production", question="Sure?", pull="1", head="h", base="b"),
            "cannot be a question",
        ),
        (step("m", Verb.MERGE, "m", "why", pull="1", head="h", base="{slug}"), "level 3 needs an environment"),
        (step("r", Verb.MOVE_SCHEMA, "r", "why"), "by the console's own runbooks alone"),
        (step("r", Verb.ROLL_BACK, "r", "why"), "by the console's own runbooks alone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_verbs_do_not_allow_is_refused_at_the_start(bad: Step, words: str) -> None:
    assert words in wrong(FETCH, bad)


def test_every_fault_is_told_at_once() -> None:
    cause = wrong(FETCH, replace(BRANCH, arguments=()), step("r", Verb.ROLL_BACK, "r", "why"))
    assert "steps.branch: create branch needs branch, start" in cause
    assert "steps.r:" in cause


def test_what_a_verb_takes_is_learnt_from_the_shipped_ones() -> None:
    found = usages(RUNBOOKS.values())[Verb.MERGE]
    assert {"pull", "head", "base"} <= found.needed
    assert "sha" in found.gives


async def test_an_own_runbook_is_planned_and_carried_out_like_any_other(make_engine, outside: FakeOutside) -> None:
    engine = make_engine(settings=replace(SETTINGS, runbooks=(CHORE,)))
    plan = await engine.plan("chore", {"slug": "tidy-up"})
    assert [s.level for s in plan.steps] == [0, 2]
    execution = await engine.start(plan)
    standing = await engine.advance(execution.id)
    assert (standing.awaits, standing.level) == (Awaits.CONFIRMATION, 2), "the declared level is higher than the verb's own"
    standing = await engine.advance(execution.id, Consent(step="branch", effects=standing.fingerprint))
    assert standing.execution.state is ExecutionState.DONE
    assert "chore/tidy-up" in outside.local
