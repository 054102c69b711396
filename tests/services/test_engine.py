"""The whole hotfix over fakes: order of effects, locks, confirmations, faults, undo."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError, UsageError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services.engine import Engine
from tests.services.drive import begin, to_the_end
from tests.services.fakes import FakeOutside, lost_answer

BRANCH = "hotfix/fix-auth-crash"
EFFECTS = [
    "git fetch",
    f"git create {BRANCH}",
    f"git switch {BRANCH}",
    f"git push {BRANCH}",
    f"POST pulls {BRANCH}->staging",
    f"POST pulls {BRANCH}->main",
    "PATCH pulls/43 body",
    "PATCH issues/43 labels",
    "PATCH pulls/44 body",
    "PATCH issues/44 labels",
    "PUT pulls/43/merge",
    "POST statuses staging/verified success",
    "POST pulls/44/reviews",
    "PUT pulls/44/merge",
    "git fetch",
    "POST pulls main->staging",
    "PUT pulls/45/merge",
    f"DELETE refs {BRANCH}",
    "git fetch",
]


async def stop_at(engine: Engine, outside: FakeOutside, execution_id: str, step: str):
    """Drive until the step is what a person is asked about."""
    consent = Consent()
    for _ in range(60):
        standing = await engine.advance(execution_id, consent, wait=60)
        assert standing.record is not None, f"ended before {step}"
        if standing.record.step.id == step:
            return standing
        if standing.awaits is Awaits.ANSWER:
            if standing.record.step.id == "fix":
                outside.fix(BRANCH)
            consent = Consent(answer="yes")
        else:
            assert standing.awaits is Awaits.CONFIRMATION, standing
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
    raise AssertionError(step)


async def test_a_hotfix_reaches_production_with_each_effect_once_and_in_order(engine: Engine, outside: FakeOutside, store) -> None:
    execution_id = await begin(engine)
    standing, asked = await to_the_end(engine, outside, execution_id)
    assert standing.execution.state is ExecutionState.DONE
    assert outside.effects == EFFECTS
    assert all(count == 1 for count in asked.values()), asked
    assert asked["confirmation merge-main"] == 1
    assert outside.origin["main"] != outside.origin["staging"]
    assert BRANCH not in outside.origin
    assert outside.pulls[45].base == "staging"
    assert "Companion: #44" in outside.pulls[43].body
    assert "Companion: #43" in outside.pulls[44].body
    assert store.audit.verify() is None


async def test_one_call_with_the_plan_s_hash_goes_up_to_the_first_question(engine: Engine, outside: FakeOutside) -> None:
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    execution = await engine.start(plan)
    standing = await engine.advance(execution.id, Consent(plan=plan.fingerprint), wait=0)
    assert standing.awaits is Awaits.ANSWER
    assert standing.record.step.id == "fix"
    assert outside.effects == EFFECTS[:3]


async def test_the_plan_s_hash_does_not_reach_level_3_without_the_word(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "merge-main")
    digits = engine.execution(execution_id).plan.fingerprint
    for consent in (Consent(plan=digits), Consent(plan=digits, word="prod"), Consent(word="production"), Consent(answer="yes")):
        standing = await engine.advance(execution_id, consent, wait=0)
        assert (standing.awaits, standing.word) == (Awaits.CONFIRMATION, "production")
        assert "PUT pulls/44/merge" not in outside.effects
    await engine.advance(execution_id, Consent(plan=digits, word="production"), wait=0)
    assert outside.effects.count("PUT pulls/44/merge") == 1


async def test_a_foreign_plan_hash_is_refused(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    with pytest.raises(UsageError, match="plan hash"):
        await engine.advance(execution_id, Consent(plan="0" * 16))
    assert outside.effects == []


async def test_no_is_an_answer_and_an_answer_is_used_once(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "verify")
    standing = await engine.advance(execution_id, Consent(answer="no"), wait=0)
    assert (standing.awaits, standing.record.step.id) == (Awaits.ANSWER, "verify")
    assert "POST statuses staging/verified success" not in outside.effects
    standing = await engine.advance(execution_id, Consent(answer="yes"), wait=0)
    assert standing.record.step.id == "approve"


async def test_an_unfinished_fix_is_not_taken_for_one(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await engine.advance(execution_id)
    standing = await engine.advance(execution_id, Consent(answer="yes"), wait=0)
    assert standing.awaits is Awaits.GATE
    assert "no commit beyond main" in standing.sentence
    outside.fix(BRANCH)
    outside.changed = ("apps/api/auth.py",)
    standing = await engine.advance(execution_id, Consent(answer="yes"), wait=0)
    assert "not committed yet" in standing.sentence
    outside.changed = ()
    standing = await engine.advance(execution_id, Consent(answer="yes"), wait=0)
    assert standing.record.step.id == "push"


async def test_main_stays_locked_when_staging_moves_after_it_was_verified(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "merge-main")
    outside.push("staging", outside.commit("feat: another", outside.origin["staging"]))
    standing = await engine.advance(
        execution_id, Consent(plan=engine.execution(execution_id).plan.fingerprint, word="production"), wait=0
    )
    assert standing.awaits is Awaits.GATE
    assert any("staging moved" in reason for reason in standing.reasons)
    assert "PUT pulls/44/merge" not in outside.effects


async def test_a_head_that_moved_after_the_checks_is_diverged_and_says_both(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "merge-staging")
    outside.push(BRANCH, outside.commit("fix: more", outside.origin[BRANCH]))
    standing = await engine.advance(execution_id, wait=0)
    assert standing.awaits is Awaits.COMPARISON
    assert standing.execution.state is ExecutionState.DIVERGED
    assert outside.origin[BRANCH][:7] in standing.sentence
    assert "PUT pulls/43/merge" not in outside.effects


async def test_red_checks_fail_the_step_and_a_retry_looks_again(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "link")
    outside.check_states["backend-test"] = CheckState.FAILURE
    digits = engine.execution(execution_id).plan.fingerprint
    standing = await engine.advance(execution_id, Consent(plan=digits), wait=0)
    assert standing.awaits is Awaits.CHOICE
    assert "backend-test is failure" in standing.sentence
    outside.check_states.clear()
    await engine.retry(execution_id)
    standing = await engine.advance(execution_id, wait=0)
    assert standing.record.step.id == "merge-staging"


async def test_running_checks_are_waited_for_and_waiting_survives(engine: Engine, outside: FakeOutside, make_engine) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "link")
    outside.check_states["backend-test"] = CheckState.RUNNING
    digits = engine.execution(execution_id).plan.fingerprint
    standing = await engine.advance(execution_id, Consent(plan=digits), wait=0)
    assert standing.awaits is Awaits.OUTSIDE
    assert "3/4 passed" in standing.sentence
    again = make_engine()
    assert again.execution(execution_id).state is ExecutionState.WAITING
    outside.clock.on_sleep = lambda: outside.check_states.clear()
    standing = await again.advance(execution_id, wait=60)
    assert standing.record.step.id == "merge-staging"


async def test_the_solo_founder_is_told_the_deadlock_before_and_at_the_step(engine: Engine, outside: FakeOutside) -> None:
    outside.bot = False
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    assert any("approve" in note for note in plan.notes)
    execution = await engine.start(plan)
    standing = await stop_at(engine, outside, execution.id, "approve")
    assert standing.awaits is Awaits.GATE
    assert sum("way out" in reason for reason in standing.reasons) == 3
    assert "POST pulls/44/reviews" not in outside.effects


async def test_a_branch_behind_main_is_brought_up_to_date_first(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "verify")
    outside.push("main", outside.commit("fix: somebody else", outside.origin["main"]))
    standing = await engine.advance(execution_id, Consent(answer="yes"), wait=0)
    assert (standing.awaits, standing.record.step.id) == (Awaits.CONFIRMATION, "update")
    assert "1 commits of main" in standing.effects[0].sentence
    standing, _ = await to_the_end(engine, outside, execution_id)
    assert standing.execution.state is ExecutionState.DONE
    assert outside.effects.count("PUT pulls/44/update-branch") == 1


async def test_an_unhealthy_staging_is_waited_for_and_nothing_is_called_done(engine: Engine, outside: FakeOutside) -> None:
    outside.health["https://api-staging.strideiq.run/health"] = Level.WARNING
    execution_id = await begin(engine)
    standing = await stop_at(engine, outside, execution_id, "staging-live")
    assert standing.awaits is Awaits.OUTSIDE
    assert "redis degraded" in standing.sentence


@pytest.mark.parametrize("effect", EFFECTS[1:])
async def test_a_lost_answer_is_read_back_and_never_sent_twice(engine: Engine, outside: FakeOutside, effect: str) -> None:
    lost: list[str] = []

    def lose(seen: str):
        if seen == effect and not lost:
            lost.append(seen)
            return lost_answer(seen)
        return None

    outside.lose = lose
    execution_id = await begin(engine)
    standing, _ = await to_the_end(engine, outside, execution_id)
    assert lost
    assert standing.execution.state is ExecutionState.DONE
    assert sorted(outside.effects) == sorted(EFFECTS)


async def test_a_refused_write_fails_with_the_reason_and_can_be_retried(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    standing = await stop_at(engine, outside, execution_id, "pr-staging")
    refusal = OutsideError(Fault(FaultKind.FORBIDDEN, "github", "Resource not accessible"), status=403, known_not_done=True)

    async def create(**_):
        raise refusal

    host = engine._ports.host
    whole, host.pulls.create = host.pulls.create, create
    standing = await engine.advance(execution_id, Consent(step="pr-staging", effects=standing.fingerprint), wait=0)
    assert standing.awaits is Awaits.CHOICE
    assert "Resource not accessible" in standing.sentence
    host.pulls.create = whole
    await engine.retry(execution_id)
    standing, _ = await to_the_end(engine, outside, execution_id)
    assert standing.execution.state is ExecutionState.DONE


async def test_an_unreachable_provider_is_waited_out_without_a_trace_in_the_journal(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "push")
    before = engine.execution(execution_id).entries

    async def down(*_):
        raise OutsideError(Fault(FaultKind.TIMEOUT, "git", "no answer"))

    clone = engine._ports.clone
    clone.remote_tip, whole = down, clone.remote_tip
    standing = await engine.advance(execution_id, wait=0)
    assert (standing.awaits, standing.sentence) == (Awaits.OUTSIDE, "no answer")
    assert engine.execution(execution_id).entries == before
    clone.remote_tip = whole


@pytest.mark.parametrize("step", ["fix", "push", "pr-staging", "pr-main", "link", "merge-staging"])
async def test_undo_takes_back_everything_that_it_offered(engine: Engine, outside: FakeOutside, step: str) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, step)
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id, wait=0)
    assert standing.execution.state is ExecutionState.UNDONE
    assert outside.head == "staging"
    assert BRANCH not in outside.origin
    assert all(p.state is PullState.CLOSED for p in outside.pulls.values())
    kept = outside.local.get(BRANCH)
    assert (kept is None) == (step == "fix"), "work of the founder is never deleted"


async def test_a_merge_is_kept_by_undo_with_the_sentence_how(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "verify")
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id, wait=0)
    record = standing.execution.record("merge-staging")
    assert record.state is StepState.KEPT
    assert "revert pull request" in record.reason
    assert outside.pulls[43].state is PullState.MERGED


async def test_what_was_there_before_is_adopted_and_not_undone(engine: Engine, outside: FakeOutside) -> None:
    outside.head = BRANCH
    outside.local[BRANCH] = outside.origin["main"]
    execution_id = await begin(engine)
    standing = await stop_at(engine, outside, execution_id, "fix")
    assert standing.execution.record("branch").adopted
    await engine.undo(execution_id)
    await engine.advance(execution_id, wait=0)
    assert BRANCH in outside.local


async def test_a_second_console_is_told_who_holds_the_lease(engine: Engine, outside: FakeOutside, store) -> None:
    from strideiq_console.store.leases import Holder

    execution_id = await begin(engine)
    execution = engine.execution(execution_id)
    other = replace(Holder.current(), pid=1, started="", host="elsewhere")
    lease = store.leases.acquire(execution.plan.scopes, execution="other", holder=other, now=outside.clock.wall())
    with pytest.raises(BlockedError):
        await engine.advance(execution_id)
    store.leases.release(lease)
    assert (await engine.advance(execution_id)).awaits is Awaits.ANSWER


async def test_the_same_hotfix_is_not_started_twice(engine: Engine) -> None:
    await begin(engine)
    with pytest.raises(BlockedError, match="under way"):
        await begin(engine)


@pytest.mark.parametrize("inputs", [{}, {"slug": "Bad Slug"}, {"slug": "x", "severity": "P9"}, {"slug": "x", "colour": "red"}])
async def test_bad_inputs_are_usage_errors(engine: Engine, inputs: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        await engine.plan("hotfix", inputs)


async def test_skip_wants_a_reason_and_later_steps_that_need_it_say_so(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "push")
    with pytest.raises(UsageError):
        await engine.skip(execution_id, " ")
    await engine.skip(execution_id, "pushed by hand")
    standing = await engine.advance(execution_id, wait=0)
    assert standing.awaits is Awaits.GATE
    assert "does not exist at GitHub" in standing.sentence


async def test_abandon_lists_what_stays(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "push")
    standing = await engine.abandon(execution_id, "not needed")
    assert standing.execution.state is ExecutionState.ABANDONED
    assert any("branch hotfix/fix-auth-crash" in reason for reason in standing.reasons)
    assert (await engine.advance(execution_id)).awaits is Awaits.NOTHING


async def test_planning_and_looking_change_nothing(engine: Engine, outside: FakeOutside) -> None:
    one = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    two = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    assert one.fingerprint == two.fingerprint
    execution = await engine.start(one)
    entries = engine.execution(execution.id).entries
    await engine.look(execution.id)
    assert engine.execution(execution.id).entries == entries
    assert outside.effects == []
    outside.push("main", outside.commit("x", outside.origin["main"]))
    assert (await engine.plan("hotfix", {"slug": "other"})).fingerprint != one.fingerprint


async def test_cancelling_in_the_middle_of_an_effect_lets_it_end_and_be_recorded(
    engine: Engine, outside: FakeOutside, store
) -> None:
    execution_id = await begin(engine)
    standing = await stop_at(engine, outside, execution_id, "push")
    reached, go_on = asyncio.Event(), asyncio.Event()
    clone = engine._ports.clone
    whole = clone.push

    async def push(branch: str, sha: str) -> None:
        reached.set()
        await go_on.wait()
        await whole(branch, sha)

    clone.push = push
    call = asyncio.create_task(engine.advance(execution_id, Consent(step="push", effects=standing.fingerprint)))
    await reached.wait()
    assert engine.in_flight
    call.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert store.leases.holder_of("acme/strideiq:production") is not None, "the lease is held while the effect runs"
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert engine.execution(execution_id).record("push").state is StepState.DONE
    assert store.leases.holder_of("acme/strideiq:production") is None


async def test_one_yes_answers_one_question(engine: Engine, outside: FakeOutside) -> None:
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    execution = await engine.start(plan)
    await engine.advance(execution.id, wait=0)
    outside.fix(BRANCH)
    standing = await engine.advance(execution.id, Consent(plan=plan.fingerprint, answer="yes"), wait=60)
    assert standing.awaits is Awaits.ANSWER
    assert standing.record is not None
    assert standing.record.step.id == "verify", "the yes to 'is it committed?' does not answer 'does it work?'"


async def test_what_somebody_did_by_hand_meanwhile_is_adopted_and_stays_at_undo(engine: Engine, outside: FakeOutside) -> None:
    execution_id = await begin(engine)
    await stop_at(engine, outside, execution_id, "push")
    outside.push(BRANCH, outside.local[BRANCH])
    await engine._ports.host.pulls.create(head=BRANCH, base="staging", title="by hand", body="")
    seen = list(outside.effects)
    standing = await engine.advance(execution_id, wait=0)
    assert standing.record is not None
    assert standing.record.step.id == "pr-main"
    assert outside.effects == seen, "nothing was pushed or opened again"
    assert standing.execution.record("push").adopted
    await engine.undo(execution_id)
    standing = await engine.advance(execution_id, wait=0)
    assert standing.execution.state is ExecutionState.UNDONE
    assert BRANCH in outside.origin
    assert outside.pulls[43].state is PullState.OPEN
    assert "before this step" in standing.execution.record("push").reason
