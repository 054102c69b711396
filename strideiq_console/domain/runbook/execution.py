"""One carrying-out of a plan, folded from its journal entries, and the pure state machine :func:`next_move`.

The journal is the only truth of an execution: ``domain.runbook.replay`` folds its entries, and nothing else keeps a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from strideiq_console.domain.runbook.model import Plan, Step


class EntryKind(StrEnum):
    """What a journal entry says happened."""

    APPROVED = "approved"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    ANSWERED = "answered"
    INTENDED = "intended"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    DIVERGED = "diverged"
    RETRIED = "retried"
    SKIPPED = "skipped"
    UNDO_REQUESTED = "undo requested"
    UNDO_INTENDED = "undo intended"
    UNDONE = "undone"
    NOT_UNDOABLE = "not undoable"
    UNDO_FAILED = "undo failed"
    ABANDONED = "abandoned"
    FINISHED = "finished"
    MARKED = "marked done"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``step`` is ``""`` for entries about the whole execution; ``data`` is small JSON."""

    seq: int
    at: datetime
    kind: EntryKind
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    INTENDED = "intended"
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    DIVERGED = "diverged"
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"

    @property
    def settled(self) -> bool:
        """Say whether the next step may begin."""
        return self in (StepState.DONE, StepState.SKIPPED)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step with what became of it.

    ``observed`` is what the intention was recorded with (precondition and natural key), ``result`` what the step gave.
    ``reason`` says why it failed, was skipped or is kept; ``detail`` what a waiting step waits for. ``offered`` is the fingerprint
    of the effects last shown for a confirmation, at ``offered_wall`` (real epoch seconds, so that a world's fast clock does not
    make it expire under the reader); ``confirmed`` the one confirmed and not used up yet, at ``confirmed_wall``. ``commands`` are
    those that the intention was recorded with: what was run, word for word. ``entry`` is what a person filled in. ``by_hand`` is
    the reason why a person marked the step as done.
    """

    step: Step
    state: StepState = StepState.PENDING
    observed: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""
    adopted: bool = False
    offered: str = ""
    offered_wall: float = 0.0
    confirmed: str = ""
    answer: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    commands: tuple[str, ...] = ()
    entry: Mapping[str, str] = field(default_factory=dict)
    confirmed_wall: float = 0.0
    by_hand: str = ""


class ExecutionState(StrEnum):
    """Where an execution stands. ``RUNNING`` means that there is a next move which nothing holds back."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DIVERGED = "diverged"
    UNDOING = "undoing"
    DONE = "done"
    UNDONE = "undone"
    ABANDONED = "abandoned"

    @property
    def ended(self) -> bool:
        """Say whether nothing is left to resume."""
        return self in (ExecutionState.DONE, ExecutionState.UNDONE, ExecutionState.ABANDONED)


@dataclass(frozen=True, slots=True)
class Execution:
    """One carrying-out of a plan. ``entries`` is how many journal entries it was folded from."""

    id: str
    plan: Plan
    created_at: datetime
    records: tuple[StepRecord, ...]
    undoing: bool = False
    ended: ExecutionState | None = None
    ended_at: datetime | None = None
    reason: str = ""
    approved: str = ""
    entries: int = 0

    def record(self, step_id: str) -> StepRecord:
        """Return the record of a step; KeyError when there is none."""
        for candidate in self.records:
            if candidate.step.id == step_id:
                return candidate
        raise KeyError(step_id)

    @property
    def results(self) -> dict[str, Mapping[str, Any]]:
        """Return the results of all steps that are done, by step id."""
        return {r.step.id: r.result for r in self.records if r.state is StepState.DONE}

    @property
    def current(self) -> StepRecord | None:
        """Return the step that the next move is about, or None when there is none."""
        move = next_move(self)
        return self.record(move.step) if move.step else None

    @property
    def state(self) -> ExecutionState:
        """Return where the execution stands as a whole."""
        if self.ended is not None:
            return self.ended
        states = {record.state for record in self.records}
        if self.undoing:
            return ExecutionState.UNDOING
        for state, answer in _STANDING:
            if state in states:
                return answer
        return ExecutionState.RUNNING


_STANDING = (
    (StepState.DIVERGED, ExecutionState.DIVERGED),
    (StepState.FAILED, ExecutionState.FAILED),
    (StepState.WAITING, ExecutionState.WAITING),
)


class MoveKind(StrEnum):
    """What the engine does next (DESIGN section 4, the table)."""

    BEGIN = "begin"
    RESOLVE = "resolve"
    LOOK = "look"
    CHOOSE = "choose"
    COMPARE = "compare"
    COMPENSATE = "compensate"
    RESOLVE_UNDO = "resolve undo"
    FINISH = "finish"
    FINISH_UNDO = "finish undo"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Move:
    """The next move, and the step it is about (``""`` for the whole execution)."""

    kind: MoveKind
    step: str = ""


_FORWARD = {
    StepState.PENDING: MoveKind.BEGIN,
    StepState.INTENDED: MoveKind.RESOLVE,
    StepState.WAITING: MoveKind.LOOK,
    StepState.FAILED: MoveKind.CHOOSE,
    StepState.DIVERGED: MoveKind.COMPARE,
}


def next_move(execution: Execution) -> Move:
    """Return the one next move of an execution. Pure: the same journal gives the same move, on any machine."""
    if execution.ended is not None:
        return Move(MoveKind.REST)
    if execution.undoing:
        return _next_undo(execution)
    for record in execution.records:
        if not record.state.settled:
            # A state that this journal cannot have reached going forward: stop and show it to the person.
            return Move(_FORWARD.get(record.state, MoveKind.COMPARE), record.step.id)
    return Move(MoveKind.FINISH)


def _next_undo(execution: Execution) -> Move:
    for record in reversed(execution.records):
        if record.state is StepState.UNDOING:
            return Move(MoveKind.RESOLVE_UNDO, record.step.id)
        if record.state in (StepState.DONE, StepState.INTENDED):
            kind = MoveKind.COMPENSATE if record.state is StepState.DONE else MoveKind.RESOLVE
            return Move(kind, record.step.id)
    return Move(MoveKind.FINISH_UNDO)
