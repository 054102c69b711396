"""Hand-made facts of one evening."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from strideiq_console.domain.attested import RESTORE_DRILL, STAGING_DATA
from strideiq_console.domain.branch import Branch, BranchKind, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckState, CheckSummary, Job, JobStep, WorkflowRun
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.database_share import DatabaseShare, Sharing
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.health import Health, Probe
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.domain.reading import Level, Reading

NOW = datetime(2026, 11, 20, 2, 10, 44, tzinfo=UTC)
MAIN, STAGING, FIX = "a1b2c3d" + "0" * 33, "9f3e21a" + "0" * 33, "8c1f2e0" + "0" * 33

ENVIRONMENTS = (
    Environment(
        "production", "https://strideiq.run", "https://api.strideiq.run", "/health", "main", production=True, protected=True
    ),
    Environment(
        "staging", "https://staging.strideiq.run", "https://api-staging.strideiq.run", "/health", "staging", protected=True
    ),
    Environment("local", "http://localhost:3000", "http://localhost:8000", "/health", ""),
)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def commit(sha: str, subject: str, author: str = "founder", **spans: float) -> Commit:
    return Commit(sha, subject, author, ago(**spans))


def branch(name: str, kind: BranchKind, sha: str, subject: str, ahead: int = 0, behind: int = 0, **spans: float) -> Branch:
    return Branch(
        name,
        kind,
        commit(sha, subject, **spans),
        local=sha,
        remote=sha,
        against_main=Divergence(ahead, behind),
        against_staging=Divergence(ahead, behind),
        unpushed=0,
        checked_out=name.startswith("hotfix/"),
    )


NAMES = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")


def run(number: int, name: str, event: str, state: CheckState, jobs: Iterable[CheckState], minutes: float) -> WorkflowRun:
    made = tuple(
        Job(
            number * 10 + i,
            NAMES[i % 4],
            s,
            ago(minutes=minutes),
            None,
            "",
            (JobStep(1, "Set up", CheckState.SUCCESS), JobStep(2, "Run", s)),
        )
        for i, s in enumerate(jobs)
    )
    return WorkflowRun(
        id=9000 + number,
        number=number,
        name="CI",
        branch=name,
        sha=FIX,
        event=event,
        state=state,
        actor="founder",
        url=f"https://github.com/acme/strideiq/actions/runs/{9000 + number}",
        title=f"work on {name}",
        created_at=ago(minutes=minutes),
        started_at=ago(minutes=minutes),
        updated_at=ago(minutes=minutes - 2.5 if minutes > 3 else 0),
        jobs=made,
    )


S, F, R, Q = CheckState.SUCCESS, CheckState.FAILURE, CheckState.RUNNING, CheckState.QUEUED


def pull(number: int, title: str, head: str, base: str, state: CheckState) -> PullStanding:
    url = f"https://github.com/acme/strideiq/pull/{number}"
    request = PullRequest(number, title, PullState.OPEN, head, FIX, base, "founder", url, created_at=ago(hours=2), mergeable=True)
    summary = CheckSummary(FIX, tuple((name, state) for name in NAMES))
    return PullStanding(request, summary, summary.blockers())


def seen(source: str, value: Any, **spans: float) -> Reading[Any]:
    at = ago(**(spans or {"seconds": 2}))
    return Reading(source, value, at, None, at)


def deployment(provider: str, component: str, environment: str, sha: str, minutes: float) -> Deployment:
    return Deployment(
        f"dpl-{component}-{environment}",
        provider,
        component,
        environment,
        DeploymentState.READY,
        "main" if environment == "production" else "staging",
        sha,
        "Merge hotfix",
        ago(minutes=minutes + 2),
        ago(minutes=minutes),
        f"https://{component}-{environment}.vercel.app",
        True,
        True,
    )


def probe(url: str, level: Level, words: str, latency: int) -> Probe:
    return Probe(url, level, words, 200, latency, (("db", Level.OK), ("redis", level)), 60, True, None, (), "", ago(seconds=4))


def facts(**changes: Any) -> Facts:
    """Return a calm evening with one red branch."""
    branches = (
        branch("hotfix/fix-auth-crash", BranchKind.HOTFIX, FIX, "Fix the crash on sign-in", 2, 0, minutes=4),
        branch("feature/calendar", BranchKind.FEATURE, "b" * 40, "Draw the calendar", 7, 3, days=1),
        branch("release/v1.2.0", BranchKind.RELEASE, "c" * 40, "Prepare 1.2.0", 0, 1, days=3),
        branch("staging", BranchKind.STAGING, STAGING, "Merge feature/calendar", 3, 0, hours=2),
        branch("main", BranchKind.MAIN, MAIN, "Merge release/v1.1.9", 0, 0, minutes=40),
        branch("feature/old-import", BranchKind.FEATURE, "d" * 40, "Import old runs", 0, 40, days=41),
    )
    runs = (
        run(1841, "hotfix/fix-auth-crash", "pull_request", R, (S, S, R, Q), 2),
        run(1840, "main", "push", S, (S,) * 6, 14),
        run(1839, "feature/calendar", "pull_request", F, (S, F, S, S), 61),
        run(1838, "staging", "push", S, (S, S, S, S, S, CheckState.SKIPPED), 122),
    )
    clone = CloneStatus(
        "/home/founder/strideiq", "hotfix/fix-auth-crash", FIX, ("api/auth.py",), ("notes.md",), fetched_at=ago(minutes=3)
    )
    base = Facts(
        ENVIRONMENTS,
        clone=seen("git", clone),
        branches=seen("git", branches),
        promotion=seen("git", Promotion(2, 3, 0, (commit("e" * 40, "Coach: new plan", hours=3),))),
        pulls=seen(
            "github",
            (
                pull(43, "Fix auth crash", "hotfix/fix-auth-crash", "staging", S),
                pull(44, "Fix auth crash", "hotfix/fix-auth-crash", "main", S),
                pull(41, "Calendar", "feature/calendar", "staging", F),
            ),
        ),
        runs=seen("github", runs),
        protections=seen("github", ()),
        deployments={
            "vercel": seen(
                "vercel",
                tuple(deployment("vercel", "web", e, s, m) for e, s, m in (("production", MAIN, 14), ("staging", STAGING, 120))),
            ),
            "railway": seen(
                "railway",
                tuple(deployment("railway", "api", e, s, m) for e, s, m in (("production", MAIN, 14), ("staging", STAGING, 120))),
            ),
        },
        health={
            "production": seen(
                "probe",
                Health(
                    "production",
                    probe("https://strideiq.run", Level.OK, "200", 80),
                    probe("https://api.strideiq.run/health", Level.OK, "ok", 82),
                ),
            ),
            "staging": seen(
                "probe",
                Health(
                    "staging",
                    probe("https://staging.strideiq.run", Level.OK, "200", 75),
                    probe("https://api-staging.strideiq.run/health", Level.WARNING, "redis degraded", 91),
                ),
            ),
        },
        verification=Verification(STAGING, "founder", ago(hours=1)),
        databases=seen("postgres", (DatabaseShare("staging", Sharing.OWN, "its system identifier is another than production's"),)),
        by_hand=(
            ManualEntry(RESTORE_DRILL, date(2026, 10, 18), date(2027, 1, 16), None, "production"),
            ManualEntry(STAGING_DATA, date(2026, 11, 8), date(2027, 2, 6), None, "staging", note="synthetic"),
        ),
    )
    return replace(base, **changes)


def failed(reading: Reading[Any], cause: str = "GitHub did not answer within 15 s") -> Reading[Any]:
    fault = Fault(FaultKind.TIMEOUT, reading.source, cause, "the last known values are shown", "press r to read again", NOW)
    return reading.failed(fault, NOW)


def unconfigured(source: str) -> Reading[Any]:
    return Reading(source, fault=Fault(FaultKind.NOT_CONFIGURED, source, f"{source} is not configured", "", "set the token", NOW))
