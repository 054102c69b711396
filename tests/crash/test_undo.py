"""Undo after each step (RELIABILITY R7): everything is as before, or the console has said what stays and why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.domain.runbook.standing import Awaits, Standing
from tests.crash.happenings import git
from tests.crash.practice import PRACTICES, Practice, arm_fast, consent_of
from tests.machine.stage import Stage

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]
SAYS_SO = ("kept", "stays", "stay", "cannot be", "is merged already", "nothing to", "left as it is", "yours", "by hand")


def outside(stage: Stage) -> dict[str, Any]:
    """Return what a founder would look at: branches and tags everywhere, open pull requests, rules, what is served."""
    state = stage.world.read()
    refs = ("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
    return {
        "clone": git(stage.world.clone, *refs),
        "head": git(stage.world.clone, "symbolic-ref", "HEAD"),
        "origin": git(stage.world.origin, *refs),
        "pulls": sorted(number for number, pull in state["pulls"].items() if pull["state"] == "open"),
        "rules": (state["protection"], [ruleset.get("rules") for ruleset in state["rulesets"]]),
        "live": {name: state["live"].get(name) for name in ("production", "staging")},
    }


def standings(stage: Stage, practice: Practice, execution_id: str) -> Iterator[Standing]:
    """Carry the practice out, giving each standing; time passes where the outside is waited for."""
    consent = consent_of(None, practice)
    for _ in range(250):
        standing = stage.run(stage.engine.advance(execution_id, consent))
        yield standing
        if standing.record is None:
            return
        if standing.arms_in:
            time.sleep(standing.arms_in)
        if standing.awaits in (Awaits.OUTSIDE, Awaits.CHOICE):
            stage.world.advance(90)
            consent = consent_of(None, practice)
            continue
        if standing.awaits is Awaits.ANSWER and standing.record.step.verb in (Verb.ASK, Verb.COMMIT):
            branch = git(stage.world.clone, "symbolic-ref", "--short", "HEAD").strip()
            created = next(r for r in standing.execution.records if r.step.verb is Verb.CREATE_BRANCH)
            if git(stage.world.clone, "rev-parse", branch).strip() == created.result["sha"]:
                stage.world.write_fix(branch)
        consent = consent_of(standing, practice)
    raise AssertionError(f"no end: {standing.awaits} {standing.sentence} {standing.reasons}")


def undone(folder: Path, execution_id: str, before: dict[str, Any]) -> list[str]:
    """Undo a copy of the world to its end; return what is not as before although nobody said so."""
    stage = Stage(of=folder)
    try:
        here = outside(stage)
        try:
            stage.run(stage.engine.undo(execution_id))
        except BlockedError as refused:
            # An undo in an order that breaks the product is refused whole (T6): nothing has moved, and the way on is named.
            moved = [f"{name} moved although undo was refused" for name, value in outside(stage).items() if value != here[name]]
            return moved + ([] if refused.next_step else ["refused without a way on"])
        standing = stage.run(stage.engine.advance(execution_id))
        for _ in range(20):
            if standing.execution.state.ended:
                break
            stage.world.advance(60)
            standing = stage.run(stage.engine.advance(execution_id))
        execution = standing.execution
        if execution.state is not ExecutionState.UNDONE:
            return [f"not undone: {execution.state} {standing.sentence}"]
        stage.world.advance(300)
        after = outside(stage)
        said = [r.reason for r in execution.records if r.state in (StepState.KEPT, StepState.UNDONE)]
        told = any(word in reason for reason in said for word in SAYS_SO)
        differs = [name for name in before if before[name] != after[name]]
        silent = [r.step.id for r in execution.records if r.state is StepState.KEPT and not r.reason]
        return [f"{name} differs, and nothing was said: {said}" for name in differs if not told] + silent
    finally:
        stage.close()


@pytest.mark.parametrize("name", [name for name, practice in PRACTICES.items() if not practice.beside])
def test_undo_after_each_step_leaves_it_as_before_or_says_what_stays(name: str) -> None:
    arm_fast()
    practice = PRACTICES[name]
    stage = Stage(practice.scenario)
    try:
        practice.prepare(stage.world)
        stage.world.settle()
        before = outside(stage)
        execution_id = stage.run(stage.engine.start(stage.run(stage.engine.plan(practice.runbook, practice.inputs)))).id
        wrong, tried, done = [], 0, 0
        for standing in standings(stage, practice, execution_id):
            settled = sum(record.state is StepState.DONE for record in standing.execution.records)
            ended = standing.execution.state.ended
            # What is confirmed all at once is at its end before anybody can turn round: there a reversible runbook still can.
            if settled > done and (RUNBOOKS[practice.runbook].reversible if ended else standing.undoable):
                done, tried = settled, tried + 1
                step = standing.record.step.id if standing.record else "the end"
                wrong += [f"undo before {step}: {fault}" for fault in undone(stage.folder, execution_id, before)]
        assert tried >= 1
        assert wrong == []
    finally:
        stage.close()
