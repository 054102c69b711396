"""Alembic's revisions as facts: what each file says it is, what it would do to the data, and which single move comes next.

Read from the text of the files by a provider; nothing here imports or runs a migration (R85-R87, R95).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Alembic's two words for applying and undoing a revision."""

    UP = "upgrade"
    DOWN = "downgrade"


class RiskKind(StrEnum):
    """What can go wrong with one operation. The word is shown after the revision's name."""

    DROPS_TABLE = "drops a table"
    DROPS_COLUMN = "drops a column"
    DELETES_ROWS = "deletes rows"
    DROPS_OBJECT = "drops an object"
    DROPS_CONSTRAINT = "drops a constraint"
    DROPS_INDEX = "drops an index"
    NOT_NULL = "adds NOT NULL without a default"
    TIGHTENS = "adds a rule that rows or old code may break"
    CHANGES_TYPE = "changes a column's type"
    RENAMES = "renames something that old code uses"
    MOVES_DATA = "moves data"
    RAW_SQL = "unclear: raw SQL"
    UNCLEAR = "unclear: code that is only known when it runs"
    LOCKS = "locks a table while it works"
    AUTOCOMMIT = "commits half-way"
    CONCURRENTLY = "runs outside a transaction (CONCURRENTLY)"


DESTROYS = frozenset({RiskKind.DROPS_TABLE, RiskKind.DROPS_COLUMN, RiskKind.DELETES_ROWS, RiskKind.DROPS_OBJECT})
"""What takes data away that no downgrade brings back."""

SPLITS = frozenset({RiskKind.AUTOCOMMIT, RiskKind.CONCURRENTLY})
"""What ends the one transaction: a failure leaves a half-applied revision whose retry fails (RELIABILITY section 0, 8)."""

UNSURE = frozenset({RiskKind.RAW_SQL, RiskKind.UNCLEAR})
"""What reading cannot judge. Never taken as safe."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One finding in one direction of a revision; ``line`` is in its file.

    ``table`` and ``name`` (a column, constraint, index, type) are ``""`` where the file computes them. ``words`` is the SQL.
    """

    kind: RiskKind
    direction: Direction
    table: str = ""
    name: str = ""
    line: int = 0
    words: str = ""

    @property
    def object(self) -> str:
        """Return what it touches: ``orders.total``, ``orders``, ``ix_total``, or ``""`` when it cannot be told."""
        return ".".join(part for part in (self.table, self.name) if part)

    def sentence(self) -> str:
        """Return the finding as a few words, with what it touches."""
        return f"{self.kind}: {self.object}" if self.object else f"{self.kind}"


class ObjectKind(StrEnum):
    """What a migration makes or takes away, as far as its file names it."""

    TABLE = "table"
    COLUMN = "column"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object that one direction of a revision makes, or takes away (``makes`` false); ``name`` is ``""`` for a table.

    ``table`` is ``""`` for an index that is dropped by its name alone; ``schema`` is ``""`` where the search path decides.
    ``repeatable``: the file says that it minds no second time (``IF NOT EXISTS``).
    """

    kind: ObjectKind
    direction: Direction
    makes: bool
    table: str
    name: str = ""
    schema: str = ""
    repeatable: bool = False

    def __str__(self) -> str:
        table = f"{self.schema}.{self.table}" if self.schema else self.table
        if self.kind is ObjectKind.INDEX:
            return f"index {self.name} on {table}" if table else f"index {self.name}"
        return f"{self.kind} {table}.{self.name}" if self.name else f"{self.kind} {table}"


class DowngradeKind(StrEnum):
    """What undoing a revision comes to."""

    REVERSES = "undoes it"
    DESTROYS = "undoes it and loses data"
    UNCLEAR = "may undo it: unclear"
    NOTHING = "nothing to undo"
    EMPTY = "does nothing: the change stays"
    RAISES = "refuses: raises an error"
    MISSING = "has no downgrade"


IRREVERSIBLE = frozenset({DowngradeKind.EMPTY, DowngradeKind.RAISES, DowngradeKind.MISSING})


@dataclass(frozen=True, slots=True)
class Revision:
    """One migration file. ``objects`` is what its operations make and take away.

    ``parents`` is ``down_revision`` in the file's order, ``depends_on`` as written (ids or branch labels).
    ``created`` is the file's ``Create Date``; without an offset it is taken as UTC. ``digest`` tells two contents of one id apart.
    """

    id: str
    parents: tuple[str, ...] = ()
    file: str = ""
    message: str = ""
    created: datetime | None = None
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    downgrade: DowngradeKind = DowngradeKind.REVERSES
    digest: str = ""
    objects: tuple[ObjectChange, ...] = ()

    @property
    def merge(self) -> bool:
        """Say whether it joins several branches."""
        return len(self.parents) > 1

    @property
    def irreversible(self) -> bool:
        """Say whether its downgrade cannot bring the old schema back (R95)."""
        return self.downgrade in IRREVERSIBLE

    def risks_of(self, direction: Direction) -> tuple[Risk, ...]:
        """Return the findings of one direction, in the file's order."""
        return tuple(r for r in self.risks if r.direction is direction)

    def lost(self, direction: Direction) -> tuple[Risk, ...]:
        """Return what dies: dropped tables and columns, deleted rows, dropped objects (R95)."""
        return tuple(r for r in self.risks_of(direction) if r.kind in DESTROYS)

    def objects_of(self, direction: Direction) -> tuple[ObjectChange, ...]:
        """Return what one direction makes and takes away, in the file's order."""
        return tuple(o for o in self.objects if o.direction is direction)

    def splits(self, direction: Direction) -> bool:
        """Say whether a failure may leave it half applied."""
        return any(r.kind in SPLITS for r in self.risks_of(direction))

    def unsure(self, direction: Direction) -> bool:
        """Say whether reading the file does not tell all that it does."""
        return any(r.kind in UNSURE for r in self.risks_of(direction))

    @property
    def additive(self) -> bool:
        """Say whether its upgrade only adds, as far as reading can tell; locks do not count, anything unclear does."""
        return all(r.kind is RiskKind.LOCKS for r in self.risks_of(Direction.UP))

    def level(self, direction: Direction) -> int:
        """Return the confirmation level (RELIABILITY section 5): 3 for an additive upgrade, 4 for everything else."""
        return 3 if direction is Direction.UP and self.additive else 4


@dataclass(frozen=True, slots=True)
class UnclearFile:
    """A file that could not be read as a revision, and why; ``line`` 0 when no line is to blame."""

    file: str
    why: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One revision applied or undone: what one process of alembic does.

    ``target`` is the word that alembic gets: a full id, for a downgrade also ``base``, ``REVISION@PARENT`` or ``REVISION@base``;
    never a relative one (R94). ``before`` and ``after`` are the tips in effect around it, to read the version table back against.
    """

    direction: Direction
    revision: str
    target: str
    before: frozenset[str]
    after: frozenset[str]
