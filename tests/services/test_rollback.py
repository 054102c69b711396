"""Going back: what is offered, what is refused, and what the steps do when the providers are not as planned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.readers import sources
from strideiq_console.services.rollback.candidates import candidates
from strideiq_console.services.rollback.facts import offer
from strideiq_console.store.store import Store
from tests.services.fakes import SETTINGS
from tests.services.rollback_cases import BRANCH, BY_PROVIDER, BY_REVERT, Back, BadDeploy


@pytest.fixture
def outside() -> BadDeploy:
    return BadDeploy()


async def confirmed(engine, execution: str):
    """Go to the first confirmation and give it."""
    asked = await engine.advance(execution)
    assert asked.awaits is Awaits.CONFIRMATION, asked
    assert asked.record is not None
    consent = Consent(step=asked.record.step.id, effects=asked.fingerprint, word=asked.word)
    return asked, await engine.advance(execution, consent, wait=600)


async def test_candidates_say_how_far_back_and_what_can_be_reached(outside: BadDeploy, store: Store) -> None:
    live, before = await candidates(outside.ports(store))
    assert (live.sha, live.live, live.commits) == (outside.bad, True, 0)
    assert (before.sha, before.live, before.commits) == (outside.good, False, 2)
    assert [(part.component, part.eligible) for part in before.components] == [("web", True), ("api", True)]
    outside.railway.gone.add("railway-0001")
    _, before = await candidates(outside.ports(store))
    assert [part.eligible for part in before.components] == [True, False]
    assert before.components[1].why


async def test_what_nobody_tells_is_unknown_and_opens_nothing(outside: BadDeploy, store: Store) -> None:
    outside.railway.silent = True
    facts, found = await offer(outside.ports(store), outside.good)
    api = next(place for place in facts.places if place.component == "api")
    assert api.live is None
    assert api.reachable is None
    assert found.plans == ()
    assert all(refusal.cause and refusal.next_step for refusal in found.refusals)
    _, alone = await offer(outside.ports(store), outside.good, ("web",))
    assert [act.component for act in alone.plans[0].acts if act.component] == ["web"]


async def test_one_word_confirms_both_and_nothing_happens_before_it(outside: BadDeploy, store: Store) -> None:
    engine = BY_PROVIDER.engine(outside, store)
    execution = await BY_PROVIDER.begin(engine)
    asked, ended = await confirmed(engine, execution)
    assert asked.word == "production"
    assert [effect.command for effect in asked.effects if effect.command] == [
        "POST /v1/projects/‹project›/rollback/vercel-0001",
        "mutation deploymentRollback(id: railway-0001)",
    ]
    assert ended.execution.state is ExecutionState.DONE, ended
    assert outside.effects == list(BY_PROVIDER.effects)
    assert outside.serves == {"web": outside.good, "api": outside.good}


async def test_somebody_deployed_meanwhile_and_nothing_is_moved(outside: BadDeploy, store: Store) -> None:
    engine = BY_PROVIDER.engine(outside, store)
    execution = await BY_PROVIDER.begin(engine)
    outside.push("main", outside.commit("fix: by somebody else", outside.bad))
    standing = await engine.advance(execution)
    standing = await engine.advance(execution) if standing.awaits is Awaits.NOTHING else standing
    assert standing.awaits is Awaits.COMPARISON, standing
    assert all(word in standing.reasons[0] for word in ("planned:", "expected:", "actual:"))
    assert outside.effects == []


async def test_a_job_that_fails_leaves_the_other_provider_and_can_be_tried_again(outside: BadDeploy, store: Store) -> None:
    outside.vercel.fails = 1
    engine = BY_PROVIDER.engine(outside, store)
    execution = await BY_PROVIDER.begin(engine)
    _, stopped = await confirmed(engine, execution)
    assert stopped.record is not None
    assert (stopped.awaits, stopped.record.step.id, stopped.record.state) == (Awaits.CHOICE, "roll-back-web", StepState.FAILED)
    assert "failed" in stopped.record.reason
    assert outside.serves == {"web": outside.bad, "api": outside.bad}
    await engine.retry(execution)
    _, ended = await confirmed(engine, execution)
    assert ended.execution.state is ExecutionState.DONE, ended
    assert outside.effects.count("vercel rollback vercel-0001") == 2


async def test_a_rollback_of_somebody_else_is_waited_for(outside: BadDeploy, store: Store) -> None:
    engine = BY_PROVIDER.engine(outside, store)
    execution = await BY_PROVIDER.begin(engine)
    await outside.vercel.promote("vercel-0004")
    standing = await engine.advance(execution)
    assert standing.awaits is Awaits.GATE, standing
    assert "wait until it has ended" in standing.reasons[0]
    assert outside.effects == ["vercel promote vercel-0004"]


async def test_an_image_that_is_gone_is_built_anew_or_refused(outside: BadDeploy, store: Store) -> None:
    outside.vercel.gone.add("vercel-0001")
    outside.railway.gone.add("railway-0001")
    engine = BY_PROVIDER.engine(outside, store)
    plan = await engine.plan("rollback", {})
    assert "redeploy-web" in [step.id for step in plan.steps]
    assert any(note.startswith("not possible, provider rollback") for note in plan.notes)
    with pytest.raises(BlockedError, match="vercel"):
        await engine.plan("rollback", {"way": "provider"})


async def test_only_what_is_chosen_goes_back_and_the_split_is_named(outside: BadDeploy, store: Store) -> None:
    plan = await BY_PROVIDER.engine(outside, store).plan("rollback", {"components": "web"})
    assert [step.id for step in plan.steps] == ["roll-back-web", "live"]
    assert plan.step("live").values["components"] == "web"
    assert any("split state: web goes back" in note and "api" in note for note in plan.notes)


async def test_a_merge_is_taken_back_against_its_first_parent(outside: BadDeploy, store: Store) -> None:
    outside.bot = False
    plan = await BY_REVERT.engine(outside, store).plan("rollback", {"blame": outside.bad[:40]})
    revert = next(step for step in plan.steps if step.id.startswith("revert-"))
    assert revert.values["parent"] == "1"
    assert "-m 1" in revert.effects[0].command
    assert any("bot token, a second account, or 0 required approvals" in note for note in plan.notes)


async def test_reverted_work_lands_again_by_reverting_the_revert(outside: BadDeploy, store: Store) -> None:
    engine = BY_REVERT.engine(outside, store)
    with pytest.raises(BlockedError, match="nothing that was reverted"):
        await engine.plan("reland", {})
    await BY_REVERT.to_the_end(engine, outside, await BY_REVERT.begin(engine))
    assert outside.trees[outside.local[BRANCH]] == {"app.py": b"good\n"}
    reland = Back("reland", {}, BadDeploy, ())
    plan = await engine.plan("reland", {})
    branch = f"hotfix/reland-{outside.bad[:7]}"
    assert plan.step("branch").effects[0].sentence.startswith(f"create {branch}")
    with pytest.raises(UsageError, match="no revert that still stands"):
        await engine.plan("reland", {"sha": "fffffff"})
    # A merge of this outside has no files of its own.
    outside.trees[outside.origin["main"]] = {"app.py": b"good\n"}
    await reland.to_the_end(engine, outside, await reland.begin(engine))
    assert outside.trees[outside.local[branch]] == {"app.py": b"bad\n"}
    assert (await outside_pull(outside, branch)).base == "staging"


async def outside_pull(outside: BadDeploy, head: str):
    return next(pull for pull in outside.pulls.values() if pull.head == head)


async def test_a_pin_is_lifted_and_held_deploys_are_let_go(outside: BadDeploy, store: Store) -> None:
    engine = BY_PROVIDER.engine(outside, store)
    with pytest.raises(BlockedError, match="nothing is pinned"):
        await engine.plan("rollback", {"way": "promote"})
    outside.vercel.pinned, outside.railway.enabled = True, False
    outside.vercel.serve("vercel-0001")
    lift = Back("rollback", {"way": "promote"}, BadDeploy, ())
    execution = await lift.begin(engine)
    await lift.to_the_end(engine, outside, execution)
    assert outside.effects == ["vercel promote vercel-0004", "railway auto-deploy on"]
    assert outside.serves["web"] == outside.bad
    assert not outside.vercel.pinned


async def test_a_start_that_crashes_is_told_and_the_undo_is_offered(outside: BadDeploy, store: Store) -> None:
    engine = BY_PROVIDER.engine(outside, store)
    execution = await BY_PROVIDER.begin(engine)

    def crash() -> None:
        outside.deployments = [
            replace(d, state=DeploymentState.CRASHED) if d.state is DeploymentState.DEPLOYING else d for d in outside.deployments
        ]

    outside.clock.on_sleep = crash
    _, stopped = await confirmed(engine, execution)
    assert stopped.record is not None
    assert stopped.record.state is StepState.FAILED, stopped
    assert "crashed" in stopped.record.reason
    assert stopped.undoable


async def test_a_pin_that_was_read_is_known_after_a_restart(outside: BadDeploy, store: Store) -> None:
    ports = outside.ports(store)
    (source,) = [s for s in sources(SETTINGS, ports.outside) if s.feed.name == "pins/vercel"]
    assert source.reader is not None
    outside.vercel.pinned = True
    before = Board(SETTINGS, [source.feed], store.readings)
    before.publish(source.feed, await source.reader(), outside.clock.now())
    before.save(source.feed)
    after = Board(SETTINGS, [source.feed, feeds.deployments("vercel")], store.readings)
    after.fill()
    (pin,) = after.facts((), None, sandbox=False).pins["vercel"].value or ()
    assert (pin.environment, pin.component, pin.pinned) == ("production", "web", True)
