"""The blast radius and the proof of a backup, read through the ports: what cannot be read is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from strideiq_console.domain.backup import Backup, Backups
from strideiq_console.domain.database import Blocked, RowCount, Session, TableName
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Direction, Move, Revision, Risk, RiskKind
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.backups import BackupState
from strideiq_console.services.blast import prove_backup, read_blast

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GRAPH = RevisionGraph.of(
    [Revision("a"), Revision("b", ("a",), risks=(Risk(RiskKind.DROPS_TABLE, Direction.DOWN, "orders"),)), Revision("c", ("b",))]
)
DOWN = Move(Direction.DOWN, "b", "a", frozenset({"b"}), frozenset({"a"}))
GONE = OutsideError(Fault(FaultKind.UNREACHABLE, "postgres", "the database went away"))


class Reads:
    """A database, an alembic and a list of backups of which each read may fail."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken

    def ask(self, name: str) -> None:
        if name in self.broken:
            raise GONE

    async def row_counts(self, tables: Sequence[TableName]) -> Mapping[TableName, RowCount]:
        self.ask("rows")
        return {table: RowCount(table, exact=12) for table in tables}

    async def blocking(self) -> tuple[Blocked, ...]:
        self.ask("blocking")
        return (Blocked(Session(7), (Session(8, query="UPDATE orders"),)),)

    async def sql(self, move: Move, graph: RevisionGraph) -> str:
        self.ask("sql")
        if move.revision == "c":
            raise BlockedError("alembic cannot render c alone")
        return "DROP TABLE orders;"

    async def backups(self, environment: str) -> Backups:
        self.ask("backups")
        return Backups(environment, "railway", (Backup("b1", environment, "railway", NOW - timedelta(minutes=20)),))


async def read(*broken: str, move: Move = DOWN) -> Any:
    reads: Any = Reads(*broken)
    return await read_blast(move, GRAPH, reads, reads)


async def test_everything_is_read() -> None:
    found = await read()
    assert [loss.sentence() for loss in found.losses] == ["drops a table: orders, 12 rows"]
    assert (found.sql, found.no_sql, found.unread, found.known) == ("DROP TABLE orders;", "", "", True)
    assert found.blocked is not None
    assert found.blocked[0].holders[0].query == "UPDATE orders"


async def test_what_cannot_be_read_is_unknown_and_never_nothing() -> None:
    found = await read("rows", "blocking", "sql")
    assert [loss.sentence() for loss in found.losses] == ["drops a table: orders, an unknown number of rows (not counted)"]
    assert (found.known, found.blocked) == (False, None)
    assert found.unread == found.no_sql == "the database went away"
    alone = await read(move=Move(Direction.DOWN, "c", "b", frozenset({"c"}), frozenset({"b"})))
    assert alone.no_sql == "alembic cannot render c alone"


async def test_a_backup_of_twenty_minutes_proves_a_change_and_no_downgrade() -> None:
    source: Any = Reads()
    assert (await prove_backup(source, "production", NOW, destroys=False)).proven
    assert (await prove_backup(source, "production", NOW, destroys=True)).state is BackupState.STALE
    assert (await prove_backup(source, "production", NOW, destroys=True, limit=timedelta(hours=1))).proven
    broken: Any = Reads("backups")
    assert (await prove_backup(broken, "production", NOW, destroys=False)).state is BackupState.UNKNOWN
    assert (await prove_backup(None, "production", NOW, destroys=False)).state is BackupState.UNKNOWN
