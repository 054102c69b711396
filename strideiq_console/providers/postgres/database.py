"""The database of one environment as the console sees it (ports :mod:`domain.database` and ``MetricsSource``)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TypeVar

from strideiq_console.domain.database import (
    Blocked,
    Column,
    Connections,
    DatabaseRevisions,
    Identity,
    InvalidIndex,
    RowCount,
    Sizes,
    TableName,
)
from strideiq_console.domain.database import Session as DatabaseSession
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.metric import Metrics, Quantity
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.postgres import faults, reads
from strideiq_console.providers.postgres.advisory import PAUSE_SECONDS, TRIES, Held, advisory_lock
from strideiq_console.providers.postgres.dsn import SOURCE, Target, read_dsn
from strideiq_console.providers.postgres.session import Limits, Session, Sessions

T = TypeVar("T")


class Postgres:
    """Reads one database, each time in a new read-only session; nothing is kept open between reads.

    ``dsn`` is a connection URL or libpq's words; a service file, ``PGSSLROOTCERT`` and a password file hold as for ``psql``. A host
    that is not this machine is connected to with TLS unless the DSN says otherwise (``sslmode=require`` at least). ``expected`` is
    the enrolled identity: every read but :meth:`identity` first proves that this is the same database and refuses otherwise
    (CONFLICT). Times are in seconds; ``total`` bounds a whole read. OutsideError NOT_CONFIGURED where the extra is missing.
    """

    def __init__(
        self,
        *,
        dsn: Secret,
        environment: str,
        clock: Clock,
        expected: Identity | None = None,
        version_table: str = "alembic_version",
        environ: Mapping[str, str] = os.environ,
        connect_timeout: float = 5.0,
        statement_timeout: float = 5.0,
        lock_timeout: float = 2.0,
        count_timeout: float = 8.0,
        total: float = 20.0,
    ) -> None:
        self._dsn = dsn
        self._environment = environment
        self._clock = clock
        self._expected = expected
        self._version_table = version_table
        self._environ = environ
        self._limits = Limits(connect_timeout, statement_timeout, lock_timeout, total)
        self._count_timeout = count_timeout
        self._sessions: Sessions | None = None

    @property
    def source(self) -> str:
        """Return the word that its readings and faults carry."""
        return SOURCE

    @property
    def environment(self) -> str:
        """Return the console's name of the environment whose database it is."""
        return self._environment

    async def identity(self) -> Identity:
        """Return which database answers, also when it is another one than was enrolled."""
        return await self._open().read(reads.identity)

    async def configured(self) -> Identity:
        """Return host, port and database as the DSN names them; OutsideError where a service file names them."""
        target = self._target()
        if "service" in target.parameters and not target.host:
            cause = "the address stands in a service file"
            raise faults.error(FaultKind.NOT_CONFIGURED, cause, "Write host, port and database into the connection string")
        return Identity(database=target.parameters.get("dbname", ""), host=target.host, port=target.port)

    async def connections(self) -> Connections:
        """Return used and maximum connections (R104)."""
        return await self._read(lambda wire: reads.connections(wire, self._clock.now()))

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return the connections as series; they are of this moment, whatever the window."""
        if environment != self._environment:
            why = f"this connection is to the database of {self._environment}"
            return Metrics(environment, SOURCE, missing=((Quantity.CONNECTIONS, why), (Quantity.CONNECTIONS_MAX, why)))
        seen = await self.connections()
        return Metrics(environment, SOURCE, seen.series(environment, SOURCE))

    async def row_counts(self, tables: Sequence[TableName]) -> Mapping[TableName, RowCount]:
        """Return how many rows each table holds, at most 200 at once; exact where the time allows it, else estimated (R95)."""
        return await self._read(lambda wire: reads.row_counts(wire, tables, self._count_timeout))

    async def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return a table's columns in order; None when there is no such table."""
        return await self._read(lambda wire: reads.columns(wire, table))

    async def revisions(self) -> DatabaseRevisions:
        """Return what Alembic's version tables hold, in every schema (R85)."""
        return await self._read(lambda wire: reads.revisions(wire, self._version_table))

    async def blocking(self) -> tuple[Blocked, ...]:
        """Return who waits for a lock, and for whom."""
        return await self._read(reads.blocking)

    async def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        """Return indexes that queries do not use because they are not whole."""
        return await self._read(reads.invalid_indexes)

    async def sessions(self, application: str) -> tuple[DatabaseSession, ...]:
        """Return this database's other sessions whose application name is exactly this; the oldest transaction first."""
        return await self._read(lambda wire: reads.sessions(wire, application))

    async def indexes(self, table: TableName) -> tuple[str, ...] | None:
        """Return the names of a table's indexes; None when there is no such table."""
        return await self._read(lambda wire: reads.indexes(wire, table))

    def lock(self, key: int, *, tries: int = TRIES, pause: float = PAUSE_SECONDS) -> AbstractAsyncContextManager[Held]:
        """Hold the advisory lock around a move of the schema; see :func:`advisory_lock`."""
        return advisory_lock(self._target(), self._limits, key, tries=tries, pause=pause)

    async def sizes(self, *, limit: int = 20) -> Sizes:
        """Return the size of the database and of its largest tables."""
        return await self._read(lambda wire: reads.sizes(wire, limit))

    async def _read(self, work: Callable[[Session], T]) -> T:
        expected = self._expected
        if expected is None:
            return await self._open().read(work)

        def proven(wire: Session) -> T:
            _prove(reads.identity(wire), expected)
            return work(wire)

        return await self._open().read(proven)

    def _open(self) -> Sessions:
        """Read the DSN at the first use, so that a console without the extra starts."""
        if self._sessions is None:
            self._sessions = Sessions(self._target(), self._limits)
        return self._sessions

    def _target(self) -> Target:
        return read_dsn(self._dsn, environ=self._environ, connect_timeout=self._limits.connect)


def _prove(seen: Identity, enrolled: Identity) -> None:
    """Raise OutsideError (CONFLICT) unless this is the enrolled database."""
    compared = seen.compare(enrolled)
    if compared.same:
        return
    why = "; ".join(compared.differences + compared.unknown)
    raise faults.error(
        FaultKind.CONFLICT, f"this is not the enrolled database: {why}", "Check the connection string, or enrol this database anew"
    )
