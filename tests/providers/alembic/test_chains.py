"""The chains on a real PostgreSQL with the real alembic: the right class each time, never a second run, never another database."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strideiq_console.domain.database import Identity
from strideiq_console.domain.fault import BlockedError, ConsoleError, OutsideError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Outcome
from strideiq_console.domain.migration_path import path_down, path_up
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers.alembic import AlembicCommand, locate, read_folder
from strideiq_console.providers.postgres import Postgres
from strideiq_console.services.clock import SystemClock
from tests.postgres_server import PASSWORD, Server, running
from tests.providers.alembic.chains import SHAPES, Chain
from tests.providers.alembic.chains_failing import FAILING
from tests.providers.alembic.projects import ran, write
from tests.servers import free_port

CHAINS = {chain.name: chain for chain in (*SHAPES, *FAILING)}
AT_ONCE = 2
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r'"
STAMP = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"

pytestmark = [pytest.mark.xdist_group("alembic"), pytest.mark.timeout(600)]


@dataclass
class Found:
    """What came of a chain, with what the database held afterwards."""

    outcomes: list[Outcome] = field(default_factory=list)
    error: ConsoleError | None = None
    rows: tuple[str, ...] = ()
    tables: frozenset[str] = frozenset()
    ran: tuple[str, ...] = ()
    again: Outcome | None = None
    ran_again: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


class Run:
    """One chain with its database, its folder and its command."""

    def __init__(self, server: Server, chain: Chain, folder: Path) -> None:
        self.server, self.chain = server, chain
        self.folder = write(folder, chain.files, env=chain.env)
        self.name = f"chain-{chain.name}"
        self.dsn = server.create_database(self.name)
        self.fill(self.dsn, chain.setup)
        self.other = ""

    def fill(self, dsn: str, statements: tuple[str, ...]) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in (*statements, *([STAMP] if self.chain.rows else [])):
                connection.execute(statement)  # type: ignore[arg-type]
            for row in self.chain.rows:
                connection.execute("INSERT INTO alembic_version VALUES (%s)", (row,))

    def url(self) -> str:
        special, dsn = self.chain.special, self.dsn
        if special == "guest":
            self.server.execute("DO $$ BEGIN CREATE ROLE guest LOGIN PASSWORD 'an-obviously-fake-password'; END $$")
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("GRANT ALL ON alembic_version TO guest")
            dsn = self.server.dsn_of(self.name, user="guest")
        if special == "closed-port":
            dsn = dsn.replace(f":{self.server.port}/", f":{free_port()}/")
        if special == "dotenv":
            self.other = self.server.create_database("elsewhere")
            self.fill(self.other, self.chain.setup)
            (self.folder / ".env").write_text(f"DATABASE_URL={self.other.replace('postgresql:', 'postgresql+psycopg:')}\n")
        return dsn.replace("postgresql:", "postgresql+psycopg:")

    async def enrolled(self, database: Postgres) -> Identity | None:
        seen = await database.identity()
        true = Identity(database=seen.database, system_identifier=seen.system_identifier, host=seen.host, port=seen.port)
        changes: Mapping[str, Any] = {"other-cluster": {"system_identifier": "1"}, "other-name": {"database": "strideiq"}}
        return None if self.chain.special == "not-enrolled" else replace(true, **changes.get(self.chain.special, {}))

    async def command(self) -> AlembicCommand:
        database = Postgres(dsn=Secret(self.dsn), environment="production", clock=SystemClock(), environ={})
        environ = {**os.environ, "DATABASE_URL": self.url(), "STRIDEIQ_GITHUB_TOKEN": "never-for-a-child"}
        if self.chain.special == "read-only":
            environ["PGOPTIONS"] = "-c default_transaction_read_only=on"
        return AlembicCommand(
            argv=[sys.executable, "-m", "alembic"],
            folder=self.folder,
            environ=environ,
            variables=["DATABASE_URL", "PGOPTIONS"],
            database=database,
            enrolled=await self.enrolled(database),
            redact=Redactor([Secret(PASSWORD)]),
            **self.chain.options,  # type: ignore[arg-type]
        )

    @contextmanager
    def lock(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self.chain.special == "lock":
                connection = stack.enter_context(psycopg.connect(self.dsn))
                connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            yield

    async def go(self) -> Found:
        found = Found()
        graph = read_folder(self.folder, locate(self.folder))
        alembic = await self.command()
        with self.lock():
            try:
                await self.moves(alembic, graph, found)
            except ConsoleError as error:
                found.error = error
        found.ran = ran(self.folder)
        if found.outcomes and found.outcomes[-1].done:
            found.again = await alembic.carry_out(found.outcomes[-1].move, graph)
        found.ran_again = ran(self.folder)
        found.rows = self.version_rows(self.dsn)
        found.tables = frozenset(str(row[0]) for row in self.server.execute(TABLES, dsn=self.dsn))
        found.elsewhere = self.version_rows(self.other) if self.other else ()
        return found

    async def moves(self, alembic: AlembicCommand, graph: RevisionGraph, found: Found) -> None:
        direction, target = self.chain.go
        rows = self.chain.rows if self.chain.planned_at is None else self.chain.planned_at
        moves = path_up(graph, rows, target) if direction == "up" else path_down(graph, rows, target)
        for move in moves[: self.chain.steps]:
            found.outcomes.append(await alembic.carry_out(move, graph))
            if not found.outcomes[-1].done:
                return

    def version_rows(self, dsn: str) -> tuple[str, ...]:
        there = self.server.execute("SELECT to_regclass('alembic_version')", dsn=dsn)[0][0]
        rows = self.server.execute("SELECT version_num FROM alembic_version ORDER BY 1", dsn=dsn) if there else []
        return tuple(str(row[0]) for row in rows)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    """Run all chains, two at a time."""
    folder = tmp_path_factory.mktemp("chains")
    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield asyncio.run(everything(server, folder))


async def everything(server: Server, folder: Path) -> dict[str, Found]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(chain: Chain) -> Found:
        async with gate:
            run = await asyncio.to_thread(Run, server, chain, folder / chain.name)
            return await run.go()

    found = await asyncio.gather(*(one(chain) for chain in CHAINS.values()))
    return dict(zip(CHAINS, found, strict=True))


def test_there_are_at_least_forty_chains() -> None:
    assert len(CHAINS) == len(SHAPES) + len(FAILING) >= 40


@pytest.mark.parametrize("name", CHAINS)
def test_the_class_is_right_and_the_database_is_where_it_should_be(results: dict[str, Found], name: str) -> None:
    chain, found = CHAINS[name], results[name]
    if chain.blocked:
        assert isinstance(found.error, BlockedError)
        assert chain.blocked in found.error.cause
        assert found.outcomes == []
    elif chain.fault:
        assert isinstance(found.error, OutsideError)
        assert found.error.fault.kind.value == chain.fault
    else:
        assert found.error is None
        last = found.outcomes[-1]
        assert (last.ending, last.failure) == (chain.ending, chain.failure), last
        assert chain.said in last.said
        assert chain.leftovers in " ".join(last.leftovers)
    assert found.ran == chain.ran
    assert chain.after is None or found.rows == chain.after
    assert set(chain.tables) <= found.tables
    assert not set(chain.gone) & found.tables


@pytest.mark.parametrize("name", CHAINS)
def test_nothing_is_ever_run_twice(results: dict[str, Found], name: str) -> None:
    found = results[name]
    assert len(set(found.ran_again)) == len(found.ran_again)
    if found.again is not None:
        assert found.again.ending is Ending.ADOPTED
        assert not found.again.ran
        assert found.ran_again == found.ran


@pytest.mark.parametrize("name", CHAINS)
def test_every_command_names_one_explicit_target(results: dict[str, Found], name: str) -> None:
    chain = CHAINS[name]
    for outcome in results[name].outcomes:
        assert outcome.words[-2] in {"upgrade", "downgrade"}
        assert outcome.words[-1] not in {"head", "heads"}
        assert outcome.words[-1][0] not in "+-"
    if chain.words:
        assert results[name].outcomes[-1].words[-2:] == chain.words


@pytest.mark.parametrize("name", CHAINS)
def test_no_password_and_no_row_is_repeated(results: dict[str, Found], name: str) -> None:
    found = results[name]
    said = " ".join([*(o.said for o in found.outcomes), found.error.sentence() if found.error else ""])
    assert PASSWORD not in said
    assert "ada@example.test" not in said
    assert "never-for-a-child" not in said


def test_the_database_that_a_dotenv_names_is_left_alone(results: dict[str, Found]) -> None:
    assert results["wrong-database-dotenv"].elsewhere == ("a",)
    assert results["wrong-database-dotenv"].rows == ("a",)


@pytest.mark.parametrize("name", [name for name, chain in CHAINS.items() if chain.loads])
def test_the_graph_is_the_one_that_alembic_loads(tmp_path: Path, name: str) -> None:
    from alembic.script import ScriptDirectory

    folder = write(tmp_path, CHAINS[name].files)
    graph = read_folder(folder, locate(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ScriptDirectory(str(folder / "migrations"))
        scripts = list(theirs.walk_revisions())
    assert set(theirs.get_heads()) == set(graph.heads)
    assert set(theirs.get_bases()) == set(graph.roots)
    assert {s.revision for s in scripts} == set(graph.by_id)
    for script in scripts:
        ours = graph.by_id[script.revision]
        assert script._versioned_down_revisions == ours.parents
        assert script.doc == ours.message
        assert set(graph.by_id) >= {d for d in (script.dependencies or ()) if isinstance(script.dependencies, tuple)}
        assert Path(script.path).name == Path(ours.file).name
    assert graph.sound
