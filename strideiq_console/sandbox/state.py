"""The state document of a world: one JSON object in ``world.db``, changed by one process at a time.

Layout (times are epoch seconds of the world's clock, SHAs are full)::

    version        1
    scenario       "calm", "bad-deploy", … the name of a beginning, see scenarios.py
    secret         random hex; signs expiring addresses
    next           {"pull", "run_number", "run", "job", "review", "label", "comment", "status", "request", …}: next free number
    accounts       {login: {"id", "type": "User"|"Bot", "name", "email"}}
    tokens         {"github": {"value", "login", "kind"?: "classic", "scopes"?: [scope], "expires"?: epoch,
                   "permissions"?: {…}}, "github_bot": …, "vercel": {"value"}, "railway": {"value"}}
    permissions    {login: {"contents": "write", …}} what a fine-grained GitHub token may do; a token's own "permissions" go before
    repository     {"owner", "name", "id", "created_at", "plan"?: "team" | "free"}; on "free" nothing can be protected
    refs           {branch: sha} as last seen in origin.git; the truth for every answer
    tags           {name: object} as last seen in origin.git
    ref_updates    [{"branch", "old", "new"}] decided in this document, not yet certain in origin.git (old/new None: absent)
    pulls          {"43": {"number", "title", "body", "head", "base", "head_sha", "base_sha", "author", "state", "draft",
                   "created_at", "updated_at", "closed_at", "merged_at", "merged_by", "merge_sha", "labels": [name],
                   "mergeability": {"key", "clean"} of the last look,
                   "reviews": [{"id", "author", "state", "sha", "body", "at"}], "comments": [{"id", "author", "body", "at"}]}}
    labels         [{"id", "name", "color", "description"}]
    statuses       {sha: [{"id", "context", "state", "description", "target_url", "creator", "at"}]} oldest first
    protection     {branch: {"strict", "contexts", "approvals" (None: no reviews), "dismiss_stale", "admins", "force", "deletions"}}
                   and, where they were set: "app_ids" {context: id}, "code_owners", "last_push", "linear", "conversation", "lock",
                   "block_creations"
    rulesets       [{"id", "name", "enforcement", "include": [ref], "exclude"?: [ref], "bypass_actors": [],
                   "rules": [{"type", "parameters"?}], "created"?, "updated"?}]
    runs           [run] newest last, see ci.py
    rate           {login: {"used", "reset", "recent"?: [[at, points, is a write]]}} of GitHub's limits, see github/rates.py
    limits         {"github"?: {"secondary": bool, "hourly"?, "status"?, "silent"?}, "vercel" | "railway"?: see limits.py}
    deployments    [deployment] newest last, see deploys.py; further keys of Vercel, Railway and the site are described there
    schema, code   the databases, and the migrations of deployed commits, see schema/database.py
    …              what else GitHub keeps (issues, releases, environments, secrets, alerts) is described in belongings.py
    faults         [{"id", "match": {"host", "method", "path"} (regular expressions, "" matches all), "kind", "times", "seconds"}]
    effects        [{"at", "provider", "method", "path", "what", "login", "forced"}] every change anybody made, append-only
    violations     [{"at", "what"}] things a correct client never does, for instance sending a token to the log host
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

WAIT_SECONDS = 30.0
State = dict[str, Any]


class WorldError(ValueError):
    """The world's folder cannot be used, or something was asked of it that it does not have. The text says what and why."""


def connect(file: Path) -> sqlite3.Connection:
    """Open ``world.db``; a killed process loses at most its own unfinished change, never a finished one."""
    connection = sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    # Finished changes survive a killed process without waiting for the disk; only a power cut could lose one.
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("CREATE TABLE IF NOT EXISTS world (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL)")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), kind TEXT NOT NULL, factor REAL NOT NULL,"
        " began REAL NOT NULL, moved REAL NOT NULL)"
    )
    return connection


@contextmanager
def exclusive(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the world's write lock across processes; commit at the end, roll back on an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def load(connection: sqlite3.Connection) -> State | None:
    """Return the document, None when the world was never finished."""
    row = connection.execute("SELECT document FROM world WHERE id = 1").fetchone()
    return None if row is None else msgspec.json.decode(row[0])


def save(connection: sqlite3.Connection, state: State) -> None:
    """Write the document; the caller holds the lock."""
    text = msgspec.json.encode(state).decode()
    connection.execute(
        "INSERT INTO world (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document", (text,)
    )


def take_number(state: State, kind: str) -> int:
    """Return the next free number of a kind and count on."""
    number = int(state["next"].get(kind, 1))
    state["next"][kind] = number + 1
    return number


def record_effect(
    state: State, *, at: float, provider: str, method: str, path: str, what: str, login: str = "", forced: bool = False
) -> None:
    """Append one change that somebody made."""
    state["effects"].append(
        {"at": at, "provider": provider, "method": method, "path": path, "what": what, "login": login, "forced": forced}
    )


def record_violation(state: State, *, at: float, what: str) -> None:
    """Append something that a correct client never does."""
    state["violations"].append({"at": at, "what": what})
