"""Pull requests and every reason why one cannot be merged now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from strideiq_console.domain.ci import CheckSummary


class PullState(StrEnum):
    """GitHub's states, with merged told apart from closed."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class ReviewState(StrEnum):
    """GitHub's review states."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True)
class Review:
    """One review. ``sha`` is the commit that was reviewed; ``body`` is its text, clean, with lines."""

    author: str
    state: ReviewState
    sha: str | None
    submitted_at: datetime | None
    body: str = ""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request. Texts are clean. ``mergeable`` None means that GitHub has not computed it yet: ask again.

    ``mergeable_state`` is GitHub's word: clean, dirty, blocked, behind, unstable, draft, has_hooks, unknown. ``reviewers`` were
    asked for a review and have not given it yet.
    """

    number: int
    title: str
    state: PullState
    head: str
    head_sha: str
    base: str
    author: str
    url: str
    draft: bool = False
    body: str = ""
    labels: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    mergeable: bool | None = None
    mergeable_state: str = "unknown"
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a pull request. ``status`` is GitHub's word: added, removed, modified, renamed, copied, changed, unchanged."""

    path: str
    status: str
    additions: int
    deletions: int
    previous_path: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """What GitHub enforces on a branch, read from rulesets first and classic protection second (R21-R28).

    None in a field means unknown (not readable), never off. ``source`` is ``ruleset``, ``classic``, ``both`` or ``none``.
    ``required_checks`` are check names.
    """

    branch: str
    source: str
    pull_request: bool | None
    approvals: int | None
    required_checks: tuple[str, ...] | None
    up_to_date: bool | None
    bypass: bool | None
    force_push: bool | None
    deletion: bool | None
    note: str = ""


def approvals_of(reviews: tuple[Review, ...], *, author: str, head_sha: str | None) -> tuple[str, ...]:
    """Return who approves now: the last deciding review of each person but the author.

    With ``head_sha`` only approvals of that commit count, as protections that dismiss stale reviews want it.
    """
    last: dict[str, Review] = {}
    for review in reviews:
        if review.author != author and review.state not in (ReviewState.COMMENTED, ReviewState.PENDING):
            last[review.author] = review
    return tuple(
        name
        for name, review in last.items()
        if review.state is ReviewState.APPROVED and (head_sha is None or review.sha in (None, head_sha))
    )


def blockers(
    pull: PullRequest,
    checks: CheckSummary | None,
    reviews: tuple[Review, ...],
    protection: Protection | None,
    *,
    viewer: str | None = None,
    bot: bool = False,
) -> tuple[str, ...]:
    """Return all reasons at once why ``pull`` cannot be merged now; empty means it can (R37, RELIABILITY section 3)."""
    if pull.state is PullState.MERGED:
        return ("already merged",)
    reasons: list[str] = []
    if pull.state is PullState.CLOSED:
        reasons.append("the pull request is closed")
    if pull.draft:
        reasons.append("it is a draft")
    if pull.mergeable is False or pull.mergeable_state == "dirty":
        reasons.append(f"it conflicts with {pull.base}")
    elif pull.mergeable is None:
        reasons.append("GitHub is still computing whether it merges")
    if pull.mergeable_state == "behind":
        reasons.append(f"{pull.head} is behind {pull.base}")
    if checks is None:
        reasons.append("its checks are unknown")
    else:
        reasons.extend(checks.blockers())
    wanted = protection.approvals if protection else None
    if wanted:
        given = approvals_of(reviews, author=pull.author, head_sha=pull.head_sha)
        if len(given) < wanted:
            missing = f"{wanted - len(given)} approval is missing" if wanted - len(given) == 1 else "approvals are missing"
            if viewer is not None and viewer == pull.author and not bot:
                missing += ", and GitHub does not let its author approve"
            reasons.append(missing)
    if any(r.state is ReviewState.CHANGES_REQUESTED for r in _last_by_author(reviews)):
        reasons.append("a reviewer requests changes")
    return tuple(reasons)


def _last_by_author(reviews: tuple[Review, ...]) -> tuple[Review, ...]:
    last: dict[str, Review] = {}
    for review in reviews:
        if review.state not in (ReviewState.COMMENTED, ReviewState.PENDING):
            last[review.author] = review
    return tuple(last.values())
