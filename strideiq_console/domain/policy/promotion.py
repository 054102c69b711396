"""Sections 1, 2 and 4 of the architecture document: protections, required checks, gates before a merge to main."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from strideiq_console.domain.ci import CheckSummary

POLICY_DATE = "2026-01-09"
REQUIRED_CHECKS = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")
STAGING_VERIFIED = "staging/verified"
GOOD_PROBES_IN_A_ROW = 3
PERMANENT_BRANCHES = ("main", "staging")


@dataclass(frozen=True, slots=True)
class Verification:
    """Somebody's word that staging works, bound to the exact commit that was tested (R9, R12)."""

    sha: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source said of known vulnerabilities (R70). ``clear`` None: it failed, or did not look at everything.

    ``source`` is its name, ``""`` where there is none; ``detail`` a clean line; ``at`` an aware time.
    """

    clear: bool | None
    source: str
    detail: str
    at: datetime


class GateStanding(StrEnum):
    """How far a gate can be trusted (R69): enforced by GitHub, reported by a job, kept by hand, or not there."""

    ENFORCED = "enforced"
    REPORTED = "reported"
    MANUAL = "manual"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of section 4 before a merge to main. ``passed`` None means it cannot be told."""

    name: str
    passed: bool | None
    standing: GateStanding
    detail: str

    @property
    def blocks(self) -> bool:
        """Say whether a merge to main must wait; a gate that does not exist (``NONE``) is said, and does not block."""
        return self.passed is not True and self.standing is not GateStanding.NONE


_BY_CHECK = (
    ("linters pass", ("backend-lint", "frontend-lint")),
    ("unit tests pass", ("backend-test",)),
    ("build succeeds", ("frontend-build",)),
)


def gates(
    checks: CheckSummary | None,
    enforced: tuple[str, ...] | None,
    staging_sha: str | None,
    verification: Verification | None,
    scan: Scan | None = None,
    later: tuple[str, ...] = (),
) -> tuple[Gate, ...]:
    """Judge the five gates of section 4.

    ``enforced`` are the check names that GitHub requires on main (None: unknown). ``scan`` None: no source was asked about
    vulnerabilities. ``staging_sha`` is the commit that must have been verified; ``later`` are commits that go along without having
    been on staging.
    """
    states = dict(checks.required) if checks else {}
    rows = []
    for title, names in _BY_CHECK:
        held = enforced is not None and all(name in enforced for name in names)
        standing = GateStanding.ENFORCED if held else GateStanding.REPORTED
        if checks is None or any(name not in states for name in names):
            rows.append(Gate(title, None, standing, "no report for " + ", ".join(names)))
            continue
        wrong = [f"{name} {states[name]}" for name in names if not states[name].passes]
        rows.append(Gate(title, not wrong, standing, "; ".join(wrong) or ", ".join(names)))
    rows.append(verified_gate(staging_sha, verification, later))
    rows.append(_vulnerabilities(scan))
    return tuple(rows)


def _vulnerabilities(scan: Scan | None) -> Gate:
    """A source that is configured and cannot tell blocks: unknown is never green. Without any source there is no such gate."""
    title = "no known vulnerabilities"
    if scan is None or not scan.source:
        why = scan.detail if scan is not None else "no source yet: strideiq doctor runs both audits"
        return Gate(title, None, GateStanding.NONE, why)
    return Gate(title, scan.clear, GateStanding.REPORTED, f"{scan.source}: {scan.detail}")


def verified_gate(staging_sha: str | None, verification: Verification | None, later: tuple[str, ...] = ()) -> Gate:
    """Judge the fourth gate: somebody tried exactly this commit on staging (R9), and ``later`` came after it, if anything did."""
    title = "staging verified by hand"
    if staging_sha is None:
        return Gate(title, None, GateStanding.MANUAL, "the head of staging is unknown")
    if verification is None:
        return Gate(title, False, GateStanding.MANUAL, f"nobody has verified {staging_sha[:7]}")
    if verification.sha != staging_sha:
        moved = f"staging moved from {verification.sha[:7]} to {staging_sha[:7]} since it was verified"
        return Gate(title, False, GateStanding.MANUAL, moved)
    if later:
        count = "1 commit came" if len(later) == 1 else f"{len(later)} commits came"
        words = f"{count} after {staging_sha[:7]} was verified: {', '.join(sha[:7] for sha in later)}"
        return Gate(title, False, GateStanding.MANUAL, words)
    return Gate(title, True, GateStanding.MANUAL, f"{staging_sha[:7]} by {verification.by}")
