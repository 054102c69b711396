"""The lock of production writes: while it is on, this console begins nothing that takes a typed word, in either direction."""

from __future__ import annotations

from strideiq_console.domain.runbook.execution import Execution, Move, MoveKind, StepRecord, StepState
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.services.actions import ACTIONS

LEVEL = 3
LOCKED = "production writes are locked in this session: X unlocks them"
_BEGINS = (MoveKind.BEGIN, MoveKind.COMPENSATE, MoveKind.RESOLVE_UNDO)


class Lock:
    """Off at first, and of this process alone: another console on the same store is not locked by it.

    The engine asks it before each move and once more before each deed; an effect that is in flight already is let end.
    """

    def __init__(self) -> None:
        self.on = False

    def held(self, execution: Execution, move: Move, *, undoable: bool) -> Standing | None:
        """Return what is said instead of a move that the lock holds back, None when it does not."""
        if not self.on or move.kind not in _BEGINS or not move.step:
            return None
        record = execution.record(move.step)
        if max(_level(one) for one in (record, *_together(execution, record, move))) < LEVEL:
            return None
        return Standing(execution, Awaits.GATE, record, LOCKED, reasons=(LOCKED,), undoable=undoable)


def _level(record: StepRecord) -> int:
    return max(record.step.level, ACTIONS[record.step.verb].level(record.step))


def _together(execution: Execution, record: StepRecord, move: Move) -> list[StepRecord]:
    """Return the steps whose confirmation this one's would include: its group's, as far as they have not begun."""
    if move.kind is not MoveKind.BEGIN or not record.step.group:
        return []
    return [one for one in execution.records if one.step.group == record.step.group and one.state is StepState.PENDING]
