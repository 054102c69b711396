"""A console, an engine and a clock of our own, with hand-made facts: no network, no store, frozen time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from strideiq_console.domain.branch import Branch, BranchKind, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckState, CheckSummary, Job, JobStep, WorkflowRun
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts, PullStanding, RateBudget
from strideiq_console.domain.fault import ConsoleError, Fault, FaultKind
from strideiq_console.domain.health import Health, Probe
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import Entry, EntryKind, Execution, replay
from strideiq_console.domain.runbook.model import Effect, Plan, effects_fingerprint, fill
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.domain.secret import Redactor
from strideiq_console.settings.model import Settings, UiSettings

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


class FrozenClock:
    """Stands still until a test turns it."""

    def __init__(self) -> None:
        self.at, self.seconds = NOW, 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


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
    )
    return replace(base, **changes)


def failed(reading: Reading[Any], cause: str = "GitHub did not answer within 15 s") -> Reading[Any]:
    fault = Fault(FaultKind.TIMEOUT, reading.source, cause, "the last known values are shown", "press r to read again", NOW)
    return reading.failed(fault, NOW)


def unconfigured(source: str) -> Reading[Any]:
    return Reading(source, fault=Fault(FaultKind.NOT_CONFIGURED, source, f"{source} is not configured", "", "set the token", NOW))


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
    )


def question(step: str = "fix") -> Standing:
    execution = make_execution(step)
    record = execution.record(step)
    return Standing(execution, Awaits.ANSWER, record, "waits for your answer", question=record.step.question, undoable=True)


def gate() -> Standing:
    execution = make_execution("merge-main")
    reasons = ("nobody has verified 51d09aa on staging", "check backend-test is running", "1 approval is missing")
    return Standing(execution, Awaits.GATE, execution.record("merge-main"), "held back by 3 gates", reasons=reasons, undoable=True)


class FakeEngine:
    """Gives the standings it was told, in order; the last one stays. Records every call."""

    def __init__(self, standings: Iterable[Standing] = (), *, error: ConsoleError | None = None) -> None:
        self.standings = list(standings)
        self.error = error
        self.calls: list[tuple[Any, ...]] = []
        self.in_flight = False
        self.hang: asyncio.Event | None = None

    def _next(self) -> Standing:
        if self.error is not None:
            raise self.error
        return self.standings.pop(0) if len(self.standings) > 1 else self.standings[0]

    async def plan(self, runbook: str, inputs: Mapping[str, str]) -> Plan:
        self.calls.append(("plan", runbook, dict(inputs)))
        if self.error is not None:
            raise self.error
        return make_plan(inputs["slug"])

    async def start(self, plan: Plan) -> Execution:
        self.calls.append(("start", plan.fingerprint))
        return self.standings[0].execution

    async def advance(self, execution_id: str, consent: Consent = Consent(), *, wait: float | None = 0.0) -> Standing:  # noqa: B008
        self.calls.append(("advance", consent))
        if self.hang is not None:
            await self.hang.wait()
        return self._next()

    async def look(self, execution_id: str) -> Standing:
        self.calls.append(("look",))
        return self.standings[0]

    async def retry(self, execution_id: str) -> Standing:
        self.calls.append(("retry",))
        return self.standings[0]

    async def skip(self, execution_id: str, reason: str) -> Standing:
        self.calls.append(("skip", reason))
        return self.standings[0]

    async def undo(self, execution_id: str) -> Standing:
        self.calls.append(("undo",))
        return self.standings[0]

    async def abandon(self, execution_id: str, reason: str) -> Standing:
        self.calls.append(("abandon", reason))
        return self.standings[0]

    def execution(self, id_or_prefix: str) -> Execution:
        return self.standings[0].execution

    def executions(self) -> tuple[Execution, ...]:
        return tuple(s.execution for s in self.standings)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        return lambda: None

    def consents(self) -> list[Consent]:
        return [call[1] for call in self.calls if call[0] == "advance"]


class FakeConsole:
    """What a front end may touch, over facts that a test sets."""

    def __init__(
        self, state: Path, *, facts: Facts, engine: FakeEngine | None = None, ui: UiSettings | None = None, read_only: str = ""
    ) -> None:
        ui = ui or UiSettings(glyphs="unicode")
        self.settings = Settings(environments=ENVIRONMENTS, state=state, ui=ui, founder="founder")
        self.clock = FrozenClock()
        self.engine = engine
        self.read_only = read_only
        self.redact = Redactor()
        self.world = "demo" if facts.sandbox else ""
        self.sandbox = facts.sandbox
        self.current = facts
        self.listeners: list[Callable[[str], None]] = []
        self.refreshed: list[tuple[str, ...]] = []
        self.attended: list[bool] = []
        self.started = self.stopped = 0
        self.job_list: tuple[Job, ...] = ()
        self.log: tuple[str, ...] = ()

    def facts(self) -> Facts:
        return self.current

    def budgets(self) -> tuple[RateBudget, ...]:
        return (RateBudget("github", 4812, 5000), RateBudget("railway", 61, 1000))

    async def start(self) -> None:
        self.started += 1

    async def stop(self) -> None:
        self.stopped += 1

    def refresh(self, *names: str) -> None:
        self.refreshed.append(names)

    def attend(self, focused: bool) -> None:
        self.attended.append(focused)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, feed: str, facts: Facts | None = None) -> None:
        self.current = facts or self.current
        for listener in tuple(self.listeners):
            listener(feed)

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        return self.job_list

    async def log_tail(self, job_id: int) -> tuple[str, ...]:
        return self.log
