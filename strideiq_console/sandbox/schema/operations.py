"""The operations of a migration: read from a function's syntax tree, shown as SQL, applied to a database's tables.

An operation is a JSON object with ``op``, and by its kind ``table``, ``name``, ``columns`` ([{"name", "type", "nullable",
"default"}]), ``sql``, ``to``; ``alone`` true: it stands in an autocommit block or is CONCURRENTLY, so it is committed at once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

Operation = dict[str, Any]
_TYPES = {
    "Integer": "integer",
    "BigInteger": "bigint",
    "SmallInteger": "smallint",
    "Float": "double precision",
    "Boolean": "boolean",
    "Text": "text",
    "Date": "date",
    "JSON": "json",
    "JSONB": "jsonb",
    "UUID": "uuid",
    "Uuid": "uuid",
    "LargeBinary": "bytea",
}
_IN_BATCH = 1


def read_function(function: ast.FunctionDef, texts: Mapping[str, str]) -> list[Operation]:
    """Return what a function does, in its order; what is no operation of Alembic is left out."""
    return list(_block(function.body, dict(texts), {}, alone=False))


def _block(body: list[ast.stmt], texts: dict[str, str], batches: dict[str, str], *, alone: bool) -> Iterator[Operation]:
    for node in body:
        if isinstance(node, ast.Raise):
            yield {"op": "raise", "text": ast.unparse(node.exc) if node.exc is not None else "RuntimeError"}
            return
        if isinstance(node, ast.With):
            inside = dict(batches)
            committed = alone
            for item in node.items:
                call = item.context_expr
                word = _called(call)
                committed = committed or word == "autocommit_block"
                if word == "batch_alter_table" and isinstance(item.optional_vars, ast.Name) and isinstance(call, ast.Call):
                    inside[item.optional_vars.id] = _text(_argument(call, 0, "table_name"), texts)
            yield from _block(node.body, texts, inside, alone=committed)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            texts.update({target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, (ast.If, ast.For)):
            yield from _block(node.body, texts, batches, alone=alone)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found = _operation(node.value, texts, batches)
            if found is not None:
                yield found | ({"alone": True} if alone or found.get("alone") else {})


def _operation(call: ast.Call, texts: Mapping[str, str], batches: Mapping[str, str]) -> Operation | None:
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return None
    owner, word = function.value.id, function.attr
    if owner != "op" and owner not in batches:
        return None
    batch = batches.get(owner)
    left = 0 if batch is None else _IN_BATCH

    def name(place: int, *keys: str) -> str:
        return _text(_argument(call, place, *keys), texts)

    def table(place: int, *keys: str) -> str:
        return name(place, *keys) if batch is None else batch

    found: Operation = {"op": word}
    if word == "create_table":
        found |= {"table": name(0, "table_name"), "columns": [c for a in call.args[1:] for c in _column(a, texts)]}
    elif word == "drop_table":
        found |= {"table": name(0, "table_name")}
    elif word == "rename_table":
        found |= {"table": name(0, "old_table_name"), "to": name(1, "new_table_name")}
    elif word == "add_column":
        found |= {"table": table(0, "table_name"), "columns": list(_column(_argument(call, 1 - left, "column"), texts))}
    elif word == "drop_column":
        found |= {"table": table(0, "table_name"), "name": name(1 - left, "column_name")}
    elif word == "alter_column":
        found |= {"table": table(0, "table_name"), "name": name(1 - left, "column_name")} | _alteration(call, texts)
    elif word == "create_index":
        found |= {"name": name(0, "index_name"), "table": table(1, "table_name"), "columns": _list(call, 2 - left, texts)}
        found |= {"alone": True} if _says(call, "postgresql_concurrently") else {}
    elif word == "drop_index":
        found |= {"name": name(0, "index_name")} | ({"alone": True} if _says(call, "postgresql_concurrently") else {})
    elif word == "execute":
        found |= {"sql": name(0, "sqltext")}
    elif word.startswith(("create_", "drop_")):
        found |= {"name": name(0, "constraint_name"), "table": table(1, "table_name", "source_table")}
    else:
        return None
    return found


def _alteration(call: ast.Call, texts: Mapping[str, str]) -> Operation:
    found: Operation = {}
    for keyword in call.keywords:
        if keyword.arg == "nullable" and isinstance(keyword.value, ast.Constant):
            found["nullable"] = bool(keyword.value.value)
        elif keyword.arg == "new_column_name":
            found["to"] = _text(keyword.value, texts)
        elif keyword.arg == "type_":
            found["type"] = _type(keyword.value)
    return found


def _column(node: ast.expr | None, texts: Mapping[str, str]) -> Iterator[Operation]:
    if not isinstance(node, ast.Call) or _called(node) != "Column":
        return
    kind = _argument(node, 1, "type_")
    key = _says(node, "primary_key")
    default = any(k.arg == "server_default" for k in node.keywords)
    nullable = not key and not any(
        k.arg == "nullable" and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.keywords
    )
    written = _type(kind)
    yield {"name": _text(_argument(node, 0, "name"), texts), "type": written, "nullable": nullable, "default": default or key} | (
        {"key": True} if key else {}
    )


def _type(node: ast.expr | None) -> str:
    word = _called(node) or (node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "")
    given = node.args if isinstance(node, ast.Call) else []
    numbers = ",".join(str(a.value) for a in given if isinstance(a, ast.Constant) and isinstance(a.value, int))
    if word in ("String", "VARCHAR"):
        return f"character varying({numbers})" if numbers else "character varying"
    if word == "Numeric":
        return f"numeric({numbers})" if numbers else "numeric"
    if word == "DateTime":
        zoned = isinstance(node, ast.Call) and _says(node, "timezone")
        return f"timestamp {'with' if zoned else 'without'} time zone"
    return _TYPES.get(word, word.lower() or "text")


def _says(call: ast.Call, key: str) -> bool:
    return any(k.arg == key and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords)


def _list(call: ast.Call, place: int, texts: Mapping[str, str]) -> list[str]:
    node = _argument(call, place, "columns")
    return [_text(one, texts) for one in node.elts] if isinstance(node, (ast.List, ast.Tuple)) else []


def _argument(call: ast.Call, place: int, *keys: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in keys:
            return keyword.value
    return call.args[place] if 0 <= place < len(call.args) else None


def _called(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _text(node: ast.expr | None, texts: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Call) and _called(node) in ("f", "text") and node.args:
        return _text(node.args[0], texts)
    return texts.get(node.id, "") if isinstance(node, ast.Name) else ""
