"""What is left of a move that was half applied, and the choices that a person then has. The console carries none of them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from strideiq_console.domain.migration import Direction, Move, ObjectChange, ObjectKind


@dataclass(frozen=True, slots=True)
class Sighting:
    """One object that a move changes, and what was seen of it: ``there`` None when it could not be looked at.

    ``valid`` false: an index that queries do not use, which a broken CONCURRENTLY left behind.
    """

    change: ObjectChange
    there: bool | None
    valid: bool = True

    @property
    def done(self) -> bool | None:
        """Say whether the move took effect in it; an index that is not valid was begun. None: not known."""
        return None if self.there is None else self.there is self.change.makes

    def sentence(self) -> str:
        """Return what was seen, as a few words."""
        if self.there is None:
            return f"{self.change} could not be looked at"
        absent = "does not exist" if self.change.makes else "is gone"
        return f"{self.change} {absent if not self.there else 'exists' if self.valid else 'exists and is not valid'}"


class RepairKind(StrEnum):
    """The ways out of a half-applied move."""

    FINISH = "finish by hand, then stamp"
    DROP = "drop what is left, then run it again"
    RESTORE = "restore a backup"


@dataclass(frozen=True, slots=True)
class Repair:
    """One choice: what it means and, as text to read and to adapt, the statements and words of alembic that belong to it."""

    kind: RepairKind
    words: str
    commands: tuple[str, ...] = ()


def repairs(move: Move, seen: Sequence[Sighting]) -> tuple[Repair, ...]:
    """Return the choices after a half-applied move, the least destructive first."""
    left = [s for s in seen if s.done]
    absent = [s for s in seen if s.done is False]
    broken = [s for s in left if not s.valid]
    missing = ", ".join(str(s.change) for s in (*absent, *broken)) or "whatever the file does beyond the named objects"
    # The words after "alembic": the stamp names a revision and writes the version table alone.
    stamp = (f"alembic stamp {move.revision}",) if move.direction is Direction.UP else _stamp_down(move)
    found = [Repair(RepairKind.FINISH, f"do what is missing by hand ({missing}), then tell alembic that it is in effect", stamp)]
    if left and all(s.change.makes for s in left):
        drops = tuple(_drop(s.change) for s in reversed(left))
        words = "drop what this move made and nothing else: look first whether it stood there before"
        found.append(Repair(RepairKind.DROP, words, drops))
    elif not left:
        found.append(Repair(RepairKind.DROP, "nothing that the file names is left: look at the rest, then run it again"))
    found.append(Repair(RepairKind.RESTORE, "restore the backup from before the move: everything written since is lost"))
    return tuple(found)


def _stamp_down(move: Move) -> tuple[str, ...]:
    """Return the stamp after an undone revision, where one names it: several rows are not told apart by one word."""
    return (f"alembic stamp {next(iter(move.after), 'base')}",) if len(move.before) == 1 and len(move.after) <= 1 else ()


def _drop(change: ObjectChange) -> str:
    table = ".".join(_quoted(part) for part in (change.schema, change.table) if part)
    if change.kind is ObjectKind.INDEX:
        return f"DROP INDEX CONCURRENTLY {'.'.join(_quoted(p) for p in (change.schema, change.name) if p)};"
    if change.kind is ObjectKind.COLUMN:
        return f"ALTER TABLE {table} DROP COLUMN {_quoted(change.name)};"
    return f"DROP TABLE {table};"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
