"""Two consoles at one schema, and a server that goes on working for an alembic that is dead; on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psycopg
import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration_outcome import Ending, Failure
from strideiq_console.domain.migration_path import path_up
from strideiq_console.providers.alembic import locate, read_folder
from strideiq_console.providers.postgres.advisory import Held
from tests.postgres_server import Server, running
from tests.providers.alembic.consoles import KEY, console, end, postgres
from tests.providers.alembic.killing import SETUP, STAGES, until
from tests.providers.alembic.projects import ENV, ran, table, version, write

BUILDING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND datname = current_database()"
INDEX = (
    "with op.get_context().autocommit_block():",
    '    op.create_index("ix_email", "users", ["email"], postgresql_concurrently=True)',
)

pytestmark = [pytest.mark.xdist_group("alembic-kills"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("postgres")) as started:
        yield started


def database(server: Server, name: str) -> str:
    dsn = server.create_database(name)
    for statement in (*SETUP, "CREATE TABLE users (email text)"):
        server.execute(statement, dsn=dsn)
    return dsn


async def test_of_two_consoles_one_moves_and_the_other_finds_it_done(server: Server, tmp_path: Path) -> None:
    dsn = database(server, "two")
    folder = write(tmp_path, (table("a"), version("b", "a", up=("op.execute(\"INSERT INTO effects VALUES ('b')\")",))))
    graph = read_folder(folder, locate(folder))
    (move,) = path_up(graph, ("a",), "b")

    def guard() -> AbstractAsyncContextManager[Held]:
        return postgres(dsn).lock(KEY, tries=400, pause=0.1)

    consoles = [await console(dsn, folder, guard=guard, running=tmp_path / f"machine-{n}.lock") for n in range(3)]
    outcomes = await asyncio.gather(*(one.carry_out(move, graph) for one in consoles))
    assert sorted(outcome.ending.name for outcome in outcomes) == ["ADOPTED", "ADOPTED", "DONE"]
    assert ran(folder) == ("up b",)
    assert server.execute("SELECT count(*) FROM effects", dsn=dsn) == [(1,)]


async def test_a_console_that_does_not_get_the_lock_names_who_has_it_and_runs_nothing(server: Server, tmp_path: Path) -> None:
    dsn = database(server, "held")
    folder = write(tmp_path, (table("a"), table("b", "a")))
    graph = read_folder(folder, locate(folder))
    (move,) = path_up(graph, ("a",), "b")
    with psycopg.connect(dsn, autocommit=True, application_name="another console") as other:
        other.execute("SELECT pg_advisory_lock(%s)", (KEY,))
        quick = postgres(dsn).lock(KEY, tries=1)
        with pytest.raises(BlockedError) as raised:
            await (await console(dsn, folder, guard=lambda: quick)).carry_out(move, graph)
        pid = other.info.backend_pid
    assert f"pid {pid} (another console, founder), last statement 'SELECT pg_advisory_lock" in raised.value.cause
    assert ran(folder) == ()


async def test_what_the_server_goes_on_with_for_a_dead_alembic_is_not_run_beside(server: Server, tmp_path: Path) -> None:
    dsn = database(server, "building")
    folder = write(tmp_path, (table("a"), version("b", "a", up=INDEX)), env=STAGES + ENV)
    (folder / "stages").mkdir()
    (folder / "stages" / "hold").write_text("")
    graph = read_folder(folder, locate(folder))
    (move,) = path_up(graph, ("a",), "b")
    first = await console(dsn, folder, patience=0.3, lock_timeout=0)
    with psycopg.connect(dsn) as writer:  # an open transaction, which CONCURRENTLY waits for
        writer.execute("INSERT INTO users VALUES ('ada@example.test')")
        going = asyncio.create_task(first.carry_out(move, graph))
        await until(lambda: server.execute(BUILDING, dsn=dsn) == [(1,)])
        end(int((folder / "stages" / "env").read_text()))
        outcome = await going
        assert (outcome.ending, outcome.failure, outcome.rows) == (Ending.UNKNOWN, Failure.KILLED, ("a",))
        assert "still at work at the server: pid" in outcome.said
        second = await console(dsn, folder, lock_timeout=0)
        looked = await second.look(move, graph)
        assert (looked.ending, looked.ran) == (Ending.UNKNOWN, True)
        assert "CREATE INDEX CONCURRENTLY ix_email" in looked.said
        with pytest.raises(BlockedError, match="CREATE INDEX CONCURRENTLY ix_email"):
            await second.carry_out(move, graph)
    await until(lambda: server.execute(BUILDING, dsn=dsn) == [(0,)])
    found = await second.look(move, graph)
    assert found.ending is Ending.HALF_APPLIED
    assert found.leftovers in {("index ix_email on users exists",), ("invalid index public.ix_email on users",)}
    assert (await second.carry_out(move, graph)).ran is False
    assert ran(folder) == ("up b",)
