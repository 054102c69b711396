"""Reads whether each environment has a database of its own (R11): by the server's own number, else by the configured addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from strideiq_console.domain.database import Database, Identity
from strideiq_console.domain.database_share import DatabaseShare, share_of
from strideiq_console.domain.fault import OutsideError


async def read_shares(databases: Mapping[str, Database], production: str, others: Sequence[str]) -> tuple[DatabaseShare, ...]:
    """Compare each of the others with production's; one that does not answer is compared by its address alone."""
    theirs, *mine = await asyncio.gather(*(_identity(databases[name]) for name in (production, *others)))
    return tuple(share_of(name, found, theirs) for name, found in zip(others, mine, strict=True))


async def _identity(database: Database) -> Identity | None:
    """Return who answers, else whom the address names; None where not even the address can be read."""
    try:
        return await database.identity()
    except OutsideError:
        pass  # that it does not answer is told by the feeds that read what stands in it
    try:
        return await database.configured()
    except OutsideError:
        return None
