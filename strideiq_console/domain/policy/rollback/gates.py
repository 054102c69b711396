"""The conditions that close a path, each as a refusal that says what would open it (T3, T5-T8, R91, R96)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.migration import Direction, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import applied
from strideiq_console.domain.policy.rollback.facts import Crossing, Facts, Place
from strideiq_console.domain.policy.rollback.plans import PlanKind, Reason, Refusal

BACKUP_LIMIT = timedelta(minutes=60)
"""How old a verified backup may be before a level 4 step (R91)."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far in the future a provider's clock may place a backup; further away its age is not known."""

_WORKED = (DeploymentState.READY, DeploymentState.REMOVED, DeploymentState.SLEEPING)


def named(ids: Collection[str], limit: int = 8) -> str:
    """Return ids as a list for a sentence, with a count of what is left out."""
    shown = list(ids)[:limit]
    return ", ".join(shown) + (f" and {len(ids) - limit} more" if len(ids) > limit else "")


def candidate(place: Place, sha: str) -> Deployment | None:
    """Return the deployment of exactly ``sha`` to serve again: one that can be reached before one that cannot, newest first."""
    found = [d for d in newest_first(place.candidates) if d.sha == sha and d.component == place.component]
    reachable = [d for d in found if d.can_rollback and d.id in (place.reachable or ()) and d.state in _WORKED]
    worked = [d for d in found if d.state in _WORKED]
    return next(iter((*reachable, *worked, *found)), None)


def unserved(kind: PlanKind, facts: Facts, place: Place) -> Refusal | None:
    """Refuse to move a component of which it is not known what serves now, or when the crossing starts elsewhere (T3)."""
    serving = place.live.sha if place.live is not None else None
    if serving is None:
        return Refusal(
            kind,
            Reason.UNKNOWN_LIVE,
            f"nobody says which commit {place.component} serves now",
            "the way back, and the way back from there, cannot be told",
            f"read the deployments of {place.component} again, or roll back in {place.provider}'s own console",
            "R98",
            place.component,
        )
    if place.migrates and serving != facts.live.start:
        return Refusal(
            kind,
            Reason.WRONG_COMMIT,
            f"{place.component} serves {short_sha(serving)}, and the way was read from {short_sha(facts.live.start)}",
            "the migrations between would be the wrong ones",
            "read the deployments again, then plan again",
            "T3",
        )
    return None


def ineligible(kind: PlanKind, place: Place, sha: str, now: datetime) -> Refusal | None:
    """Refuse a provider rollback that the provider cannot do, or does not say that it can (R74, R75)."""
    found = candidate(place, sha)
    elsewhere = "redeploy from the commit, or take the change back by pull request"

    def refuse(reason: Reason, cause: str, next_step: str = elsewhere) -> Refusal:
        return Refusal(kind, reason, cause, f"{place.component} would stay as it is", next_step, "R98", place.component)

    if found is None:
        return refuse(Reason.NO_DEPLOYMENT, f"no deployment of {short_sha(sha)} is in sight for {place.component}")
    if found.state not in _WORKED:
        return refuse(
            Reason.NEVER_SERVED,
            f"the deployment {found.id} of {place.component} is {found.state}",
            "choose a commit whose deployment was ready",
        )
    if found.can_rollback is False or (found.rollback_until is not None and found.rollback_until <= now):
        return refuse(Reason.IMAGE_EXPIRED, f"{place.provider} no longer keeps {found.id} of {place.component} to go back to")
    if found.can_rollback is None or place.reachable is None:
        again = f"read {place.provider} again, or {elsewhere}"
        return refuse(Reason.UNKNOWN_ELIGIBILITY, f"{place.provider} does not say whether it can go back to {found.id}", again)
    if found.id not in place.reachable:
        instead = f"choose a newer commit, or {elsewhere}"
        return refuse(Reason.PLAN_DEPTH, f"{place.provider}'s plan does not go back as far as {found.id}", instead)
    return None


def lost_revision(kind: PlanKind, facts: Facts, crossing: Crossing) -> Refusal | None:
    """Refuse to start the target's code on a database whose revision it cannot find: it would exit at start (T5)."""
    if crossing.same_schema and not _stray(facts, crossing.after):
        return None
    consequence = "the old code exits when it starts on a revision that it cannot find: an outage"
    if crossing.difference is None or crossing.after is None:
        return Refusal(kind, Reason.UNKNOWN_FILES, files_cause(crossing), consequence, files_step(crossing), "T5")
    if facts.schema.rows is None:
        return Refusal(
            kind,
            Reason.UNKNOWN_REVISION,
            f"migrations differ and the database's revision is not known: {named(_ids(crossing))}",
            consequence,
            "read the database's revision, then plan again",
            "R96",
        )
    stray = _stray(facts, crossing.after)
    if not stray:
        return None
    undone = ", ".join(r.id for r in crossing.crossed) or named(stray)
    return Refusal(
        kind,
        Reason.OLD_CODE_LOST,
        f"the database is at {named(stray)}, which {short_sha(crossing.end)} does not define (crossed: {undone})",
        consequence,
        "keep the migration files and revert the rest, or take the schema back first",
        "T5",
    )


def _ids(crossing: Crossing) -> tuple[str, ...]:
    found = crossing.difference
    if found is None:
        return ()
    return tuple(dict.fromkeys((*(r.id for r in found.only_live), *(r.id for r in found.only_target), *found.changed)))


def _stray(facts: Facts, graph: RevisionGraph | None) -> tuple[str, ...]:
    """Return the rows that these files do not define; empty also where either is not known."""
    if facts.schema.rows is None or graph is None or not graph.sound:
        return ()
    return applied(graph, facts.schema.rows).unknown


def files_cause(crossing: Crossing) -> str:
    """Say why the migration files of a crossing do not count."""
    for sha, graph in ((crossing.start, crossing.before), (crossing.end, crossing.after)):
        if graph is None:
            return f"the migration files of {short_sha(sha)} were not read"
        if not graph.sound:
            return f"the migration files of {short_sha(sha)}: {graph.problems()[0]}"
    return "the migration files were not compared"


def files_step(crossing: Crossing) -> str:
    """Say what would make them count."""
    diff = f"git diff {crossing.end[:12]} {crossing.start[:12]}"
    return f"repair or read the files; {diff} over their folder shows whether they changed at all"


def unproven(kind: PlanKind, facts: Facts) -> Refusal | None:
    """Refuse to touch a schema whose database is not proven to be the enrolled one (T8)."""
    if facts.schema.proven is True and facts.schema.database:
        return None
    return Refusal(
        kind,
        Reason.WRONG_DATABASE,
        "the database is not proven to be the enrolled one",
        "another database could be changed",
        f"enrol the database of {facts.environment} and let the doctor compare it",
        "T8",
    )


def stale_backup(kind: PlanKind, facts: Facts, now: datetime) -> Refusal | None:
    """Refuse a level 4 step without a verified backup of the last 60 minutes (R91, S3)."""
    age = backup_age(facts, now)
    if age is not None and age <= BACKUP_LIMIT:
        return None
    said = "its age is not known" if age is None else f"it is {int(age.total_seconds() // 60)} min old"
    return Refusal(
        kind,
        Reason.STALE_BACKUP,
        f"no verified backup of the last {int(BACKUP_LIMIT.total_seconds() // 60)} min: {said}",
        "what the step destroys could not be brought back",
        "make a backup now and wait until it is verified, then plan again",
        "R91",
    )


def backup_age(facts: Facts, now: datetime) -> timedelta | None:
    """Return the age of the newest verified backup; None when there is none, or when it lies in the future."""
    made = facts.schema.backup_at
    if made is None or made - now > CLOCKS_DIFFER:
        return None
    return max(now - made, timedelta(0))


def restarts_upgrade(kind: PlanKind, facts: Facts, places: Sequence[Place]) -> Refusal | None:
    """Refuse a downgrade that any push would undo: start-up upgrades, or may, and deploys cannot be held (T6)."""
    loose = [p.component for p in places if p.migrates and p.can_hold is not True]
    if facts.schema.upgrades_at_start is False or not loose:
        return None
    how = "runs alembic upgrade" if facts.schema.upgrades_at_start else "may run alembic upgrade"
    return Refusal(
        kind,
        Reason.STARTUP_UPGRADES,
        f"{', '.join(loose)} {how} when it starts, and nobody says that its deploys can be held",
        "any push would bring the schema back up behind the old code",
        "switch deploying by push off first, or take the upgrade out of the start command",
        "T6",
    )


def old_code_needs(revisions: Collection[Revision]) -> tuple[str, ...]:
    """Warn of what the kept revisions took away or tightened: the older code was written for the schema before them."""
    found = []
    for revision in revisions:
        if not revision.additive:
            words = "; ".join(dict.fromkeys(r.sentence() for r in revision.risks_of(Direction.UP))) or "changes more than it adds"
            found.append(f"{revision.id} stays in effect, and the older code may not expect it: {words}")
    return tuple(found)


def misread(kind: PlanKind, facts: Facts, crossing: Crossing) -> Refusal | None:
    """Refuse a way that was read to another commit than the target, or a target that is no full commit name (T3)."""
    if is_sha(facts.target) and crossing.end == facts.target:
        return None
    return Refusal(
        kind,
        Reason.WRONG_COMMIT,
        f"the way was read to {short_sha(crossing.end)}, and the target is {short_sha(facts.target)}",
        "another commit than the chosen one would serve",
        "choose the target from the list of deployments, then plan again",
        "T3",
    )
