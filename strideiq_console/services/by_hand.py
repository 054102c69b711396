"""What a person does without the console: a step marked as done by hand, and what an abandoned execution leaves to take back."""

from __future__ import annotations

from strideiq_console.domain.runbook.execution import Execution, StepState
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.services.action import EXPECTED, Outcome, Ports, ask_for
from strideiq_console.services.actions import ACTIONS


async def found_by_hand(ports: Ports, execution: Execution, step_id: str) -> dict[str, object]:
    """Return the result that the outside shows for a step which a person did; empty where it shows none."""
    record = execution.record(step_id)
    action, ask = ACTIONS[record.step.verb], ask_for(execution, record.step)
    try:
        found = await action.check(ports, ask)
        if found.already is not None:
            return dict(found.already)
        seen = await action.verify(ports, ask, {**found.observed, **record.observed})
    except (*EXPECTED, KeyError):
        # A verify that wants what only an intention records cannot tell: the person's word stands alone.
        return {}
    return dict(seen.result) if seen.outcome is Outcome.HAPPENED else {}


def still_there(ports: Ports, execution: Execution) -> tuple[str, ...]:
    """Return what an execution did and nobody took back, last step first, each with the commands that would."""
    found = []
    for record in reversed(execution.records):
        if record.state is not StepState.DONE or not record.step.level:
            continue
        action, ask = ACTIONS[record.step.verb], ask_for(execution, record.step)
        try:
            ways = action.undo(ports, ask, record)
        except (*EXPECTED, KeyError):
            ways = action.recovery
        found.append(f"still there: {record.step.title}{_how(ways)}")
    return tuple(found)


def _how(ways: tuple[Effect, ...] | str) -> str:
    if isinstance(ways, str):
        return f" ({ways})"
    commands = [way.command or way.sentence for way in ways]
    return f" (take it back: {'; '.join(commands)})" if commands else ""
