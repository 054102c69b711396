"""What a plan says besides its acts: what comes back with the code, what stays wrong, and who can unlock a merge."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.rollback.facts import Crossing, Facts, Place
from strideiq_console.domain.policy.rollback.gates import named
from strideiq_console.domain.policy.rollback.plans import Act, ActKind
from strideiq_console.domain.policy.rollback.reverts import same_commit, standing_reverts

WAYS_OUT = "a bot token that opens the pull request, a second account that approves, or 0 required approvals"

_PINNED = "{} is pinned afterwards: new pushes will not go live until a deployment is promoted"


def turned_back(place: Place) -> str:
    """Say what a provider rollback of a component turns back besides its code (T14)."""
    names = place.variables_changed
    seen = "which ones changed is not known" if names is None else f"changed since: {named(names)}" if names else "none changed"
    if place.provider == "railway":
        return f"{place.component}: the variables of that deployment come back too ({seen}); the database is not touched"
    if place.provider == "vercel":
        return f"{place.component}: the old build's variables and crons come back too ({seen})"
    return f"{place.component}: what {place.provider} turns back besides the code is not known ({seen})"


def rebuilt(place: Place) -> str:
    """Say what a redeploy takes instead: the old commit, with the variables of today."""
    return f"{place.component}: the old commit is built anew with today's variables; it takes as long as a build"


def standing_warnings(facts: Facts, *, rolled: bool = False) -> tuple[str, ...]:
    """Return what stays true after the code of the providers went back while the branch did not.

    ``rolled``: by a provider rollback, which pins production at Vercel.
    """
    found = []
    for place in facts.moving:
        if place.pinned or (rolled and place.provider == "vercel"):
            found.append(_PINNED.format(place.component))
        elif place.pinned is None:
            found.append(f"whether {place.component} is pinned is not known: a push to {facts.branch} may or may not go live")
        else:
            found.append(f"the next push to {facts.branch} deploys {place.component} again, with what is wrong now")
    found.append(f"{facts.branch} is still bad: take the change back there too")
    return (*found, *returning(facts, facts.live))


def pinned_by(acts: Sequence[Act]) -> tuple[str, ...]:
    """Warn of what these acts pin: a rollback at Vercel."""
    return tuple(_PINNED.format(a.component) for a in acts if a.kind is ActKind.ROLLBACK and a.provider == "vercel")


def split(facts: Facts, left: tuple[str, ...]) -> tuple[str, ...]:
    """Warn of components that stay behind, by name and commit (R98)."""
    stay = [p for p in facts.places if p.component in left]
    served = ", ".join(f"{p.component} {short_sha(p.live.sha) if p.live else 'unknown'}" for p in stay)
    gone = ", ".join(p.component for p in facts.moving if p.component not in left)
    return (f"split state: {gone} goes back to {short_sha(facts.target)}, {served} stays",) if stay and gone else ()


def returning(facts: Facts, crossing: Crossing) -> tuple[str, ...]:
    """Warn of work that was reverted after the target: the target still holds it, so going back brings it back (T4)."""
    if crossing.changes is None:
        return ("the commits between are not known: what else goes back cannot be listed",)
    between = {change.commit.sha for change in crossing.changes}
    standing = standing_reverts(crossing.changes)
    back = [old for old, by in standing.items() if by in between and not any(same_commit(old, sha) for sha in between)]
    return tuple(f"{short_sha(facts.target)} still holds {short_sha(old)}, which was reverted since: it comes back" for old in back)


def reland(facts: Facts) -> str:
    """Say what the next promotion will leave out, and what to do about it (T4)."""
    return (
        f"the next merge of staging into {facts.branch} leaves the reverted work out without a word: "
        "re-land it (revert the revert) before or with that merge"
    )


def deadlock(facts: Facts) -> tuple[str, ...]:
    """Warn of a merge that nobody may approve: GitHub lets nobody approve their own pull request (T2)."""
    review = facts.review
    if review.protected is False or review.approvals == 0 or review.bot or review.others:
        return ()
    if review.protected is None or review.approvals is None or review.bot is None or review.others is None:
        return (f"whether you could merge alone is not known; if {facts.branch} wants an approval: {WAYS_OUT}",)
    return (f"{facts.branch} wants {review.approvals} approval and you are the only reviewer: {WAYS_OUT}",)
