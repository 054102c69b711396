"""Reads what a move of the schema would take away, and whether a backup proves that it could be brought back (R91, R95)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from strideiq_console.domain.backup import Backups
from strideiq_console.domain.database import Blocked, Database, RowCount, TableName
from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.hosting import Containers, Volumes
from strideiq_console.domain.migration import Move
from strideiq_console.domain.migration_blast import Blast, blast, doomed
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Migrations
from strideiq_console.domain.policy.backups import BackupProof, judge, limit_of


async def read_blast(move: Move, graph: RevisionGraph, database: Database, schema: Migrations) -> Blast:
    """Return the blast radius of one move; what cannot be read is unknown, never nothing. No OutsideError leaves it."""
    revision = graph.by_id[move.revision]
    tables = doomed(revision, move.direction)
    counts: Mapping[TableName, RowCount] = {}
    unread = ""
    if tables:
        try:
            counts = await database.row_counts(tables)
        except OutsideError as error:
            unread = error.cause
    sql = no_sql = ""
    try:
        sql = await schema.sql(move, graph)
    except (OutsideError, BlockedError) as error:
        no_sql = error.cause
    blocked: tuple[Blocked, ...] | None
    try:
        blocked = await database.blocking()
    except OutsideError:
        blocked = None
    return blast(revision, move.direction, counts=counts, sql=sql, no_sql=no_sql, blocked=blocked, unread=unread)


async def prove_backup(
    source: Volumes | Containers | None, environment: str, now: datetime, *, destroys: bool, limit: timedelta | None = None
) -> BackupProof:
    """Return what the newest backup of an environment proves; ``destroys``: before a downgrade or a restore (15 min, else 60)."""
    found: Backups | None = None
    if source is not None:
        try:
            found = await source.backups(environment)
        except OutsideError:
            found = None
    return judge(found, now, limit or limit_of(destroys=destroys))
