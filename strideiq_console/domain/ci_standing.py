"""What runs say together: which one repeats another, what never runs, how long it usually takes, what is flaky (R59-R61)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from strideiq_console.domain.ci import CheckState, CheckSummary, Job, WorkflowRun
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.policy.ci_jobs import CI_BASES
from strideiq_console.domain.pull_request import Protection

SETTLES = timedelta(minutes=2)
"""GitHub may take this long to start the run of a new head."""
TREND_RUNS = 12
_PULL_EVENTS = ("pull_request", "pull_request_target")


def repeats(runs: Iterable[WorkflowRun]) -> Mapping[int, int]:
    """Return which run's id repeats which other: the push run and the pull request run of one commit and workflow.

    The newer one counts, so that nothing is counted twice (R59).
    """
    counted: dict[tuple[str, str], WorkflowRun] = {}
    answer: dict[int, int] = {}
    for run in sorted(runs, key=lambda run: run.id, reverse=True):
        if run.event not in ("push", *_PULL_EVENTS):
            continue
        first = counted.setdefault((run.name, run.sha), run)
        if first is not run and {first.event, run.event} & {"push"} and first.event != run.event:
            answer[run.id] = first.id
    return answer


@dataclass(frozen=True, slots=True)
class NoRun:
    """An open pull request on whose head nothing ran. ``retargeted``: its base is one that CI runs for, so reopening it helps."""

    standing: PullStanding
    reason: str
    retargeted: bool


def without_run(pulls: Iterable[PullStanding], runs: Iterable[WorkflowRun], now: datetime) -> tuple[NoRun, ...]:
    """Return the open pull requests that no CI ran for, with the reason (R60).

    Only where the checks of the head are known, and are none at all: a list of runs that ends somewhere decides nothing.
    """
    bare = [standing for standing in pulls if standing.checks is not None and unreported(standing.checks)]
    seen = {run.sha for run in runs} if bare else ()  # asked with many runs, nearly always of no pull request
    found = []
    for standing in bare:
        pull = standing.pull
        if pull.head_sha in seen:
            continue
        last = pull.updated_at or pull.created_at
        if last is None or now - last < SETTLES:
            continue
        if pull.base in CI_BASES:
            found.append(NoRun(standing, f"no CI for this base: it was turned to {pull.base} after its last push", True))
        else:
            found.append(NoRun(standing, f"no CI for this base: only {' and '.join(CI_BASES)} have it, not {pull.base}", False))
    return tuple(found)


def unreported(checks: CheckSummary) -> bool:
    """Say whether not one check of a commit was ever reported."""
    return not checks.others and all(state is CheckState.EXPECTED for _, state in checks.required)


@dataclass(frozen=True, slots=True)
class NeverMatched:
    """A check that a branch requires and that no job reports: every pull request into it waits for ever (R24, R61).

    ``nearest`` is a job whose name is almost the same, ``""`` for none.
    """

    branch: str
    name: str
    nearest: str


def never_matched(protections: Iterable[Protection], runs: Iterable[WorkflowRun]) -> tuple[NeverMatched, ...]:
    """Return the required checks that match no job of any finished run whose jobs are known; none where no such run is."""
    names = {job.name for run in runs if run.state.finished for job in run.jobs or ()}
    if not names:
        return ()
    found = []
    for protection in protections:
        for name in protection.required_checks or ():
            if name not in names and "/" not in name:  # commit statuses such as staging/verified are no jobs
                near = get_close_matches(name, names, n=1, cutoff=0.75)
                found.append(NeverMatched(protection.branch, name, near[0] if near else ""))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Trend:
    """How long the newest finished runs of one workflow on one branch took, oldest first, in seconds. Green ones alone count."""

    seconds: tuple[float, ...]

    @property
    def usual(self) -> float | None:
        """Return the median, None below three runs: two say nothing."""
        ordered = sorted(self.seconds)
        return None if len(ordered) < 3 else ordered[len(ordered) // 2]


def trend(runs: Iterable[WorkflowRun], of: WorkflowRun) -> Trend:
    """Return the trend that a run belongs to: same workflow, same branch, same kind of start."""
    alike = [
        run
        for run in runs
        if run.branch == of.branch and run.name == of.name and run.event == of.event and run.state is CheckState.SUCCESS
    ]
    newest = sorted(alike, key=lambda run: run.id, reverse=True)[:TREND_RUNS]
    spans = [(run.updated_at - run.started_at).total_seconds() for run in newest if run.updated_at and run.started_at]
    return Trend(tuple(reversed([max(span, 0.0) for span in spans])))


@dataclass(frozen=True, slots=True)
class Flaky:
    """A job that failed and passed on the same commit. ``tries`` is how often it ran there, ``failed`` how often it was red."""

    name: str
    sha: str
    failed: int
    tries: int


def flaky(runs: Iterable[WorkflowRun], jobs: Iterable[Job] = (), *, sha: str = "") -> tuple[Flaky, ...]:
    """Return the jobs that were red and green on one commit, over runs and attempts.

    ``jobs`` are those of every attempt of one run, where somebody has read them; ``sha`` narrows it to one commit. What was
    cancelled or skipped says nothing.
    """
    counts: dict[tuple[str, str], dict[int, CheckState]] = {}
    for run in runs:
        if sha and run.sha != sha:
            continue
        for job in run.jobs or ():
            counts.setdefault((run.sha, job.name), {})[job.id] = job.state
    for job in jobs:
        counts.setdefault((sha, job.name), {})[job.id] = job.state
    found = []
    for (commit, name), states in counts.items():
        failed = sum(state in (CheckState.FAILURE, CheckState.TIMED_OUT) for state in states.values())
        passed = sum(state is CheckState.SUCCESS for state in states.values())
        if failed and passed:
            found.append(Flaky(name, commit, failed, failed + passed))
    return tuple(found)
