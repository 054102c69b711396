"""What can be done with branches, each with the rule that forbids it now and what helps (R17, R18, R30, R40, R53)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.branch import Branch, BranchKind, slug_fault
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.policy.new_migration import revision_slug
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.branch_state import BranchIndex, Remains, index, unstarted
from strideiq_console.presentation.protection_rules import audit
from strideiq_console.presentation.pull_words import short_blocker

ONE = "several rows are marked: esc unmarks"
_PREFIX = {BranchKind.FEATURE: "feature/", BranchKind.HOTFIX: "hotfix/", BranchKind.RELEASE: "release/"}


def acts(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return what can be done with the branches of these names; what cannot be done now says why."""
    known = index(facts)
    wanted = set(keys)
    chosen = tuple(branch for branch in facts.branches.value or () if branch.name in wanted)
    if not chosen:
        return ()
    return (
        _clean_up(chosen, known),
        _update(chosen, known),
        _reopen(chosen, known),
        _begin(chosen, BranchKind.HOTFIX, "h", known),
        _begin(chosen, BranchKind.FEATURE, "f", known),
        _begin(chosen, BranchKind.RELEASE, "r", known),
        _promote(chosen, facts),
        _protect(chosen, facts),
        _migration(chosen),
    )


def why_stays(branch: Branch, known: BranchIndex) -> str:
    """Say why a branch is not deleted, ``""`` where it may be; the plan proves it once more."""
    if branch.kind.permanent:
        return f"{branch.name} is permanent and never deleted"
    if branch.hostile:
        return f"{branch.name}: its true name is not fit to act on; use your own git"
    pulls = known.pulls_of(branch.name)
    if pulls:
        return f"deleting {branch.name} would close {', '.join(f'#{one.pull.number}' for one in pulls)}: merge or close it first"
    if branch.checked_out:
        return f"{branch.name} is checked out: switch away from it first"
    remains = known.remains(branch)
    if remains in (Remains.MERGED, Remains.SQUASHED, Remains.UNKNOWN):
        return ""
    sides = [side for side in (branch.against_main, branch.against_staging) if side is not None]
    if not sides:
        return ""  # it cannot be counted here: the plan asks GitHub
    ahead = min(side.ahead for side in sides)
    if not ahead:
        return f"{branch.name} was just created: nothing was done on it yet"
    return f"{branch.name} has {ahead} commit{'' if ahead == 1 else 's'} that neither staging nor main holds"


def _clean_up(chosen: Sequence[Branch], known: BranchIndex) -> Act:
    staying = [why for why in (why_stays(branch, known) for branch in chosen) if why]
    title = f"delete {chosen[0].name}" if len(chosen) == 1 else f"delete {len(chosen)} branches"
    # A squash whose lines were changed again looks like unfinished work from here; GitHub may know its pull request.
    unsure = len(chosen) == 1 and staying and "neither staging nor main" in staying[0]
    why = "" if unsure else "; ".join(staying[:2]) + (f"; and {len(staying) - 2} more" if len(staying) > 2 else "")
    words = f"{title}: ask GitHub whether it was merged" if unsure else f"{title}, here and at GitHub"
    return Act("c", words, "tidy", {"branches": ", ".join(branch.name for branch in chosen)}, why_not=why)


def _update(chosen: Sequence[Branch], known: BranchIndex) -> Act:
    title = "bring the pull request up to date with its base"
    pulls = known.pulls_of(chosen[0].name)
    behind = [one for one in pulls if one.pull.mergeable_state == "behind"]
    why = ONE if len(chosen) > 1 else ""
    if not why and chosen[0].kind.permanent:
        why = "a promotion merges main back into staging" if chosen[0].kind is BranchKind.STAGING else "main is what others follow"
    if not why and not pulls:
        why = f"{chosen[0].name} has no open pull request"
    if not why and any(short_blocker(one) == "conflict" for one in pulls) and not behind:
        why = "it conflicts: merge the base into it with your own git, then push"
    if not why and not behind:
        why = "GitHub does not call it behind its base"
    number = behind[0].pull.number if behind else 0
    return Act("u", title, "update", {"pull": f"{number}"} if number else {}, why_not=why)


def _reopen(chosen: Sequence[Branch], known: BranchIndex) -> Act:
    """Offer a run to a pull request that never got one (R60); one into another base would get none that way either."""
    pulls = [one for one in known.pulls_of(chosen[0].name) if unstarted(one)]
    reached = [one for one in pulls if one.pull.base in known.permanent]
    why = ONE if len(chosen) > 1 else ""
    if not why and not known.pulls_of(chosen[0].name):
        why = f"{chosen[0].name} has no open pull request"
    elif not why and not pulls:
        why = "its checks have started"
    elif not why and not reached:
        why = known.silent(pulls[0])
    inputs = {"pull": f"{reached[0].pull.number}"} if reached else {}
    return Act("n", "let CI run: close the pull request and open it again", "reopen", inputs, why_not=why)


def _begin(chosen: Sequence[Branch], kind: BranchKind, letter: str, known: BranchIndex) -> Act:
    branch = chosen[0]
    start = {BranchKind.HOTFIX: "main", BranchKind.FEATURE: "staging", BranchKind.RELEASE: "staging"}[kind]
    rest = branch.name.removeprefix(_PREFIX[kind])
    goes_on = branch.kind is kind
    title = f"go on with the {kind} {rest}" if goes_on else f"start a {kind}"
    inputs = {}
    if goes_on:
        inputs = {"version": rest} if kind is BranchKind.RELEASE else {"slug": rest}
    why = ONE if len(chosen) > 1 else ""
    if not why and not goes_on and str(branch.kind) != start:
        why = f"it starts from {start}: choose that row"
    if not why and goes_on and known.gone(branch):
        why = "it has served: clean it up, and start anew"
    if not why and "slug" in inputs and slug_fault(rest):
        why = f"{rest} cannot be a slug: {slug_fault(rest)}"
    return Act(letter, title, str(kind), inputs, why_not=why)


def _promote(chosen: Sequence[Branch], facts: Facts) -> Act:
    promotion = facts.promotion.value
    why = ONE if len(chosen) > 1 else ""
    if not why and chosen[0].kind is not BranchKind.STAGING:
        why = "only staging is promoted"
    if not why and promotion is not None and promotion.to_main == 0:
        why = "main has everything that staging has"
    return Act("p", "promote all of staging to production", "promote", why_not=why)


def _protect(chosen: Sequence[Branch], facts: Facts) -> Act:
    branch = chosen[0]
    why = ONE if len(chosen) > 1 else "" if branch.kind.permanent else "only main and staging have rules"
    rows = audit(facts, branch)
    if not why and rows and not any(row.wanted for row in rows):
        why = "the rules are as the document says"
    return Act("e", "make the rules at GitHub those of the document", "protect", why_not=why)


def _migration(chosen: Sequence[Branch]) -> Act:
    """Offer the command that makes a migration, named after the branch (R89); nothing is run."""
    branch = chosen[0]
    why = ONE if len(chosen) > 1 else ""
    if not why and branch.kind.permanent:
        why = "a migration is made on a feature: f on staging starts one"
    elif not why and not branch.checked_out:
        why = f"alembic reads the work tree, and {branch.name} is not checked out"
    try:
        slug = revision_slug(branch.name.removeprefix(_PREFIX.get(branch.kind, "")))
    except UsageError:
        slug = "change"
    return Act("m", "how to make a migration on it", action=f"app.new_migration('{slug}')", why_not=why)
