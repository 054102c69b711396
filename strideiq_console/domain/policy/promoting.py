"""Whether staging may go to main: who rides along, what nobody has tried, what staging lacks (R40, T4, T9, T10, T15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from strideiq_console.domain.commit import Commit, short_sha
from strideiq_console.domain.policy.promotion import GateStanding, Verification, gates
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.rollback.repository import reland_refusals
from strideiq_console.domain.policy.rollback.reverts import standing_reverts

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Rider:
    """A commit that goes to main with the next promotion. ``verified``: it was on staging when somebody tried it."""

    commit: Commit
    verified: bool


class Hold(StrEnum):
    """Why staging stays where it is."""

    UNKNOWN = "not known"
    NOTHING = "nothing to promote"
    BEHIND = "staging is behind main"
    UNVERIFIED = "not verified"
    REVERTED = "reverted and not landed again"
    NO_MERGE_COMMITS = "merge commits are switched off"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands before a promotion: why, what would happen otherwise, and what removes it. ``rule`` is the requirement."""

    hold: Hold
    cause: str
    consequence: str
    next_step: str
    rule: str

    def sentence(self) -> str:
        """Return cause, consequence and next step as one line."""
        return " ".join(f"{part.rstrip('.')}." for part in (self.cause, self.consequence, self.next_step))


def riders(changes: Sequence[Change], verified_sha: str | None) -> tuple[Rider, ...]:
    """Return every commit that staging has and main lacks, newest first as given.

    What can be reached from ``verified_sha`` was there when staging was tried; what came after, and what came with a merge after,
    was not. A sha that is not among ``changes`` verifies none of them: it is main's already, or staging was never at it.
    """
    by_sha = {change.commit.sha: change.commit for change in changes}
    tried: set[str] = set()
    waiting = [verified_sha] if verified_sha in by_sha else []
    while waiting:
        sha = waiting.pop()
        if sha in by_sha and sha not in tried:
            tried.add(sha)
            waiting += by_sha[sha].parents
    # The first is the head: whoever tried the head has tried all of them, also where the parents were not read.
    whole = bool(changes) and changes[0].commit.sha == verified_sha
    return tuple(Rider(change.commit, whole or change.commit.sha in tried) for change in changes)


def promotion_refusals(
    ahead: Sequence[Change] | None,
    behind: Sequence[Change] | None,
    verification: Verification | None,
    *,
    merge_commits: bool | None = None,
    staging: str = "staging",
    main: str = "main",
) -> tuple[Obstacle, ...]:
    """Return all that stands before merging staging into main, at once; none: it may go.

    ``ahead`` is ``git log MAIN..STAGING``, ``behind`` ``git log STAGING..MAIN``, both newest first, whole, with messages and
    parents; None: not known. ``merge_commits``: the repository allows them; None: not known, GitHub will say.
    """
    if ahead is None or behind is None:
        cause = f"how far {staging} and {main} are apart is not known"
        return (Obstacle(Hold.UNKNOWN, cause, "work could go along that nobody has looked at", "fetch, then plan again", "R40"),)
    if not ahead:
        cause = f"{staging} holds nothing that {main} lacks"
        step = f"merge a feature to {staging} first"
        return (Obstacle(Hold.NOTHING, cause, "the pull request would be empty", step, "R40"),)
    found = [*_behind(behind, staging, main), *_omitted(behind, staging, main), *_unverified(ahead, verification, staging)]
    if merge_commits is False:
        found.append(_squashed(staging, main))
    return tuple(found)


def omitted_work(behind: Sequence[Change]) -> Mapping[str, str]:
    """Return what main took back and staging still holds, each with the commit that reverted it (T4).

    ``behind`` is ``git log STAGING..MAIN``. Git takes such work for merged already. A reverted commit that only main ever had is
    left out, unless it is the merge that brought work of staging's.
    """
    by_sha = {change.commit.sha: change.commit for change in behind}

    def held(sha: str) -> bool:
        commit = by_sha.get(sha)
        return commit is None or any(parent not in by_sha for parent in commit.parents[1:])

    return {sha: by for sha, by in standing_reverts(behind).items() if held(sha)}


def _behind(behind: Sequence[Change], staging: str, main: str) -> tuple[Obstacle, ...]:
    if not behind:
        return ()
    count = f"{len(behind)} commit" + ("" if len(behind) == 1 else "s")
    return (
        Obstacle(
            Hold.BEHIND,
            f"{staging} is {count} behind {main}: {_named([change.commit for change in behind])}",
            f"{main} wants branches up to date, and GitHub's button cannot push to {staging}",
            f"merge {main} back into {staging} by pull request, then verify {staging} again",
            "T9",
        ),
    )


def _unverified(ahead: Sequence[Change], verification: Verification | None, staging: str) -> tuple[Obstacle, ...]:
    head = ahead[0].commit
    gate = next(gate for gate in gates(None, None, head.sha, verification) if gate.standing is GateStanding.MANUAL)
    if gate.passed:
        return ()
    found = riders(ahead, verification.sha if verification is not None else None)
    missing = [rider.commit for rider in found if not rider.verified]
    way = f"verify {staging} at {head.short}"
    if verification is not None and len(missing) < len(found):
        way += f", or release what is verified: a release branch at {short_sha(verification.sha)}"
    cause = f"{gate.detail}: {len(missing)} of {len(found)} commits are not verified: {_named(missing)}"
    return (Obstacle(Hold.UNVERIFIED, cause, "users would get what nobody has tried", way, "R40"),)


def _omitted(behind: Sequence[Change], staging: str, main: str) -> tuple[Obstacle, ...]:
    omitted = omitted_work(behind)
    return tuple(
        Obstacle(
            Hold.REVERTED,
            f"{refusal.cause} on {main}",
            refusal.consequence,
            f"{refusal.next_step}; or, if it is to stay away, let the back-merge take it off {staging}",
            refusal.rule,
        )
        for refusal in reland_refusals(omitted, tuple(omitted))
    )


def _squashed(staging: str, main: str) -> Obstacle:
    return Obstacle(
        Hold.NO_MERGE_COMMITS,
        "the repository does not allow merge commits",
        f"a squash or a rebase would part the histories of {staging} and {main}: they conflict at the next touch of a line",
        "allow merge commits in the settings of the repository",
        "T10",
    )


def _named(commits: Sequence[Commit]) -> str:
    shown = ", ".join(f"{commit.short} {commit.subject}" for commit in commits[:_MOST_NAMED])
    return shown + (f" and {len(commits) - _MOST_NAMED} more" if len(commits) > _MOST_NAMED else "")
