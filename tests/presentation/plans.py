"""A hand-made hotfix plan and executions folded from journal entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution
from strideiq_console.domain.runbook.model import Effect, Plan, fill
from strideiq_console.domain.runbook.replay import replay
from strideiq_console.domain.runbook.standing import Awaits, Standing
from tests.presentation.facts import ago

INPUTS = {"slug": "fix-auth-crash", "severity": "P1"}
MERGE = "PUT /repos/acme/strideiq/pulls/44/merge sha=8c1f2e0"


def plan() -> Plan:
    steps = tuple(
        replace(
            step,
            title=fill(step.title, INPUTS, {}),
            question=fill(step.question, INPUTS, {}),
            effects=(Effect(f"do {step.id}", f"command of {step.id}"),),
        )
        for step in RUNBOOKS["hotfix"].steps
    )
    return Plan("hotfix", "hotfix fix-auth-crash", tuple(INPUTS.items()), (("main", "a1b2c3d"),), ("acme",), steps, ago(minutes=9))


def execution(*entries: tuple[str, EntryKind, dict[str, Any]], started: datetime | None = None) -> Execution:
    """Return an execution from (step, kind, data), one entry every ten seconds."""
    begin = started or ago(minutes=9)
    rows = [Entry(n, begin + timedelta(seconds=10 * n), kind, step, data) for n, (step, kind, data) in enumerate(entries, start=1)]
    return replay("0120-abc123", plan(), begin, rows)


def up_to(step_id: str, *more: tuple[str, EntryKind, dict[str, Any]]) -> Execution:
    """Return an execution in which every step before ``step_id`` is done."""
    results: dict[str, dict[str, Any]] = {
        "branch": {"sha": "a1b2c3d" + "0" * 33},
        "fix": {"head": "8c1f2e0" + "0" * 33},
        "pr-staging": {"number": 43, "url": "https://github.com/acme/strideiq/pull/43"},
        "pr-main": {"number": 44, "url": "https://github.com/acme/strideiq/pull/44"},
    }
    entries: list[tuple[str, EntryKind, dict[str, Any]]] = []
    for step in plan().steps:
        if step.id == step_id:
            break
        entries.append((step.id, EntryKind.INTENDED, {"observed": {"x": 1}, "commands": [f"ran {step.id}"]}))
        entries.append((step.id, EntryKind.DONE, {"result": results.get(step.id, {})}))
    return execution(*entries, *more)


def standing(at: Execution, awaits: Awaits, **more: Any) -> Standing:
    return Standing(at, awaits, at.current, **more)
