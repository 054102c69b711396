"""The advisory lock on a real server: one holder, who is named; noticed when lost; free again whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import textwrap
import threading

import psycopg
import pytest

from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.postgres import lock_key
from strideiq_console.providers.postgres.advisory import Held, advisory_lock
from strideiq_console.providers.postgres.dsn import read_dsn
from strideiq_console.providers.postgres.session import Limits, Session
from tests.postgres_server import PASSWORD, Server

pytestmark = pytest.mark.xdist_group("postgres")

KEY = lock_key("acme/strideiq", "production")
LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


def lock(dsn: str, *, total: float = 5.0, **words: float) -> contextlib.AbstractAsyncContextManager[Held]:
    target = read_dsn(Secret(dsn), environ={}, connect_timeout=2.0)
    given = {"tries": 2, "pause": 0.05, "beat": 0.05, **words}
    return advisory_lock(target, Limits(2.0, 2.0, 1.0, total), KEY, **given)  # type: ignore[arg-type]


def held(server: Server, dsn: str) -> int:
    return int(server.execute(LOCKS, dsn=dsn)[0][0])


async def freed(server: Server, dsn: str) -> bool:
    for _ in range(200):
        if not held(server, dsn):
            return True
        await asyncio.sleep(0.02)
    return False


def test_the_key_is_the_same_everywhere_and_another_for_each_environment() -> None:
    assert KEY == lock_key("Acme/StrideIQ", "production") == 6483071342325069611
    keys = {lock_key(r, e) for r in ("acme/strideiq", "acme/other") for e in ("production", "staging", "local")}
    assert len(keys) == 6
    assert all(-(2**63) <= key < 2**63 for key in keys)


async def test_one_holds_it_and_the_other_is_told_who(server: Server, dsn: str) -> None:
    async with lock(dsn) as mine:
        await mine.still()
        (pid,) = server.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'", dsn=dsn)[0]
        with pytest.raises(BlockedError) as told:
            async with lock(dsn):
                pytest.fail("two hold it")
        assert f"another console moves this schema: pid {pid} (strideiq-console, founder), last statement " in told.value.cause
        assert told.value.consequence == "nothing was run"
        await mine.still()
    assert held(server, dsn) == 0
    async with lock(dsn) as again:
        await again.still()


async def test_it_is_got_when_the_other_lets_go_between_two_tries(server: Server, dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (KEY,))
        waiting = asyncio.create_task(_taken(dsn))
        await asyncio.sleep(0.15)
        other.execute("SELECT pg_advisory_unlock_all()")
        assert await waiting
    assert held(server, dsn) == 0


async def _taken(dsn: str) -> bool:
    async with lock(dsn, tries=60) as mine:
        await mine.still()
        return True


async def test_the_end_of_the_block_sets_it_free_at_once_and_waits_for_no_deadline(server: Server, dsn: str) -> None:
    async with asyncio.timeout(40), lock(dsn, total=120.0):
        assert held(server, dsn) == 1
    assert held(server, dsn) == 0


async def test_an_error_and_a_cancel_set_it_free(server: Server, dsn: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with lock(dsn):
            raise ZeroDivisionError
    assert held(server, dsn) == 0
    entered = asyncio.Event()

    async def hold() -> None:
        async with lock(dsn):
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await freed(server, dsn)


async def test_a_cancel_while_it_is_waited_for_leaves_no_thread(server: Server, dsn: str) -> None:
    async with lock(dsn):
        waiting = asyncio.create_task(_taken(dsn))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await freed(server, dsn)
    for _ in range(250):
        if not any(t.name == "strideiq-postgres-lock" for t in threading.enumerate()):
            return
        await asyncio.sleep(0.02)
    pytest.fail("a thread is left")


async def test_a_lost_connection_is_noticed_and_hinders_nothing(server: Server, dsn: str) -> None:
    async with lock(dsn, beat=30.0) as asked, lock_of_another(server) as beaten:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'", dsn=dsn)
        with pytest.raises(OutsideError):
            await asked.still()
        with pytest.raises(OutsideError) as again:
            await beaten.still()
        assert "the advisory lock" in again.value.fault.cause
    assert held(server, dsn) == 0


@contextlib.asynccontextmanager
async def lock_of_another(server: Server) -> contextlib.AsyncIterator[Held]:  # type: ignore[name-defined]
    async with lock(server.dsn) as mine:
        yield mine


async def test_a_server_that_lets_nobody_in_is_a_fault(server: Server) -> None:
    with pytest.raises(OutsideError):
        async with lock(server.dsn_of("no such database")):
            pytest.fail("there is no lock")


async def test_a_pooler_in_between_is_refused(dsn: str, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(Session, "backend", property(lambda self: 1))
    with pytest.raises(BlockedError, match="pooler"):
        async with lock(dsn):
            pytest.fail("a pooler keeps no session")
    assert held(server, dsn) == 0


async def test_a_killed_console_holds_nothing(server: Server, dsn: str) -> None:
    script = f"""
    import asyncio
    from strideiq_console.domain.secret import Secret
    from strideiq_console.providers.postgres.advisory import advisory_lock
    from strideiq_console.providers.postgres.dsn import read_dsn
    from strideiq_console.providers.postgres.session import Limits
    async def hold():
        target = read_dsn(Secret(input()), environ={{}}, connect_timeout=2.0)
        async with advisory_lock(target, Limits(2.0, 2.0, 1.0, 5.0), {KEY}):
            print("held", flush=True)
            await asyncio.Event().wait()
    asyncio.run(hold())
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(dsn + "\n")
        child.stdin.flush()
        assert child.stdout.readline() == "held\n"
        assert held(server, dsn) == 1
        child.kill()
    assert await freed(server, dsn)
    assert PASSWORD in dsn


async def test_it_writes_nothing_and_everything_is_read_only(server: Server, dsn: str) -> None:
    server.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = ''all''', current_database()); END $$", dsn=dsn
    )
    log = server.folder / "log"
    before = log.stat().st_size
    async with lock(dsn) as mine:
        await mine.still()
    said = log.read_bytes()[before:].decode()
    sent = [line.split(":  ", 1)[1].split(": ", 1)[1].split()[0] for line in said.splitlines() if "LOG:  " in line]
    assert set(sent) <= {"BEGIN", "SELECT", "ROLLBACK"}, sent
    assert "BEGIN READ ONLY" in said
    assert server.execute("SELECT pg_current_xact_id_if_assigned() IS NULL", dsn=dsn) == [(True,)]
