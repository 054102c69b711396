"""What a read-only look at a world's database finds, as plain values: for whoever stands where PostgreSQL would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strideiq_console.sandbox import deploys, levels, traffic
from strideiq_console.sandbox.schema import faults
from strideiq_console.sandbox.state import WorldError

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]


class NoDatabaseError(Exception):
    """The database does not answer; the text says why."""


def look(world: World, environment: str) -> Record:
    """Return an environment's database as it is now, see database.py; changing it changes nothing.

    A deployment that has started by now has migrated it, whether or not anybody saved that. Raises NoDatabaseError.
    """
    state = world.read()
    if any(fault["kind"] == "database" for fault in state["faults"]):
        with world.change() as kept:
            fault = faults.take(kept, "database", environment)
        if fault is not None:
            raise NoDatabaseError(str(fault.get("message", "connection refused")))
    now = world.clock.seconds()
    deploys.settle(state, now)
    found = state.get("schema", {}).get(environment)
    if found is None:
        raise NoDatabaseError(f'database "{environment}" does not exist')
    if environment not in traffic.CALM:
        return dict(found)
    knobs = levels.at(state, environment, now)  # the database itself and what watches it see the same sessions
    return dict(found) | {"connections": int(knobs["connections"]), "connections_max": int(knobs["connections_max"])}


def environments(world: World) -> tuple[str, ...]:
    """Return the environments that have a database; a world of an older version gets them now."""
    if "schema" not in world.read():
        try:
            world.settle()
        except WorldError:
            return ()
    return tuple(world.read().get("schema", ()))
