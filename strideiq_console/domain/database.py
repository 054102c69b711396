"""What a read-only look at PostgreSQL tells: which database it is, how full it is, what stands in it (R84, R85, R95, R104)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.metric import Quantity, Sample, Series


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing a database with the enrolled one gave, as sentences. Only ``same`` may be taken for the enrolled database."""

    differences: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Say whether everything that was enrolled was seen and is equal."""
        return not self.differences and not self.unknown


@dataclass(frozen=True, slots=True)
class Identity:
    """Which database answered, and as whom. As an enrolled value only the fields that are set count.

    ``system_identifier`` is the cluster's own number, None where the role may not read it. A physical standby has its primary's, so
    ``in_recovery`` tells the two apart; ``started`` is when the server began, in milliseconds since 1970, which a copy has not in
    common. ``host`` and ``port`` are as configured, ``""`` host for a Unix socket; ``address`` and ``server_port`` are what the
    server says. ``writes`` names what the role could change, empty when nothing was found (R84).
    """

    database: str = ""
    system_identifier: str | None = None
    host: str = ""
    port: int | None = None
    address: str = ""
    server_port: int | None = None
    user: str = ""
    server_version: str = ""
    in_recovery: bool | None = None
    started: int | None = None
    writes: tuple[str, ...] = ()

    @property
    def can_write(self) -> bool:
        """Say whether the role could write outside the console's read-only session."""
        return bool(self.writes)

    def compare(self, enrolled: Identity) -> Comparison:
        """Compare this database with the enrolled one: both values stand in each sentence."""
        differences: list[str] = []
        unknown: list[str] = []
        pairs: tuple[tuple[str, str | int | bool | None, str | int | bool | None], ...] = (
            ("system identifier", self.system_identifier, enrolled.system_identifier),
            ("database", self.database, enrolled.database),
            ("host", self.host.lower(), enrolled.host.lower()),
            ("port", self.port, enrolled.port),
            ("server's address", self.address, enrolled.address),
            ("user", self.user, enrolled.user),
            ("standby", self.in_recovery, enrolled.in_recovery),
        )
        for name, seen, wanted in pairs:
            if wanted in ("", None):
                continue
            if seen in ("", None):
                unknown.append(f"the {name} cannot be read; {wanted} is enrolled")
            elif seen != wanted:
                differences.append(f"the {name} is {seen}; {wanted} is enrolled")
        return Comparison(tuple(differences), tuple(unknown))


@dataclass(frozen=True, slots=True)
class Connections:
    """The server's connections (R104): not an application's pool, which each process counts for itself.

    ``used`` counts client sessions of all databases, this one of the console included; ``here`` those of this database.
    ``reserved`` of ``maximum`` are kept for superusers. ``by_state`` is of this database; ``hidden`` sessions are counted, but
    their state is kept from the role. ``oldest_transaction`` in seconds, None when none is open or visible.
    """

    at: datetime
    used: int
    maximum: int
    here: int
    reserved: int = 0
    by_state: tuple[tuple[str, int], ...] = ()
    hidden: int = 0
    oldest_transaction: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return used by maximum from 0 to 1, the number that alerts judge (R109); None without a maximum."""
        return self.used / self.maximum if self.maximum > 0 else None

    def series(self, environment: str, source: str) -> tuple[Series, ...]:
        """Return the two series of the metrics vocabulary, with a note of what they count."""
        note = f"sessions of all databases of the server, {self.here} of them of this one; {self.reserved} kept for superusers"
        used = (Sample(self.at, float(self.used)),)
        maximum = (Sample(self.at, float(self.maximum)),)
        return (
            Series(Quantity.CONNECTIONS, environment, source, used, note=note),
            Series(Quantity.CONNECTIONS_MAX, environment, source, maximum, note="max_connections of the server"),
        )


@dataclass(frozen=True, slots=True)
class TableName:
    """A table; an empty ``schema`` means: found through the role's search path."""

    name: str
    schema: str = ""

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many rows a table holds. ``estimate`` is the server's statistic, None when it has none; ``exact`` was counted now.

    ``found`` false: there is no such table. ``note`` says why there is no exact number.
    """

    table: TableName
    found: bool = True
    estimate: int | None = None
    exact: int | None = None
    note: str = ""

    @property
    def best(self) -> int | None:
        """Return the exact number, else the estimate; None: unknown, which is not none."""
        return self.exact if self.exact is not None else self.estimate


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its type as PostgreSQL writes it (``character varying(40)``)."""

    name: str
    type: str
    nullable: bool
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class VersionTable:
    """Alembic's version table in one schema. ``revisions`` None: it cannot be read, and ``note`` says why."""

    schema: str
    revisions: tuple[str, ...] | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseRevisions:
    """Every version table of the database: none means that Alembic never ran here (R85)."""

    tables: tuple[VersionTable, ...] = ()

    @property
    def current(self) -> tuple[str, ...] | None:
        """Return the revisions in effect, ``()`` before the first; None when several tables or an unreadable one leave it open."""
        if not self.tables:
            return ()
        return self.tables[0].revisions if len(self.tables) == 1 else None

    def sentence(self) -> str:
        """Return in a few words what was found."""
        if not self.tables:
            return "no version table: Alembic never ran here"
        if len(self.tables) > 1:
            return f"version tables in {len(self.tables)} schemas: {', '.join(t.schema for t in self.tables)}"
        table = self.tables[0]
        if table.revisions is None:
            return table.note
        return ", ".join(table.revisions) if table.revisions else "the version table is empty"


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the server. ``query`` is the clean head of its last statement; ``seconds`` is the age of its transaction."""

    pid: int
    user: str = ""
    application: str = ""
    state: str = ""
    query: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A session that waits for a lock, and those that hold it; a holder with pid 0 is a prepared transaction."""

    waiting: Session
    holders: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class InvalidIndex:
    """An index that a broken CONCURRENTLY left behind, or that is still being built (``building``)."""

    name: str
    schema: str
    table: str
    building: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk: of the database, and of its largest tables with their indexes, largest first."""

    database: int | None
    tables: tuple[tuple[TableName, int], ...] = ()


class Database(Protocol):
    """A database of one environment, read and never written. Every read raises OutsideError for the outside's faults."""

    @property
    def environment(self) -> str:
        """Return the console's name of the environment whose database it is."""
        ...

    async def identity(self) -> Identity:
        """Return which database answers, also when it is another one than was enrolled."""
        ...

    async def configured(self) -> Identity:
        """Return host, port and database as the address names them, ``""`` where it does not; nobody is asked."""
        ...

    async def connections(self) -> Connections:
        """Return used and maximum connections."""
        ...

    async def row_counts(self, tables: Sequence[TableName]) -> Mapping[TableName, RowCount]:
        """Return how many rows each table holds, exact where the time allows it."""
        ...

    async def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return a table's columns in order; None when there is no such table."""
        ...

    async def revisions(self) -> DatabaseRevisions:
        """Return what Alembic's version tables hold."""
        ...

    async def blocking(self) -> tuple[Blocked, ...]:
        """Return who waits for a lock, and for whom."""
        ...

    async def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        """Return indexes that queries do not use because they are not whole."""
        ...

    async def sizes(self, *, limit: int = 20) -> Sizes:
        """Return the size of the database and of its largest tables."""
        ...


class Witness(Protocol):
    """What is looked at around a move of the schema, beyond :class:`Database`; raises OutsideError like every read."""

    async def sessions(self, application: str) -> tuple[Session, ...]:
        """Return this database's other sessions whose application name is exactly this; the oldest transaction first."""
        ...

    async def indexes(self, table: TableName) -> tuple[str, ...] | None:
        """Return the names of a table's indexes; None when there is no such table."""
        ...


class Hold(Protocol):
    """A lock that is held."""

    async def still(self) -> None:
        """Return while it is held; OutsideError once it was lost, or when the server does not say so."""
        ...
