"""Going back without the repository: the provider serves an older deployment again, or builds the old commit anew (R98, T13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.policy.rollback.expansion import Expansion, expansion
from strideiq_console.domain.policy.rollback.facts import Facts, Place
from strideiq_console.domain.policy.rollback.gates import backup_age, candidate, ineligible, lost_revision, misread, named, unserved
from strideiq_console.domain.policy.rollback.plans import SERVES, Act, ActKind, PlanKind, Reason, Refusal, RollbackPlan
from strideiq_console.domain.policy.rollback.words import rebuilt, split, standing_warnings, turned_back

Built = tuple[RollbackPlan | None, tuple[Refusal, ...]]


def provider_plan(facts: Facts, now: datetime) -> Built:
    """Return the provider rollback of every component that can go, and why the others cannot."""
    return _plan(PlanKind.PROVIDER, facts, now)


def redeploy_plan(facts: Facts, now: datetime) -> Built:
    """Return the plan that builds the target's commit anew: for an image that is gone, or to keep today's variables."""
    return _plan(PlanKind.REDEPLOY, facts, now)


def _plan(kind: PlanKind, facts: Facts, now: datetime) -> Built:
    closed = _closed(kind, facts)
    if closed is not None:
        return None, (closed,)
    migrating = any(p.migrates for p in facts.moving)
    up = _expansion(kind, facts, now) if migrating else Expansion()
    if up.refusal is not None:
        return None, (up.refusal,)
    acts, refusals = code_acts(kind, facts, facts.moving, now)
    if not acts:
        return None, refusals
    acts = (*up.acts, *_check(facts), *acts) if migrating and any(a.component in _migrating(facts) for a in acts) else acts
    left = tuple(r.component for r in refusals) + tuple(p.component for p in _left(facts))
    upgraded = any(a.kind is ActKind.UPGRADE for a in acts)
    proves = any(a.kind is ActKind.PROVE_BACKUP for a in acts)
    undo, note = undo_of(facts, acts)
    if upgraded:
        undo, note = (
            (),
            "no way back by provider: the code that serves now lacks the revisions that go up; plan a new rollback then",
        )
    moved = [p for p in facts.moving if p.component not in left]
    return RollbackPlan(
        kind,
        facts.target,
        (*acts, Act(ActKind.WATCH, 0, sha=facts.target)),
        level=max(a.level for a in acts),
        whole=not left,
        turns_back=tuple(turned_back(p) if kind is PlanKind.PROVIDER else rebuilt(p) for p in moved),
        dies=up.dies if upgraded else (),
        undo=undo,
        undo_note=note,
        until=min((a.until for a in acts if a.until is not None), default=None),
        warnings=(*split(facts, left), *_schema_warnings(facts), *standing_warnings(facts, rolled=kind is PlanKind.PROVIDER)),
        afterwards=(f"take the change back on {facts.branch}, or the next deploy brings it again",),
        database=facts.schema.database if upgraded else "",
        backup_id=facts.schema.backup_id if proves else "",
        backup_age=backup_age(facts, now) if proves else None,
    ), refusals


def _migrating(facts: Facts) -> frozenset[str]:
    return frozenset(p.component for p in facts.moving if p.migrates)


def _left(facts: Facts) -> tuple[Place, ...]:
    return tuple(p for p in facts.places if not p.wanted and not (p.live is not None and p.live.sha == facts.target))


def _closed(kind: PlanKind, facts: Facts) -> Refusal | None:
    """Return what closes the path for all components alike."""
    wrong = misread(kind, facts, facts.live)
    if wrong is not None:
        return wrong
    if not facts.moving:
        return Refusal(
            kind,
            Reason.NOTHING_TO_DO,
            "every chosen component serves that commit already",
            "nothing would change",
            "choose an older commit, or look at the health of what serves",
        )
    for place in facts.moving:
        found = unserved(kind, facts, place)
        if found is not None and not found.component:
            return found
    return lost_revision(kind, facts, facts.live) if any(p.migrates for p in facts.moving) else None


def _expansion(kind: PlanKind, facts: Facts, now: datetime) -> Expansion:
    if facts.live.same_schema or facts.live.after is None:
        return Expansion()
    return expansion(kind, facts, facts.live.after, facts.target, now)


def _check(facts: Facts) -> tuple[Act, ...]:
    """Read the revision right before code that lacks some of the files: a restart could have applied them meanwhile (T6)."""
    unapplied = facts.live.crossed and facts.schema.rows is not None
    return (Act(ActKind.CHECK_REVISION, 0, files_of=facts.live.start, rows=facts.schema.rows),) if unapplied else ()


def _schema_warnings(facts: Facts) -> tuple[str, ...]:
    if not any(p.migrates for p in facts.moving):
        return ()
    found = []
    if facts.schema.rows is None:
        found.append("the database's revision is not known; the migration files are the same in both commits")
    if facts.live.crossed:
        ids = named([r.id for r in facts.live.crossed])
        found.append(f"not applied yet, and a restart of the code that serves now may apply it: {ids}")
    if facts.live.difference is not None and facts.live.difference.changed:
        files = named(facts.live.difference.changed)
        found.append(f"migration files differ in content, so the schema may not be what the old code wants: {files}")
    return tuple(found)


def code_acts(
    kind: PlanKind, facts: Facts, places: Sequence[Place], now: datetime, *, either: bool = False
) -> tuple[tuple[Act, ...], tuple[Refusal, ...]]:
    """Return one act for each of ``places`` that can go back, and the refusals of those that cannot.

    ``either``: where the provider cannot roll back, the commit is built anew if that is possible.
    """
    found = [_way(kind, facts, place, now, either=either) for place in places]
    return tuple(f for f in found if isinstance(f, Act)), tuple(f for f in found if isinstance(f, Refusal))


def _way(kind: PlanKind, facts: Facts, place: Place, now: datetime, *, either: bool) -> Act | Refusal:
    closed = unserved(kind, facts, place)
    if closed is not None:
        return closed
    if kind is PlanKind.REDEPLOY:
        return _rebuild(facts, place) or _cannot_build(kind, place)
    closed = ineligible(kind, place, facts.target, now)
    if closed is None:
        return _roll_back(facts, place)
    return (_rebuild(facts, place) if either else None) or closed


def _roll_back(facts: Facts, place: Place) -> Act:
    found = candidate(place, facts.target)
    return Act(
        ActKind.ROLLBACK,
        3,
        place.component,
        place.provider,
        source=_live_id(place),
        target=found.id if found is not None else "",
        sha=facts.target,
        until=found.rollback_until if found is not None else None,
    )


def _rebuild(facts: Facts, place: Place) -> Act | None:
    if place.redeploys is not True:
        return None
    found = candidate(place, facts.target)
    name = found.id if found is not None else ""
    return Act(ActKind.REDEPLOY, 3, place.component, place.provider, source=_live_id(place), target=name, sha=facts.target)


def _cannot_build(kind: PlanKind, place: Place) -> Refusal:
    how = "cannot" if place.redeploys is False else "does not say whether it can"
    return Refusal(
        kind,
        Reason.UNKNOWN_ELIGIBILITY if place.redeploys is None else Reason.NO_DEPLOYMENT,
        f"{place.provider} {how} build that commit of {place.component} anew",
        f"{place.component} would stay as it is",
        "take the change back by pull request, which builds it",
        "R98",
        place.component,
    )


def _live_id(place: Place) -> str:
    return place.live.id if place.live is not None else ""


def undo_of(facts: Facts, acts: Sequence[Act]) -> tuple[tuple[Act, ...], str]:
    """Return the acts that serve again what serves now, in the opposite order, and what they cannot promise."""
    shas = {p.component: p.live.sha or "" for p in facts.places if p.live is not None}
    back = tuple(
        Act(
            ActKind.PROMOTE if act.provider == "vercel" else ActKind.ROLLBACK,
            3,
            act.component,
            act.provider,
            source=act.target,
            target=act.source,
            sha=shas.get(act.component, ""),
        )
        for act in reversed(acts)
        if act.kind in SERVES and act.source
    )
    note = "serves again what serves now, as long as the provider keeps its image" if back else "nothing to go back to is known"
    return back, note
