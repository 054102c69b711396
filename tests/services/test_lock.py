"""While production is locked nothing that takes a typed word begins, forward or backward; what waits behind it is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strideiq_console.domain.runbook.execution import Execution, Move, MoveKind, StepRecord
from strideiq_console.domain.runbook.model import Plan, Step, Verb, step
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services.engine import Engine
from strideiq_console.services.lock import LOCKED, Lock
from tests.services.drive import begin, to_the_end
from tests.services.fakes import FakeOutside

AT = datetime(2026, 3, 1, tzinfo=UTC)
TYPED = step("live", Verb.ROLL_BACK, "live", "", level=3, environment="production")
SMALL = step("push", Verb.PUSH, "push", "", level=2)


async def test_a_hotfix_stops_before_production_and_goes_on_when_unlocked(engine: Engine, outside: FakeOutside) -> None:
    before = outside.origin["main"]
    engine.lock.on = True
    execution = await begin(engine)
    standing, _ = await to_the_end(engine, outside, execution)
    assert (standing.awaits, standing.reasons) == (Awaits.GATE, (LOCKED,))
    assert standing.record is not None
    assert standing.record.step.level >= 3
    assert outside.origin["main"] == before
    engine.lock.on = False
    standing, _ = await to_the_end(engine, outside, execution)
    assert standing.record is None
    assert outside.origin["main"] != before


async def test_a_confirmation_that_was_shown_before_is_refused(engine: Engine, outside: FakeOutside) -> None:
    execution = await begin(engine)
    consent = Consent()
    for _ in range(80):
        standing = await engine.advance(execution, consent, wait=600)
        assert standing.record is not None
        if standing.awaits is Awaits.CONFIRMATION and standing.level >= 3:
            break
        if standing.awaits is Awaits.ANSWER:
            if standing.record.step.id == "fix":
                outside.fix("hotfix/fix-auth-crash")
            consent = Consent(answer="yes")
        else:
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
    before = outside.origin["main"]
    engine.lock.on = True
    right = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
    held = await engine.advance(execution, right)
    assert held.awaits is Awaits.GATE
    assert outside.origin["main"] == before
    engine.lock.on = False
    asked = await engine.advance(execution)
    assert asked.awaits is Awaits.CONFIRMATION, "unlocking consents to nothing"


def made(*steps: Step) -> Execution:
    plan = Plan("own", "own", (), (), (), steps, AT)
    return Execution("0301-aaaaaa", plan, AT, tuple(StepRecord(one) for one in steps))


@pytest.mark.parametrize("kind", list(MoveKind), ids=str)
def test_only_what_begins_an_effect_is_held(kind: MoveKind) -> None:
    lock = Lock()
    run, move = made(TYPED), Move(kind, "live")
    assert lock.held(run, move, undoable=False) is None
    lock.on = True
    begins = kind in (MoveKind.BEGIN, MoveKind.COMPENSATE, MoveKind.RESOLVE_UNDO)
    assert (lock.held(run, move, undoable=False) is not None) is begins
    assert lock.held(made(SMALL), Move(kind, "push"), undoable=False) is None


def test_a_small_step_is_held_with_the_group_that_it_would_confirm() -> None:
    lock = Lock()
    lock.on = True
    group = made(replace(SMALL, group="g"), replace(TYPED, group="g"))
    assert lock.held(group, Move(MoveKind.BEGIN, "push"), undoable=False) is not None
    assert lock.held(group, Move(MoveKind.COMPENSATE, "push"), undoable=False) is None
