"""Reads the schema ladder: each version table, and the migration files of the work tree and of each own branch (R85)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from strideiq_console.domain.fault import BlockedError, CloneError, OutsideError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder, ladder_of

_NONE: Mapping[str, str] = MappingProxyType({})


async def read_ladder(outside: Outside, branches: Mapping[str, str] = _NONE) -> SchemaLadder:
    """Return the ladder; what cannot be read is unknown and says why. Nothing of the founder's code is imported.

    ``branches`` names the branch that each environment is deployed from: staging may stand at a revision that origin's staging
    defines and the work tree does not hold.
    """
    found = tuple(await asyncio.gather(*(_rows(outside, name) for name in LADDER)))
    try:
        graph = await _files(outside)
    except (BlockedError, CloneError) as error:
        rungs = tuple(Rung(name, rows, note=note) for name, rows, note in found)
        return SchemaLadder(rungs, note=error.sentence())
    own = {name: (branch, files) for name, branch in branches.items() if (files := await _files_of(outside, branch)) is not None}
    return ladder_of(graph, found, own)


async def _files_of(outside: Outside, branch: str) -> RevisionGraph | None:
    """Return the files of a branch as origin had them at the last fetch; None where the clone cannot tell."""
    if outside.clone is None or outside.graph_at is None or not branch:
        return None
    try:
        tip = await outside.clone.tip(f"refs/remotes/origin/{branch}")
        return await outside.graph_at(tip) if tip else None
    except (BlockedError, CloneError):
        return None  # the work tree's files still say what they say; the rung names no branch then


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
