"""What a real server tells a session that only reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from strideiq_console.domain.database import Identity, TableName
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.metric import Quantity
from tests.postgres_server import OWNER, Server
from tests.providers.postgres.conftest import Make

pytestmark = pytest.mark.xdist_group("postgres")


def database_of(dsn: str) -> str:
    return unquote(dsn.rpartition("/")[2])


def role(server: Server, name: str, *, dsn: str = "", grants: tuple[str, ...] = ()) -> str:
    """Make a role that may log in and nothing else; return its password."""
    server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'reader-of-the-tests'")
    for grant in grants:
        server.execute(grant, dsn=dsn)
    return "reader-of-the-tests"


async def test_identity_tells_the_cluster_the_database_and_what_the_role_may_write(server: Server, dsn: str, make: Make) -> None:
    seen = await make(dsn).identity()
    ((number,),) = server.execute("SELECT system_identifier::text FROM pg_control_system()")
    assert seen.system_identifier == number
    assert (seen.host, seen.port, seen.address, seen.server_port) == ("127.0.0.1", server.port, "127.0.0.1", server.port)
    assert (seen.user, seen.in_recovery, seen.writes) == (OWNER, False, ("is a superuser",))
    assert seen.server_version.startswith(("15.", "16."))
    assert seen.compare(seen).same
    assert (await make(dsn).identity()).started == seen.started is not None, "one server began at one moment"
    named = await make(dsn).configured()
    assert (named.database, named.host, named.port, named.system_identifier) == (seen.database, "127.0.0.1", server.port, None)


async def test_an_address_in_a_service_file_is_not_guessed(make: Make) -> None:
    with pytest.raises(OutsideError) as raised:
        await make("service=strideiq").configured()
    assert "service file" in raised.value.fault.cause


async def test_a_reader_has_no_writes_and_a_number_it_may_not_see_is_unknown(server: Server, dsn: str, make: Make) -> None:
    server.execute("CREATE TABLE athletes (id int)", dsn=dsn)
    server.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", dsn=dsn)
    password = role(server, "reader", dsn=dsn, grants=("GRANT SELECT ON athletes TO reader",))
    seen = await make(server.dsn_of(database_of(dsn), user="reader", password=password)).identity()
    assert (seen.system_identifier, seen.writes, seen.can_write) == (None, (), False)
    compared = seen.compare(Identity(system_identifier="7", database="other"))
    assert not compared.same
    assert "other is enrolled" in compared.differences[0]
    assert "cannot be read; 7 is enrolled" in compared.unknown[0]
    server.execute("GRANT INSERT ON athletes TO reader", dsn=dsn)
    server.execute("GRANT CREATE ON SCHEMA public TO reader", dsn=dsn)
    seen = await make(server.dsn_of(database_of(dsn), user="reader", password=password)).identity()
    assert seen.writes == ("may create tables in 1 schema", "may change rows of 1 table")


async def test_connections_count_every_database_and_say_what_they_count(server: Server, dsn: str, make: Make) -> None:
    import psycopg

    with psycopg.connect(dsn) as one, psycopg.connect(server.dsn):
        one.execute("SELECT 1")  # and stays in its transaction
        seen = await make(dsn).connections()
    assert seen.used == 3  # both, and the console's own
    assert (seen.here, seen.maximum, seen.reserved, seen.hidden) == (2, 40, 3, 0)
    assert dict(seen.by_state) == {"active": 1, "idle in transaction": 1}
    assert seen.oldest_transaction is not None
    assert seen.ratio == 3 / 40
    metrics = await make(dsn).metrics("production", timedelta(minutes=5))
    assert metrics.value(Quantity.CONNECTIONS_MAX) == 40
    assert "all databases" in metrics.of(Quantity.CONNECTIONS)[0].note
    elsewhere = await make(dsn).metrics("staging", timedelta(minutes=5))
    assert elsewhere.series == ()
    assert dict(elsewhere.missing)[Quantity.CONNECTIONS] == "this connection is to the database of production"


async def test_what_a_plain_role_may_not_see_is_counted_and_told_as_hidden(server: Server, dsn: str, make: Make) -> None:
    import psycopg

    password = role(server, "plain")
    with psycopg.connect(dsn) as other:
        other.execute("SELECT 1")
        seen = await make(server.dsn_of(database_of(dsn), user="plain", password=password)).connections()
    assert (seen.used, seen.here, seen.hidden) == (2, 2, 1)
    assert dict(seen.by_state) == {"active": 1}


async def test_row_counts_are_exact_for_odd_names_and_unknown_is_not_none(server: Server, dsn: str, make: Make) -> None:
    for statement in (
        'CREATE SCHEMA "Wide Schema"',
        'CREATE TABLE "Wide Schema"."se""lect; DROP" AS SELECT generate_series(1, 120) AS n',
        "CREATE TABLE empty (n int)",
        "CREATE TABLE counted AS SELECT generate_series(1, 30) AS n",
        "ANALYZE counted",
        "CREATE TABLE parts (n int) PARTITION BY RANGE (n)",
        "CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parts VALUES (1), (2)",
        "CREATE VIEW seen AS SELECT * FROM counted",
    ):
        server.execute(statement, dsn=dsn)
    odd, gone = TableName('se"lect; DROP', "Wide Schema"), TableName("gone")
    names = [
        odd,
        TableName("empty"),
        TableName("counted", "public"),
        TableName("parts"),
        TableName("seen"),
        gone,
        TableName("a\0b"),
    ]
    counts = await make(dsn).row_counts(names)
    assert [counts[n].exact for n in names] == [120, 0, 30, 2, 30, None, None]
    assert (counts[odd].estimate, counts[TableName("counted", "public")].estimate) == (None, 30)
    assert (counts[gone].found, counts[gone].best) == (False, None)


async def test_a_locked_table_keeps_its_estimate_and_the_others_are_counted(server: Server, dsn: str, make: Make) -> None:
    import psycopg

    for name in ("free", "held"):
        server.execute(f"CREATE TABLE {name} AS SELECT generate_series(1, 5) AS n", dsn=dsn)
        server.execute(f"ANALYZE {name}", dsn=dsn)
    with psycopg.connect(dsn) as other:
        other.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        counts = await make(dsn, lock_timeout=0.2).row_counts([TableName("held"), TableName("free")])
        short = await make(dsn, count_timeout=0.0).row_counts([TableName("free")])
    held = counts[TableName("held")]
    assert (held.exact, held.estimate, held.best, counts[TableName("free")].exact) == (None, 5, 5, 5)
    assert "a lock was not given in time" in held.note
    assert "time for it was used up" in short[TableName("free")].note


async def test_columns_have_types_and_a_missing_table_is_none(server: Server, dsn: str, make: Make) -> None:
    server.execute("CREATE TABLE t (id bigint PRIMARY KEY, name varchar(40) DEFAULT 'x', gone int)", dsn=dsn)
    server.execute("ALTER TABLE t DROP COLUMN gone", dsn=dsn)
    columns = await make(dsn).columns(TableName("t"))
    assert columns is not None
    assert [(c.name, c.type, c.nullable, c.has_default) for c in columns] == [
        ("id", "bigint", False, False),
        ("name", "character varying(40)", True, True),
    ]
    assert await make(dsn).columns(TableName("nothing")) is None


@pytest.mark.parametrize(
    ("rows", "current", "sentence"),
    [
        (None, (), "never ran here"),
        ([], (), "is empty"),
        (["a1"], ("a1",), "a1"),
        (["b2", "a1"], ("a1", "b2"), "a1, b2"),
        ([f"r{n}" for n in range(60)], None, "more than 50 rows"),
    ],
    ids=["no-table", "no-row", "one", "two", "many"],
)
async def test_the_version_table_in_every_state(
    server: Server, dsn: str, make: Make, rows: list[str] | None, current: Any, sentence: str
) -> None:
    if rows is not None:
        server.execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)", dsn=dsn)
        for row in rows:
            server.execute(f"INSERT INTO alembic_version SELECT '{row}'", dsn=dsn)
    seen = await make(dsn).revisions()
    assert seen.current == current
    assert sentence in seen.sentence()


async def test_several_version_tables_and_unreadable_ones_leave_the_revision_open(server: Server, dsn: str, make: Make) -> None:
    server.execute("CREATE TABLE alembic_version (version_num varchar(32))", dsn=dsn)
    server.execute("INSERT INTO alembic_version VALUES ('a1')", dsn=dsn)
    password = role(server, "nobody_here")
    unreadable = await make(server.dsn_of(database_of(dsn), user="nobody_here", password=password)).revisions()
    assert unreadable.current is None
    assert "grant it SELECT" in unreadable.sentence()
    server.execute("CREATE SCHEMA tenant", dsn=dsn)
    server.execute("CREATE TABLE tenant.alembic_version (another int)", dsn=dsn)
    seen = await make(dsn).revisions()
    assert [(t.schema, t.revisions) for t in seen.tables] == [("public", ("a1",)), ("tenant", None)]
    assert seen.current is None
    assert "public, tenant" in seen.sentence()


@contextmanager
def waiting(dsn: str, statement: str) -> Iterator[None]:
    """Run a statement that waits for a lock on a thread of its own until the end."""
    import psycopg

    def run() -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)


async def test_blocking_names_who_waits_and_who_holds_with_clean_query_heads(server: Server, dsn: str, make: Make) -> None:
    import psycopg

    server.execute("CREATE TABLE t (id int)", dsn=dsn)
    assert await make(dsn).blocking() == ()
    with psycopg.connect(dsn, application_name="worker\x1b[2J") as holder:
        pid = holder.info.backend_pid
        holder.execute("LOCK TABLE t")
        with waiting(dsn, "SELECT count(*) /* \u202e\x07 */\n  FROM t"):
            found: tuple[Any, ...] = ()
            while not found:
                found = await make(dsn).blocking()
            holder.rollback()
    (blocked,) = found
    assert blocked.waiting.query.startswith("SELECT count(*) /* ")
    assert not any(c in blocked.waiting.query for c in "\u202e\x07\n\x1b")
    assert [(h.pid, h.query, h.state) for h in blocked.holders] == [(pid, "LOCK TABLE t", "idle in transaction")]


async def test_an_index_that_a_broken_build_left_is_found_and_sizes_are_bytes(server: Server, dsn: str, make: Make) -> None:
    import psycopg

    server.execute("CREATE TABLE t AS SELECT 1 AS id UNION ALL SELECT 1", dsn=dsn)
    assert await make(dsn).invalid_indexes() == ()
    with pytest.raises(psycopg.errors.UniqueViolation):
        server.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_id ON t (id)", dsn=dsn)
    (index,) = await make(dsn).invalid_indexes()
    assert (index.name, index.schema, index.table, index.building) == ("ix_id", "public", "t", False)
    sizes = await make(dsn).sizes()
    assert sizes.database is not None
    assert sizes.database > 1_000_000
    assert sizes.tables[0][0] == TableName("t", "public")
    assert sizes.tables[0][1] > 0


async def test_another_database_than_the_enrolled_one_is_refused_with_both_shown(server: Server, dsn: str, make: Make) -> None:
    name = database_of(dsn)
    own = await make(dsn).identity()
    enrolled = Identity(database=name, system_identifier=own.system_identifier, host="127.0.0.1")
    assert (await make(dsn, expected=enrolled).revisions()).current == ()
    other = make(server.dsn, expected=enrolled)
    with pytest.raises(OutsideError) as caught:
        await other.revisions()
    assert caught.value.fault.kind is FaultKind.CONFLICT
    assert f"the database is postgres; {name} is enrolled" in caught.value.fault.cause
    assert (await other.identity()).database == "postgres"
