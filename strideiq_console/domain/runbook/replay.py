"""Folds journal entries into an execution: the same entries give the same execution, on any machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution, ExecutionState, StepRecord, StepState
from strideiq_console.domain.runbook.model import Plan


def replay(id: str, plan: Plan, created_at: datetime, entries: Iterable[Entry]) -> Execution:  # noqa: A002
    """Fold journal entries, oldest first, into an execution."""
    execution = Execution(id, plan, created_at, tuple(StepRecord(step) for step in plan.steps))
    for entry in entries:
        execution = _fold(execution, entry)
    return execution


def _fold(execution: Execution, entry: Entry) -> Execution:
    execution = replace(execution, entries=execution.entries + 1)
    if entry.step:
        records = tuple(_fold_step(r, entry) if r.step.id == entry.step else r for r in execution.records)
        return replace(execution, records=records)
    kind, reason = entry.kind, str(entry.data.get("reason", ""))
    if kind is EntryKind.APPROVED:
        return replace(execution, approved=str(entry.data.get("fingerprint", "")))
    if kind is EntryKind.UNDO_REQUESTED:
        # What failed, waits or diverged before its effect has nothing to take back.
        stopped = (StepState.FAILED, StepState.WAITING, StepState.DIVERGED)
        records = tuple(
            replace(r, state=StepState.PENDING if not r.observed else StepState.INTENDED) if r.state in stopped else r
            for r in execution.records
        )
        # A reversible runbook may be taken back after it is done: from here on it is under way again.
        return replace(execution, undoing=True, records=records, ended=None, ended_at=None)
    if kind is EntryKind.ABANDONED:
        return replace(execution, ended=ExecutionState.ABANDONED, ended_at=entry.at, reason=reason)
    if kind is EntryKind.FINISHED:
        state = ExecutionState.UNDONE if execution.undoing else ExecutionState.DONE
        return replace(execution, ended=state, ended_at=entry.at, reason=reason)
    return execution


def _fold_step(record: StepRecord, entry: Entry) -> StepRecord:
    data, at = entry.data, entry.at
    started = record.started_at or at
    match entry.kind:
        case EntryKind.OFFERED:
            return replace(record, offered=str(data.get("fingerprint", "")), offered_wall=float(data.get("wall", 0.0)))
        case EntryKind.CONFIRMED:
            wall = float(data.get("wall", 0.0))
            return replace(record, confirmed=str(data.get("fingerprint", "")), confirmed_wall=wall)
        case EntryKind.ANSWERED:
            filled = {str(name): str(value) for name, value in dict(data.get("entry", {})).items()}
            return replace(record, answer=str(data.get("answer", "")), entry=filled, started_at=started)
        case EntryKind.INTENDED:
            observed = dict(data.get("observed", {}))
            # The confirmation is single-use: writing the intention uses it up.
            return replace(
                record,
                state=StepState.INTENDED,
                observed=observed,
                commands=tuple(str(command) for command in data.get("commands", ())),
                started_at=started,
                confirmed="",
                detail="",
                reason="",
            )
        case EntryKind.WAITING:
            return replace(record, state=StepState.WAITING, detail=str(data.get("detail", "")), started_at=started)
        case EntryKind.DONE:
            result = dict(data.get("result", {}))
            adopted = bool(data.get("adopted", False))
            return replace(record, state=StepState.DONE, result=result, adopted=adopted, started_at=started, ended_at=at, detail="")
        case EntryKind.FAILED:
            return replace(record, state=StepState.FAILED, reason=str(data.get("reason", "")), started_at=started)
        case EntryKind.DIVERGED:
            return replace(record, state=StepState.DIVERGED, reason=str(data.get("reason", "")), started_at=started)
        case EntryKind.RETRIED:
            # What was observed stays: it tells an effect of ours from one that was there before us.
            return replace(record, state=StepState.PENDING, reason="", detail="", answer="", offered="", confirmed="", entry={})
        case EntryKind.MARKED:
            result, reason = dict(data.get("result", {})), str(data.get("reason", ""))
            return replace(
                record, state=StepState.DONE, result=result, adopted=True, by_hand=reason, reason="", ended_at=at, detail=""
            )
        case EntryKind.SKIPPED:
            return replace(record, state=StepState.SKIPPED, reason=str(data.get("reason", "")), ended_at=at)
        case EntryKind.UNDO_INTENDED:
            return replace(record, state=StepState.UNDOING)
        case EntryKind.UNDONE:
            return replace(record, state=StepState.UNDONE, reason=str(data.get("sentence", "")))
        case EntryKind.NOT_UNDOABLE:
            return replace(record, state=StepState.KEPT, reason=str(data.get("sentence", "")))
        case EntryKind.UNDO_FAILED:
            return replace(record, state=StepState.KEPT, reason=str(data.get("reason", "")))
    return record
