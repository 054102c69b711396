"""The tables, as numbered steps that are never edited once released: a change is a new step at the end."""

from __future__ import annotations

import sqlite3

_FIRST = """
CREATE TABLE readings (
    feed TEXT PRIMARY KEY, source TEXT NOT NULL, value BLOB, seen TEXT, fault TEXT, tried TEXT, complete INTEGER NOT NULL
);
CREATE TABLE executions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, plan TEXT NOT NULL
);
CREATE TABLE entries (
    execution TEXT NOT NULL REFERENCES executions (id), seq INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    step TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (execution, seq)
) WITHOUT ROWID;
CREATE TABLE leases (
    scope TEXT PRIMARY KEY, execution TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, boot_id TEXT NOT NULL,
    host TEXT NOT NULL, fence INTEGER NOT NULL, acquired REAL NOT NULL, heartbeat REAL NOT NULL
);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, execution TEXT NOT NULL, step TEXT NOT NULL,
    kind TEXT NOT NULL, data TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE verifications (
    number INTEGER PRIMARY KEY, sha TEXT NOT NULL UNIQUE, by TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE etags (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, etag TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL
);
INSERT INTO meta (key, value) VALUES ('fence', 0);
"""
_SECOND = """
CREATE TABLE samples (
    environment TEXT NOT NULL, source TEXT NOT NULL, quantity TEXT NOT NULL, part TEXT NOT NULL, at REAL NOT NULL,
    value REAL NOT NULL, n INTEGER, PRIMARY KEY (environment, source, quantity, part, at)
) WITHOUT ROWID;
CREATE TABLE cost_entries (
    number INTEGER PRIMARY KEY, service TEXT NOT NULL, environment TEXT NOT NULL, month TEXT NOT NULL, amount TEXT,
    entered_at TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL
);
"""
_APPEND_ONLY = ("executions", "entries", "audit")


def _forbid(table: str, deed: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n"
    )


STEPS: tuple[str, ...] = (
    _FIRST + "".join(_forbid(table, deed) for table in _APPEND_ONLY for deed in ("UPDATE", "DELETE")),
    _SECOND + "".join(_forbid("cost_entries", deed) for deed in ("UPDATE", "DELETE")),
)
"""Step N leads from schema N to schema N+1. Released steps are frozen; tests pin what they make."""

KNOWN = len(STEPS)


def version(connection: sqlite3.Connection) -> int | None:
    """Return the schema of an open file: 0 for an empty one, None when it holds tables of something else."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "meta" not in tables:
        return None if tables else 0
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return None if row is None or not isinstance(row[0], int) else row[0]


def upgrade(connection: sqlite3.Connection, present: int) -> None:
    """Carry out the steps beyond ``present``; the caller has begun the transaction and commits it."""
    if present == 0:
        connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value)")
        connection.execute("INSERT INTO meta (key, value) VALUES ('schema', 0)")
    for number in range(present, KNOWN):
        for statement in _statements(STEPS[number]):
            connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (number + 1,))


def _statements(script: str) -> list[str]:
    """Cut a script into statements: ``executescript`` would commit the transaction that makes a step all or nothing."""
    statements: list[str] = []
    rest = ""
    for part in script.split(";"):
        rest += part + ";"
        if sqlite3.complete_statement(rest):
            if rest.strip(" \n;"):
                statements.append(rest)
            rest = ""
    return statements
