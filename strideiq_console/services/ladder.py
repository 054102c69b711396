"""Reads the schema ladder: the migration files of the work tree, and each environment's version table (R85)."""

from __future__ import annotations

import asyncio

from strideiq_console.domain.fault import BlockedError, CloneError, OutsideError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder, ladder_of


async def read_ladder(outside: Outside) -> SchemaLadder:
    """Return the ladder; what cannot be read is unknown and says why. Nothing of the founder's code is imported."""
    found = tuple(await asyncio.gather(*(_rows(outside, name) for name in LADDER)))
    try:
        graph = await _files(outside)
    except (BlockedError, CloneError) as error:
        rungs = tuple(Rung(name, rows, note=note) for name, rows, note in found)
        return SchemaLadder(rungs, note=error.sentence())
    return ladder_of(graph, found)


async def _files(outside: Outside) -> RevisionGraph:
    if outside.migrations is None:
        raise BlockedError(
            "the migration files of the clone cannot be read",
            next_step="name the folder of alembic.ini in [alembic] of config.toml",
        )
    return await outside.migrations()


async def _rows(outside: Outside, environment: str) -> tuple[str, tuple[str, ...] | None, str]:
    database = outside.databases.get(environment)
    if database is None:
        return environment, None, "its database is not configured"
    try:
        seen = await database.revisions()
    except OutsideError as error:
        return environment, None, error.cause
    return environment, seen.current, "" if seen.current is not None else seen.sentence()
