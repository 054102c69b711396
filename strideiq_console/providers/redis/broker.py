"""The broker of one environment as the console sees it (ports :mod:`domain.broker` and ``MetricsSource``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from strideiq_console.domain.broker import BrokerMemory, BrokerState, QueueDepth, Workers
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import Metrics, Quantity
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Secret
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.redis import celery, faults
from strideiq_console.providers.redis.connection import Line, look
from strideiq_console.providers.redis.url import SOURCE, Address, read_url

MOST_QUEUES = 50
MOST_MEMBERS = 2000
_SCAN_ROUNDS = 100
_SCAN_COUNT = 1000
_UNREGISTERED = "none announces itself: none runs, or remote control is switched off"
_REGISTERED = "workers that registered for remote control; one that crashed may stay among them"


class Redis:
    """Reads one Redis, each time over a new connection; nothing is written, no key is taken.

    ``queues`` are Celery's queue names; with none, they are discovered from the bindings, at most 50. ``key_prefix`` is Celery's
    ``global_keyprefix``, ``priorities`` its ``priority_steps``. Plain ``redis://`` to another machine needs ``allow_plain``;
    certificates are always checked. ``timeout`` in seconds bounds a whole look. OutsideError NOT_CONFIGURED without the extra.
    """

    def __init__(
        self,
        *,
        url: Secret,
        environment: str,
        clock: Clock,
        queues: Sequence[str] = (),
        key_prefix: str = "",
        priorities: Sequence[int] = celery.PRIORITIES,
        allow_plain: bool = False,
        timeout: float = 5.0,
    ) -> None:
        self._url = url
        self._environment = environment
        self._clock = clock
        self._queues = tuple(dict.fromkeys(queues))[:MOST_QUEUES]
        self._prefix = key_prefix
        self._priorities = tuple(priorities)
        self._allow_plain = allow_plain
        self._timeout = timeout
        self._address: Address | None = None

    @property
    def source(self) -> str:
        """Return the word that its readings and faults carry."""
        return SOURCE

    @property
    def environment(self) -> str:
        """Return the console's name of the environment whose broker it is."""
        return self._environment

    async def state(self) -> BrokerState:
        """Return one look at everything; OutsideError when it does not answer or lets us not in."""
        if self._address is None:
            self._address = read_url(self._url, allow_plain=self._allow_plain)
        return await look(self._address, self._timeout, self._look)

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return memory, queues and workers as series; they are of this moment, whatever the window."""
        if environment != self._environment:
            why = f"this connection is to the broker of {self._environment}"
            absent = (Quantity.REDIS_MEMORY, Quantity.REDIS_MEMORY_MAX, Quantity.QUEUE_DEPTH, Quantity.WORKERS)
            return Metrics(environment, SOURCE, missing=tuple((quantity, why) for quantity in absent))
        state = await self.state()
        missing = () if state.queues else ((Quantity.QUEUE_DEPTH, "no queue is configured and none is bound in the broker"),)
        return Metrics(environment, SOURCE, state.series(environment, SOURCE), missing=missing, complete=state.complete)

    async def _look(self, line: Line) -> BrokerState:
        if await line.ask("PING") not in (True, b"PONG", "PONG"):
            raise faults.strange("PING")
        info = await _info(line)
        bound, whole = await self._bound(line)
        names = self._queues or tuple(sorted(bound))[:MOST_QUEUES]
        queues = tuple([await self._depth(line, name, declared=name in bound if whole else None) for name in names])
        unacked = await line.ask_if_allowed("HLEN", self._prefix + celery.UNACKED)
        workers = await self._workers(line)
        all_queues = bool(self._queues) or (whole and len(bound) <= MOST_QUEUES)
        return BrokerState(
            at=self._clock.now(),
            memory=await _memory(line, info),
            queues=queues,
            unacked=unacked if isinstance(unacked, int) else None,
            workers=workers,
            clients=_count(info.get("connected_clients")),
            clients_max=_count(info.get("maxclients")),
            version=clean_line(str(info.get("redis_version", "")), limit=40),
            complete=all_queues and all(q.waiting is not None for q in queues) and workers.seen is not None and unacked is not None,
        )

    async def _depth(self, line: Line, name: str, *, declared: bool | None) -> QueueDepth:
        """Count one queue, all priorities. A key of another type is a fault of this queue alone, which names it."""
        shown = clean_line(name, limit=100)
        counts: list[tuple[int, int]] = []
        for step, key in celery.lists_of(self._prefix + name, self._priorities):
            try:
                counts.append((step, await line.count("LLEN", key)))
            except OutsideError as error:
                if error.fault.kind not in (FaultKind.FORBIDDEN, FaultKind.REFUSED):
                    raise
                return QueueDepth(shown, None, declared=declared, fault=_of_queue(shown, error.fault))
        waiting = sum(number for _, number in counts)
        return QueueDepth(shown, waiting, tuple((s, n) for s, n in counts if n), declared=True if waiting else declared)

    async def _bound(self, line: Line) -> tuple[set[str], bool]:
        """Return the queues that tasks are routed to, and whether all were found; without configured ones, all are scanned."""
        exchanges, whole = ({celery.BINDINGS + name for name in (*self._queues, "celery")}, True)
        if not self._queues:
            exchanges, whole = await self._exchanges(line)
        found: set[str] = set()
        for exchange in sorted(exchanges):
            members = await self._members(line, exchange)
            whole = whole and members is not None
            found |= {celery.queue_of(member) for member in members or ()}
        return {name for name in found if name}, whole

    async def _exchanges(self, line: Line) -> tuple[set[str], bool]:
        found: set[str] = set()
        cursor = 0
        pattern = "".join(f"\\{c}" if c in "*?[]\\^-" else c for c in self._prefix) + celery.BINDINGS + "*"
        for _ in range(_SCAN_ROUNDS):
            answer = await line.ask_if_allowed("SCAN", cursor, "MATCH", pattern, "COUNT", _SCAN_COUNT)
            if answer is None:
                return found, False
            cursor, keys = _page(answer)
            found |= {key for raw in keys if celery.is_exchange_of_tasks(key := _text(raw).removeprefix(self._prefix))}
            if cursor == 0 or len(found) > MOST_QUEUES:
                return set(sorted(found)[:MOST_QUEUES]), len(found) <= MOST_QUEUES
        return found, False

    async def _members(self, line: Line, key: str) -> list[str] | None:
        """Return a binding set's members; None when it may not be read, is no set, or is too large to be one of Celery's."""
        size = await line.ask_if_allowed("SCARD", self._prefix + key)
        if not isinstance(size, int) or size > MOST_MEMBERS:
            return None
        members = await line.ask_if_allowed("SMEMBERS", self._prefix + key) if size else ()
        return sorted(_text(member) for member in members) if isinstance(members, (set, list, tuple)) else None

    async def _workers(self, line: Line) -> Workers:
        members = await self._members(line, celery.BINDINGS + celery.CONTROL)
        if members is None:
            return Workers(None, note="the broker does not let the workers' registrations be read")
        names = tuple(dict.fromkeys(clean_line(celery.worker_of(member), limit=100) for member in members))
        listening = await line.ask_if_allowed("PUBSUB NUMPAT")
        if names and listening == 0:
            return Workers(0, names, f"{len(names)} registered, but none listens any more")
        return Workers(len(names), names, _REGISTERED) if names else Workers(0, note=_UNREGISTERED)


async def _info(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section in ("server", "clients", "memory"):
        answer = await line.ask("INFO", section)
        if not isinstance(answer, dict):
            raise faults.strange("INFO")
        found |= answer
    return found


def _page(answer: Any) -> tuple[int, list[Any]]:
    if not isinstance(answer, (list, tuple)) or len(answer) != 2 or type(answer[0]) is not int or not isinstance(answer[1], list):
        raise faults.strange("SCAN")
    return answer[0], answer[1]


async def _memory(line: Line, info: dict[str, Any]) -> BrokerMemory:
    """Read the memory; ``maxmemory`` 0 means that no limit is set (R105). Where INFO hides it, the configuration is asked."""
    maximum = _count(info.get("maxmemory"))
    if maximum is None:
        answer = await line.ask_if_allowed("CONFIG GET", "maxmemory")
        maximum = _count(_text(next(iter(answer.values())))) if isinstance(answer, dict) and answer else None
    return BrokerMemory(
        used=_count(info.get("used_memory")),
        maximum=maximum or None,
        limited=None if maximum is None else maximum > 0,
        policy=clean_line(str(info.get("maxmemory_policy", "")), limit=40),
        peak=_count(info.get("used_memory_peak")),
    )


def _count(value: Any) -> int | None:
    """Return a number of bytes or things; None for whatever is not one."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if type(value) is int and value >= 0 else None


def _text(raw: Any) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _of_queue(name: str, fault: Fault) -> Fault:
    return Fault(
        fault.kind,
        SOURCE,
        f"Redis: the queue {name} cannot be counted: {fault.cause.removeprefix('Redis: ')}",
        "Its depth is unknown",
        "Check the queue's name in config.toml; a queue of Celery is a list",
    )
