"""What each read asks within a session, and how rows become facts. Runs on the session's thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.database import (
    Blocked,
    Column,
    Connections,
    DatabaseRevisions,
    Identity,
    InvalidIndex,
    RowCount,
    Session,
    Sizes,
    TableName,
    VersionTable,
)
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.postgres import faults, statements
from strideiq_console.providers.postgres.session import Row
from strideiq_console.providers.postgres.session import Session as Wire

MOST_TABLES = 200
MOST_REVISIONS = 50
_LEAST_SECONDS = 0.05
_PREPARED = Session(0, state="a prepared transaction")


def identity(wire: Wire) -> Identity:
    """Read which database answers; a number or a privilege that the role may not see stays unknown."""
    database, user, version, address, port, recovering, started = wire.rows("its identity", statements.IDENTITY)[0]
    try:
        number = wire.rows("the system identifier", statements.SYSTEM_IDENTIFIER)[0][0]
    except OutsideError as error:
        if error.fault.kind is not FaultKind.FORBIDDEN:
            raise
        number = None
    return Identity(
        database=_line(database),
        system_identifier=None if number is None else _line(number),
        host=_line(wire.target.host),
        port=wire.target.port,
        address=_line(address or ""),
        server_port=port,
        user=_line(user),
        server_version=_line(version),
        in_recovery=recovering,
        started=started,
        writes=_writes(wire.rows("the role's privileges", statements.WRITES)[0]),
    )


def _writes(row: Row) -> tuple[str, ...]:
    superuser, create, schemas, tables = row
    if superuser:
        return ("is a superuser",)
    found = [
        "may create schemas" if create else "",
        f"may create tables in {schemas} schema{'s' if schemas != 1 else ''}" if schemas else "",
        f"may change rows of {tables} table{'s' if tables != 1 else ''}" if tables else "",
    ]
    return tuple(words for words in found if words)


def connections(wire: Wire, at: datetime) -> Connections:
    """Count the server's sessions."""
    used, here, hidden, oldest, maximum, reserved = wire.rows("the connections", statements.CONNECTIONS)[0]
    states = wire.rows("the connections", statements.STATES)
    return Connections(
        at=at,
        used=used,
        maximum=maximum,
        here=here,
        reserved=reserved,
        by_state=tuple((_line(state), number) for state, number in states),
        hidden=hidden,
        oldest_transaction=oldest,
    )


def row_counts(wire: Wire, tables: Sequence[TableName], seconds: float) -> dict[TableName, RowCount]:
    """Estimate every table from the statistics, then count while the time lasts: all counts share ``seconds``."""
    if len(tables) > MOST_TABLES:
        raise faults.error(FaultKind.TOO_LARGE, f"{len(tables)} tables to count", f"Ask for at most {MOST_TABLES} tables at once")
    ends = time.monotonic() + seconds
    return {table: _row_count(wire, table, ends) for table in dict.fromkeys(tables)}


def _row_count(wire: Wire, table: TableName, ends: float) -> RowCount:
    found = _find(wire, table)
    if found is None:
        return RowCount(table, found=False, note="there is no such table")
    _, schema, name, tuples, pages, _ = found
    estimate = None if tuples < 0 or (tuples == 0 and pages == 0) else round(tuples)  # before version 14, 0 was "never analysed"
    left = ends - time.monotonic()
    if left < _LEAST_SECONDS:
        return RowCount(table, estimate=estimate, note="not counted: the time for it was used up")
    try:
        exact = wire.rows(f"the rows of {_line(str(table))}", statements.count(schema, name), seconds=left)[0][0]
    except OutsideError as error:
        if error.fault.kind in (FaultKind.TIMEOUT, FaultKind.FORBIDDEN, FaultKind.MISSING):
            return RowCount(table, estimate=estimate, note=f"not counted: {error.fault.cause.removeprefix('PostgreSQL: ')}")
        raise
    return RowCount(table, estimate=estimate, exact=exact)


def columns(wire: Wire, table: TableName) -> tuple[Column, ...] | None:
    """Read a table's columns; None when there is no such table."""
    found = _find(wire, table)
    if found is None:
        return None
    rows = wire.rows(f"the columns of {_line(str(table))}", statements.COLUMNS, (found[0],))
    return tuple(Column(_line(name), _line(kind), nullable, default) for name, kind, nullable, default in rows)


def _find(wire: Wire, table: TableName) -> Row | None:
    if "\0" in table.name + table.schema:
        return None
    rows = wire.rows(f"the table {_line(str(table))}", statements.TABLE, (table.name, table.schema, table.schema))
    return rows[0] if rows else None


def revisions(wire: Wire, version_table: str) -> DatabaseRevisions:
    """Read every schema's version table."""
    tables = wire.rows("the version tables", statements.VERSION_TABLES, (version_table,))
    return DatabaseRevisions(tuple(_version_table(wire, version_table, *row) for row in tables))


def _version_table(wire: Wire, name: str, schema: str, readable: bool, shaped: bool) -> VersionTable:
    shown = _line(f"{schema}.{name}")
    if not readable:
        return VersionTable(_line(schema), None, f"the role may not read {shown}; grant it SELECT")
    if not shaped:
        return VersionTable(_line(schema), None, f"{shown} has no column version_num, so it is not Alembic's")
    rows = wire.rows(f"the revisions in {shown}", statements.versions(schema, name, MOST_REVISIONS + 1))
    if len(rows) > MOST_REVISIONS:
        return VersionTable(_line(schema), None, f"{shown} has more than {MOST_REVISIONS} rows, so it is not Alembic's")
    if any(revision is None for (revision,) in rows):
        return VersionTable(_line(schema), None, f"{shown} has a row without a revision")
    return VersionTable(_line(schema), tuple(sorted(_line(revision) for (revision,) in rows)))


def blocking(wire: Wire) -> tuple[Blocked, ...]:
    """Read who waits for a lock; the longest transaction first."""
    rows = wire.rows("the locks", statements.SESSIONS)
    sessions = {row[0]: session_of(wire, row) for row in rows}
    waiting = [(sessions[row[0]], dict.fromkeys(row[6])) for row in rows if row[6]]
    blocked = [Blocked(one, tuple(sessions.get(pid, _PREPARED if pid == 0 else Session(pid)) for pid in by)) for one, by in waiting]
    return tuple(sorted(blocked, key=lambda b: (-(b.waiting.seconds or 0.0), b.waiting.pid)))


def session_of(wire: Wire, row: Row) -> Session:
    """Return a row of the statements about sessions as a fact."""
    pid, user, application, state, query, seconds, _ = row
    head = clean_line(" ".join(wire.redact(query).split()), limit=120)
    return Session(pid, _line(user), _line(application), _line(state), head, seconds)


def sessions(wire: Wire, application: str) -> tuple[Session, ...]:
    """Read this database's other sessions of one application."""
    return tuple(session_of(wire, row) for row in wire.rows("the sessions", statements.SESSIONS_OF, (application,)))


def indexes(wire: Wire, table: TableName) -> tuple[str, ...] | None:
    """Read the names of a table's indexes; None when there is no such table."""
    found = _find(wire, table)
    if found is None:
        return None
    return tuple(_line(name) for (name,) in wire.rows(f"the indexes of {_line(str(table))}", statements.INDEXES, (found[0],)))


def invalid_indexes(wire: Wire) -> tuple[InvalidIndex, ...]:
    """Read the indexes that are not whole."""
    rows = wire.rows("the indexes", statements.INVALID_INDEXES)
    return tuple(InvalidIndex(_line(name), _line(schema), _line(table), building) for name, schema, table, building in rows)


def sizes(wire: Wire, limit: int) -> Sizes:
    """Read the bytes on disk."""
    total = wire.rows("the database's size", statements.DATABASE_SIZE)[0][0]
    rows = wire.rows("the tables' sizes", statements.TABLE_SIZES, (max(0, min(limit, MOST_TABLES)),))
    return Sizes(total, tuple((TableName(_line(name), _line(schema)), size) for schema, name, size in rows if size is not None))


def _line(text: str) -> str:
    return clean_line(text, limit=200)
