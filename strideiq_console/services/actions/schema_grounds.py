"""What every step about a schema stands on: the right database, the files of a commit, and one move between two states."""

from __future__ import annotations

from collections.abc import Collection

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.database import Database, Identity
from strideiq_console.domain.fault import BlockedError, DivergedError, OutsideError
from strideiq_console.domain.migration import Direction, Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Migrations, Outcome
from strideiq_console.domain.policy.schema_order import LADDER, Order, derived, judge_order, unlike
from strideiq_console.services.action import Ask, Ports


def database_of(ports: Ports, environment: str) -> Database:
    """Return the console's own connection to an environment's database. Raises BlockedError where there is none."""
    found = ports.outside.databases.get(environment)
    if found is None:
        raise BlockedError(
            f"the database of {environment} is not configured",
            consequence="its revision is not known, so its schema is not moved",
            next_step=f"enrol it in [database.{environment}] and store its read-only address with strideiq secrets set",
        )
    return found


def schema_of(ports: Ports, environment: str) -> Migrations:
    """Return the founder's alembic for an environment. Raises BlockedError where there is none."""
    found = ports.outside.schemas.get(environment)
    if found is None:
        raise BlockedError(
            f"alembic is not configured for {environment}",
            consequence="its schema is not moved",
            next_step=f"name the folder of alembic.ini in [alembic], and enrol [database.{environment}]",
        )
    return found


async def graph_of(ports: Ports, files: str) -> RevisionGraph:
    """Return the migration files of a commit, ``""`` for the work tree; nothing is imported. Raises BlockedError, CloneError."""
    if ports.outside.graph_at is None:
        raise BlockedError(
            "the migration files of the clone cannot be read",
            consequence="what a move would do is not known",
            next_step="name the folder of alembic.ini in [alembic] of config.toml",
        )
    return await ports.outside.graph_at(files)


async def rows_of(database: Database) -> tuple[str, ...]:
    """Return the version table's rows. Raises BlockedError where several tables or none readable leave them open."""
    found = await database.revisions()
    if found.current is None:
        raise BlockedError(
            f"the revision of {database.environment} cannot be told: {found.sentence()}",
            consequence="a schema whose revision is not known is not moved",
            next_step="look at the version table by hand",
        )
    return found.current


def named_files(files: str) -> str:
    """Return whose migration files are meant, as words."""
    return short_sha(files) if files else "the work tree"


async def proved(ports: Ports, environment: str) -> tuple[Identity, tuple[str, ...]]:
    """Return which database answers, and every reason why it cannot be taken for the enrolled one (T8)."""
    seen = await database_of(ports, environment).identity()
    enrolled = next((d for d in ports.settings.outside.databases if d.environment == environment), None)
    if enrolled is None or not enrolled.name:
        return seen, (f"no database of {environment} is enrolled: name it in [database.{environment}]; {_shown(seen)} answers",)
    wanted = Identity(enrolled.name, enrolled.system_identifier or None, enrolled.host)
    if not (enrolled.system_identifier or enrolled.host):
        return seen, ("only the name of a database is enrolled, which others have too: enrol its system_identifier",)
    compared = seen.compare(wanted)
    return seen, tuple(f"this is not the database that is enrolled: {one}" for one in (*compared.differences, *compared.unknown))


def _shown(seen: Identity) -> str:
    return f"{seen.database} (system {seen.system_identifier or 'not known'}) at {seen.host or 'this machine'}"


async def order_of(ports: Ports, environment: str, wanted: Collection[str], graph: RevisionGraph) -> Order:
    """Judge by what the environment before this one on the ladder has; what cannot be read is unknown (R88)."""
    place = LADDER.index(environment) if environment in LADDER else 0
    database = ports.outside.databases.get(LADDER[place - 1]) if place else None
    below: tuple[str, ...] | None = None
    if database is not None:
        try:
            below = (await database.revisions()).current
        except OutsideError:
            below = None
    return judge_order(environment, tuple(wanted), graph, below, known=database is not None)


def move_of(ask: Ask, graph: RevisionGraph, rows: Collection[str]) -> Move:
    """Return the step's move: with the states that the plan names, else with those that follow from ``rows``.

    Raises DivergedError where it does not fit.
    """
    direction, revision, target = Direction(ask.need("direction")), ask.need("revision"), ask.need("target")
    if "before" in ask.arguments:
        before, after = (frozenset(ask.get(name).split()) for name in ("before", "after"))
        return Move(direction, revision, target, before, after)
    found = derived(graph, rows, direction, revision, target)
    if isinstance(found, str):
        raise DivergedError(
            f"{direction} {revision} does not fit: {found}",
            consequence=f"the plan expects to {direction} exactly this revision; actual: {' '.join(sorted(rows)) or 'nothing'}",
            next_step="plan again",
        )
    return found


async def same_files(ports: Ports, ask: Ask, graph: RevisionGraph, rows: Collection[str]) -> None:
    """Refuse when the work tree, in which alembic runs, holds other migrations than the commit that the plan names."""
    files = ask.get("files")
    if not files:
        return
    ids = {*rows, ask.need("revision")}
    differing = unlike(graph, await graph_of(ports, ""), ids)
    if differing:
        raise BlockedError(
            f"the work tree's migration files differ from those of {short_sha(files)}: {', '.join(differing)}",
            consequence="alembic runs in the work tree, and would run another migration than the one you were shown",
            next_step=f"check {short_sha(files)} out first: git switch --detach {short_sha(files)}",
        )


def told(outcome: Outcome) -> str:
    """Return what became of a move: cause, alembic's last words, what was left behind, and the choices that a person has."""
    parts = [outcome.sentence()]
    if outcome.said:
        parts.append(f"alembic: {outcome.said}")
    if outcome.leftovers:
        parts.append(f"half applied: {'; '.join(outcome.leftovers)}")
    if outcome.absent:
        parts.append(f"not there: {'; '.join(outcome.absent)}")
    for repair in outcome.repairs:
        commands = f" ({'; '.join(repair.commands)})" if repair.commands else ""
        parts.append(f"choice: {repair.kind}: {repair.words}{commands}")
    return ". ".join(part.rstrip(".") for part in parts)
