"""Hand-made evidence of a small execution: three steps, one fault, one wait, one gate snapshot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.execution import Entry, EntryKind
from strideiq_console.domain.runbook.model import Effect, Plan, Step, Verb
from strideiq_console.domain.runbook.replay import replay

T0 = datetime(2026, 1, 20, 14, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 1, 20, 15, 0, 0, tzinfo=UTC)
SHA, MERGED = "8c1f2e0" + "0" * 33, "5d0e9aa" + "0" * 33
REQUEST = f"PUT /repos/acme/strideiq/pulls/44/merge sha={SHA}"
GATE = {"name": "staging verified by hand", "passed": True, "standing": "manual", "detail": "9f3e21a by founder"}
NONE = {"name": "no known vulnerabilities", "passed": None, "standing": "none", "detail": "no source yet"}
HASH = "0" * 60

Row = tuple[int, str, EntryKind, dict[str, Any]]

WHOLE: tuple[Row, ...] = (
    (0, "", EntryKind.APPROVED, {"fingerprint": "PLAN"}),
    (1, "checks", EntryKind.WAITING, {"detail": "#44 to main: 3/4 passed"}),
    (61, "checks", EntryKind.FAILED, {"reason": "backend-test failure: push a new commit, then retry."}),
    (90, "checks", EntryKind.RETRIED, {}),
    (120, "checks", EntryKind.DONE, {"result": {"head": SHA}, "adopted": False}),
    (121, "gates", EntryKind.DONE, {"result": {"gates": [GATE, NONE], "head": SHA}, "adopted": False}),
    (125, "merge-main", EntryKind.OFFERED, {"fingerprint": "e1", "wall": 5.0}),
    (
        133,
        "merge-main",
        EntryKind.CONFIRMED,
        {"fingerprint": "e1", "level": 3, "word": "production", "effects": [["merge #44", REQUEST]]},
    ),
    (134, "merge-main", EntryKind.INTENDED, {"observed": {"number": 44, "before": {"api": "a1b2c3d"}}, "commands": [REQUEST]}),
    (141, "merge-main", EntryKind.DONE, {"result": {"sha": MERGED, "url": "https://github.com/acme/strideiq/pull/44"}}),
    (142, "tidy", EntryKind.SKIPPED, {"reason": "answered no"}),
    (142, "", EntryKind.FINISHED, {}),
)


def plan(**texts: str) -> Plan:
    """Return a plan of four steps; ``texts`` replace its title, why and note."""
    why = texts.get("why", "The commit that goes to main must have passed.")
    steps = (
        Step("checks", Verb.AWAIT_CHECKS, "checks for main", why),
        Step("gates", Verb.CHECK_GATES, "gates before main", "Section 4.", environment="production"),
        Step(
            "merge-main",
            Verb.MERGE,
            texts.get("step", "merge to main"),
            "Real users get it.",
            level=3,
            environment="production",
            effects=(Effect("merge #44 into main", "PUT ‹sha›"),),
        ),
        Step("tidy", Verb.DELETE_BRANCH, "delete the branch", "It has served.", level=2, optional=True),
    )
    inputs, facts = (("slug", "fix-auth-crash"), ("severity", "P1")), (("place", "live"), ("repository", "acme/strideiq"))
    title = texts.get("title", "Hotfix fix-auth-crash")
    return Plan("hotfix", title, inputs, facts, ("acme",), steps, T0 - timedelta(seconds=30), (texts.get("note", "1 unreleased"),))


def evidence(*rows: Row, chain: Chain | None = None, of: Plan | None = None, who: str = "founder") -> Evidence:
    """Return evidence of ``rows`` (seconds, step, kind, data); kinds that are audited have an audit row by ``who``."""
    made = of or plan()
    entries = tuple(
        Entry(n, T0 + timedelta(seconds=at), kind, step, {k: made.fingerprint if v == "PLAN" else v for k, v in data.items()})
        for n, (at, step, kind, data) in enumerate(rows, start=1)
    )
    looks = (EntryKind.OFFERED, EntryKind.WAITING, EntryKind.RETRIED)
    audited = [entry for entry in entries if entry.kind not in looks]
    audit = tuple(
        AuditRow(n, e.at, who, "0120-abc123", e.step, str(e.kind), e.data, f"{HASH}{n - 1:04}" if n > 1 else "", f"{HASH}{n:04}")
        for n, e in enumerate(audited, start=1)
    )
    ends = (audit[0].at, audit[-1].at, audit[-1].hash) if audit else (None, None, "")
    record = Verification(SHA, "founder", T0 + timedelta(seconds=100), "tried the login")
    execution = replay("0120-abc123", made, T0, entries)
    return Evidence(execution, entries, audit, chain or Chain(len(audit), *ends), (record,))
