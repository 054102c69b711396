"""Going back through the repository: a branch and a pull request, never a push to the branch itself (R96, R97, T1, T3, T4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.policy.rollback.expansion import Expansion, expansion
from strideiq_console.domain.policy.rollback.facts import Change, Crossing, Facts
from strideiq_console.domain.policy.rollback.gates import (
    backup_age,
    files_cause,
    files_step,
    lost_revision,
    misread,
    named,
    old_code_needs,
)
from strideiq_console.domain.policy.rollback.plans import Act, ActKind, PlanKind, Reason, Refusal, RollbackPlan
from strideiq_console.domain.policy.rollback.provider import Built
from strideiq_console.domain.policy.rollback.reverts import omitted_by_merge, revert_branch, revert_of, reverted_in, same_commit
from strideiq_console.domain.policy.rollback.words import deadlock, reland, returning

REVERT, KEEP = PlanKind.REVERT, PlanKind.KEEP_FILES


def revert_plan(facts: Facts, now: datetime) -> Built:
    """Return the plan that takes back the blamed commit, or everything that went onto the branch since the target."""
    way = _way(REVERT, facts)
    if isinstance(way, Refusal):
        return None, (way,)
    closed = _touches(facts, way) if facts.blamed else _range(facts, way)
    steps = _reverts(REVERT, facts, way) if closed is None else closed
    if isinstance(steps, Refusal):
        return None, (steps,)
    up = _startup(REVERT, facts, way, now, all_back=not facts.blamed)
    if up.refusal is not None:
        return None, (up.refusal,)
    notes: tuple[str, ...] = ()
    if not facts.blamed and way.crossed:
        ids = named([r.id for r in way.crossed])
        notes = (f"takes migration files out that production has not applied; another environment may have: {ids}",)
    return _plan(REVERT, facts, now, way, steps, up, notes), ()


def keep_files_plan(facts: Facts, now: datetime) -> Built:
    """Return the plan that makes everything but the migration files equal to the target, or takes the blamed commit back so.

    Neither plan nor refusal where no migration file differs: then it would be the plain revert.
    """
    way = _way(KEEP, facts)
    if isinstance(way, Refusal):
        return (None, (way,)) if not facts.live.same_schema else (None, ())
    if (facts.blamed and _blamed(facts, way).migrations == ()) or (not facts.blamed and way.same_schema):
        return None, ()
    steps = _reverts(KEEP, facts, way) if facts.blamed else _restore(facts, way)
    if isinstance(steps, Refusal):
        return None, (steps,)
    up = _startup(KEEP, facts, way, now, all_back=False)
    if up.refusal is not None:
        return None, (up.refusal,)
    return _plan(KEEP, facts, now, way, steps, up, _kept_warnings(facts, way)), ()


def reland_refusals(reverted: Mapping[str, str], merged: Collection[str]) -> tuple[Refusal, ...]:
    """Refuse a merge that would leave reverted work out in silence (T4): one refusal for each omitted commit of ``merged``."""
    return tuple(
        Refusal(
            REVERT,
            Reason.RELAND_FORGOTTEN,
            f"{short_sha(sha)} was reverted and not landed again",
            "git takes it for merged already: the merge leaves it out, and the next back-merge deletes it from staging",
            "re-land it first: revert the revert",
            "T4",
        )
        for sha in omitted_by_merge(reverted, merged)
    )


def _way(kind: PlanKind, facts: Facts) -> Crossing | Refusal:
    """Return the crossing from the branch's head, or why it cannot be gone."""
    way = facts.main
    if way is None or way.changes is None or (way.descends is None and not facts.blamed):
        return Refusal(
            kind,
            Reason.UNKNOWN_COMMITS,
            f"the commits between {short_sha(facts.target)} and the head of {facts.branch} are not known",
            "a revert of the wrong ones could be built",
            f"fetch {facts.branch} with its whole history, then plan again",
            "T3",
        )
    wrong = misread(kind, facts, way)
    if wrong is not None:
        return wrong
    if facts.blamed and not any(c.commit.sha == facts.blamed for c in way.changes):
        return _wrong(kind, f"{short_sha(facts.blamed)} is not among the commits of {facts.branch} since {short_sha(facts.target)}")
    if not facts.blamed and way.start == facts.target:
        return Refusal(
            kind,
            Reason.NOTHING_TO_DO,
            f"{facts.branch} is at {short_sha(facts.target)} already",
            "the revert would be empty",
            "roll back at the provider, or redeploy that commit",
        )
    if not facts.blamed and way.descends is not True:
        return _wrong(kind, f"{short_sha(facts.target)} is not below the head of {facts.branch}")
    return way


def _wrong(kind: PlanKind, cause: str) -> Refusal:
    step = "choose a commit from the list of deployments of this branch"
    return Refusal(kind, Reason.WRONG_COMMIT, cause, "something else than the chosen change would be taken back", step, "T3")


def _blamed(facts: Facts, way: Crossing) -> Change:
    return next(c for c in way.changes or () if c.commit.sha == facts.blamed)


def _touches(facts: Facts, way: Crossing) -> Refusal | None:
    """Refuse to take back one commit together with migration files, or without a look at whether it has any (T5)."""
    files = _blamed(facts, way).migrations
    if files == ():
        return None
    sha = short_sha(facts.blamed)
    consequence = "the code would exit at start on a revision that it cannot find"
    if files is None:
        cause, step = f"whether {sha} holds migration files is not known", "read what it changes, then plan again"
        return Refusal(REVERT, Reason.UNKNOWN_FILES, cause, consequence, step, "T5")
    cause = f"{sha} brought migration files: {named(files)}"
    return Refusal(REVERT, Reason.OLD_CODE_LOST, cause, consequence, "keep the migration files and revert the rest", "T5")


def _range(facts: Facts, way: Crossing) -> Refusal | None:
    if not way.straight:
        return _wrong(REVERT, f"{short_sha(facts.target)} is not on the first-parent line of {facts.branch}")
    return lost_revision(REVERT, facts, way)


def _reverts(kind: PlanKind, facts: Facts, way: Crossing) -> tuple[Act, ...] | Refusal:
    """Return one act for each commit, newest first, with the parent that ``git revert`` needs (T3)."""
    changes = (_blamed(facts, way),) if facts.blamed else way.line
    mainline = {c.commit.sha for c in way.line} | {p for c in way.line for p in c.commit.parents[:1]}
    acts = []
    for change in changes:
        sha = change.commit.sha
        if facts.blamed and any(same_commit(old, sha) for old in facts.reverted):
            cause = f"{change.commit.short} was reverted already and not landed again"
            step = "re-land it (revert the revert) if it is missed, or choose another commit"
            return Refusal(kind, Reason.ALREADY_REVERTED, cause, "the revert would be empty", step, "T4")
        if kind is KEEP and change.migrations is None:
            cause, step = (
                f"whether {change.commit.short} holds migration files is not known",
                "read what it changes, then plan again",
            )
            return Refusal(kind, Reason.UNKNOWN_FILES, cause, "one could be taken out with it", step, "T5")
        if len(change.commit.parents) > 1 and change not in way.line:
            return _wrong(kind, f"{change.commit.short} is a merge that came onto {facts.branch} with another merge")
        try:
            found = revert_of(change.commit, mainline)
        except BlockedError as error:
            return Refusal(kind, Reason.MERGE_PARENT, error.cause, error.consequence, error.next_step, "T3")
        keep = change.migrations or () if kind is KEEP else ()
        acts.append(Act(ActKind.REVERT, 1, source=sha, target=_branch(facts, way), parent=found.parent, keep=keep))
    return tuple(acts)


def _restore(facts: Facts, way: Crossing) -> tuple[Act, ...] | Refusal:
    found = way.difference
    if found is None or way.before is None:
        cause = files_cause(way)
        return Refusal(KEEP, Reason.UNKNOWN_FILES, cause, "which files to keep cannot be told", files_step(way), "T5")
    keep = tuple(sorted(r.file for r in way.before.revisions if r.file))
    return (Act(ActKind.RESTORE, 1, source=way.start, target=_branch(facts, way), sha=facts.target, keep=keep),)


def _branch(facts: Facts, way: Crossing) -> str:
    return revert_branch(facts.blamed or way.start)


def _startup(kind: PlanKind, facts: Facts, way: Crossing, now: datetime, *, all_back: bool) -> Expansion:
    """Judge what the merged code meets when it starts: the files of the branch's head, or of the target where all goes back."""
    graph, sha = (way.after, way.end) if all_back and not way.same_schema else (way.before, way.start)
    served = way.start == facts.live.start or (way.same_schema and way.end == facts.live.start)
    if facts.schema.rows is None or graph is None or not graph.sound:
        if served:
            return Expansion()
        reason = Reason.UNKNOWN_REVISION if facts.schema.rows is None else Reason.UNKNOWN_FILES
        what = "the database's revision is not known" if facts.schema.rows is None else files_cause(way)
        cause = f"{what}, and {facts.branch} is not what production serves"
        step = "read the revision and the migration files, then plan again"
        return Expansion(refusal=Refusal(kind, reason, cause, "the merged code could exit at start", step, "T5"))
    there = Crossing(way.start, sha, before=graph, after=graph)
    lost = lost_revision(kind, facts, there)
    return Expansion(refusal=lost) if lost is not None else expansion(kind, facts, graph, sha, now)


@dataclass(frozen=True, slots=True)
class _Pinned:
    acts: tuple[Act, ...]
    words: tuple[str, ...]


def _pinned(facts: Facts) -> _Pinned:
    held = [p for p in facts.places if p.pinned]
    acts = tuple(Act(ActKind.PROMOTE, 3, p.component, p.provider) for p in held)
    words = [f"{p.component} is pinned: the merge does not go live until its deployment is promoted" for p in held]
    unsure = [p for p in facts.places if p.pinned is None]
    words += [f"whether {p.component} is pinned is not known: watch whether the merge goes live" for p in unsure]
    return _Pinned(acts, tuple(words))


def _plan(
    kind: PlanKind, facts: Facts, now: datetime, way: Crossing, steps: tuple[Act, ...], up: Expansion, notes: tuple[str, ...]
) -> RollbackPlan:
    branch, pinned = _branch(facts, way), _pinned(facts)
    acts = (
        Act(ActKind.BRANCH, 1, source=way.start, target=branch),
        *steps,
        Act(ActKind.PULL_REQUEST, 2, source=branch, target=facts.branch),
        *up.acts,
        Act(ActKind.MERGE, 3, source=branch, target=facts.branch),
        *pinned.acts,
        Act(ActKind.WATCH, 0),
    )
    level = max(a.level for a in acts)
    return RollbackPlan(
        kind,
        facts.target,
        acts,
        level=level,
        turns_back=("nothing but the code: it is built anew with today's variables",),
        dies=up.dies,
        undo_note="revert the revert (re-land) by pull request",
        warnings=(*notes, *_moved_on(facts, way), *_again(facts, way), *pinned.words, *deadlock(facts), *_unread(facts)),
        afterwards=(reland(facts), f"bring the revert to staging too: by pull request, or by the back-merge from {facts.branch}"),
        branch=branch,
        database=facts.schema.database if level >= 4 else "",
        backup_id=facts.schema.backup_id if level >= 4 else "",
        backup_age=backup_age(facts, now) if level >= 4 else None,
    )


def _unread(facts: Facts) -> tuple[str, ...]:
    return (
        ("the database's revision is not known; the migration files stay what production has",) if facts.schema.rows is None else ()
    )


def _moved_on(facts: Facts, way: Crossing) -> tuple[str, ...]:
    if way.start == facts.live.start:
        return ()
    what = "with the other commits in between" if facts.blamed else "whatever is in between is taken back too"
    return (f"{facts.branch} is at {short_sha(way.start)}, production serves {short_sha(facts.live.start)}: {what}",)


def _again(facts: Facts, way: Crossing) -> tuple[str, ...]:
    """Warn of reverted work that this brings back (T4)."""
    if not facts.blamed:
        return returning(facts, way)
    names = reverted_in(_blamed(facts, way).message)
    return tuple(f"{short_sha(facts.blamed)} is itself a revert: taking it back lands {short_sha(name)} again" for name in names)


def _kept_warnings(facts: Facts, way: Crossing) -> tuple[str, ...]:
    crossed = way.crossed
    found = list(old_code_needs(crossed))
    if way.difference is not None and way.difference.only_target:
        ids = named([r.id for r in way.difference.only_target])
        found.append(f"migration files that only the target has do not come back: {ids}")
    found.append("a constant with the expected head, and whatever else the migrations import, goes back too: check it in the diff")
    heads = named(way.before.heads) if way.before is not None else ""
    return (*found, f"the schema stays at {heads}; it can go down in a later release, code first") if heads else tuple(found)
