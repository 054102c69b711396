"""Bringing a pull request up to date: only one that is open, behind, and from a branch that may be pushed to (R25)."""

from __future__ import annotations

import pytest

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.services.engine import Engine
from tests.services.fakes import FakeOutside
from tests.services.tidy_cases import WORK, left_over, pull


@pytest.fixture
def outside() -> FakeOutside:
    made = left_over()
    pull(made, 80, WORK, "main", PullState.OPEN)
    return made


async def test_it_is_merged_into_after_one_confirmation(engine: Engine, outside: FakeOutside) -> None:
    plan = await engine.plan("update", {"pull": "#80"})
    assert plan.title == "update #80"
    assert any("#80 is 1 commit behind main" in note for note in plan.notes)
    standing = await engine.advance((await engine.start(plan)).id)
    assert (standing.awaits, standing.level) == (Awaits.CONFIRMATION, 2)
    assert outside.effects == []
    step = standing.record.step.id
    standing = await engine.advance(standing.execution.id, Consent(step=step, effects=standing.fingerprint), wait=60)
    assert standing.execution.state is ExecutionState.DONE
    assert outside.effects == ["PUT pulls/80/update-branch", "git fetch"]


async def test_one_that_is_not_behind_is_left_alone(engine: Engine, outside: FakeOutside) -> None:
    outside.origin["main"] = outside.parents[outside.origin["main"]][0]
    plan = await engine.plan("update", {"pull": "80"})
    assert any("nothing will be merged" in note for note in plan.notes)
    standing = await engine.advance((await engine.start(plan)).id, wait=60)
    assert standing.execution.state is ExecutionState.DONE
    assert "PUT pulls/80/update-branch" not in outside.effects


async def test_what_is_not_to_be_updated_is_refused(engine: Engine, outside: FakeOutside) -> None:
    pull(outside, 81, "staging", "main", PullState.OPEN)
    with pytest.raises(BlockedError, match="only changes through pull requests"):
        await engine.plan("update", {"pull": "81"})
    with pytest.raises(BlockedError, match="merged"):
        await engine.plan("update", {"pull": "50"})
    with pytest.raises(UsageError, match="no number"):
        await engine.plan("update", {"pull": "../1"})
