"""GitHub's shapes into domain objects. Pure; every text passes the first wall here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec import UNSET

from strideiq_console.domain.ci import CheckRun, CheckState, Job, JobStep, WorkflowRun, check_state
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.pull_request import ChangedFile, PullRequest, PullState, Review, ReviewState
from strideiq_console.domain.untrusted import clean, clean_line, is_clean
from strideiq_console.providers.github import wire
from strideiq_console.providers.wire import malformed, sha_or_none, subject_of

GHOST = "ghost"
_BODY = 65_536
_NAME = 255
_TITLE = 500


def pull(shape: wire.Pull) -> PullRequest:
    """Return a pull request. ``merge_sha`` is set only once merged: before, GitHub's field names a test merge."""
    merged = shape.merged if shape.merged is not None else shape.merged_at is not None
    state = PullState.MERGED if merged else PullState.CLOSED if shape.state == "closed" else PullState.OPEN
    return PullRequest(
        number=shape.number,
        title=clean_line(shape.title, limit=_TITLE),
        state=state,
        head=_head(shape),
        head_sha=shape.head.sha,
        base=clean_line(shape.base.ref, limit=_NAME),
        author=login(shape.user),
        url=web_url(shape.html_url),
        draft=bool(shape.draft),
        body=clean(shape.body or "", limit=_BODY),
        labels=tuple(clean_line(label.name, limit=100) for label in shape.labels[:100]),
        created_at=utc(shape.created_at),
        updated_at=utc(shape.updated_at),
        merged_at=utc(shape.merged_at) if merged else None,
        merge_sha=sha_or_none(shape.merge_commit_sha) if merged else None,
        mergeable=shape.mergeable,
        mergeable_state=clean_line(shape.mergeable_state, limit=40),
        reviewers=(
            *map(login, shape.requested_reviewers[:100]),
            *(f"team:{clean_line(t.slug)}" for t in shape.requested_teams[:100]),
        ),
    )


def _asked(shape: wire.Pull) -> tuple[str, ...]:
    teams = (f"team:{clean_line(team.slug, limit=100)}" for team in shape.requested_teams[:100])
    return (*map(login, shape.requested_reviewers[:100]), *teams)


def _head(shape: wire.Pull) -> str:
    """Return the head branch; one of a fork, or of a fork that is gone, bears its owner, so it never looks like our own."""
    head, base = shape.head, shape.base
    if head.repo is UNSET or base.repo is UNSET or base.repo is None:
        return clean_line(head.ref, limit=_NAME)
    if head.repo is not None and head.repo.full_name.lower() == base.repo.full_name.lower():
        return clean_line(head.ref, limit=_NAME)
    return clean_line(head.label if ":" in head.label else f"{GHOST}:{head.ref}", limit=_NAME)


def review(shape: wire.Review) -> Review:
    """Return a review; a state that nobody knows decides nothing, like a comment."""
    known = {state.value: state for state in ReviewState}
    state = known.get(shape.state.upper(), ReviewState.COMMENTED)
    text = clean(shape.body or "", limit=65_536)
    return Review(login(shape.user), state, sha_or_none(shape.commit_id), utc(shape.submitted_at), text)


def check_run(shape: wire.CheckRun) -> CheckRun:
    """Return a check run as a check."""
    return replace(_as_check(shape, "check"), id=shape.id, app_id=shape.app.id if shape.app else None)


def job_as_check(shape: wire.Job) -> CheckRun:
    """Return a job as the check that it reports, for tokens that may not read checks."""
    return _as_check(shape, "job")


def _as_check(shape: wire.CheckRun | wire.Job, source: str) -> CheckRun:
    return CheckRun(
        name=clean_line(shape.name, limit=_NAME),
        state=check_state(shape.status, shape.conclusion),
        sha=shape.head_sha,
        url=web_url(shape.html_url),
        started_at=utc(shape.started_at),
        completed_at=utc(shape.completed_at),
        source=source,
    )


def status(shape: wire.Status, sha: str) -> CheckRun:
    """Return a commit status as a check; its last change is its end once it is not pending."""
    state = CheckState.RUNNING if shape.state == "pending" else check_state("completed", shape.state)
    return CheckRun(
        name=clean_line(shape.context, limit=_NAME),
        state=state,
        sha=sha,
        url=web_url(shape.target_url),
        started_at=utc(shape.created_at),
        completed_at=utc(shape.updated_at) if state.finished else None,
        source="status",
    )


def run(shape: wire.Run) -> WorkflowRun:
    """Return a workflow run without its jobs."""
    return WorkflowRun(
        id=shape.id,
        number=shape.run_number,
        name=clean_line(shape.name or "", limit=_NAME),
        branch=clean_line(shape.head_branch or "", limit=_NAME),
        sha=shape.head_sha,
        event=clean_line(shape.event, limit=60),
        state=check_state(shape.status, shape.conclusion),
        attempt=shape.run_attempt,
        actor=login(shape.actor),
        url=web_url(shape.html_url),
        title=clean_line(shape.display_title, limit=_TITLE),
        created_at=utc(shape.created_at),
        started_at=utc(shape.run_started_at),
        updated_at=utc(shape.updated_at),
        pull_numbers=tuple(pull.number for pull in (shape.pull_requests or [])[:20]),
    )


def job(shape: wire.Job) -> Job:
    """Return a job with its steps in order."""
    steps = sorted(shape.steps or [], key=lambda step: step.number)
    return Job(
        id=shape.id,
        name=clean_line(shape.name, limit=_NAME),
        state=check_state(shape.status, shape.conclusion),
        started_at=utc(shape.started_at),
        completed_at=utc(shape.completed_at),
        url=web_url(shape.html_url),
        steps=tuple(JobStep(s.number, clean_line(s.name, limit=_NAME), check_state(s.status, s.conclusion)) for s in steps),
        run_id=shape.run_id,
        attempt=shape.run_attempt,
    )


def commit(shape: wire.Commit) -> Commit:
    """Return a commit. OutsideError (malformed) for one without any date, which git does not make."""
    who = shape.commit.committer or shape.commit.author
    if who is None:
        raise malformed("github", f"commit {shape.sha[:7]}", "neither author nor committer")
    at = utc(who.date) or who.date
    author = clean_line((shape.commit.author or who).name, limit=200)
    return Commit(shape.sha, subject_of(shape.commit.message), author, at, tuple(parent.sha for parent in shape.parents))


def changed_file(shape: wire.PullFile) -> ChangedFile:
    """Return a file of a pull request."""
    path, before = clean_line(shape.filename), clean_line(shape.previous_filename)
    return ChangedFile(path, clean_line(shape.status, limit=40), shape.additions, shape.deletions, before)


def login(user: wire.User | None) -> str:
    """Return an account's name."""
    return clean_line(user.login, limit=100) if user else GHOST


def web_url(text: str | None) -> str:
    """Return an https address that can be shown and opened, ``""`` for anything else."""
    if not text or len(text) > 2000 or not is_clean(text) or any(c in text for c in " \"'<>\\`"):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme == "https" and parts.hostname and parts.username is None else ""


def utc(at: datetime | None) -> datetime | None:
    """Return an aware time."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
