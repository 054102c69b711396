"""The session writes nothing, ends in time, and tells each of the outside's faults without the password."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from strideiq_console.domain.database import TableName
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.postgres.dsn import read_dsn
from strideiq_console.providers.postgres.session import Limits, Session, Sessions
from tests.postgres_server import PASSWORD, Server, running
from tests.providers.postgres.conftest import Make
from tests.servers import free_port

pytestmark = pytest.mark.xdist_group("postgres")


def sessions(dsn: str, *, statement: float = 5.0, total: float = 10.0) -> Sessions:
    return Sessions(read_dsn(Secret(dsn), environ={}, connect_timeout=2.0), Limits(2.0, statement, 1.0, total))


@pytest.fixture
def silent() -> Iterator[str]:
    """A host that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"postgresql://founder:{PASSWORD}@127.0.0.1:{listener.getsockname()[1]}/app"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1)",
        "UPDATE t SET id = 2",
        "DELETE FROM t",
        "CREATE TABLE u (id int)",
        "DROP TABLE t",
        "TRUNCATE t",
        "SELECT nextval('s')",
        "GRANT ALL ON t TO PUBLIC",
        "SELECT id FROM t FOR UPDATE",
    ],
)
async def test_the_server_itself_refuses_to_write_in_our_session(server: Server, dsn: str, statement: str) -> None:
    server.execute("CREATE TABLE t (id int)", dsn=dsn)
    server.execute("CREATE SEQUENCE s", dsn=dsn)
    with pytest.raises(OutsideError) as caught:
        await sessions(dsn).read(lambda wire: wire.rows("a write", statement))
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert "the session is read-only" in caught.value.fault.cause
    assert server.execute("SELECT count(*) FROM t", dsn=dsn) == [(0,)]


async def test_everything_sent_only_selects_and_every_transaction_is_read_only(server: Server, dsn: str, make: Make) -> None:
    server.execute("CREATE TABLE alembic_version (version_num varchar(32))", dsn=dsn)
    server.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = ''all''', current_database()); END $$", dsn=dsn
    )
    log = server.folder / "log"
    before = log.stat().st_size
    read = make(dsn)
    enrolled = await read.identity()
    read = make(dsn, expected=enrolled)
    table = TableName("alembic_version")
    for look in (read.connections(), read.row_counts([table]), read.columns(table), read.revisions()):
        await look
    for look in (read.blocking(), read.invalid_indexes(), read.sizes()):
        await look
    with log.open("rb") as file:
        file.seek(before)
        said = file.read().decode()
    sent = re.findall(r"LOG:  (?:statement|execute [^:]*): \s*(\w+(?: READ ONLY)?)", said)
    assert len(sent) > 60
    assert set(sent) == {"BEGIN READ ONLY", "SELECT", "ROLLBACK"}
    assert sent.count("BEGIN READ ONLY") == sent.count("ROLLBACK") == sent.count("SELECT") / 2


async def test_a_slow_statement_is_cancelled_by_the_server(dsn: str) -> None:
    with pytest.raises(OutsideError) as caught:
        await sessions(dsn, statement=0.2).read(lambda wire: wire.rows("a nap", "SELECT pg_sleep(30)"))
    assert caught.value.fault.kind is FaultKind.TIMEOUT
    assert "a nap: the statement took too long" in caught.value.fault.cause


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "strideiq-postgres"]


async def no_thread_left() -> bool:
    for _ in range(250):
        if not ours():
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="stops the server's process")
async def test_a_server_that_stops_answering_mid_read_is_cut_off_in_time_and_leaves_no_thread(server: Server, dsn: str) -> None:
    stopped: list[int] = []

    def freeze(wire: Session) -> Any:
        stopped.append(wire.rows("its process", "SELECT pg_backend_pid()")[0][0])
        os.kill(stopped[0], signal.SIGSTOP)
        return wire.rows("nothing", "SELECT 1")

    began = time.monotonic()
    try:
        with pytest.raises(OutsideError) as caught:
            await sessions(dsn, total=1.0).read(freeze)
        assert caught.value.fault.kind is FaultKind.TIMEOUT
        assert time.monotonic() - began < 3.0
        assert await no_thread_left()
    finally:
        os.kill(stopped[0], signal.SIGCONT)


async def test_a_cancel_ends_the_thread_as_well(dsn: str) -> None:
    task = asyncio.create_task(sessions(dsn, statement=60, total=60).read(lambda wire: wire.rows("a nap", "SELECT pg_sleep(60)")))
    while not ours():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await no_thread_left()


async def test_a_host_that_never_answers_is_a_timeout(silent: str, make: Make) -> None:
    began = time.monotonic()
    with pytest.raises(OutsideError) as caught:
        await make(silent, connect_timeout=2.0, total=5.0).connections()
    assert caught.value.fault.kind is FaultKind.TIMEOUT
    assert time.monotonic() - began < 5.5
    assert PASSWORD not in caught.value.fault.sentence()


async def test_hanging_reads_do_not_pile_up(silent: str) -> None:
    door = sessions(silent, total=0.2)
    for _ in range(4):
        with pytest.raises(OutsideError):
            await door.read(lambda wire: None)
    with pytest.raises(OutsideError) as caught:
        await door.read(lambda wire: None)
    assert "4 earlier reads still wait" in caught.value.fault.cause
    assert await no_thread_left()


async def test_a_server_that_ends_the_session_and_one_that_is_gone(tmp_path_factory: pytest.TempPathFactory, make: Make) -> None:
    with running(tmp_path_factory.mktemp("doomed")) as doomed:

        def crash(wire: Session) -> Any:
            wire.rows("a warm-up", "SELECT 1")
            doomed.stop(at_once=True)
            return wire.rows("the rest", "SELECT 1")

        with pytest.raises(OutsideError) as mid:
            await sessions(doomed.dsn).read(crash)
        with pytest.raises(OutsideError) as after:
            await make(doomed.dsn).connections()
    assert mid.value.fault.kind in (FaultKind.SERVER, FaultKind.UNREACHABLE)
    assert "the rest" in mid.value.fault.cause
    assert after.value.fault.kind is FaultKind.UNREACHABLE
    assert "refused" in after.value.fault.cause


async def test_refusals_at_the_door_each_have_their_kind_and_never_tell_the_password(server: Server, dsn: str, make: Make) -> None:
    wrong = "not-the-password-of-anyone"
    server.execute("CREATE ROLE no_login PASSWORD 'reader-of-the-tests'")
    cases = [
        (server.dsn_of("postgres", password=wrong), FaultKind.UNAUTHORISED, "password or the user is refused"),
        (server.dsn_of("postgres", user="no_login", password="reader-of-the-tests"), FaultKind.FORBIDDEN, "may not log in"),
        (server.dsn_of("no such database"), FaultKind.MISSING, "no such database"),
        (f"{dsn}?sslmode=require", FaultKind.TLS, "does not offer TLS"),
        (f"postgresql://u:{wrong}@127.0.0.1:{free_port()}/x", FaultKind.UNREACHABLE, "refused"),
        (f"postgresql://u:{wrong}@strideiq.invalid/x", FaultKind.UNREACHABLE, "host name cannot be resolved"),
    ]
    for tried, kind, words in cases:
        with pytest.raises(OutsideError) as caught:
            await make(tried).connections()
        fault = caught.value.fault
        assert (fault.kind, fault.source) == (kind, "postgres"), fault
        assert words in fault.cause
        assert fault.next_step
        assert not any(secret in fault.sentence() for secret in (wrong, PASSWORD, "reader-of-the-tests"))


async def test_a_full_server_is_told_as_such(server: Server, dsn: str, make: Make) -> None:
    server.execute("CREATE ROLE crowded LOGIN PASSWORD 'reader-of-the-tests' CONNECTION LIMIT 0")
    with pytest.raises(OutsideError) as caught:
        await make(server.dsn_of("postgres", user="crowded", password="reader-of-the-tests")).connections()
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert "all in use" in caught.value.fault.cause


async def test_text_that_is_not_utf8_is_malformed(server: Server, make: Make) -> None:
    server.execute("CREATE DATABASE raw TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    raw = server.dsn_of("raw")
    server.execute("DO $$ BEGIN EXECUTE format('CREATE TABLE t (%I int)', convert_from('\\xff61', 'SQL_ASCII')); END $$", dsn=raw)
    with pytest.raises(OutsideError) as caught:
        await make(raw).columns(TableName("t"))
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert "columns of t" in caught.value.fault.cause
