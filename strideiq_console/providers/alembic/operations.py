"""What each of Alembic's own operations risks, read from its arguments (R87)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from strideiq_console.domain.migration import RiskKind
from strideiq_console.providers.alembic.names import Names
from strideiq_console.providers.alembic.sql import Finding


class Arguments:
    """The arguments of one call by position or keyword. In a batch block the table is the block's, not the call's."""

    def __init__(self, node: ast.Call, names: Names, batch: str | None) -> None:
        self.node = node
        self.names = names
        self.batch = batch

    def get(self, place: int, *keywords: str) -> ast.expr | None:
        """Return the argument at a position, or by one of its keywords."""
        for keyword in self.node.keywords:
            if keyword.arg in keywords:
                return keyword.value
        return self.node.args[place] if 0 <= place < len(self.node.args) else None

    def name(self, place: int, *keywords: str) -> str:
        """Return a name argument, ``""`` when it is computed."""
        return self.names.name(self.get(place, *keywords))

    def table(self, place: int, *keywords: str) -> str:
        """Return the table that the call is about."""
        return self.name(place, *keywords) if self.batch is None else self.batch

    def has(self, keyword: str) -> bool:
        """Say whether a keyword is given, whatever its value."""
        return any(k.arg == keyword for k in self.node.keywords)

    def says(self, keyword: str, value: object) -> bool:
        """Say whether a keyword is given as exactly this constant."""
        given = self.get(-1, keyword)
        return isinstance(given, ast.Constant) and given.value is value

    @property
    def shift(self) -> int:
        """How far positions move to the left in a batch block, where no table is named."""
        return 0 if self.batch is None else 1


Reader = Callable[[Arguments], Iterator[Finding]]


def _nothing(given: Arguments) -> Iterator[Finding]:
    yield from ()


def _drop_table(given: Arguments) -> Iterator[Finding]:
    yield RiskKind.DROPS_TABLE, given.table(0, "table_name"), ""


def _drop_column(given: Arguments) -> Iterator[Finding]:
    yield RiskKind.DROPS_COLUMN, given.table(0, "table_name"), given.name(1 - given.shift, "column_name")


def _drop_constraint(given: Arguments) -> Iterator[Finding]:
    yield RiskKind.DROPS_CONSTRAINT, given.table(1, "table_name"), given.name(0, "constraint_name")


def _drop_index(given: Arguments) -> Iterator[Finding]:
    table, name = given.table(1, "table_name"), given.name(0, "index_name")
    yield RiskKind.DROPS_INDEX, table, name
    if _concurrent(given):
        yield RiskKind.CONCURRENTLY, table, name


def _add_column(given: Arguments) -> Iterator[Finding]:
    table, column = given.table(0, "table_name"), given.get(1 - given.shift, "column")
    if not isinstance(column, ast.Call) or _called(column) != "Column":
        yield RiskKind.UNCLEAR, table, ""
        return
    inner = Arguments(column, given.names, None)
    name = inner.name(0, "name")
    required = inner.says("nullable", False) or inner.says("primary_key", True)
    if required and not (inner.has("server_default") or _identity(column)):
        yield RiskKind.NOT_NULL, table, name
    elif inner.has("nullable") and not (inner.says("nullable", True) or inner.says("nullable", False)):
        yield RiskKind.UNCLEAR, table, name
    if inner.says("unique", True) or any(isinstance(part, ast.Call) and _called(part) == "ForeignKey" for part in column.args):
        yield RiskKind.TIGHTENS, table, name
        yield RiskKind.LOCKS, table, name


def _create_index(given: Arguments) -> Iterator[Finding]:
    table, name = given.table(1, "table_name"), given.name(0, "index_name")
    yield (RiskKind.CONCURRENTLY if _concurrent(given) else RiskKind.LOCKS), table, name
    if given.has("unique") and not given.says("unique", False):
        yield RiskKind.TIGHTENS, table, name


def _alter_column(given: Arguments) -> Iterator[Finding]:
    table, name = given.table(0, "table_name"), given.name(1 - given.shift, "column_name")
    if given.has("nullable") and not given.says("nullable", True):
        yield RiskKind.NOT_NULL, table, name
    if given.has("type_"):
        yield RiskKind.CHANGES_TYPE, table, name
    if given.has("new_column_name") or given.has("name"):
        yield RiskKind.RENAMES, table, name
    yield RiskKind.LOCKS, table, name


def _rename_table(given: Arguments) -> Iterator[Finding]:
    yield RiskKind.RENAMES, given.table(0, "old_table_name"), ""


def _constraint(given: Arguments) -> Iterator[Finding]:
    table, name = given.table(1, "table_name", "source_table"), given.name(0, "constraint_name")
    yield RiskKind.TIGHTENS, table, name
    yield RiskKind.LOCKS, table, name


def _bulk_insert(given: Arguments) -> Iterator[Finding]:
    table = given.get(0, "table")
    yield RiskKind.MOVES_DATA, given.names.table(table) if table is not None else "", ""


def _batch(given: Arguments) -> Iterator[Finding]:
    if given.has("recreate") and not given.says("recreate", "never"):
        yield RiskKind.LOCKS, given.name(0, "table_name"), ""


OPERATIONS: dict[str, Reader] = {
    "create_table": _nothing,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "drop_constraint": _drop_constraint,
    "create_foreign_key": _constraint,
    "create_unique_constraint": _constraint,
    "create_check_constraint": _constraint,
    "create_primary_key": _constraint,
    "create_exclude_constraint": _constraint,
    "bulk_insert": _bulk_insert,
    "batch_alter_table": _batch,
    "create_table_comment": _nothing,
    "drop_table_comment": _nothing,
    "get_bind": _nothing,
    "get_context": _nothing,
    "f": _nothing,
    "inline_literal": _nothing,
}
"""Everything but ``execute``, which is read as SQL. An operation that is not here is unclear."""


def _concurrent(given: Arguments) -> bool:
    return given.has("postgresql_concurrently") and not given.says("postgresql_concurrently", False)


def _identity(column: ast.Call) -> bool:
    return any(isinstance(part, ast.Call) and _called(part) in {"Identity", "Computed", "Sequence"} for part in column.args)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
