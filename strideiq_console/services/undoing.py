"""Moves backward: compensate what was done, last step first, with the intention written first as well."""

from __future__ import annotations

from strideiq_console.domain.fault import BlockedError, ConsoleError
from strideiq_console.domain.runbook.execution import EntryKind, Execution, Move, MoveKind, StepRecord, StepState
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.services.action import EXPECTED, Outcome, Ports, ask_for
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.record import Point, Record

_SERVES = (Verb.ROLL_BACK, Verb.REDEPLOY)


def anything_to_undo(execution: Execution) -> bool:
    """Say whether an undo would have anything to take back."""
    return any(r.state in (StepState.DONE, StepState.INTENDED) and r.step.level > 0 for r in execution.records)


def refuse_wrong_order(execution: Execution) -> None:
    """Raise BlockedError where last step first would be wrong: a schema that went down must be up before newer code serves (T6)."""
    done = [r.step for r in execution.records if r.state in (StepState.DONE, StepState.INTENDED)]
    down = next((n for n, s in enumerate(done) if s.verb is Verb.MOVE_SCHEMA and s.values.get("direction") == "downgrade"), None)
    if down is None or not any(step.verb in _SERVES for step in done[down:]):
        return
    schema, place = done[down].values, done[down].environment
    raise BlockedError(
        f"{execution.plan.title} took the schema down and the code back: last step first would start newer code on an older schema",
        consequence="nothing was taken back",
        next_step=f"bring the schema up first with strideiq migrate start {place} (it was above {schema.get('target', 'there')}), "
        "then the code with strideiq rollback start and the newer commit",
    )


class Undoing:
    """Makes one backward move at a time. What cannot be taken back is kept, with the sentence that tells a person how."""

    def __init__(self, ports: Ports, record: Record) -> None:
        self._ports = ports
        self._record = record

    async def make(self, execution: Execution, move: Move) -> None:
        """Make the move."""
        if move.kind is MoveKind.FINISH_UNDO:
            self._record.append(EntryKind.FINISHED)
            return
        record = execution.record(move.step)
        if move.kind is MoveKind.RESOLVE:
            await self._resolve(execution, record)
        else:
            await self._compensate(execution, record, begun=move.kind is MoveKind.RESOLVE_UNDO)

    async def _resolve(self, execution: Execution, record: StepRecord) -> None:
        """An effect of unknown outcome: only what happened is taken back."""
        action, ask = ACTIONS[record.step.verb], ask_for(execution, record.step)
        try:
            seen = await action.verify(self._ports, ask, record.observed)
        except EXPECTED as error:
            self._keep(record, f"it is not known whether it happened: {error.sentence()}")
            return
        if seen.outcome is Outcome.HAPPENED:
            self._record.append(EntryKind.DONE, step=record.step.id, data={"result": dict(seen.result), "adopted": True})
        elif seen.outcome in (Outcome.UNCLEAR, Outcome.UNDER_WAY):
            self._keep(record, f"it is not known whether it happened: {seen.detail}")
        else:
            self._record.append(EntryKind.RETRIED, step=record.step.id)

    async def _compensate(self, execution: Execution, record: StepRecord, *, begun: bool) -> None:
        step = record.step
        action, ask = ACTIONS[step.verb], ask_for(execution, step)
        if record.by_hand:
            sentence = f"it was marked as done by hand ({record.by_hand}): take it back by hand as well"
            self._record.append(EntryKind.NOT_UNDOABLE, step=step.id, data={"sentence": sentence})
            return
        effects = action.undo(self._ports, ask, record)
        if isinstance(effects, str):
            self._record.append(EntryKind.NOT_UNDOABLE, step=step.id, data={"sentence": effects})
            return
        if not effects:
            self._record.append(EntryKind.UNDONE, step=step.id, data={"sentence": action.recovery})
            return
        if record.adopted and not record.observed and not begun:
            # What was there before this execution is not this execution's to take away.
            self._record.append(
                EntryKind.NOT_UNDOABLE, step=step.id, data={"sentence": "it was so before this step: left as it is"}
            )
            return
        commands = [effect.command for effect in effects if effect.command]
        self._record.append(EntryKind.UNDO_INTENDED, step=step.id, data={"commands": commands})
        self._record.passed(Point.AFTER_INTENT, step.id)
        try:
            sentence = await action.compensate(self._ports, ask, record)
        except EXPECTED as error:
            self._keep(record, error)
            return
        self._record.passed(Point.AFTER_EFFECT, step.id)
        self._record.append(EntryKind.UNDONE, step=step.id, data={"sentence": sentence})
        self._record.passed(Point.AFTER_DONE, step.id)

    def _keep(self, record: StepRecord, why: ConsoleError | str) -> None:
        reason = why if isinstance(why, str) else why.sentence()
        self._record.append(EntryKind.UNDO_FAILED, step=record.step.id, data={"reason": reason})
