"""A schema in memory: three databases, an alembic that moves one revision at a time, and the backups of their volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from strideiq_console.domain.backup import Backup, Backups
from strideiq_console.domain.database import Blocked, DatabaseRevisions, Identity, RowCount, Session, TableName, VersionTable
from strideiq_console.domain.hosting import JobState, Workflow
from strideiq_console.domain.migration import Direction, DowngradeKind, Move, Revision, Risk, RiskKind
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure, Outcome
from strideiq_console.domain.migration_path import applied
from strideiq_console.domain.outside import Outside
from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.settings.model import Settings
from strideiq_console.settings.outside import AlembicEnvironment, AlembicSettings, DatabaseSettings, OutsideSettings
from strideiq_console.store.store import Store
from tests.services.fakes import SETTINGS, FakeClone, FakeDeployments, FakeHost, FakeOutside, FakeProber

SYSTEMS = {"local": "1", "staging": "2", "production": "3"}
ADDS = (Risk(RiskKind.DROPS_TABLE, Direction.DOWN, "shoes"),)
DROPS = (Risk(RiskKind.DROPS_TABLE, Direction.UP, "paces", words="DROP TABLE paces"),)
GRAPH = RevisionGraph.of(
    [
        Revision("a1", file="a1.py", digest="a"),
        Revision("b2", ("a1",), "b2.py", "add shoes", risks=ADDS, downgrade=DowngradeKind.DESTROYS, digest="b"),
        Revision("c3", ("b2",), "c3.py", "drop paces", risks=DROPS, downgrade=DowngradeKind.REVERSES, digest="c"),
        Revision("d4", ("c3",), "d4.py", "an index", downgrade=DowngradeKind.REVERSES, digest="d"),
    ]
)


def settings(execute: str = "run") -> Settings:
    """Return settings in which all three databases are enrolled."""
    databases = tuple(DatabaseSettings(name, system, "strideiq", f"pg-{name}") for name, system in SYSTEMS.items())
    alembic = AlembicSettings("apps/api", AlembicEnvironment(execute=execute))
    return replace(SETTINGS, outside=OutsideSettings(databases=databases, alembic=alembic))


@dataclass
class FakeSchema:
    """The state that the fakes of this file share. ``ending`` is what the next looks at a move answer, once each."""

    outside: FakeOutside
    graphs: dict[str, RevisionGraph] = field(default_factory=lambda: {"": GRAPH})
    rows: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(SYSTEMS, ("a1",)))
    identities: dict[str, Identity] = field(default_factory=dict)
    endings: list[Outcome] = field(default_factory=list)
    looks: list[Outcome] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)
    blocked: tuple[Blocked, ...] = ()
    sessions: tuple[Session, ...] = ()
    backup_fails: str = ""
    backup_seconds: float = 20.0
    keeps: timedelta | None = None

    def __post_init__(self) -> None:
        for name, system in SYSTEMS.items():
            self.identities.setdefault(name, Identity("strideiq", system, f"pg-{name}", 5432))

    def backed_up(self, minutes: float, **more: Any) -> Backup:
        """Put a backup of production into the list."""
        made = Backup(
            f"bk-{len(self.backups)}", "production", "railway", self.outside.clock.now() - timedelta(minutes=minutes), **more
        )
        self.backups.append(made)
        return made

    async def graph_at(self, sha: str) -> RevisionGraph:
        return self.graphs.get(sha, self.graphs[""])

    def ports_outside(self) -> Outside:
        known = {name: FakeDatabase(self, name) for name in SYSTEMS}
        schemas = {name: FakeMigrations(self, name) for name in SYSTEMS}
        parts: Any = {"databases": known, "schemas": schemas, "volumes": FakeVolumes(self), "graph_at": self.graph_at}
        return Outside(**parts)


@dataclass
class FakeDatabase:
    """Implements what is read of ``Database``."""

    schema: FakeSchema
    environment: str

    async def identity(self) -> Identity:
        return self.schema.identities[self.environment]

    async def revisions(self) -> DatabaseRevisions:
        return DatabaseRevisions((VersionTable("public", self.schema.rows[self.environment]),))

    async def row_counts(self, tables: Sequence[TableName]) -> Mapping[TableName, RowCount]:
        return {table: RowCount(table, exact=31_877) for table in tables}

    async def blocking(self) -> tuple[Blocked, ...]:
        return self.schema.blocked


@dataclass
class FakeMigrations:
    """Implements ``Migrations``: judged by the version table, and each run counted as an effect."""

    schema: FakeSchema
    environment: str

    def words(self, move: Move) -> tuple[str, ...]:
        return ("alembic", move.direction.value, move.target)

    async def sql(self, move: Move, graph: RevisionGraph) -> str:
        return f"-- {move.direction} {move.revision}\nSELECT 1;"

    async def look(self, move: Move, graph: RevisionGraph) -> Outcome:
        if self.schema.looks:
            return replace(self.schema.looks.pop(0), move=move)
        return self._judged(move, graph)

    def _judged(self, move: Move, graph: RevisionGraph) -> Outcome:
        rows = self.schema.rows[self.environment]
        endings = {move.after: Ending.ADOPTED, move.before: Ending.NOT_DONE}
        ending = endings.get(applied(graph, rows).tips, Ending.DIVERGED)
        return Outcome(move, ending, self.words(move), rows=rows)

    async def carry_out(self, move: Move, graph: RevisionGraph) -> Outcome:
        found = self._judged(move, graph)
        if found.ending is not Ending.NOT_DONE:
            return found
        if self.schema.endings:
            planned = replace(self.schema.endings.pop(0), move=move)
            if planned.ran:
                self.schema.outside.did(f"{self.environment}: {' '.join(self.words(move))}")
            return planned
        self.schema.rows[self.environment] = tuple(sorted(move.after))
        self.schema.outside.did(f"{self.environment}: {' '.join(self.words(move))}")
        return replace(found, ending=Ending.DONE, ran=True)


@dataclass
class FakeVolumes:
    """Implements what is used of ``Volumes``: a backup is listed when its job has ended."""

    schema: FakeSchema
    jobs: dict[str, float] = field(default_factory=dict)

    async def backups(self, environment: str) -> Backups:
        now = self.schema.outside.clock.now()
        return Backups(environment, "railway", tuple(b for b in self.schema.backups if b.created_at <= now))

    async def create(self, environment: str, name: str = "") -> str:
        if not self.schema.backup_fails:
            at = self.schema.outside.clock.now() + timedelta(seconds=self.schema.backup_seconds)
            expires = at + self.schema.keeps if self.schema.keeps else None
            self.schema.backups.append(
                Backup(f"made-{len(self.schema.backups)}", environment, "railway", at, name, expires_at=expires)
            )
        self.schema.outside.did(f"{environment}: backup")
        self.jobs["job"] = self.schema.outside.clock.monotonic()
        return "job"

    async def lock(self, environment: str, backup_id: str) -> None:
        self.schema.backups = [replace(b, expires_at=None) if b.id == backup_id else b for b in self.schema.backups]
        self.schema.outside.did(f"{environment}: lock {backup_id}")

    async def workflow(self, workflow_id: str, environment: str = "") -> Workflow:
        if self.schema.backup_fails:
            return Workflow(workflow_id, JobState.FAILED, self.schema.backup_fails)
        over = self.schema.outside.clock.monotonic() - self.jobs[workflow_id] >= self.schema.backup_seconds
        return Workflow(workflow_id, JobState.DONE if over else JobState.RUNNING)


def ended(ending: Ending, failure: Failure | None = None, *, ran: bool = True, **more: Any) -> Outcome:
    """Return what a move may come to; the fake puts the move itself in."""
    nowhere = Move(Direction.UP, "", "", frozenset(), frozenset())
    return Outcome(nowhere, ending, (), ran=ran, failure=failure, **more)


def engine_of(schema: FakeSchema, store: Store, *, execute: str = "run", **more: Any) -> Engine:
    """Return an engine over the schema and the rest of the outside."""
    outside = schema.outside
    hosts = {"vercel": FakeDeployments(outside, "vercel", "web"), "railway": FakeDeployments(outside, "railway", "api")}
    host: Any = FakeHost(outside)
    ports = Ports(
        settings(execute),
        outside.clock,
        FakeClone(outside),
        host,
        hosts,
        FakeProber(outside),
        store.verifications,
        "test",
        schema.ports_outside(),
    )
    return Engine(ports, store, **more)
