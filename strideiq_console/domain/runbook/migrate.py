"""Move a schema: up the ladder of environments, or back down; one revision a step, each by name (R85-R95, T5-T8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.migration import DESTROYS, Direction, Move, Revision, RiskKind
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.backups import limit_of
from strideiq_console.domain.policy.schema_order import LADDER, level_of
from strideiq_console.domain.runbook.model import Input, Runbook, Step, Verb, step

HEADS = "heads"

MIGRATE = Runbook(
    name="migrate",
    title="Move a schema",
    inputs=(
        Input("environment", "Environment", hint="local", choices=LADDER),
        Input("target", "Revision to go to", hint="the head; a downgrade needs one", optional=True),
        Input("direction", "Direction", default="upgrade", choices=("upgrade", "downgrade")),
        Input("files", "Commit whose migration files count", hint="what the API serves; local: the work tree", optional=True),
    ),
    steps=(),
    key="g",
)

_CONTRACTS = DESTROYS | {RiskKind.RENAMES, RiskKind.CHANGES_TYPE, RiskKind.NOT_NULL, RiskKind.TIGHTENS}


@dataclass(frozen=True, slots=True)
class Moving:
    """What a migration is made of. ``files`` ``""``: the work tree. ``served`` is what the environment's API serves, if known.

    ``served_graph`` are its migration files, None where nobody knows them. ``execute`` is ``run`` or ``print``.
    """

    environment: str
    database: str
    files: str
    graph: RevisionGraph
    rows: tuple[str, ...]
    moves: tuple[Move, ...]
    execute: str
    served: str = ""
    served_graph: RevisionGraph | None = None

    @property
    def direction(self) -> Direction:
        """Return which way it goes."""
        return self.moves[0].direction

    @property
    def after(self) -> tuple[str, ...]:
        """Return the version rows at the end."""
        return tuple(sorted(self.moves[-1].after))

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Return the revisions in the order in which they move."""
        return tuple(self.graph.by_id[move.revision] for move in self.moves)

    @property
    def destroys(self) -> bool:
        """Say whether a step of it needs two typed words."""
        return any(level_of(one, self.direction, self.environment) >= 4 for one in self.revisions)


def steps_of(moving: Moving) -> tuple[Step, ...]:
    """Return the steps: what must hold, one step a revision, and what must hold afterwards."""
    return (*_before(moving), *(_move(moving, move, n) for n, move in enumerate(moving.moves, start=1)), _after(moving))


def notes_of(moving: Moving) -> tuple[str, ...]:
    """Return what stands beside the plan: the order of code and schema, what is unclear, what a person must do by hand."""
    up = moving.direction is Direction.UP
    found = list(_order_up(moving) if up else _order_down(moving))
    for one in moving.revisions:
        if one.unsure(moving.direction):
            found.append(f"{one.id} is unclear: reading {one.file} does not tell all that it does")
        if one.splits(moving.direction):
            found.append(f"{one.id} is not one transaction: a failure may leave it half done")
        if not up and one.irreversible:
            found.append(f"{one.id}: its downgrade {one.downgrade}")
    if moving.execute == "print":
        found.append("alembic is set to print: you run each command by hand, and the console looks whether it happened")
    return tuple(found)


def _order_up(moving: Moving) -> Iterator[str]:
    yield "order: 1. the schema grows (this), 2. the code that uses it goes live, 3. what only old code needs goes a release later"
    drops = [one.id for one in moving.revisions if any(risk.kind in _CONTRACTS for risk in one.risks_of(Direction.UP))]
    if drops:
        yield f"{', '.join(drops)} takes something away: only when no code that serves, or may be rolled back to, needs it any more"
    unknown = [one.id for one in moving.revisions if moving.served_graph and one.id not in moving.served_graph.by_id]
    if unknown:
        what = f"today's code of {moving.environment} ({short_sha(moving.served)}) does not define {', '.join(unknown)}"
        yield f"{what}: if it restarts, it cannot find its revision and does not start (T5): deploy the newer code right after"


def _order_down(moving: Moving) -> Iterator[str]:
    yield "usually better: keep the schema and roll the code back (strideiq rollback); old code mostly runs on a newer schema"
    yield "order: 1. deploys are held, 2. code that needs the revision goes back, 3. the schema goes back (this)"
    if moving.environment != LADDER[0]:
        yield "a start of today's code may upgrade again (T6): hold its deploys, and read the revision once more"


def _before(moving: Moving) -> Iterator[Step]:
    up = moving.direction is Direction.UP
    yield step(
        "prove-database",
        Verb.PROVE_DATABASE,
        "prove the database",
        "Only the enrolled database may be changed, and a revision reaches production last.",
        environment=moving.environment,
        database=moving.database,
        files=moving.files,
        revisions=" ".join(move.revision for move in moving.moves) if up else "",
    )
    yield step(
        "heads",
        Verb.CHECK_HEADS,
        "one head",
        "With two heads nobody can say where the schema is to go.",
        files=moving.files,
    )
    if needs_backup(moving):
        yield step(
            "prove-backup",
            Verb.PROVE_BACKUP,
            "prove the backup",
            "What goes wrong with data comes back only from a backup that is known to be there.",
            environment=moving.environment,
            backup="",
            limit=str(int(limit_of(destroys=moving.destroys).total_seconds() // 60)),
        )
    yield step(
        "revision",
        Verb.CHECK_REVISION,
        "read the revision",
        "Somebody may have moved the schema since the plan was made; then nothing in it is true any more.",
        environment=moving.environment,
        rows=" ".join(sorted(moving.rows)),
        files=moving.files,
    )


def needs_backup(moving: Moving) -> bool:
    """Say whether a backup is proven first: always in production, elsewhere but on the founder's machine before what destroys."""
    return moving.environment == LADDER[-1] or (moving.environment != LADDER[0] and moving.destroys)


def _move(moving: Moving, move: Move, number: int) -> Step:
    revision = moving.graph.by_id[move.revision]
    where = short_sha(moving.files) if moving.files else "the work tree"
    return step(
        f"move-{number}",
        Verb.MOVE_SCHEMA,
        f"{move.direction} {move.revision}",
        f"One revision at a time, by name, with the migration files of {where}.",
        level=level_of(revision, move.direction, moving.environment),
        environment=moving.environment,
        direction=str(move.direction),
        revision=move.revision,
        target=move.target,
        files=moving.files,
        digest=revision.digest,
        database=moving.database,
        execute=moving.execute,
        before=" ".join(sorted(move.before)),
        after=" ".join(sorted(move.after)),
    )


def _after(moving: Moving) -> Step:
    return step(
        "revision-after",
        Verb.CHECK_REVISION,
        "read the revision again, and the health",
        "A restart may have moved the schema once more, and code that does not fit shows in its health.",
        environment=moving.environment,
        rows=" ".join(moving.after),
        files=moving.files,
        health="" if moving.environment == LADDER[0] else "yes",
    )
