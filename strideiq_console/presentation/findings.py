"""What is wrong now, one function per kind of finding; the verdict takes the first that applies."""

from __future__ import annotations

from datetime import datetime, timedelta

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.measured import measured
from strideiq_console.domain.policy.alert_rules import AlertRule
from strideiq_console.domain.reading import Level, Look
from strideiq_console.domain.runbook.execution import Execution, ExecutionState, StepState
from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation.age import age_words, ago
from strideiq_console.presentation.branches import short_blocker
from strideiq_console.presentation.environment_cells import health_words
from strideiq_console.presentation.environment_state import EnvironmentState, LiveComponent
from strideiq_console.presentation.freshness import Freshness
from strideiq_console.presentation.measured import above

_LOOK = (("d", "what changed"), ("W", "workflows"))
_PROMOTE = (("1", "environments"), ("W b P", "promote"))
_REFRESH = (("R", "read all again"),)
RECENT_DEPLOY = timedelta(hours=1)


def named(state: EnvironmentState) -> str:
    """Return the environment's name as the first word of a sentence."""
    return state.environment.name[:1].upper() + state.environment.name[1:]


def health_critical(state: EnvironmentState) -> Verdict | None:
    """Say that an environment answers badly, with the deployment that came shortly before."""
    if state.health is None or state.health.level is not Level.CRITICAL:
        return None
    seen = state.health_reading.seen if state.health_reading else None
    when = f", seen {ago(seen, state.now)}" if seen else ""
    after = after_deploy(state)
    level = Level.CRITICAL if state.environment.production else Level.WARNING
    return Verdict(level, f"{named(state)}: {health_words(state)}{when}{after}.", _LOOK)


def after_deploy(state: EnvironmentState, since: datetime | None = None) -> str:
    """Return how long ago something went live, where that was within the last hour, as the end of a sentence; else ``""``.

    What went live after ``since``, when the trouble began, is not blamed for it: it may be the rollback.
    """
    deployed = newest_deployment(state)
    if deployed is None or state.now - deployed[1] >= RECENT_DEPLOY or (since is not None and deployed[1] > since):
        return ""
    return f", {age_words(state.now - deployed[1])} after deploy {short_sha(deployed[0])}"


def newest_deployment(state: EnvironmentState) -> tuple[str | None, datetime] | None:
    """Return commit and time of what went live last in an environment."""
    found = [(c.live.sha, c.live.ready_at or c.live.created_at) for c in state.components if c.live]
    dated = [(sha, at) for sha, at in found if at is not None]
    return max(dated, key=lambda pair: pair[1].timestamp()) if dated else None


def deployment_failed(state: EnvironmentState) -> Verdict | None:
    """Say that the newest deployment of a component failed or crashed, and what serves instead."""
    broken = next((c for c in state.components if c.failed), None)
    if broken is None or broken.latest is None:
        return None
    latest = broken.latest
    word = "crashed" if latest.state is DeploymentState.CRASHED else "failed"
    since = f" {ago(latest.created_at, state.now)}" if latest.created_at else ""
    still = _still_serving(broken)
    level = Level.CRITICAL if state.environment.production else Level.WARNING
    return Verdict(level, f"{named(state)}: deployment {short_sha(latest.sha)} of {broken.name} {word}{since}{still}.", _LOOK)


def _still_serving(component: LiveComponent) -> str:
    live, latest = component.live, component.latest
    if live is None or latest is None or live.id == latest.id:
        return ""
    return f"; {short_sha(live.sha)} still serves" if live.sha else ""


def pinned(state: EnvironmentState) -> Verdict | None:
    """Say that new pushes do not go live, since when, and how to lift that (R99, T14); it stands until it is lifted."""
    if not state.held or not state.environment.production:
        return None
    parts = ", ".join(pin_words(component, state.now) for component in state.held)
    bad = " main still holds what was left." if state.drift else ""
    promote = "strideiq rollback promote lifts it"
    return Verdict(Level.WARNING, f"{named(state)} pinned: {parts}.{bad} New pushes do not go live: {promote}.", _PROMOTE)


def pin_words(component: LiveComponent, now: datetime) -> str:
    """Return what a component is held on, and since when as far as the provider says."""
    job = component.pin.job if component.pin is not None else None
    since = f" since {ago(job.at, now)}" if job is not None and job.at is not None and job.kind == "rollback" else ""
    if component.provider == "railway":
        return f"{component.name}: no push deploys it{since}"
    return f"{component.name} to {short_sha(component.sha) if component.sha else 'a commit that nobody names'}{since}"


def drifted(state: EnvironmentState) -> Verdict | None:
    """Say that a merged commit has not gone live for too long, or that components serve different commits (R6, R15)."""
    level = Level.CRITICAL if state.environment.production else Level.WARNING
    if state.overdue is not None:
        shas = " ".join(f"{c.name} {short_sha(c.sha) if c.sha else 'unknown'}" for c in state.components)
        merged = f"{short_sha(state.head)} was merged {age_words(state.overdue)} ago and is not live"
        return Verdict(level, f"{named(state)}: {merged} ({shas}).", _LOOK)
    if state.split and not state.moving:
        shas = ", ".join(f"{c.name} serves {short_sha(c.sha) if c.sha else 'unknown'}" for c in state.components)
        return Verdict(Level.WARNING, f"{named(state)}: {shas}.", _LOOK)
    return None


def degraded(state: EnvironmentState) -> Verdict | None:
    """Say that an environment answers but names a part that is poor."""
    if state.health is None or state.health.level is not Level.WARNING:
        return None
    seen = state.health_reading.seen if state.health_reading else None
    return Verdict(Level.WARNING, f"{named(state)}: {health_words(state)}, seen {ago(seen, state.now)}.", _LOOK)


def unfinished(facts: Facts, now: datetime, *, waiting: bool) -> Verdict | None:
    """Say that an execution waits for the person; with ``waiting`` one that waits for the outside instead."""
    for execution in facts.executions:
        if execution.state.ended or (execution.state is ExecutionState.WAITING) is not waiting:
            continue
        level = Level.UNKNOWN if _in_doubt(execution) else Level.WARNING
        return Verdict(
            level, f"{name_of(execution)} {_stands(execution)}, started {ago(execution.created_at, now)}.", (("u", "resume"),)
        )
    return None


def _in_doubt(execution: Execution) -> bool:
    current = execution.current
    return current is not None and current.state is StepState.INTENDED


def name_of(execution: Execution) -> str:
    """Return an execution by its runbook and slug: ``Hotfix fix-auth-crash``."""
    slug = dict(execution.plan.inputs).get("slug", "")
    return f"{execution.plan.runbook[:1].upper()}{execution.plan.runbook[1:]} {slug}".rstrip()


def _stands(execution: Execution) -> str:
    current = execution.current
    if current is None:
        return "has nothing left but its end"
    number = next((n for n, r in enumerate(execution.records, start=1) if r.step.id == current.step.id), 0)
    step = f"step {number} of {len(execution.records)}, {current.step.title}"
    words = {
        ExecutionState.FAILED: f"failed at {step}",
        ExecutionState.DIVERGED: f"stopped at {step}: the outside has moved",
        ExecutionState.UNDOING: f"is being undone, at {step}",
        ExecutionState.WAITING: f"waits at {step}",
    }
    if execution.state in words:
        return words[execution.state]
    if current.state is StepState.INTENDED:
        return f"is in doubt at {step}"
    return f"waits for you at {step}"


def hotfix_open(facts: Facts) -> Verdict | None:
    """Say that a hotfix begun by hand, or elsewhere, waits before main: no execution here leads it to its end."""
    led = {dict(e.plan.inputs).get("slug", "") for e in facts.executions if not e.state.ended}
    for standing in facts.pulls.value or ():
        slug = standing.pull.head.removeprefix("hotfix/")
        production = any(e.production and e.branch == standing.pull.base for e in facts.environments)
        if not production or slug == standing.pull.head or slug in led:
            continue
        sentence = f"Hotfix {slug} is open to {standing.pull.base} as #{standing.pull.number} and not in production."
        return Verdict(Level.WARNING, sentence, (("W h", f"take {slug} over"),))
    return None


def blind(facts: Facts, state: EnvironmentState) -> Verdict | None:
    """Say that the state of production is not known, and why; before the first deployment this is no finding (R1)."""
    if state.level is not Level.UNKNOWN or (facts.pre_deployment and not state.configured):
        return None
    parts = (*(c.fresh for c in state.components), state.health_fresh)
    if all(part.look is Look.NEVER_SEEN for part in parts):
        sentence = f"Nothing is known of {state.environment.name} yet."
        return Verdict(Level.UNKNOWN, sentence, _REFRESH)
    failed = next((p for p in parts if p.look in (Look.FAILED, Look.NEVER_SEEN, Look.NOT_CONFIGURED) and p.notice), None)
    if failed is not None:
        hints = (*_REFRESH, ("1", "environments"))
        return Verdict(Level.UNKNOWN, f"{named(state)} is unknown: {_why(failed)}.", hints)
    old = next((p.age for p in (state.health_fresh, *(c.fresh for c in state.components)) if p.age), "")
    if old:
        high = _was_high(facts, state)
        if high is not None:
            words = f"{named(state)}: {high.title} was above its limit {old} ago; nothing newer is known."
            return Verdict(Level.UNKNOWN, words, _REFRESH)
        word = "was healthy" if state.health is not None and state.health.level is Level.OK else "was last seen"
        return Verdict(Level.UNKNOWN, f"{named(state)} {word} {old} ago; nothing newer is known.", _REFRESH)
    missing = ", ".join(c.name for c in state.components if c.sha is None)
    if missing:
        return Verdict(Level.UNKNOWN, f"{named(state)} is unknown: no provider says which commit serves {missing}.", _LOOK)
    return Verdict(Level.UNKNOWN, f"{named(state)} is unknown: {health_words(state)}.", _LOOK)


def _was_high(facts: Facts, state: EnvironmentState) -> AlertRule | None:
    """Return a rule whose quantity was above its limit when it was last told."""
    found = ((rule, measured(facts, state.environment.name, rule.quantity, state.now)) for rule in facts.rules)
    return next((rule for rule, one in found if above(one, facts.rules) is not None), None)


def _why(part: Freshness) -> str:
    """Return why a source tells nothing in a few words; the panel that the hint names says the rest."""
    if part.look is Look.FAILED:
        return f"{part.source}: {part.cause}{f', last seen {part.held} ago' if part.held else ''}"
    return part.cause or f"{part.source} has not been read yet"


def ci_red(facts: Facts, states: tuple[EnvironmentState, ...]) -> Verdict | None:
    """Say that CI is red on the head of a permanent branch, with the jobs that failed."""
    for state in sorted((s for s in states if not s.environment.local), key=lambda s: not s.environment.production):
        if state.ci is None or not state.ci.state.red:
            continue
        runs = [r for r in facts.runs.value or () if r.sha == state.ci.sha and r.branch == state.environment.branch and r.state.red]
        jobs = [job.name for run in runs for job in run.jobs or () if job.state.red]
        failed = f" ({', '.join(jobs[:2])}{' …' if len(jobs) > 2 else ''})" if jobs else ""
        at = next((r.updated_at or r.created_at for r in runs), None)
        since = f", {ago(at, state.now)}" if at else ""
        sentence = f"CI is red on {state.environment.branch} at {short_sha(state.ci.sha)}{failed}{since}."
        return Verdict(Level.WARNING, sentence, (("3", "CI runs"), ("l", "its log")))
    return None


def pull_blocked(facts: Facts) -> Verdict | None:
    """Say which pull requests need a hand: red checks, a conflict, or changes that a reviewer wants."""
    wrong = [(s, short_blocker(s)) for s in facts.pulls.value or ()]
    bad = [(s, word) for s, word in wrong if word in ("CI red", "conflict", "changes wanted")]
    if not bad:
        return None
    first, word = bad[0]
    words = {"CI red": "CI is red", "conflict": f"conflicts with {first.pull.base}", "changes wanted": "a reviewer wants changes"}
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    return Verdict(Level.WARNING, f"Pull request #{first.pull.number} is held back: {words[word]}{more}.", (("2", "branches"),))


def hidden(facts: Facts, now: datetime) -> Verdict | None:
    """Say that a source has failed, although nothing worse is known; what is not configured is no fault."""
    readings = (facts.clone, facts.branches, facts.promotion, facts.pulls, facts.runs)
    for reading in readings:
        fault = reading.fault
        if fault is None or fault.kind is FaultKind.NOT_CONFIGURED:
            continue
        age = reading.age(now)
        held = f"; shown is what was seen {age_words(age)} ago" if age is not None else ""
        return Verdict(Level.UNKNOWN, f"{fault.source or reading.source}: {fault.cause.rstrip('.')}{held}.", _REFRESH)
    return None


def ci_words(states: tuple[EnvironmentState, ...]) -> tuple[str, bool]:
    """Return what CI says of the permanent branches in a word or two, and whether that is known to be good."""
    heads = [s for s in states if not s.environment.local]
    if heads and heads[0].ci_fresh.look is Look.NOT_CONFIGURED:
        return "CI not configured", False
    if any(s.ci is None for s in heads) or not heads or not heads[0].ci_fresh.trusted:
        return "CI unknown", False
    seen = [s.ci.state for s in heads if s.ci is not None]
    if all(state is CheckState.SUCCESS for state in seen):
        return "CI green", True
    if any(state in (CheckState.QUEUED, CheckState.RUNNING) for state in seen):
        return "CI running", True
    return "CI unknown", False
