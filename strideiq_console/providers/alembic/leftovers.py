"""Looks, after a half-applied move, at every object that its file names: which exist, which do not, which indexes are not whole."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.database import Column, Database, InvalidIndex, TableName, Witness
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.migration import Move, ObjectChange, ObjectKind, Revision
from strideiq_console.domain.migration_repair import Repair, Sighting, repairs

MOST = 100
"""Objects of one revision that are looked at."""


class Scene:
    """One look around: each table is asked for once. What cannot be read stays unknown, and is told as such."""

    def __init__(self, database: Database, witness: Witness | None) -> None:
        self._database = database
        self._witness = witness
        self._columns: dict[TableName, tuple[Column, ...] | None] = {}
        self._indexes: dict[TableName, tuple[str, ...] | None] = {}
        self.invalid: tuple[InvalidIndex, ...] = ()

    async def look(self, revision: Revision, move: Move) -> tuple[Sighting, ...]:
        """Return what is seen of each object, in the file's order; an object that is made and dropped again counts as it ends."""
        try:
            self.invalid = await self._database.invalid_indexes()
        except OutsideError:
            self.invalid = ()
        last = {(o.kind, o.schema, o.table, o.name): o for o in revision.objects_of(move.direction)}
        return tuple([await self._sighting(change) for change in list(last.values())[:MOST]])

    async def _sighting(self, change: ObjectChange) -> Sighting:
        broken = change.kind is ObjectKind.INDEX and any(
            i.name == change.name and (not change.table or i.table == change.table) for i in self.invalid
        )
        try:
            return Sighting(change, True if broken else await self._there(change), valid=not broken)
        except OutsideError:
            return Sighting(change, None)

    async def _there(self, change: ObjectChange) -> bool | None:
        if not change.table:
            return None
        table = TableName(change.table, change.schema)
        if change.kind is ObjectKind.INDEX:
            if self._witness is None:
                return None
            if table not in self._indexes:
                self._indexes[table] = await self._witness.indexes(table)
            return change.name in (self._indexes[table] or ())
        if table not in self._columns:
            self._columns[table] = await self._database.columns(table)
        columns = self._columns[table]
        if change.kind is ObjectKind.TABLE:
            return columns is not None
        return any(column.name == change.name for column in columns or ())


@dataclass(frozen=True, slots=True)
class Remains:
    """What is seen of a move: in what it took effect, in what it did not, and what a person can do.

    ``begun``: something that the move makes stands there, or something that it takes away is gone, before it is in effect.
    """

    begun: bool
    left: tuple[str, ...]
    absent: tuple[str, ...]
    repairs: tuple[Repair, ...]


async def remains(revision: Revision, move: Move, database: Database | None, witness: Witness | None) -> Remains:
    """Look at what a move left behind. What raw code did to rows is not seen."""
    if database is None:
        return Remains(False, (), (), repairs(move, ()))
    scene = Scene(database, witness)
    seen = await scene.look(revision, move)
    broken = {s.change.name for s in seen if not s.valid}
    invalid = [f"invalid index {i.schema}.{i.name} on {i.table}" for i in scene.invalid if not i.building]
    building = [f"index {i.schema}.{i.name} on {i.table} is still being built" for i in scene.invalid if i.building]
    left = [s.sentence() for s in seen if s.done and s.valid]
    unknown = [s.sentence() for s in seen if s.done is None]
    absent = tuple(s.sentence() for s in seen if s.done is False and s.change.name not in broken)
    undone = _both_ways(revision, move)
    begun = any(s.done and not s.change.repeatable and (s.change.kind, s.change.name or s.change.table) not in undone for s in seen)
    return Remains(begun, (*invalid, *building, *left, *unknown), absent, repairs(move, seen))


def _both_ways(revision: Revision, move: Move) -> frozenset[tuple[ObjectKind, str]]:
    """Return what one direction drops and makes: it is written to find its own remains."""
    changes = revision.objects_of(move.direction)
    made, dropped = ({(o.kind, o.name or o.table) for o in changes if o.makes is makes} for makes in (True, False))
    return frozenset(made & dropped)
