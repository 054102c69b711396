"""Reads the schema ladder: the migration files of the work tree, and each environment's version table (R85)."""

from __future__ import annotations

import asyncio

from strideiq_console.domain.fault import BlockedError, CloneError, OutsideError
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder, ladder_of
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.schema_grounds import graph_of


async def read_ladder(ports: Ports) -> SchemaLadder:
    """Return the ladder; what cannot be read is unknown and says why. Nothing of the founder's code is imported."""
    found = tuple(await asyncio.gather(*(_rows(ports, name) for name in LADDER)))
    try:
        graph = await graph_of(ports, "")
    except (BlockedError, CloneError) as error:
        rungs = tuple(Rung(name, rows, note=note) for name, rows, note in found)
        return SchemaLadder(rungs, note=error.sentence())
    return ladder_of(graph, found)


async def _rows(ports: Ports, environment: str) -> tuple[str, tuple[str, ...] | None, str]:
    database = ports.outside.databases.get(environment)
    if database is None:
        return environment, None, "its database is not configured"
    try:
        seen = await database.revisions()
    except OutsideError as error:
        return environment, None, error.cause
    return environment, seen.current, "" if seen.current is not None else seen.sentence()
