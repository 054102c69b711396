"""Hand-made plans, executions and standings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution, StepState
from strideiq_console.domain.runbook.model import Effect, Plan, effects_fingerprint, fill
from strideiq_console.domain.runbook.replay import replay
from strideiq_console.domain.runbook.standing import Awaits, Standing

from .made_facts import FIX, MAIN, NOW, ago


def make_plan(slug: str = "fix-auth-crash") -> Plan:
    runbook = RUNBOOKS["hotfix"]
    inputs = {"slug": slug, "severity": "P1"}
    steps = tuple(
        replace(
            s,
            title=fill(s.title, inputs, {}),
            question=fill(s.question, inputs, {}),
            effects=(Effect(f"{s.verb.value}: {fill(s.title, inputs, {})}", f"PUT /repos/acme/strideiq/{s.id}"),)
            if s.level
            else (),
        )
        for s in runbook.steps
    )
    return Plan(
        "hotfix",
        f"hotfix {slug}",
        tuple(inputs.items()),
        (("repository", "acme/strideiq"), ("main", MAIN)),
        ("acme/strideiq",),
        steps,
        NOW,
    )


def make_execution(until: str = "", *, waiting: str = "", failing: str = "", plan: Plan | None = None) -> Execution:
    """Return an execution done up to (not including) step ``until``."""
    plan = plan or make_plan()
    entries: list[Entry] = []

    def add(kind: EntryKind, step: str = "", **data: Any) -> None:
        entries.append(Entry(len(entries), ago(seconds=540 - 10 * len(entries)), kind, step, data))

    add(EntryKind.APPROVED, fingerprint=plan.fingerprint)
    for step in plan.steps:
        if step.id == until:
            break
        add(EntryKind.INTENDED, step.id, observed={"x": 1})
        add(
            EntryKind.DONE,
            step.id,
            result={"sha": FIX} if step.id in ("fix", "push") else {"number": 43} if step.id == "pr-staging" else {},
        )
    if waiting:
        add(EntryKind.WAITING, until, detail=waiting)
    if failing:
        add(EntryKind.FAILED, until, reason=failing)
    return replay("1120-abc123", plan, ago(seconds=560), entries)


def confirmation(step: str, level: int, *, plan: Plan | None = None, effects: tuple[Effect, ...] = ()) -> Standing:
    execution = make_execution(step, plan=plan)
    record = execution.record(step)
    effects = effects or (
        Effect("merge hotfix/fix-auth-crash (8c1f2e0, 2 commits) into main", "PUT /repos/acme/strideiq/pulls/44/merge sha=8c1f2e0"),
        Effect("start a production deploy on Vercel and Railway"),
    )
    return Standing(
        execution,
        Awaits.CONFIRMATION,
        record,
        f"{record.step.title} waits for your confirmation",
        effects,
        effects_fingerprint(effects),
        level,
        "production" if level >= 3 else "",
        undoable=True,
        checked=("required checks 4/4", "staging verified by hand: 51d09aa by founder") if level >= 3 else (),
        recovery="roll the provider back to what was live before, or merge a revert pull request" if level >= 3 else "",
    )


def question(step: str = "fix") -> Standing:
    execution = make_execution(step)
    record = execution.record(step)
    return Standing(execution, Awaits.ANSWER, record, "waits for your answer", question=record.step.question, undoable=True)


def gate() -> Standing:
    execution = make_execution("merge-main")
    reasons = ("nobody has verified 51d09aa on staging", "check backend-test is running", "1 approval is missing")
    return Standing(execution, Awaits.GATE, execution.record("merge-main"), "held back by 3 gates", reasons=reasons, undoable=True)


def level_4() -> Standing:
    shown = confirmation("merge-main", 4)
    checked = ("lost: table calendar_events, 1 204 rows", "lost: column users.device", "backup of 02:01 proven, 9 min old")
    return replace(shown, database="strideiq", arms_in=10.0, checked=checked)


def stopped() -> Standing:
    execution = make_execution("push", failing="the remote refused the push: branch is protected")
    return Standing(execution, Awaits.CHOICE, execution.record("push"), "push failed", undoable=True)


def waiting() -> Standing:
    execution = make_execution("staging-live", waiting="Vercel is ready; Railway is deploying 51d09aa, 0:41")
    return Standing(execution, Awaits.OUTSIDE, execution.record("staging-live"), "waiting for Railway", undoable=True)


def diverged() -> Standing:
    execution = make_execution("merge-main")
    record = replace(execution.record("merge-main"), observed={"head": FIX, "base": "main", "pull": 44}, state=StepState.DIVERGED)
    records = tuple(record if one.step.id == "merge-main" else one for one in execution.records)
    reason = "#44 has moved on to 9f3e21a since you confirmed 8c1f2e0: 2 more commits by somebody else"
    return Standing(
        replace(execution, records=records), Awaits.COMPARISON, record, "#44 has moved on", reasons=(reason,), undoable=True
    )
