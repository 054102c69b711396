"""What an operation does to the tables of a database, and the SQL that Alembic would show for it.

Tables are ``{name: {"columns": [{"name", "type", "nullable", "default"}], "rows": n, "indexes": [name]}}``.
"""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.schema.operations import Operation

Tables = dict[str, dict[str, Any]]
_OF_ROWS = 0


class StatementError(Exception):
    """PostgreSQL refuses a statement; the text is the driver's."""


def apply(tables: Tables, operation: Operation) -> None:
    """Change the tables as one operation does. Raises StatementError, and NotImplementedError for a function that raises."""
    word, name = operation["op"], operation.get("table", "")
    if word == "raise":
        raise StatementError(_error_line(operation["text"]))
    if word == "create_table":
        if name in tables:
            raise StatementError(f'psycopg.errors.DuplicateTable: relation "{name}" already exists')
        tables[name] = {"columns": [dict(column) for column in operation["columns"]], "rows": _OF_ROWS, "indexes": []}
    elif word == "drop_table":
        _known(tables, name)
        del tables[name]
    elif word == "rename_table":
        _known(tables, name)
        tables[operation["to"]] = tables.pop(name)
    elif word in ("add_column", "drop_column", "alter_column"):
        _columns(_known(tables, name), name, operation)
    elif word == "create_index":
        _create_index(tables, name, operation)
    elif word == "drop_index":
        _drop_index(tables, operation["name"])


def _columns(table: dict[str, Any], name: str, operation: Operation) -> None:
    columns = table["columns"]
    if operation["op"] == "add_column":
        for column in operation["columns"]:
            if any(one["name"] == column["name"] for one in columns):
                raise StatementError(
                    f'psycopg.errors.DuplicateColumn: column "{column["name"]}" of relation "{name}" already exists'
                )
            if not column["nullable"] and not column["default"] and table["rows"]:
                raise StatementError(
                    f'psycopg.errors.NotNullViolation: column "{column["name"]}" of relation "{name}" contains null values'
                )
            columns.append(dict(column))
        return
    found = next((one for one in columns if one["name"] == operation["name"]), None)
    if found is None:
        raise StatementError(f'psycopg.errors.UndefinedColumn: column "{operation["name"]}" of relation "{name}" does not exist')
    if operation["op"] == "drop_column":
        columns.remove(found)
        return
    found |= {key: operation[key] for key in ("nullable", "type") if key in operation}
    found["name"] = operation.get("to", found["name"])


def _create_index(tables: Tables, name: str, operation: Operation) -> None:
    indexes = _known(tables, name)["indexes"]
    if operation["name"] in indexes:
        raise StatementError(f'psycopg.errors.DuplicateTable: relation "{operation["name"]}" already exists')
    indexes.append(operation["name"])


def _drop_index(tables: Tables, name: str) -> None:
    for table in tables.values():
        if name in table["indexes"]:
            table["indexes"].remove(name)
            return
    raise StatementError(f'psycopg.errors.UndefinedObject: index "{name}" does not exist')


def _known(tables: Tables, name: str) -> dict[str, Any]:
    if name not in tables:
        raise StatementError(f'psycopg.errors.UndefinedTable: relation "{name}" does not exist')
    return tables[name]


def _error_line(text: str) -> str:
    word, _, rest = text.partition("(")
    said = rest.rstrip(")").strip("'\"")
    return f"{word}: {said}" if said else word


def sql(operation: Operation) -> str:
    """Return an operation as SQL, without the semicolon."""
    word, table = operation["op"], operation.get("table", "")
    if word == "create_table":
        rows = [f"    {_definition(column)}" for column in operation["columns"]]
        rows += [f"    PRIMARY KEY ({column['name']})" for column in operation["columns"] if column.get("key")]
        return f"CREATE TABLE {table} (\n" + ", \n".join(rows) + "\n)"
    if word == "drop_table":
        return f"DROP TABLE {table}"
    if word == "rename_table":
        return f"ALTER TABLE {table} RENAME TO {operation['to']}"
    if word == "add_column":
        return f"ALTER TABLE {table} ADD COLUMN " + ", ADD COLUMN ".join(_definition(c) for c in operation["columns"])
    if word == "drop_column":
        return f"ALTER TABLE {table} DROP COLUMN {operation['name']}"
    if word == "alter_column":
        return f"ALTER TABLE {table} {_altered(operation)}"
    if word == "create_index":
        alone = "CONCURRENTLY " if operation.get("alone") else ""
        return f"CREATE INDEX {alone}{operation['name']} ON {table} ({', '.join(operation['columns'])})"
    if word == "drop_index":
        return f"DROP INDEX {'CONCURRENTLY ' if operation.get('alone') else ''}{operation['name']}"
    if word == "execute":
        return str(operation["sql"]).rstrip("; \n")
    return f"-- {word} {operation.get('name', '')} on {table}"


def _definition(column: Operation) -> str:
    kind = str(column["type"])
    if column.get("key") and kind == "integer":
        kind = "SERIAL"
    kind = kind.replace("character varying", "VARCHAR").upper()
    return f"{column['name']} {kind}" + ("" if column["nullable"] else " NOT NULL")


def _altered(operation: Operation) -> str:
    name = operation["name"]
    if "to" in operation:
        return f"RENAME {name} TO {operation['to']}"
    if "type" in operation:
        return f"ALTER COLUMN {name} TYPE {operation['type'].upper()}"
    return f"ALTER COLUMN {name} {'DROP' if operation.get('nullable', True) else 'SET'} NOT NULL"
