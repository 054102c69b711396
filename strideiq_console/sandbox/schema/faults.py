"""Faults of the databases and of Alembic, kept among the world's faults so that any process can set them.

``world.add_fault("alembic", path="production", how="half")``: ``path`` is searched in the environment's name. ``how`` is

- ``before``: the database does not let it in; nothing is run
- ``half``: an error strikes in the last revision: what stands alone (autocommit, CONCURRENTLY) is half applied, else all is undone
- ``lock``: another session holds a lock for too long; nothing is changed
- ``lost``: all is done and committed, then the connection breaks
- ``slow``: it takes ``seconds`` (real) more

``world.add_fault("database", path="production")`` lets the console's own look at a database fail, in Alembic's command nothing.
"""

from __future__ import annotations

import re
from typing import Any

from strideiq_console.sandbox.state import WorldError

State = dict[str, Any]
WAYS = ("before", "half", "lock", "lost", "slow")
LOGIN = 'psycopg.OperationalError: connection failed: FATAL:  password authentication failed for user "strideiq"'
LOCK = "psycopg.errors.LockNotAvailable: canceling statement due to lock timeout"
BROKEN = "psycopg.OperationalError: server closed the connection unexpectedly"


def take(state: State, kind: str, environment: str) -> dict[str, Any] | None:
    """Use up one time of the first fault of a kind that is meant for an environment. Raises WorldError for an unknown way."""
    for fault in state["faults"]:
        if fault["kind"] != kind or not re.search(fault["match"].get("path", ""), environment):
            continue
        if kind == "alembic" and fault.get("how") not in WAYS:
            raise WorldError(f"{fault.get('how')!r} is no way for alembic to fail: there are {', '.join(WAYS)}")
        fault["times"] -= 1
        if fault["times"] == 0:
            state["faults"].remove(fault)
        return dict(fault)
    return None
