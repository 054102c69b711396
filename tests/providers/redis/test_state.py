"""What a real Redis with a real Celery tells."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from strideiq_console.domain.broker import BrokerState
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.metric import Quantity
from strideiq_console.providers.redis import Redis, celery, connection
from tests.providers.redis.conftest import Make
from tests.redis_server import Server, end, publish, worker

pytestmark = pytest.mark.xdist_group("redis")
WINDOW = timedelta(minutes=5)


async def until(broker: Redis, holds: Callable[[BrokerState], bool]) -> BrokerState:
    """Look until something holds, for at most 30 s."""
    deadline = asyncio.get_running_loop().time() + 30
    while not holds(state := await broker.state()):
        assert asyncio.get_running_loop().time() < deadline, state
        await asyncio.sleep(0.05)
    return state


async def test_memory_without_a_limit_has_no_share_and_with_one_it_has(server: Server, make: Make) -> None:
    broker = make(server.url)
    free = (await broker.state()).memory
    assert free.used is not None
    assert free.used > 100_000
    assert (free.maximum, free.limited, free.policy) == (None, False, "noeviction")
    series = (await broker.metrics("production", WINDOW)).of(Quantity.REDIS_MEMORY_MAX)[0]
    assert (series.value, series.note) == (None, "no maxmemory set")
    server.command("CONFIG", "SET", "maxmemory", "64mb")
    metrics = await broker.metrics("production", WINDOW)
    assert metrics.value(Quantity.REDIS_MEMORY_MAX) == 64 * 1024 * 1024
    state = await broker.state()
    assert state.clients_max is not None
    assert state.version.split(".")[0].isdigit()
    elsewhere = await broker.metrics("staging", WINDOW)
    assert (elsewhere.series, len(elsewhere.missing)) == ((), 4)


async def test_an_empty_broker_has_no_queue_and_no_worker_and_says_so(server: Server, make: Make) -> None:
    state = await make(server.url).state()
    assert (state.queues, state.depth, state.unacked, state.complete) == ((), None, 0, True)
    assert (state.workers.seen, state.workers.names) == (0, ())
    assert "remote control is switched off" in state.workers.note
    missing = dict((await make(server.url).metrics("production", WINDOW)).missing)
    assert "no queue is configured" in missing[Quantity.QUEUE_DEPTH]
    (typo,) = (await make(server.url, queues=["celry"]).state()).queues
    assert (typo.waiting, typo.declared) == (0, False)
    assert "is its name right?" in typo.note


async def test_celery_s_own_queues_drain_and_its_worker_is_seen_until_it_is_gone(
    server: Server, make: Make, tmp_path: Path
) -> None:
    publish(tmp_path, server.url, *[("celery", 0)] * 4, ("sync", 0), ("sync", 3), ("sync", 9), ("sync", 9))
    configured, discovering = make(server.url, queues=["celery", "sync"]), make(server.url)
    state = await configured.state()
    assert [(q.name, q.waiting, q.declared) for q in state.queues] == [("celery", 4, True), ("sync", 4, True)]
    assert state.queues[1].by_priority == ((0, 1), (3, 1), (9, 2))
    assert (state.depth, state.unacked, state.workers.seen, state.complete) == (8, 0, 0, True)
    found = await discovering.state()
    assert [(q.name, q.waiting) for q in found.queues] == [("celery", 4), ("sync", 4)]
    with worker(tmp_path, server.url, "one@strideiq", "celery,sync") as child:
        drained = await until(configured, lambda s: s.depth == 0 and s.unacked == 0 and bool(s.workers.seen))
        assert (drained.workers.seen, drained.workers.names) == (1, ("one@strideiq",))
        assert all(q.declared for q in drained.queues)
        again = await discovering.state()
        assert [(q.name, q.waiting) for q in again.queues] == [("celery", 0), ("sync", 0)]
        end(child, signal.SIGKILL)
        gone = await until(configured, lambda s: s.workers.seen == 0)
    assert not gone.workers.names or "none listens any more" in gone.workers.note
    metrics = await configured.metrics("production", WINDOW)
    assert [(s.part, s.value) for s in metrics.of(Quantity.QUEUE_DEPTH)] == [("celery", 0.0), ("sync", 0.0)]
    assert metrics.value(Quantity.WORKERS) == 0


async def test_a_worker_that_ends_in_order_is_no_longer_seen(server: Server, make: Make, tmp_path: Path) -> None:
    broker = make(server.url, queues=["celery"])
    with worker(tmp_path, server.url, "two@strideiq", "celery"):
        await until(broker, lambda s: s.workers.names == ("two@strideiq",))
    assert (await broker.state()).workers.seen == 0


async def test_a_key_of_another_type_is_a_fault_that_names_the_queue_and_spares_the_rest(server: Server, make: Make) -> None:
    server.command("SET", "sync", "x")
    server.command("LPUSH", "celery", "{}", "{}")
    state = await make(server.url, queues=["sync", "celery"]).state()
    wrong, right = state.queues
    assert (wrong.waiting, right.waiting, state.depth, state.complete) == (None, 2, None, False)
    assert wrong.fault is not None
    assert wrong.fault.kind is FaultKind.REFUSED
    assert "the queue sync cannot be counted" in wrong.fault.cause
    assert state.memory.used
    metrics = await make(server.url, queues=["sync", "celery"]).metrics("production", WINDOW)
    assert [(s.part, s.value, s.complete) for s in metrics.of(Quantity.QUEUE_DEPTH)] == [
        ("sync", None, False),
        ("celery", 2.0, True),
    ]


async def test_a_key_prefix_and_hostile_names_are_read_and_cleaned(server: Server, make: Make) -> None:
    server.command("SADD", "app*:_kombu.binding.celery", f"evil\x1b[2J{celery.SEPARATOR}{celery.SEPARATOR}evil\x1b[2J")
    server.command("SADD", "app*:_kombu.binding.celery.pidbox", b"\xff\xfe", f"{celery.SEPARATOR * 2}w\u202e@h.celery.pidbox")
    server.command("SADD", "other:_kombu.binding.celery", f"not-ours{celery.SEPARATOR}{celery.SEPARATOR}not-ours")
    server.command("LPUSH", "app*:evil\x1b[2J", "{}")
    state = await make(server.url, key_prefix="app*:").state()
    ((name, waiting),) = [(q.name, q.waiting) for q in state.queues]
    assert waiting == 1
    assert "\x1b" not in name
    assert not any(c in "".join(state.workers.names) for c in "\x1b\u202e")


@contextmanager
def monitored(server: Server) -> Iterator[list[str]]:
    """Record every command that the server gets."""
    import redis

    said: list[str] = []
    client = redis.Redis.from_url(server.url, socket_timeout=1.0)
    ready = threading.Event()

    def listen() -> None:
        with client.monitor() as monitor:
            ready.set()
            for seen in monitor.listen():
                said.append(seen["command"])
                if seen["command"].startswith("ECHO"):
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert ready.wait(10)
    try:
        yield said
    finally:
        server.command("ECHO", "end")
        thread.join(10)
        client.close()


async def test_nothing_but_reading_commands_is_ever_sent(server: Server, make: Make) -> None:
    server.command("SADD", "_kombu.binding.celery", f"celery{celery.SEPARATOR * 2}celery")
    server.command("SADD", "_kombu.binding.celery.pidbox", f"{celery.SEPARATOR * 2}w@h.celery.pidbox")
    with monitored(server) as said:
        await make(server.url).state()
        await make(server.url.removesuffix("0") + "1", queues=["celery"]).state()
    own = next(n for n, command in enumerate(said) if command.startswith("HELLO"))  # there the test's own client begins
    assert {command for command in said[:own] if command.startswith(("AUTH", "SELECT"))} == {"AUTH (redacted)", "SELECT 1"}
    sent = [command for command in said[:own] if not command.startswith(("AUTH", "SELECT"))]
    assert len(sent) > 20
    assert {next((r for r in connection.READS if c.startswith(r)), c) for c in sent} <= connection.READS
