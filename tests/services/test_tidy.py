"""Cleaning up: what may go and why, what stays and why, one confirmation for all of it, and the way back (R17, R18, T12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.domain.runbook.tidy import MOST, named
from strideiq_console.services.engine import Engine
from tests.services.fakes import FakeOutside
from tests.services.tidy_cases import GONE, MERGED, OPEN, SQUASHED, TOUCHED, WORK, left_over, pull, tidy_effects


@pytest.fixture
def outside() -> FakeOutside:
    return left_over()


async def asked(engine: Engine, *names: str) -> Standing:
    """Begin, and go on until the confirmation."""
    plan = await engine.plan("tidy", {"branches": ", ".join(names)} if names else {})
    return await engine.advance((await engine.start(plan)).id)


def yes(standing: Standing) -> Consent:
    assert standing.record is not None
    return Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)


@pytest.mark.parametrize(
    ("name", "proof"),
    [
        (MERGED, "its commits are in staging"),
        (SQUASHED, "all its changes are in staging"),
        (TOUCHED, "#50 brought it to staging"),
        (GONE, "#51 brought it to staging"),
    ],
)
async def test_each_branch_goes_with_its_proof(engine: Engine, outside: FakeOutside, name: str, proof: str) -> None:
    plan = await engine.plan("tidy", {"branches": name})
    sentences = [effect.sentence for step in plan.steps for effect in step.effects if step.group]
    assert sentences
    assert all(name in sentence and proof in sentence for sentence in sentences)
    assert len(sentences) == (name in outside.local) + (name in outside.origin)
    assert outside.effects == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("main", "permanent"),
        ("staging", "permanent"),
        (OPEN, "would close #52"),
        (WORK, "has work in the clone"),
    ],
)
async def test_what_must_stay_is_refused_with_its_reason(engine: Engine, outside: FakeOutside, name: str, why: str) -> None:
    with pytest.raises(BlockedError, match=why):
        await engine.plan("tidy", {"branches": f"{MERGED}, {name}"})
    assert outside.effects == []


async def test_the_branch_under_the_founder_stays(engine: Engine, outside: FakeOutside) -> None:
    outside.head = MERGED
    with pytest.raises(BlockedError, match="is checked out"):
        await engine.plan("tidy", {"branches": MERGED})


async def test_a_branch_that_others_are_to_be_merged_into_stays(engine: Engine, outside: FakeOutside) -> None:
    pull(outside, 60, WORK, MERGED, PullState.OPEN)
    with pytest.raises(BlockedError, match=f"#60 is to be merged into {MERGED}"):
        await engine.plan("tidy", {"branches": MERGED})


async def test_work_on_one_end_alone_keeps_both(engine: Engine, outside: FakeOutside) -> None:
    outside.fix(MERGED, "feat: not pushed yet")
    with pytest.raises(BlockedError, match="in the clone"):
        await engine.plan("tidy", {"branches": MERGED})
    outside.local[MERGED] = outside.origin[MERGED]
    outside.origin[MERGED] = outside.commit("feat: by another machine", outside.origin[MERGED])
    with pytest.raises(BlockedError, match="at GitHub"):
        await engine.plan("tidy", {"branches": MERGED})


async def test_auto_takes_what_is_merged_and_says_what_stays(engine: Engine, outside: FakeOutside) -> None:
    outside.local["feature/merged-and-open"] = outside.origin["feature/merged-and-open"] = outside.local[MERGED]
    outside.tracking = dict(outside.origin)
    pull(outside, 61, "feature/merged-and-open", "main", PullState.OPEN)
    plan = await engine.plan("tidy", {})
    assert {dict(step.arguments)["branch"] for step in plan.steps if step.group} == {MERGED}
    assert any("would close #61" in note for note in plan.notes)


async def test_nothing_left_over_says_so(engine: Engine, outside: FakeOutside) -> None:
    for table in (outside.local, outside.origin, outside.tracking):
        table.pop(MERGED)
    with pytest.raises(BlockedError, match="no branch is merged"):
        await engine.plan("tidy", {})


@pytest.mark.parametrize(("text", "says"), [("feature/none", "no branch feature/none"), (",", "no branch named")])
async def test_unknown_names_are_refused(engine: Engine, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        await engine.plan("tidy", {"branches": text})


async def test_more_than_anybody_reads_is_refused(engine: Engine, outside: FakeOutside) -> None:
    names = [f"feature/n{number}" for number in range(MOST + 1)]
    outside.local.update(dict.fromkeys(names, outside.local[MERGED]))
    with pytest.raises(UsageError, match="more than"):
        await engine.plan("tidy", {"branches": ",".join(names)})


def test_names_are_read_with_commas_blanks_and_commas_in_them() -> None:
    assert named("a, b,c\nd", ()) == ("a", "b", "c", "d")
    assert named("a,b c", ("a,b",)) == ("a,b", "c")


async def test_one_confirmation_holds_an_effect_for_each_deletion(engine: Engine, outside: FakeOutside) -> None:
    standing = await asked(engine, MERGED, SQUASHED, GONE)
    assert (standing.awaits, standing.level) == (Awaits.CONFIRMATION, 2)
    assert len(standing.effects) == 5
    assert outside.effects == ["git fetch"], "nothing is deleted unasked"
    standing = await engine.advance(standing.execution.id, yes(standing))
    assert standing.execution.state is ExecutionState.DONE
    assert outside.effects == list(tidy_effects())
    assert set(outside.local) == {"staging", TOUCHED, WORK}


async def test_undo_brings_both_ends_back(engine: Engine, outside: FakeOutside) -> None:
    before = dict(outside.local), dict(outside.origin)
    standing = await asked(engine, MERGED, SQUASHED, GONE)
    await engine.advance(standing.execution.id, yes(standing))
    await engine.undo(standing.execution.id)
    standing = await engine.advance(standing.execution.id)
    assert standing.execution.state is ExecutionState.UNDONE
    assert (outside.local, outside.origin) == before


@pytest.mark.parametrize("end", ["local", "origin"])
async def test_new_work_between_plan_and_deletion_is_not_deleted(engine: Engine, outside: FakeOutside, end: str) -> None:
    standing = await asked(engine, MERGED)
    table = getattr(outside, end)
    table[MERGED] = outside.commit("feat: more", table[MERGED])
    standing = await engine.advance(standing.execution.id, yes(standing))
    assert standing.awaits in (Awaits.GATE, Awaits.CHOICE, Awaits.COMPARISON)
    assert any("moved" in reason for reason in (*standing.reasons, standing.sentence))
    assert not any("feature/merged" in effect for effect in outside.effects)


@pytest.mark.parametrize("name", [TOUCHED, GONE])
async def test_commits_after_the_merged_pull_request_are_work(engine: Engine, outside: FakeOutside, name: str) -> None:
    outside.fix(name, "feat: one more after the merge")
    outside.trees[outside.local[name]] = {"app": b"1", name: b"more"}
    if name in outside.origin:
        outside.origin[name] = outside.local[name]
    with pytest.raises(BlockedError, match="has work in the clone"):
        await engine.plan("tidy", {"branches": name})


@pytest.mark.parametrize("at_github", [True, False], ids=["both ends", "only here"])
async def test_a_revert_after_the_plan_takes_the_proof_away(engine: Engine, outside: FakeOutside, at_github: bool) -> None:
    if not at_github:
        del outside.origin[SQUASHED], outside.tracking[SQUASHED]
    standing = await asked(engine, SQUASHED)
    outside.origin["staging"] = outside.commit("Revert", outside.origin["staging"])
    outside.trees[outside.origin["staging"]] = {"app": b"1"}
    outside.tracking = dict(outside.origin)
    standing = await engine.advance(standing.execution.id, yes(standing))
    assert standing.awaits is Awaits.GATE
    assert any("not proved" in reason for reason in standing.reasons)
    assert SQUASHED in outside.local


async def test_a_pull_request_opened_meanwhile_holds_it(engine: Engine, outside: FakeOutside) -> None:
    standing = await asked(engine, MERGED)
    pull(outside, 70, MERGED, "main", PullState.OPEN)
    standing = await engine.advance(standing.execution.id, yes(standing))
    assert any("would close #70" in reason for reason in standing.reasons)
    assert MERGED in outside.origin


async def test_a_branch_that_somebody_else_deleted_is_not_brought_back(
    engine: Engine, make_engine: Callable[..., Engine], outside: FakeOutside
) -> None:
    standing = await asked(engine, MERGED)
    del outside.origin[MERGED]
    standing = await engine.advance(standing.execution.id)
    standing = await engine.advance(standing.execution.id, yes(standing))
    assert standing.execution.state is ExecutionState.DONE
    await engine.undo(standing.execution.id)
    await engine.advance(standing.execution.id)
    assert MERGED in outside.local
    assert MERGED not in outside.origin, "it was not this execution that deleted it"
