"""Runs revisions on a database of the world as Alembic does: one transaction, except what must be committed at once."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from strideiq_console.sandbox.schema import tables
from strideiq_console.sandbox.schema.graph import Graph

Record = dict[str, Any]
_TABLE = "alembic_version"
INFO = "INFO  [alembic.runtime.migration]"
CONTEXT = (f"{INFO} Context impl PostgresqlImpl.", f"{INFO} Will assume transactional DDL.")


class RunError(Exception):
    """A statement failed. ``said`` are the lines until then; what was committed before stays in the database."""

    def __init__(self, words: str, said: Sequence[str]) -> None:
        super().__init__(words)
        self.words, self.said = words, tuple(said)


def run(database: Record, graph: Graph, revisions: Sequence[str], *, up: bool, at: float, by: str, break_at: str = "") -> list[str]:
    """Run revisions in this order and return the lines that Alembic prints.

    ``break_at`` is an error that strikes in the middle of the last revision: within its first statement that stands alone, else at
    its end, where everything is rolled back. Raises RunError; what was committed by then stays.
    """
    said: list[str] = []
    work = copy.deepcopy(database)
    for number, revision in enumerate(revisions):
        said.append(_running(graph, revision, up=up))
        record = graph.revisions[revision]
        operations = record["up" if up else "down"]
        last = number == len(revisions) - 1
        if operations is None:
            words = f"AttributeError: module '{revision}' has no attribute '{'upgrade' if up else 'downgrade'}'"
            raise RunError(words, said)
        for operation in operations:
            if operation.get("alone"):
                _keep(database, work)  # Alembic commits what it has before the block begins
            if operation.get("alone") and break_at and last:
                _leave_behind(database, operation)
                raise RunError(break_at, said)
            try:
                tables.apply(work["tables"], operation)
            except tables.StatementError as error:
                raise RunError(str(error), said) from error
            if operation.get("alone"):
                _keep(database, work)
        if break_at and last:
            raise RunError(break_at, said)
        work["rows"] = graph.after(work["rows"], revision, up=up)
        word = "upgrade" if up else "downgrade"
        work["history"].append({"at": at, "by": by, "direction": word, "revision": revision})
    _keep(database, work)
    return said


def _keep(database: Record, work: Record) -> None:
    database.update(copy.deepcopy(work))


def _leave_behind(database: Record, operation: dict[str, Any]) -> None:
    if operation["op"] == "create_index":
        database["invalid"].append({"name": operation["name"], "table": operation["table"]})


def _running(graph: Graph, revision: str, *, up: bool) -> str:
    record = graph.revisions[revision]
    title = record["doc"].strip().split("\n", 1)[0]
    return f"{INFO} Running {_way(record, up=up)}, {title}"


def _way(record: Record, *, up: bool) -> str:
    parents = ", ".join(record["parents"])
    return f"upgrade {parents} -> {record['id']}" if up else f"downgrade {record['id']} -> {parents}"


def script(graph: Graph, revisions: Sequence[str], rows: Sequence[str], *, up: bool) -> str:
    """Return the SQL of these revisions as ``--sql`` prints it; ``rows`` are those in effect before."""
    parts = ["BEGIN;"]
    if up and not rows:
        parts.append(
            f"CREATE TABLE {_TABLE} (\n    version_num VARCHAR(32) NOT NULL, \n"
            "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n);"
        )
    now = list(rows)
    for revision in revisions:
        record = graph.revisions[revision]
        parts.append(f"-- Running {_way(record, up=up)}")
        for operation in record["up" if up else "down"] or ():
            statement = f"{tables.sql(operation)};"
            parts.append(f"COMMIT;\n\n{statement}\n\nBEGIN;" if operation.get("alone") else statement)
        after = graph.after(now, revision, up=up)
        parts += _version_rows(now, after)
        now = after
    if not now and not up:
        parts.append(f"DROP TABLE {_TABLE};")
    return "\n\n".join([*parts, "COMMIT;"]) + "\n"


def _version_rows(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the statements on Alembic's own table; ids are those of files that were read, and nothing here reaches a server."""
    gone, come = [row for row in before if row not in after], [row for row in after if row not in before]
    found = []
    if gone and come:
        old, new = gone.pop(), come.pop()
        found.append(f"UPDATE {_TABLE} SET version_num='{new}' WHERE {_TABLE}.version_num = '{old}';")  # noqa: S608 (only shown)
    found += [f"DELETE FROM {_TABLE} WHERE {_TABLE}.version_num = '{row}';" for row in gone]  # noqa: S608 (only shown)
    found += [f"INSERT INTO {_TABLE} (version_num) VALUES ('{row}');" for row in come]  # noqa: S608 (only shown)
    return found
