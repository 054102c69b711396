"""What a consent is bound to: effects that were shown, a step that asked, a clock that did not jump, a word that is not empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.model import Effect, Plan, Verb, effects_fingerprint, step
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.services.action import Ask
from strideiq_console.services.actions.merging import Merge
from strideiq_console.services.confirming import Offer, arms_in, confirmed_with_group, word_of
from strideiq_console.services.consents import Consents
from tests.services.fakes import BEGIN

EFFECTS = (Effect("merge", "PUT /merge"),)
DIGITS = effects_fingerprint(EFFECTS)
STEP = step("merge", Verb.MERGE, "merge", "why", level=3, environment="production", pull="1", head="h", base="main", group="g")
NEXT = step("verify", Verb.VERIFY_STAGING, "verify", "why", question="Does it work?")
NOON = 1_000_000.0


def execution(**more) -> Execution:
    plan = Plan("own", "own", (), (), ("acme/strideiq:production",), (STEP, NEXT), BEGIN)
    return Execution("0101-aaaaaa", plan, datetime(2026, 1, 1, tzinfo=UTC), (StepRecord(STEP, **more), StepRecord(NEXT)))


def allowed(
    run: Execution, consent: Consent, *, wall: float = NOON, level: int = 3, planned: bool = False, word: str = "production"
):
    return Consents(consent, run).allows(run.records[0], level, DIGITS, word, wall, "strideiq", planned=planned)


def test_a_plan_s_hash_and_a_word_confirm_only_what_was_shown() -> None:
    run = execution()
    both = Consent(plan=run.plan.fingerprint, word="production")
    assert not allowed(run, both), "neither the plan nor an offer showed these effects"
    assert allowed(run, both, planned=True)
    assert allowed(execution(offered=DIGITS, offered_wall=NOON - 30), both)
    assert not allowed(execution(offered="other", offered_wall=NOON - 30), both, planned=True)


@pytest.mark.parametrize(
    ("age", "good"), [(0, True), (900, True), (901, False), (-1, False)], ids=["now", "last", "late", "future"]
)
def test_an_offer_lasts_a_quarter_of_an_hour_and_not_from_the_future(age: float, good: bool) -> None:
    run = execution(offered=DIGITS, offered_wall=NOON - age)
    assert allowed(run, Consent(step="merge", effects=DIGITS, word="production")) is good
    held = StepRecord(STEP, confirmed=DIGITS, confirmed_wall=NOON - age)
    assert confirmed_with_group(held, EFFECTS, NOON) is good


def test_a_clock_that_was_set_back_arms_anew_and_not_in_a_day() -> None:
    offer = Offer(4, "production", "strideiq", ((StepRecord(STEP), EFFECTS),))
    assert arms_in(StepRecord(STEP, offered=DIGITS, offered_wall=NOON + 86_400), offer, NOON) == 10.0


def test_an_empty_word_confirms_nothing(engine) -> None:
    run = execution(offered=DIGITS, offered_wall=NOON)
    assert not allowed(run, Consent(plan=run.plan.fingerprint), word="")
    assert word_of(engine.ports, StepRecord(replace(STEP, environment=""))) == "production"


def test_an_answer_and_an_entry_are_to_the_step_that_stood_there() -> None:
    run = execution()
    consents = Consents(Consent(answer="yes", entry={"note": "x"}), run)
    assert (consents.answer("verify"), consents.entry("verify")) == ("", {})
    assert (consents.answer("merge"), consents.entry("merge")) == ("yes", {"note": "x"})
    assert (consents.answer("merge"), consents.entry("merge")) == ("", {})


@pytest.mark.parametrize("base", ["main", "{main-branch}", "trunk", "{base}"])
def test_a_merge_that_may_land_on_main_is_level_3(base: str) -> None:
    bare = step("m", Verb.MERGE, "m", "why", level=2, pull="1", head="h", base=base)
    assert Merge().level(bare) == 3


@pytest.mark.parametrize("given", ["abc", "1 x", "²", " "])
def test_a_result_that_is_no_number_holds_the_step_without_a_traceback(given: str) -> None:
    with pytest.raises(BlockedError, match="which is no number"):
        Ask("x", STEP, {"pull": given}).number("pull")
