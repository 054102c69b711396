"""Everything on record about one execution as a plain document, for scripts and for the Markdown report (R3, R51, R72)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from strideiq_console.domain.audit import Chain
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution, StepRecord
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.presentation.execution_json import effects_json
from strideiq_console.presentation.feed_json import moment

SCHEMA = "strideiq.evidence/1"
_CONSENTS = (EntryKind.APPROVED, EntryKind.ANSWERED, EntryKind.CONFIRMED)
_FAULTS = (EntryKind.FAILED, EntryKind.DIVERGED, EntryKind.UNDO_FAILED)
_TAKEN_BACK = (EntryKind.UNDONE, EntryKind.NOT_UNDOABLE, EntryKind.UNDO_FAILED)
_COURSE = (EntryKind.OFFERED, EntryKind.INTENDED, EntryKind.WAITING, EntryKind.DONE, EntryKind.UNDO_INTENDED, EntryKind.FINISHED)
_NO_DECISION = frozenset((*_CONSENTS, *_FAULTS, *_TAKEN_BACK, *_COURSE))


def document(evidence: Evidence, now: datetime) -> dict[str, Any]:
    """Return the evidence as JSON values. Times are RFC 3339, spans are seconds, null is what is not on record."""
    execution, plan = evidence.execution, evidence.execution.plan
    journal = _Journal(evidence, now)
    return {
        "schema": SCHEMA,
        "exported": moment(now),
        "execution": {
            "id": execution.id,
            "runbook": plan.runbook,
            "title": plan.title,
            "state": str(execution.state),
            "undoing": execution.undoing,
            "reason": execution.reason,
            "created": moment(execution.created_at),
            "ended": moment(execution.ended_at),
        },
        "plan": {
            "fingerprint": plan.fingerprint,
            "made": moment(plan.made_at),
            "inputs": dict(plan.inputs),
            "facts": dict(plan.facts),
            "scopes": list(plan.scopes),
            "notes": list(plan.notes),
        },
        "clock": _clock(execution, now),
        "confirmations": [journal.consent(entry) for entry in evidence.entries if entry.kind in _CONSENTS],
        "decisions": [journal.said(entry) for entry in evidence.entries if entry.kind not in _NO_DECISION],
        "faults": [journal.said(entry) for entry in evidence.entries if entry.kind in _FAULTS],
        "gates": list(_gates(execution)),
        "verifications": [
            {"sha": record.sha, "by": record.by, "at": moment(record.at), "note": record.note} for record in evidence.verifications
        ],
        "undone": [journal.taken_back(entry) for entry in evidence.entries if entry.kind in _TAKEN_BACK],
        "steps": [journal.step(record) for record in execution.records],
        "audit": {"rows": [_row_json(row) for row in evidence.rows], "chain": chain_json(evidence.chain)},
    }


def chain_json(chain: Chain) -> dict[str, Any]:
    """Return what a walk along the audit log found."""
    return {
        "whole": chain.whole,
        "rows": chain.rows,
        "first": moment(chain.first),
        "last": moment(chain.last),
        "head": chain.head,
        "broken": chain.broken,
        "row": chain.row,
        "differences": [{"what": d.what, "expected": d.expected, "found": d.found} for d in chain.differences],
        "noted_row": chain.noted_row,
    }


def _row_json(row: Any) -> dict[str, Any]:
    return {
        "row": row.seq,
        "at": moment(row.at),
        "who": row.who,
        "kind": row.kind,
        "step": row.step,
        "previous": row.previous,
        "hash": row.hash,
    }


class _Journal:
    """The entries of one execution, each with whose it is."""

    def __init__(self, evidence: Evidence, now: datetime) -> None:
        self._entries = evidence.entries
        self._steps = {record.step.id: record.step for record in evidence.execution.records}
        self._who = {(row.kind, row.step, row.at): row.who for row in evidence.rows}
        self._until = evidence.execution.ended_at or now

    def _base(self, entry: Entry) -> dict[str, Any]:
        step = self._steps.get(entry.step)
        who = self._who.get((str(entry.kind), entry.step, entry.at))
        return {
            "at": moment(entry.at),
            "who": who,
            "kind": str(entry.kind),
            "step": entry.step,
            "title": step.title if step else "",
        }

    def said(self, entry: Entry) -> dict[str, Any]:
        """Return an entry with the reason that it gives."""
        return {**self._base(entry), "reason": _words(entry.data)}

    def consent(self, entry: Entry) -> dict[str, Any]:
        """Return who allowed what: the plan, a step with the effects that were shown, or the answer to a question."""
        data, step = entry.data, self._steps.get(entry.step)
        # Steps that are confirmed together were shown together, at the first of them.
        wanted = data.get("offer") or data.get("fingerprint")
        shown = [
            e
            for e in self._entries
            if e.kind is EntryKind.OFFERED and e.seq < entry.seq and (data.get("offer") or e.step == entry.step)
        ]
        mine = next((e for e in reversed(shown) if wanted and e.data.get("fingerprint") == wanted), None)
        return {
            **self._base(entry),
            "level": data.get("level"),
            "environment": step.environment if step else "",
            "word": data.get("word") or None,
            "fingerprint": data.get("fingerprint"),
            "shown": moment(mine.at) if mine else None,
            "effects": [{"sentence": pair[0], "command": pair[1]} for pair in _pairs(data.get("effects"))],
            "question": data.get("question"),
            "answer": data.get("answer"),
            "database": data.get("database") or None,
            "entry": {str(name): str(value) for name, value in dict(data.get("entry") or {}).items()},
        }

    def taken_back(self, entry: Entry) -> dict[str, Any]:
        """Return how a step was taken back, or why it was not."""
        before = [e for e in self._of(entry.step) if e.kind is EntryKind.UNDO_INTENDED and e.seq < entry.seq]
        commands = [str(command) for command in before[-1].data.get("commands") or ()] if before else []
        return {**self.said(entry), "commands": commands}

    def step(self, record: StepRecord) -> dict[str, Any]:
        """Return a step with what was planned, what was run, what it gave and every entry about it."""
        step, waits = record.step, list(self._waits(record.step.id))
        return {
            "id": step.id,
            "verb": str(step.verb),
            "title": step.title,
            "why": step.why,
            "level": step.level,
            "environment": step.environment,
            "question": step.question,
            "planned": effects_json(step.effects),
            "state": str(record.state),
            "adopted": record.adopted,
            "by_hand": record.by_hand,
            "started": moment(record.started_at),
            "ended": moment(record.ended_at),
            "seconds": _span(record.started_at, record.ended_at),
            "waited_seconds": round(sum(wait["seconds"] for wait in waits), 3),
            "waits": waits,
            "commands": list(record.commands),
            "observed": dict(record.observed),
            "result": dict(record.result),
            "reason": record.reason,
            "events": [{**self._base(entry), "data": dict(entry.data)} for entry in self._of(step.id)],
        }

    def _waits(self, step_id: str) -> Iterable[dict[str, Any]]:
        """Each thing that was waited for, until the next entry of the step; what is still awaited, until now."""
        mine = self._of(step_id)
        for entry, following in zip_longest(mine, mine[1:]):
            if entry.kind is EntryKind.WAITING:
                until = following.at if following else self._until
                yield {"at": moment(entry.at), "detail": str(entry.data.get("detail", "")), "seconds": _span(entry.at, until)}

    def _of(self, step_id: str) -> list[Entry]:
        return [entry for entry in self._entries if entry.step == step_id and step_id]


def _clock(execution: Execution, now: datetime) -> dict[str, Any]:
    severity = SEVERITIES.get(dict(execution.plan.inputs).get("severity", ""))
    limit = severity.limit if severity else None
    spent = max((execution.ended_at or now) - execution.created_at, timedelta(0))
    return {
        "severity": severity.name if severity else None,
        "limit_seconds": limit.total_seconds() if limit else None,
        "spent_seconds": round(spent.total_seconds(), 3),
        "over": spent >= limit if limit else None,
    }


def _gates(execution: Execution) -> Iterable[dict[str, Any]]:
    """Each snapshot of gates, with the merge that it opened and how old it was at that moment (R72)."""
    for number, record in enumerate(execution.records):
        rows = record.result.get("gates")
        if not isinstance(rows, (list, tuple)):
            continue
        merge = next((r for r in execution.records[number:] if r.step.verb is Verb.MERGE), None)
        merged = merge.ended_at if merge else None
        yield {
            "step": record.step.id,
            "head": record.result.get("head"),
            "judged": moment(record.ended_at),
            "gates": [dict(row) for row in rows if isinstance(row, Mapping)],
            "merge": merge.step.id if merge else None,
            "merge_sha": merge.result.get("sha") if merge else None,
            "age_seconds": _span(record.ended_at, merged),
        }


def _span(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round(max((end - start).total_seconds(), 0.0), 3)


def _words(data: Mapping[str, Any]) -> str:
    parts = (data.get("reason") or data.get("sentence"), data.get("consequence"), data.get("next_step"))
    return " ".join(str(part) for part in parts if part)


def _pairs(value: Any) -> list[tuple[str, str]]:
    rows = value if isinstance(value, (list, tuple)) else ()
    return [(str(row[0]), str(row[1])) for row in rows if isinstance(row, (list, tuple)) and len(row) == 2]
