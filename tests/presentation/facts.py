"""Hand-made facts: a calm afternoon of an invented StrideIQ, and functions to change single readings of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from strideiq_console.domain.attested import RESTORE_DRILL, STAGING_DATA
from strideiq_console.domain.branch import Branch, CloneStatus, Promotion, classify
from strideiq_console.domain.ci import CheckRun, CheckState, Job, JobStep, WorkflowRun, summarise
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.database_share import DatabaseShare, Sharing
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.health import Health, Probe
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS, Verification
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.domain.reading import Level, Reading

NOW = datetime(2026, 1, 20, 14, 10, 44, tzinfo=UTC)


def sha(word: str) -> str:
    """Return a full object name that begins with ``word`` (hex digits)."""
    return (word * 40)[:40]


MAIN, STAGING, FIX = sha("a1b2c3d"), sha("9f3e21a"), sha("77aa012")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def reading(source: str, value: Any, *, seen: datetime = NOW, period: float = 60) -> Reading[Any]:
    return Reading(source, value, seen, None, seen, True, timedelta(seconds=period))


def environments() -> tuple[Environment, ...]:
    return (
        Environment(
            "production",
            "https://strideiq.run",
            "https://api.strideiq.run",
            "/health",
            "main",
            "live users",
            "real user data",
            "nobody",
            True,
            True,
        ),
        Environment(
            "staging",
            "https://staging.strideiq.run",
            "https://api-staging.strideiq.run",
            "/health",
            "staging",
            "tests before production",
            "synthetic",
            "founder, QA",
            True,
        ),
        Environment("local", "http://localhost:3000", "http://localhost:8000", "/health", "", "development"),
    )


def branch(name: str, tip: str, *, at: datetime, ahead: int = 0, behind: int = 0, **more: Any) -> Branch:
    side = Divergence(ahead, behind)
    kind = classify(name)
    fields: dict[str, Any] = {"local": None, "remote": tip, "against_main": side, "against_staging": side, "unpushed": 0}
    return Branch(name, kind, Commit(tip, f"Work on {name}", "founder", at), **{**fields, **more})


def pull(number: int, head: str, base: str, *, state: CheckState = CheckState.SUCCESS, **more: Any) -> PullStanding:
    head_sha = sha("8c1f2e0")
    fields: dict[str, Any] = {"mergeable": True, "mergeable_state": "clean", "created_at": ago(hours=3)}
    url = f"https://github.com/acme/strideiq/pull/{number}"
    request = PullRequest(
        number, f"Title of #{number}", PullState.OPEN, head, head_sha, base, "strideiq-bot", url, **{**fields, **more}
    )
    checks = summarise(head_sha, [CheckRun(name, state, head_sha) for name in REQUIRED_CHECKS], REQUIRED_CHECKS)
    return PullStanding(request, checks, checks.blockers())


def run(
    number: int, branch_name: str, commit: str, *, event: str = "push", state: CheckState = CheckState.SUCCESS, **more: Any
) -> Any:
    names = (*REQUIRED_CHECKS, "deploy-staging", "deploy-production")
    jobs = tuple(Job(n, name, CheckState.SUCCESS, ago(minutes=20), ago(minutes=18)) for n, name in enumerate(names))
    fields: dict[str, Any] = {
        "created_at": ago(minutes=20),
        "started_at": ago(minutes=20),
        "updated_at": ago(minutes=14),
        "jobs": jobs,
        "url": f"https://github.com/acme/strideiq/actions/runs/{number}",
        "actor": "founder",
        "title": f"Change {number}",
    }
    return WorkflowRun(9000 + number, number, "CI", branch_name, commit, event, state, **{**fields, **more})


def red_run(number: int, branch_name: str, commit: str, *, event: str = "push") -> Any:
    step = JobStep(4, "Run pytest", CheckState.FAILURE)
    jobs = (
        Job(1, "backend-lint", CheckState.SUCCESS),
        Job(2, "backend-test", CheckState.FAILURE, ago(minutes=9), ago(minutes=6), steps=(step,)),
        Job(3, "frontend-lint", CheckState.SUCCESS),
        Job(4, "frontend-build", CheckState.RUNNING),
    )
    return run(number, branch_name, commit, event=event, state=CheckState.FAILURE, jobs=jobs)


def deployment(component: str, environment: str, commit: str | None, *, at: datetime, **more: Any) -> Deployment:
    provider = {"web": "vercel", "api": "railway"}[component]
    fields: dict[str, Any] = {"state": DeploymentState.READY, "live": True, "created_at": at, "ready_at": at}
    return Deployment(
        f"{provider}-{environment}-{(commit or 'none')[:7]}", provider, component, environment, sha=commit, **{**fields, **more}
    )


def probe(level: Level = Level.OK, *, ms: int = 82, parts: tuple[tuple[str, Level], ...] = (), **more: Any) -> Probe:
    words = {Level.OK: "ok", Level.WARNING: "degraded", Level.CRITICAL: "down", Level.UNKNOWN: "unknown"}[level]
    fields: dict[str, Any] = {"status": 200, "latency_ms": ms, "parts": parts, "tls_days": 61, "at": NOW}
    return Probe("https://api.strideiq.run/health", level, words, **{**fields, **more})


def health(environment: str, api: Probe | None = None) -> Reading[Health]:
    return reading("probe", Health(environment, probe(ms=140), api or probe()), period=30)


def local_health() -> Reading[Health]:
    down = Probe("http://localhost:3000", Level.UNKNOWN, "not running", running=False, error="connection refused")
    return reading("probe", Health("local", down, None), period=30)


BY_HAND = (
    ManualEntry(RESTORE_DRILL, date(2025, 12, 18), date(2026, 3, 18), None, "production", evidence="into a scratch database"),
    ManualEntry(STAGING_DATA, date(2026, 1, 8), date(2026, 4, 8), None, "staging", note="synthetic"),
)
"""A restore was tried 33 days ago, and 12 days ago somebody looked at staging's rows."""


def shares(sharing: Sharing = Sharing.OWN) -> Reading[tuple[DatabaseShare, ...]]:
    why = "its system identifier is another than production's"
    return reading("postgres", (DatabaseShare("staging", sharing, why),), period=1800)


def calm(**changes: Any) -> Facts:
    """Return the calm facts: production healthy, three commits wait on staging, CI green. ``changes`` replace fields."""
    facts = Facts(
        environments=environments(),
        clone=reading(
            "git",
            CloneStatus("/home/founder/strideiq", "hotfix/fix-auth-crash", FIX, ("app.py", "web.ts"), remote="acme/strideiq"),
            period=10,
        ),
        branches=reading(
            "git",
            (
                branch(
                    "hotfix/fix-auth-crash",
                    FIX,
                    at=ago(minutes=4),
                    ahead=2,
                    local=FIX,
                    remote=None,
                    unpushed=2,
                    checked_out=True,
                ),
                branch("feature/calendar", sha("c4"), at=ago(days=1, hours=1), ahead=7, behind=3),
                branch("release/v1.2.0", sha("d5"), at=ago(days=3), ahead=0, behind=1),
                branch("main", MAIN, at=ago(minutes=14), local=MAIN),
                branch("staging", STAGING, at=ago(hours=2), ahead=3),
                branch("feature/old-import", sha("e6"), at=ago(days=41), behind=30),
                branch("experimental/pace", sha("f7"), at=ago(days=5), ahead=1),
            ),
            period=20,
        ),
        promotion=reading("git", Promotion(0, 3, 0), period=20),
        pulls=reading("github", (pull(40, "release/v1.2.0", "main"), pull(41, "feature/calendar", "staging")), period=120),
        runs=reading(
            "github",
            (
                run(1840, "main", MAIN),
                run(1839, "feature/calendar", sha("c4"), event="pull_request"),
                run(1838, "staging", STAGING),
            ),
        ),
        protections=reading("github", (), period=900),
        deployments={
            "vercel": reading(
                "vercel",
                (
                    deployment("web", "production", MAIN, at=ago(minutes=12)),
                    deployment("web", "staging", STAGING, at=ago(hours=2)),
                ),
                period=120,
            ),
            "railway": reading(
                "railway",
                (
                    deployment("api", "production", MAIN, at=ago(minutes=12)),
                    deployment("api", "staging", STAGING, at=ago(hours=2)),
                ),
                period=120,
            ),
        },
        health={"production": health("production"), "staging": health("staging"), "local": local_health()},
        verification=Verification(STAGING, "founder", ago(hours=1)),
        databases=shares(),
        by_hand=BY_HAND,
    )
    return replace(facts, **changes)


def fault(kind: FaultKind, source: str, cause: str, next_step: str = "") -> Fault:
    return Fault(kind, source, cause, next_step=next_step, at=NOW)


def missing(source: str) -> Reading[Any]:
    """Return the reading of a source that nobody has configured."""
    return Reading(source, fault=fault(FaultKind.NOT_CONFIGURED, source, f"{source} is not configured"))


def bare(**changes: Any) -> Facts:
    """Return the facts of a real clone without any token or config (R1)."""
    base = calm(
        pulls=missing("github"),
        runs=missing("github"),
        protections=missing("github"),
        databases=missing("postgres"),
        by_hand=(),
        deployments={"vercel": missing("vercel"), "railway": missing("railway")},
        health={"production": missing("probe"), "staging": missing("probe"), "local": local_health()},
        verification=None,
        pre_deployment=True,
    )
    return replace(base, **changes)
