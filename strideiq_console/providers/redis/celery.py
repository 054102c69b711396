"""How Celery's transport (kombu) keeps its queues in Redis: the keys, and what their members mean.

A queue is a list; a message of priority 3 waits in the list ``queue`` + separator + ``3``. An exchange's bindings are a set whose
members are routing key, pattern and queue. Every worker binds ``NAME.celery.pidbox`` to listen for remote control.
"""

from __future__ import annotations

from collections.abc import Iterable

SEPARATOR = "\x06\x16"
BINDINGS = "_kombu.binding."
CONTROL = "celery.pidbox"
UNACKED = "unacked"
PRIORITIES = (0, 3, 6, 9)
_INNER = (CONTROL, "reply.celery.pidbox", "celeryev")


def lists_of(queue: str, priorities: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """Return the lists that hold one queue, by priority; priority 0 has the queue's own name."""
    return tuple((step, f"{queue}{SEPARATOR}{step}" if step else queue) for step in dict.fromkeys((0, *priorities)))


def queue_of(member: str) -> str:
    """Return the queue that a member of a binding set names."""
    return member.rpartition(SEPARATOR)[2]


def is_exchange_of_tasks(key: str) -> bool:
    """Say whether a binding set is of tasks, not of Celery's own talk."""
    return key.startswith(BINDINGS) and key.removeprefix(BINDINGS) not in _INNER


def worker_of(member: str) -> str:
    """Return the worker's name in a member of the control exchange's bindings."""
    return queue_of(member).removesuffix(f".{CONTROL}")
