"""A console's alembic as the catalog wires it, for the console that is killed and for the one that comes after; no pytest here."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psycopg

from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers.alembic import AlembicCommand
from strideiq_console.providers.postgres import Postgres, lock_key
from strideiq_console.services.clock import SystemClock

PASSWORD = "an-obviously-fake-password"
KEY = lock_key("acme/strideiq", "production")
SLEEPS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'
"""


def postgres(dsn: str) -> Postgres:
    return Postgres(dsn=Secret(dsn), environment="production", clock=SystemClock(), environ={})


async def console(
    dsn: str, folder: Path, *, database: Postgres | None = None, guard: object = None, **words: object
) -> AlembicCommand:
    """Return a console's command, wired as the catalog wires it."""
    real = postgres(dsn)
    url = dsn.replace("postgresql:", "postgresql+psycopg:")
    words = {"running": folder / "running.lock", **words}
    return AlembicCommand(
        argv=[sys.executable, "-m", "alembic"],
        folder=folder,
        environ={**os.environ, "DATABASE_URL": url},
        variables=["DATABASE_URL"],
        database=database or real,
        enrolled=await real.identity(),
        redact=Redactor([Secret(PASSWORD)]),
        guard=guard or (lambda: real.lock(KEY)),  # type: ignore[arg-type]
        witness=real,
        **words,  # type: ignore[arg-type]
    )


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def sleeping(dsn: str) -> bool:
    """Say whether the long statement runs at the server."""
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            row = connection.execute(SLEEPS).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False
