"""A world's databases as the console reads PostgreSQL, and the world's own alembic command for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from strideiq_console.domain.database import (
    Blocked,
    Column,
    Connections,
    Database,
    DatabaseRevisions,
    Identity,
    InvalidIndex,
    RowCount,
    Session,
    Sizes,
    TableName,
    VersionTable,
)
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

_SCHEMA = "public"


def world_databases(world: World) -> dict[str, Database]:
    """Return a read-only view of each database of a world, by environment."""
    from strideiq_console.sandbox.database_views import environments

    return {environment: WorldDatabase(world, environment) for environment in environments(world)}


def world_alembic(world: World) -> dict[str, tuple[str, ...]]:
    """Return the argument list of the world's alembic for each environment; it runs in the folder of ``alembic.ini``."""
    from strideiq_console.sandbox.alembic_command import command
    from strideiq_console.sandbox.database_views import environments

    return {environment: command(world.folder, environment) for environment in environments(world)}


class WorldDatabase:
    """The database of one environment of a world. Every read raises OutsideError where the world lets it fail."""

    def __init__(self, world: World, environment: str) -> None:
        self._world = world
        self._environment = environment

    @property
    def environment(self) -> str:
        """Return the console's name of the environment."""
        return self._environment

    async def identity(self) -> Identity:
        """Return which database answers; its role may write, as the role of the application may."""
        found = await self._look()
        return Identity(
            database=found["database"],
            system_identifier=found["system_identifier"],
            host=found["host"],
            port=found["port"],
            address="",
            server_port=found["port"],
            user=found["user"],
            server_version=found["server_version"],
            in_recovery=False,
        )

    async def configured(self) -> Identity:
        """Return the address of a world's database, which it has even while it does not answer."""
        found = (await asyncio.to_thread(self._world.read))["schema"][self._environment]
        return Identity(database=found["database"], host=found["host"], port=found["port"])

    async def connections(self) -> Connections:
        """Return used and maximum connections."""
        found = await self._look()
        used, maximum = int(found["connections"]), int(found["connections_max"])
        by_state = (("active", 1), ("idle", max(used - 1, 0)))
        return Connections(self._world.clock.now(), used, maximum, used, reserved=3, by_state=by_state)

    async def row_counts(self, tables: Sequence[TableName]) -> Mapping[TableName, RowCount]:
        """Return how many rows each table holds, always exact."""
        known = (await self._look())["tables"]
        counts = {}
        for table in tables:
            here = known.get(table.name) if table.schema in ("", _SCHEMA) else None
            rows = None if here is None else int(here["rows"])
            counts[table] = RowCount(table, found=here is not None, estimate=rows, exact=rows)
        return counts

    async def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return a table's columns in order; None when there is no such table."""
        here = (await self._look())["tables"].get(table.name)
        if here is None or table.schema not in ("", _SCHEMA):
            return None
        return tuple(Column(one["name"], one["type"], one["nullable"], one["default"]) for one in here["columns"])

    async def revisions(self) -> DatabaseRevisions:
        """Return what the version table holds."""
        return DatabaseRevisions((VersionTable(_SCHEMA, tuple((await self._look())["rows"])),))

    async def blocking(self) -> tuple[Blocked, ...]:
        """Return who waits for a lock, and for whom."""
        waiting = (await self._look())["blocked"]
        return tuple(
            Blocked(
                Session(one["pid"], "strideiq", "api", "active", one["query"], one["seconds"]),
                (Session(one["holder"], "strideiq", "psql", "idle in transaction", one["holder_query"], one["seconds"]),),
            )
            for one in waiting
        )

    async def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        """Return indexes that a broken CONCURRENTLY left behind."""
        return tuple(InvalidIndex(one["name"], _SCHEMA, one["table"]) for one in (await self._look())["invalid"])

    async def sessions(self, application: str) -> tuple[Session, ...]:
        """Return the sessions of others whose application name is exactly this."""
        seen = (await self._look())["sessions"]
        return tuple(
            Session(one["pid"], "strideiq", one["application"], "active", one["query"], one["seconds"])
            for one in seen
            if one["application"] == application
        )

    async def indexes(self, table: TableName) -> tuple[str, ...] | None:
        """Return the names of a table's indexes, those that are not whole among them; None when there is no such table."""
        found = await self._look()
        here = found["tables"].get(table.name)
        if here is None or table.schema not in ("", _SCHEMA):
            return None
        return (*here["indexes"], *(one["name"] for one in found["invalid"] if one["table"] == table.name))

    async def sizes(self, *, limit: int = 20) -> Sizes:
        """Return the size of the database and of its largest tables: 512 bytes a row, 8 kB at least."""
        found = await self._look()
        sizes = [(TableName(name, _SCHEMA), 8192 + 512 * int(table["rows"])) for name, table in found["tables"].items()]
        return Sizes(int(found["size"]), tuple(sorted(sizes, key=lambda one: (-one[1], one[0].name))[:limit]))

    async def _look(self) -> dict[str, Any]:
        from strideiq_console.sandbox.database_views import NoDatabaseError, look

        try:
            return await asyncio.to_thread(look, self._world, self._environment)
        except NoDatabaseError as error:
            cause = f"the database of {self._environment} does not answer: {error}"
            step = "check that it is up, and its address"
            raise OutsideError(Fault(FaultKind.UNREACHABLE, "postgres", cause, "What stands in it is unknown", step)) from error
