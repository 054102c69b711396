"""Plans and executions as plain JSON values, for scripts and agents (DESIGN section 10)."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.model import Effect, Plan
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.feed_json import moment

PLAN_SCHEMA = "strideiq.plan/1"
EXECUTION_SCHEMA = "strideiq.execution/1"
RUNS_SCHEMA = "strideiq.runs/1"


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan with its fingerprint and what each step would do."""
    return {
        "schema": PLAN_SCHEMA,
        "runbook": plan.runbook,
        "title": plan.title,
        "fingerprint": plan.fingerprint,
        "notes": list(plan.notes),
        "inputs": dict(plan.inputs),
        "facts": dict(plan.facts),
        "made_at": moment(plan.made_at),
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "why": step.why,
                "level": step.level,
                "environment": step.environment,
                "question": step.question,
                "effects": effects_json(step.effects),
            }
            for step in plan.steps
        ],
    }


def effects_json(effects: tuple[Effect, ...]) -> list[dict[str, str]]:
    """Return what would be done, each as a sentence and as the exact command."""
    return [{"sentence": effect.sentence, "command": effect.command} for effect in effects]


def execution_json(execution: Execution) -> dict[str, Any]:
    """Return an execution with every step."""
    return {
        "id": execution.id,
        "runbook": execution.plan.runbook,
        "title": execution.plan.title,
        "inputs": dict(execution.plan.inputs),
        "fingerprint": execution.plan.fingerprint,
        "state": str(execution.state),
        "undoing": execution.undoing,
        "reason": execution.reason,
        "created": moment(execution.created_at),
        "ended": moment(execution.ended_at),
        "steps": [_step(record) for record in execution.records],
    }


def _step(record: StepRecord) -> dict[str, Any]:
    return {
        "id": record.step.id,
        "title": record.step.title,
        "level": record.step.level,
        "state": str(record.state),
        "reason": record.reason,
        "detail": record.detail,
        "result": dict(record.result),
        "adopted": record.adopted,
        "commands": list(record.commands),
        "started": moment(record.started_at),
        "ended": moment(record.ended_at),
    }


def awaits_json(standing: Standing) -> dict[str, Any]:
    """Return what is awaited, all that a consent must name, and every reason that holds it back."""
    record = standing.record
    return {
        "awaits": str(standing.awaits),
        "step": record.step.id if record else None,
        "sentence": standing.sentence,
        "question": standing.question,
        "level": standing.level,
        "word": standing.word,
        "database": standing.database,
        "arms_in": round(standing.arms_in, 1),
        "fingerprint": standing.fingerprint,
        "checked": list(standing.checked),
        "recovery": standing.recovery,
        "form": form_json(standing.form) if standing.form else None,
        "effects": effects_json(standing.effects),
        "reasons": list(standing.reasons),
        "undoable": standing.undoable,
    }


def form_json(form: Form) -> dict[str, Any]:
    """Return what a step wants filled in: each field by the name that ``--entry NAME=VALUE`` takes, with all that it may be."""
    return {
        "title": form.title,
        "notes": list(form.notes),
        "fields": [
            {
                "name": field.name,
                "title": field.title,
                "kind": str(field.kind),
                "hint": field.hint,
                "default": field.default,
                "required": field.required,
                "options": [
                    {"value": o.value, "label": o.label, "note": o.note, "refused": o.refused or None} for o in field.options
                ],
            }
            for field in form.fields
        ],
    }
