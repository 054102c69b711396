"""Protecting main and staging over fakes: what is written to, what is never loosened, faults, changes meanwhile, undo."""

from __future__ import annotations

import json

import pytest

from strideiq_console.domain.fault import BlockedError, FaultKind, UsageError
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services.engine import Engine
from tests.services.fake_rules import refusal, rules
from tests.services.fakes import FakeHost, FakeOutside, lost_answer
from tests.services.protect_cases import CASES, CLASSIC, EFFECTS, HALF, NOTHING, OURS, RULESET, WIDE, begin, carry_out, prepare


def sentences(plan, step: str) -> str:
    return "\n".join(effect.sentence for effect in plan.step(step).effects)


@pytest.mark.parametrize("case", CASES)
async def test_both_branches_become_what_the_document_says(engine: Engine, outside: FakeOutside, store, case: str) -> None:
    laws = prepare(outside, case)
    standing, asked = await carry_out(engine, await begin(engine))
    assert standing.execution.state is ExecutionState.DONE, standing
    assert outside.effects == EFFECTS[case]
    assert asked == {f"confirmation protect-{b}": 1 for b, _ in zip(("main", "staging"), EFFECTS[case], strict=False)}
    main, staging = laws.protection("main"), laws.protection("staging")
    assert (main.pull_request, main.approvals, main.up_to_date, main.bypass) == (True, 2 if case == RULESET else 1, True, False)
    assert set(REQUIRED_CHECKS) <= set(main.required_checks or ()) & set(staging.required_checks or ())
    assert (staging.pull_request, staging.approvals) == (True, 0)
    assert not any((main.force_push, main.deletion, staging.force_push, staging.deletion))
    assert store.audit.verify() is None


@pytest.mark.parametrize("case", [case for case in CASES if case != OURS])
async def test_an_undo_brings_every_rule_back_as_it_was(engine: Engine, outside: FakeOutside, case: str) -> None:
    laws = prepare(outside, case)
    before = laws.copy()
    execution_id = await begin(engine)
    await carry_out(engine, execution_id)
    assert laws.copy() != before
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id)
    assert standing.execution.state is ExecutionState.UNDONE
    assert laws.copy() == before
    assert {r.state for r in standing.execution.records} == {StepState.UNDONE}


async def test_what_was_right_before_is_not_taken_away_by_an_undo(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, OURS)
    execution_id = await begin(engine)
    await carry_out(engine, execution_id)
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id)
    assert len(laws.rulesets) == 2
    assert outside.effects == []
    assert standing.execution.record("protect-main").state is StepState.KEPT


async def test_the_plan_shows_the_differences_rule_by_rule(engine: Engine, outside: FakeOutside) -> None:
    prepare(outside, RULESET)
    plan = await engine.plan("protect", {})
    main = sentences(plan, "protect-main")
    assert "main, approvals: is 2, should be 1 (stricter than the document, stays)" in main
    assert "main, passing the rules by: is possible, should be possible for nobody (tightens)" in main
    assert "change the ruleset guard production" in main
    assert "scan, backend-lint" in sentences(plan, "protect-staging")
    assert [s.level for s in plan.steps] == [3, 3, 0]
    assert plan.scopes == ("acme/strideiq:production",)
    assert outside.effects == []


async def test_more_checks_and_more_approvals_stay(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, CLASSIC)
    await carry_out(engine, await begin(engine))
    assert laws.classic["main"]["checks"] == ["scan", *REQUIRED_CHECKS]


async def test_a_ruleset_for_several_branches_is_left_alone_and_said(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, WIDE)
    before = json.dumps(laws.rulesets[7])
    plan = await engine.plan("protect", {})
    assert any("guarded by everything as well" in note for note in plan.notes)
    await carry_out(engine, (await engine.start(plan)).id)
    assert json.dumps(laws.rulesets[7]) == before


@pytest.mark.parametrize(
    ("bot", "choice", "approvals", "deadlock"),
    [(True, "auto", 1, False), (False, "auto", 0, False), (False, "1", 1, True), (True, "0", 0, False)],
)
async def test_the_deadlock_is_named_before_an_approval_is_wanted(
    engine: Engine, outside: FakeOutside, bot: bool, choice: str, approvals: int, deadlock: bool
) -> None:
    laws = prepare(outside, NOTHING)
    outside.bot = bot
    plan = await engine.plan("protect", {"approvals": choice})
    warning = [note for note in plan.notes if "deadlock" in note]
    assert bool(warning) is deadlock
    if deadlock:
        assert all(word in warning[0] for word in ("bot token", "second account", "--approvals 0"))
        assert warning[0] in sentences(plan, "protect-main")
    standing, _ = await carry_out(engine, (await engine.start(plan)).id)
    assert standing.execution.state is ExecutionState.DONE
    assert laws.protection("main").approvals == approvals


async def test_a_founder_alone_who_wants_it_gets_out_of_the_deadlock_and_nothing_lowers_by_itself(
    engine: Engine, outside: FakeOutside
) -> None:
    laws = prepare(outside, OURS)
    outside.bot = False
    plan = await engine.plan("protect", {})
    assert plan.step("protect-main").effects[-1].sentence == "change nothing: main is protected as the document says"
    assert any("deadlock" in note for note in plan.notes)
    lower = await engine.plan("protect", {"approvals": "0"})
    assert "(loosens)" in sentences(lower, "protect-main")
    await carry_out(engine, (await engine.start(lower)).id)
    assert laws.protection("main").approvals == 0


async def test_an_approval_that_something_else_wants_too_cannot_be_lowered_here(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, OURS)
    laws.classic["main"] = rules(1)
    standing, _ = await carry_out(engine, await begin(engine, approvals="0"))
    assert standing.awaits is Awaits.GATE
    assert "classic protection" in standing.reasons[0]
    assert outside.effects == []


@pytest.mark.parametrize("case", [NOTHING, CLASSIC, RULESET, HALF])
async def test_an_answer_lost_after_the_deed_is_adopted_and_can_be_undone(engine: Engine, outside: FakeOutside, case: str) -> None:
    laws = prepare(outside, case)
    before = laws.copy()
    outside.lose = lost_answer
    execution_id = await begin(engine)
    standing, _ = await carry_out(engine, execution_id)
    assert standing.execution.state is ExecutionState.DONE
    assert outside.effects == EFFECTS[case]
    assert standing.execution.record("protect-main").adopted
    outside.lose = lambda _: None
    await engine.undo(execution_id)
    await engine.advance(execution_id)
    assert laws.copy() == before


async def test_rules_that_changed_since_the_plan_are_not_overwritten(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, CLASSIC)
    execution_id = await begin(engine)
    standing = await engine.advance(execution_id)
    laws.classic["main"]["approvals"] = 3
    confirmed = Consent(step="protect-main", effects=standing.fingerprint, word="production")
    standing = await engine.advance(execution_id, confirmed)
    assert standing.execution.state is ExecutionState.DIVERGED
    assert "have changed since the plan" in standing.reasons[0]
    assert "nothing was changed" in standing.reasons[0]
    assert outside.effects == []


async def test_rules_that_somebody_changed_afterwards_are_kept_by_an_undo(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, NOTHING)
    execution_id = await begin(engine)
    await carry_out(engine, execution_id)
    (main, staging) = laws.rulesets
    laws.rulesets[main]["rules"]["approvals"] = 2
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id)
    assert set(laws.rulesets) == {main}
    kept = standing.execution.record("protect-main")
    assert kept.state is StepState.KEPT
    assert "changed by somebody since" in kept.reason
    assert staging not in laws.rulesets


async def test_what_is_gone_already_is_no_fault_of_an_undo(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, NOTHING)
    execution_id = await begin(engine)
    await carry_out(engine, execution_id)
    laws.rulesets.clear()
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id)
    assert standing.execution.record("protect-main").reason == "the ruleset StrideIQ main was gone already"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"refuse": refusal(403, "a private repository on a free plan has neither branch protection nor rulesets")}, "free plan"),
        ({"refuse": refusal(404, "the token lacks Administration: read", FaultKind.MISSING)}, "Administration"),
        ({"permissions": frozenset({"push", "pull"})}, "Administration: write"),
    ],
    ids=["free-plan", "unreadable", "no-admin"],
)
async def test_what_forbids_a_change_is_named_before_anything_is_confirmed(
    engine: Engine, outside: FakeOutside, change, named: str
) -> None:
    laws = prepare(outside, NOTHING)
    for name, value in change.items():
        setattr(laws, name, value)
    with pytest.raises(BlockedError, match=named):
        await engine.plan("protect", {})
    assert engine.executions() == ()


async def test_a_token_that_is_not_shown_who_may_pass_by_may_not_write(engine: Engine, outside: FakeOutside) -> None:
    prepare(outside, RULESET).hidden_bypass = True
    with pytest.raises(BlockedError, match="guard production by"):
        await engine.plan("protect", {})


async def test_a_ruleset_of_our_name_for_more_branches_is_a_blocker(engine: Engine, outside: FakeOutside) -> None:
    prepare(outside, NOTHING).add("StrideIQ main", "main", "staging")
    with pytest.raises(BlockedError, match="narrow or rename"):
        await engine.plan("protect", {})


async def test_a_refused_write_changes_nothing_and_says_the_permission(engine: Engine, outside: FakeOutside) -> None:
    laws = prepare(outside, NOTHING)
    laws.refuse_writes = refusal(403, "the token lacks Administration: write")
    execution_id = await begin(engine)
    standing = await engine.advance(execution_id)
    confirmed = Consent(step="protect-main", effects=standing.fingerprint, word="production")
    standing = await engine.advance(execution_id, confirmed)
    assert standing.execution.state is ExecutionState.FAILED
    assert "Administration: write" in standing.reasons[0]
    assert outside.effects == []


async def test_the_wrong_word_protects_nothing(engine: Engine, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    plan = await engine.plan("protect", {})
    execution = await engine.start(plan)
    standing = await engine.advance(execution.id, Consent(plan=plan.fingerprint, word="prod"))
    assert standing.awaits is Awaits.CONFIRMATION
    assert outside.effects == []


async def test_a_choice_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(UsageError, match="approvals"):
        await engine.plan("protect", {"approvals": "2"})


async def test_a_skipped_branch_is_not_passed_off_as_protected(engine: Engine, outside: FakeOutside) -> None:
    prepare(outside, NOTHING)
    execution_id = await begin(engine)
    await engine.skip(execution_id, "not today")
    await engine.skip(execution_id, "not today")
    standing = await engine.advance(execution_id)
    assert standing.execution.state is ExecutionState.FAILED
    assert "main, approvals: is 0, should be 1" in standing.reasons[0]


async def test_a_required_check_that_never_reports_is_named(engine: Engine, outside: FakeOutside, monkeypatch) -> None:
    prepare(outside, NOTHING)

    async def silent(_self, sha: str):
        return ()

    monkeypatch.setattr(FakeHost, "of", silent)
    plan = await engine.plan("protect", {})
    assert any(note.startswith("no report of backend-lint") for note in plan.notes)
