"""The databases of the world: which they are, what stands in them, and which revisions are in effect.

Keys of the state document that live here::

    schema      {environment: {"system_identifier", "database", "host", "port", "user", "server_version", "size",
                "rows": [revision] of the version table, "tables": {…} see tables.py,
                "invalid": [{"name", "table"}] indexes that a broken CONCURRENTLY left behind,
                "sessions": [{"application", "pid", "query", "seconds"}] of others,
                "connections", "connections_max" (where there is no traffic, see levels.py),
                "blocked": [{"pid", "query", "seconds", "holder", "holder_query"}],
                "history": [{"at", "by", "direction", "revision"}] every revision that was run,
                "upgrade_at_start"?: false: a starting API does not migrate}}; environments are production, staging and local
    code        {"files": {blob: revision}, "trees": {tree: [blob] | text: what alembic says}, "commits": {sha: tree}}: the
                migration files of the commits that were or are deployed, see code.py
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from strideiq_console.sandbox import seed_migrations
from strideiq_console.sandbox.schema import tables
from strideiq_console.sandbox.schema.graph import Graph

State = dict[str, Any]
Record = dict[str, Any]
_BACKED_UP = ("rows", "tables", "invalid")
DATABASE, PORT, USER = "strideiq", 5432, "strideiq"
SYSTEMS = {
    "production": ("7349210583312456701", "postgres-production.railway.internal", 1.0),
    "staging": ("7349210583312456702", "postgres-staging.railway.internal", 0.1),
    "local": ("7349210583312456703", "localhost", 0.01),
}
"""System identifier, host, and how full it is compared with production."""


def of(state: State, environment: str) -> Record:
    """Return the database of an environment; changing it changes the world. Raises KeyError for an unknown one."""
    found: Record = state["schema"][environment]
    return found


def new(environment: str, graph: Graph, rows: Collection[str], at: float) -> Record:
    """Return a database with these revisions in effect, in use as its environment is."""
    system, host, share = SYSTEMS[environment]
    made: Record = {
        "system_identifier": system,
        "database": DATABASE,
        "host": host,
        "port": PORT,
        "user": USER,
        "server_version": "16.4",
        "size": round(512_000_000 * share),
        "rows": list(rows),
        "tables": {},
        "invalid": [],
        "sessions": [],
        "connections": 23 if environment == "production" else 7,
        "connections_max": 100,
        "blocked": [],
        "history": [],
    }
    for revision in graph.upgrade([], "heads") if graph.revisions else []:
        if revision in graph.below(rows):
            for operation in graph.revisions[revision]["up"] or ():
                tables.apply(made["tables"], operation)
            made["history"].append({"at": at, "by": "start", "direction": "upgrade", "revision": revision})
    fill(made, environment, made["tables"])
    return made


def snapshot(database: Record) -> Record:
    """Return what a backup of the volume holds: the version rows and the tables."""
    return copy.deepcopy({key: database[key] for key in _BACKED_UP})


def restore(database: Record, kept: Mapping[str, Any]) -> None:
    """Bring back what a backup holds; everything since is lost."""
    database |= copy.deepcopy({key: kept[key] for key in _BACKED_UP})


def fill(database: Record, environment: str, names: Iterable[str]) -> None:
    """Put the rows into tables that users have put there by now."""
    share = SYSTEMS[environment][2]
    for name in names:
        database["tables"][name]["rows"] = round(seed_migrations.ROWS.get(name, 100) * share)


def url(database: Mapping[str, Any], *, hidden: bool = True) -> str:
    """Return the address as SQLAlchemy shows it: the password is hidden, and there is none anyway."""
    word = "***" if hidden else "sandbox"
    return f"postgresql+psycopg://{database['user']}:{word}@{database['host']}:{database['port']}/{database['database']}"
