"""A hotfix whose staging is in the way (R47), what it costs (T13), its back-merge (R50), and its two pull requests (R46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.ci import CheckState, WorkflowRun
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.engine import Engine
from tests.services.drive import begin
from tests.services.fakes import Crash, FakeOutside, FakePulls

BRANCH = "hotfix/fix-auth-crash"
REASON = "staging is broken by the calendar, which is not in production"


async def go(engine: Engine, outside: FakeOutside, execution: str, until: str, entries: dict[str, dict[str, str]]) -> Standing:
    """Drive until a step asks for a person, filling in what ``entries`` has for the steps before."""
    consent = Consent()
    for _ in range(60):
        standing = await engine.advance(execution, consent, wait=60)
        if standing.record is None or standing.record.step.id == until:
            return standing
        step = standing.record.step.id
        if step in entries:
            consent = Consent(entry=entries[step])
        elif standing.awaits is Awaits.CONFIRMATION:
            consent = Consent(step=step, effects=standing.fingerprint, word=standing.word)
        else:
            assert standing.awaits is Awaits.ANSWER, (step, standing.sentence)
            if step == "fix":
                outside.fix(BRANCH)
            consent = Consent(answer="yes")
    raise AssertionError(f"never came to {until}")


def conflict_on(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    get = FakePulls.get

    async def conflicting(self: FakePulls, number: int):
        pull = await get(self, number)
        clash = pull.base == base and pull.state is PullState.OPEN and pull.head == BRANCH
        return replace(pull, mergeable=False, mergeable_state="dirty") if clash else pull

    monkeypatch.setattr(FakePulls, "get", conflicting)


async def test_a_conflict_on_staging_alone_lets_main_go_first_with_a_reason(
    engine: Engine, outside: FakeOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict_on(monkeypatch, "staging")
    execution = await begin(engine)
    standing = await go(engine, outside, execution, "merge-staging", {})
    assert standing.awaits is Awaits.GATE
    assert "conflicts with staging" in standing.sentence
    short = await engine.advance(execution, Consent(entry={"override": "because"}))
    assert (short.awaits, short.record.step.id) == (Awaits.GATE, "merge-staging")
    entries = {"merge-staging": {"override": REASON}}
    standing = await go(engine, outside, execution, "merge-main", entries)
    assert standing.awaits is Awaits.CONFIRMATION
    assert any(REASON in note for note in standing.checked), "the merge to main says why a gate was passed by"
    result = standing.execution.results
    assert (result["staging-live"]["sha"], result["verify"]["sha"]) == ("", "")
    assert result["gates"]["override"] == REASON
    assert engine._ports.verifications.latest() is None, "nothing was verified, and nothing says so"
    consent = Consent(step="merge-main", effects=standing.fingerprint, word="production")
    await engine.advance(execution, consent)
    assert outside.pulls[44].state is PullState.MERGED
    standing = await go(engine, outside, execution, "clean-up", {})
    assert standing.awaits is Awaits.GATE, "the branch is kept while its sibling is open (R49)"
    assert "#43 to staging" in standing.sentence


async def test_a_conflict_on_main_still_fails_the_checks(
    engine: Engine, outside: FakeOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict_on(monkeypatch, "main")
    standing = await go(engine, outside, await begin(engine), "checks", {})
    assert standing.awaits is Awaits.CHOICE
    assert "conflicts with main" in standing.sentence


async def test_a_staging_that_does_not_work_is_passed_by_at_the_verification(engine: Engine, outside: FakeOutside) -> None:
    execution = await begin(engine)
    await go(engine, outside, execution, "verify", {})
    standing = await go(engine, outside, execution, "merge-main", {"verify": {"override": REASON}})
    assert standing.execution.results["gates"]["override"] == REASON
    assert "POST statuses staging/verified success" not in outside.effects


async def test_the_reason_passes_no_other_gate_by(engine: Engine, outside: FakeOutside) -> None:
    execution = await begin(engine)
    await go(engine, outside, execution, "verify", {})
    standing = await go(engine, outside, execution, "approve", {"verify": {"override": REASON}})
    outside.check_states["backend-lint"] = CheckState.FAILURE
    standing = await engine.advance(execution, Consent(step="approve", effects=standing.fingerprint))
    assert standing.record.step.id in ("checks-main", "approve")
    assert outside.pulls[44].state is PullState.OPEN


async def test_a_crash_between_the_two_pull_requests_opens_only_the_missing_one(make_engine, outside: FakeOutside) -> None:
    died: list[str] = []

    def die(effect: str):
        if effect == f"POST pulls {BRANCH}->staging" and not died:
            died.append(effect)
            return Crash()
        return None

    outside.lose = die
    engine = make_engine()
    execution = await begin(engine)
    with pytest.raises(Crash):
        await go(engine, outside, execution, "link", {})
    await go(make_engine(), outside, execution, "link", {})
    opened = [effect for effect in outside.effects if effect.startswith("POST pulls")]
    assert opened == [f"POST pulls {BRANCH}->staging", f"POST pulls {BRANCH}->main"]


async def test_the_back_merge_is_merged_and_a_declined_one_asks_no_more(engine: Engine, outside: FakeOutside) -> None:
    execution = await begin(engine)
    standing = await go(engine, outside, execution, "back-merge", {})
    assert standing.awaits is Awaits.ANSWER
    await engine.advance(execution, Consent(answer="no"))
    standing = await go(engine, outside, execution, "nothing", {})
    assert standing.execution.state == "done"
    assert 45 not in outside.pulls


async def test_diverged_branches_with_equal_trees_are_said(
    engine: Engine, outside: FakeOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def same(*_: object) -> bool:
        return True

    monkeypatch.setattr(engine._ports.clone, "same_tree", same, raising=False)
    standing = await go(engine, outside, await begin(engine), "back-merge", {})
    assert any("equal trees" in effect.sentence for effect in standing.effects)


@pytest.mark.parametrize(("severity", "names_rollback"), [("P1", True), ("P3", False)])
async def test_the_plan_says_what_staging_first_costs(
    engine: Engine, outside: FakeOutside, severity: str, names_rollback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = outside.clock.now()
    run = WorkflowRun(
        1, 1, "CI", "main", "a" * 40, "push", CheckState.SUCCESS, started_at=now - timedelta(minutes=6), updated_at=now
    )

    async def recent(*, limit: int = 50):
        return (run,)

    outside.push("main", outside.origin["main"])
    outside.deployments = [replace(d, ready_at=now + timedelta(minutes=4), created_at=now) for d in outside.deployments]
    monkeypatch.setattr(engine._ports.host.workflow_runs, "recent", recent, raising=False)
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash", "severity": severity})
    (note,) = [note for note in plan.notes if note.startswith("staging first takes about 20 min")]
    assert ("(W b)" in note and "roll back" in note) is names_rollback


async def test_three_fixes_in_an_hour_name_the_way_back(engine: Engine, outside: FakeOutside) -> None:
    await engine._ports.clone.fetch()
    for number in range(3):
        outside.push("main", outside.commit(f"fix: try {number}", outside.origin["main"]))
    await engine._ports.clone.fetch()
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash"})
    assert any("3 fixes reached main" in note and "(W b)" in note for note in plan.notes), plan.notes


async def test_a_failed_health_on_staging_holds_the_way_to_main(engine: Engine, outside: FakeOutside) -> None:
    outside.health["https://api-staging.strideiq.run/health"] = Level.CRITICAL
    standing = await go(engine, outside, await begin(engine), "staging-live", {})
    assert standing.awaits in (Awaits.OUTSIDE, Awaits.CHOICE)
    assert outside.pulls[44].state is PullState.OPEN
