"""GitHub Actions in GitHub's words: workflow runs, jobs, steps, check runs, and what a set of checks adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CheckState(StrEnum):
    """The state of a check, a job or a run, each a named state of its own (R64, RELIABILITY section 3 CI)."""

    EXPECTED = "expected"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    NEUTRAL = "neutral"
    TIMED_OUT = "timed out"
    ACTION_REQUIRED = "action required"
    STARTUP_FAILURE = "startup failure"
    STALE = "stale"
    UNKNOWN = "unknown"

    @property
    def finished(self) -> bool:
        """Say whether nothing more will come of it by itself."""
        return self not in (CheckState.EXPECTED, CheckState.QUEUED, CheckState.RUNNING, CheckState.UNKNOWN)

    @property
    def passes(self) -> bool:
        """Say whether GitHub lets a required check of this state pass."""
        return self in (CheckState.SUCCESS, CheckState.SKIPPED, CheckState.NEUTRAL)

    @property
    def red(self) -> bool:
        """Say whether it needs a person."""
        return self.finished and not self.passes


_STATUS = {
    "queued": CheckState.QUEUED,
    "requested": CheckState.QUEUED,
    "waiting": CheckState.QUEUED,
    "pending": CheckState.QUEUED,
    "in_progress": CheckState.RUNNING,
}
_CONCLUSION = {
    "success": CheckState.SUCCESS,
    "failure": CheckState.FAILURE,
    "error": CheckState.FAILURE,
    "cancelled": CheckState.CANCELLED,
    "skipped": CheckState.SKIPPED,
    "neutral": CheckState.NEUTRAL,
    "timed_out": CheckState.TIMED_OUT,
    "action_required": CheckState.ACTION_REQUIRED,
    "startup_failure": CheckState.STARTUP_FAILURE,
    "stale": CheckState.STALE,
}


def check_state(status: str | None, conclusion: str | None) -> CheckState:
    """Map GitHub's ``status`` and ``conclusion`` words; an unheard-of word is unknown, never green."""
    if status == "completed" or (status is None and conclusion is not None):
        return _CONCLUSION.get(conclusion or "", CheckState.UNKNOWN)
    return _STATUS.get(status or "", CheckState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check on a commit: a check run or a commit status. ``name`` is clean; ``url`` may be empty.

    ``id`` is set for check runs, whose annotations can be asked for; ``app_id`` names the app that reported it (GitHub Actions
    is 15368), None for a status and where GitHub does not say.
    """

    name: str
    state: CheckState
    sha: str
    url: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    source: str = "check"
    id: int | None = None
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class JobStep:
    """One step of a job."""

    number: int
    name: str
    state: CheckState


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a workflow run, with its steps in order. ``attempt`` is that of its run."""

    id: int
    name: str
    state: CheckState
    started_at: datetime | None = None
    completed_at: datetime | None = None
    url: str = ""
    steps: tuple[JobStep, ...] = ()
    run_id: int | None = None
    attempt: int = 1

    def first_failure(self) -> JobStep | None:
        """Return the first step that is red (R62)."""
        return next((step for step in self.steps if step.state.red), None)


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run of a workflow file. ``number`` is GitHub's run number; ``jobs`` None means not asked for yet."""

    id: int
    number: int
    name: str
    branch: str
    sha: str
    event: str
    state: CheckState
    attempt: int = 1
    actor: str = ""
    url: str = ""
    title: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    updated_at: datetime | None = None
    jobs: tuple[Job, ...] | None = None
    pull_numbers: tuple[int, ...] = ()

    def duration(self, now: datetime) -> timedelta | None:
        """Return how long it ran, or has been running."""
        if self.started_at is None:
            return None
        end = self.updated_at if self.state.finished and self.updated_at else now
        return max(end - self.started_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What the checks of one commit add up to, over the required names.

    ``required`` maps each required name to its state; a name that no check bears is ``EXPECTED``. ``others`` are not required.
    """

    sha: str
    required: tuple[tuple[str, CheckState], ...]
    others: tuple[CheckRun, ...] = ()

    @property
    def state(self) -> CheckState:
        """Return the worst state of the required checks; UNKNOWN when none is required and none ran."""
        states = [state for _, state in self.required] or [check.state for check in self.others]
        return worst(states)

    @property
    def passed(self) -> int:
        """Return how many required checks pass."""
        return sum(state.passes for _, state in self.required)

    def blockers(self) -> tuple[str, ...]:
        """Return one sentence per state that holds a merge back."""
        groups: dict[CheckState, list[str]] = {}
        for name, state in self.required:
            if not state.passes:
                groups.setdefault(state, []).append(name)
        words = {
            CheckState.EXPECTED: "has not started",
            CheckState.QUEUED: "is queued",
            CheckState.RUNNING: "is running",
        }
        return tuple(f"check {', '.join(names)} {words.get(state, 'is ' + str(state))}" for state, names in groups.items())


_ORDER = (
    CheckState.FAILURE,
    CheckState.STARTUP_FAILURE,
    CheckState.TIMED_OUT,
    CheckState.ACTION_REQUIRED,
    CheckState.CANCELLED,
    CheckState.STALE,
    CheckState.UNKNOWN,
    CheckState.EXPECTED,
    CheckState.QUEUED,
    CheckState.RUNNING,
    CheckState.NEUTRAL,
    CheckState.SKIPPED,
    CheckState.SUCCESS,
)


def worst(states: Iterable[CheckState]) -> CheckState:
    """Return the state that decides about a set; skipped beside success is success; nothing at all is unknown."""
    seen = set(states)
    if not seen:
        return CheckState.UNKNOWN
    if CheckState.SUCCESS in seen and all(state.passes for state in seen):
        return CheckState.SUCCESS
    return next(state for state in _ORDER if state in seen)


def summarise(sha: str, checks: Iterable[CheckRun], required: Iterable[str]) -> CheckSummary:
    """Join checks and required names: newest check of each name counts (push and pull request run both, R59).

    A re-run replaces the older check of its name by start time; one without a time counts as oldest.
    """
    newest: dict[str, CheckRun] = {}
    for check in checks:
        if check.sha != sha:
            continue
        known = newest.get(check.name)
        if known is None or _start(check) >= _start(known):
            newest[check.name] = check
    names = tuple(dict.fromkeys(required))
    states = tuple((name, newest[name].state if name in newest else CheckState.EXPECTED) for name in names)
    return CheckSummary(sha, states, tuple(c for name, c in newest.items() if name not in names))


def _start(check: CheckRun) -> float:
    return check.started_at.timestamp() if check.started_at else 0.0
