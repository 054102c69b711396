"""What a look at Redis tells: its memory, and Celery's queues in it (R105, R106)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.fault import Fault
from strideiq_console.domain.metric import Quantity, Sample, Series


@dataclass(frozen=True, slots=True)
class BrokerMemory:
    """Bytes. ``maximum`` None with ``limited`` false: no limit is set, so there is no share to judge; else it is not told."""

    used: int | None
    maximum: int | None = None
    limited: bool | None = None
    policy: str = ""
    peak: int | None = None


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """The messages that wait in one queue, all priorities together; those that a worker has taken are not among them.

    ``waiting`` None: it cannot be told, and ``fault`` says why. An empty queue does not exist in Redis, so ``declared`` false
    beside 0 means that nobody has bound such a queue: the name may be wrong.
    """

    name: str
    waiting: int | None
    by_priority: tuple[tuple[int, int], ...] = ()
    declared: bool | None = None
    fault: Fault | None = None

    @property
    def note(self) -> str:
        """Return what must be said beside the number."""
        if self.fault is not None:
            return self.fault.cause
        if self.declared is False and not self.waiting:
            return "no worker has declared this queue; is its name right?"
        return "messages waiting, without those that workers have taken"


@dataclass(frozen=True, slots=True)
class Workers:
    """Celery's workers as the broker knows them. ``seen`` None: it cannot be told, which is not none (R106).

    ``names`` are those that registered for remote control; one that crashed stays among them. ``note`` says what is counted.
    """

    seen: int | None
    names: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BrokerState:
    """One look. ``unacked`` are messages that workers have taken and not yet finished, None when it cannot be told.

    ``clients`` are its connections, ``clients_max`` their limit, None when not told. ``complete`` is false when a part is missing.
    """

    at: datetime
    memory: BrokerMemory
    queues: tuple[QueueDepth, ...]
    unacked: int | None
    workers: Workers
    clients: int | None = None
    clients_max: int | None = None
    version: str = ""
    complete: bool = True

    @property
    def depth(self) -> int | None:
        """Return the messages that wait in all queues; None when one of them cannot be told, or no queue is known."""
        numbers = [queue.waiting for queue in self.queues]
        known = [number for number in numbers if number is not None]
        return sum(known) if numbers and len(known) == len(numbers) else None

    def series(self, environment: str, source: str) -> tuple[Series, ...]:
        """Return the metrics vocabulary's series: memory and its limit, each queue as a part, and the workers."""
        limit = "no maxmemory set" if self.memory.limited is False else "" if self.memory.limited else "the limit is not told"

        def one(quantity: Quantity, value: int | None, part: str = "", note: str = "") -> Series:
            sample = Sample(self.at, None if value is None else float(value))
            return Series(quantity, environment, source, (sample,), part=part, note=note, complete=value is not None)

        memory = one(Quantity.REDIS_MEMORY, self.memory.used, note="used_memory")
        maximum = Series(Quantity.REDIS_MEMORY_MAX, environment, source, note=limit)
        if self.memory.maximum is not None:
            maximum = one(Quantity.REDIS_MEMORY_MAX, self.memory.maximum, note=self.memory.policy)
        queues = tuple(one(Quantity.QUEUE_DEPTH, queue.waiting, queue.name, queue.note) for queue in self.queues)
        return (memory, maximum, *queues, one(Quantity.WORKERS, self.workers.seen, note=self.workers.note))


class Broker(Protocol):
    """The broker of one environment, looked at and never written."""

    @property
    def environment(self) -> str:
        """Return the console's name of the environment whose broker it is."""
        ...

    async def state(self) -> BrokerState:
        """Return one look at everything; OutsideError when it does not answer or lets us not in."""
        ...
