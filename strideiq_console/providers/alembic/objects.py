"""Which tables, columns and indexes an operation makes or takes away, by the names that the file writes out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from strideiq_console.domain.migration import Direction, ObjectChange, ObjectKind
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.alembic.operations import Arguments

_NAME = r'((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)'
_RAW: tuple[tuple[re.Pattern[str], ObjectKind, bool], ...] = (
    (
        re.compile(rf"^CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*[(A]", re.IGNORECASE),
        ObjectKind.TABLE,
        True,
    ),
    (re.compile(rf"^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}\s*(?:CASCADE|RESTRICT)?$", re.IGNORECASE), ObjectKind.TABLE, False),
)
_INDEX = re.compile(
    r"^CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
    rf'("[^"]+"|[\w$]+)\s+ON\s+(?:ONLY\s+)?{_NAME}',
    re.IGNORECASE,
)
_NO_INDEX = re.compile(rf"^DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_IF = re.compile(r"\bIF\s+(?:NOT\s+)?EXISTS\b", re.IGNORECASE)
_COLUMN = re.compile(
    rf"^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+(ADD|DROP)\s+COLUMN\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r'("[^"]+"|[\w$]+)(?=[^,]*$)',
    re.IGNORECASE,
)

Found = tuple[ObjectKind, bool, str, str, str]
"""A kind, whether it is made, a schema, a table and a name."""


def of_operation(operation: str, given: Arguments, direction: Direction) -> Iterator[ObjectChange]:
    """Return what one of Alembic's operations makes or takes away; one whose names are computed gives nothing."""
    for kind, makes, schema, table, name in _READERS.get(operation, _nothing)(given):
        if (kind is ObjectKind.INDEX and name) or (table and (name or kind is ObjectKind.TABLE)):
            again = given.has("if_not_exists") or given.has("if_exists")
            yield replace(_change(kind, direction, makes, schema, table, name), repeatable=again)


def of_statement(statement: str, direction: Direction) -> Iterator[ObjectChange]:
    """Return what one raw statement makes or takes away, as far as its first words say so plainly."""
    again = _IF.search(statement[:300]) is not None
    for change in _stated(statement, direction):
        yield replace(change, repeatable=again)


def _stated(statement: str, direction: Direction) -> Iterator[ObjectChange]:
    for pattern, kind, makes in _RAW:
        if (match := pattern.match(statement)) is not None:
            yield _change(kind, direction, makes, _first(match[1]), _last(match[1]))
    if (match := _INDEX.match(statement)) is not None:
        yield _change(ObjectKind.INDEX, direction, True, _first(match[2]), _last(match[2]), _plain(match[1]))
    if (match := _NO_INDEX.match(statement)) is not None:
        yield _change(ObjectKind.INDEX, direction, False, _first(match[1]), "", _last(match[1]))
    if (match := _COLUMN.match(statement)) is not None:
        made = match[2].upper() == "ADD"
        yield _change(ObjectKind.COLUMN, direction, made, _first(match[1]), _last(match[1]), _plain(match[3]))


def _change(kind: ObjectKind, direction: Direction, makes: bool, schema: str, table: str, name: str = "") -> ObjectChange:
    table, name, schema = (clean_line(word, limit=200) for word in (table, name, schema))
    return ObjectChange(kind, direction, makes, table, name, schema)


def _nothing(given: Arguments) -> Iterator[Found]:
    yield from ()


def _table(makes: bool) -> Callable[[Arguments], Iterator[Found]]:
    def read(given: Arguments) -> Iterator[Found]:
        yield ObjectKind.TABLE, makes, given.name(-1, "schema"), given.table(0, "table_name"), ""

    return read


def _add_column(given: Arguments) -> Iterator[Found]:
    column = given.get(1 - given.shift, "column")
    if isinstance(column, ast.Call):
        name = Arguments(column, given.names, None).name(0, "name")
        yield ObjectKind.COLUMN, True, given.name(-1, "schema"), given.table(0, "table_name"), name


def _drop_column(given: Arguments) -> Iterator[Found]:
    name = given.name(1 - given.shift, "column_name")
    yield ObjectKind.COLUMN, False, given.name(-1, "schema"), given.table(0, "table_name"), name


def _index(makes: bool) -> Callable[[Arguments], Iterator[Found]]:
    def read(given: Arguments) -> Iterator[Found]:
        yield ObjectKind.INDEX, makes, given.name(-1, "schema"), given.table(1, "table_name"), given.name(0, "index_name")

    return read


_READERS: dict[str, Callable[[Arguments], Iterator[Found]]] = {
    "create_table": _table(makes=True),
    "drop_table": _table(makes=False),
    "add_column": _add_column,
    "drop_column": _drop_column,
    "create_index": _index(makes=True),
    "drop_index": _index(makes=False),
}


def _plain(name: str) -> str:
    """Return a name as the catalogue keeps it: lower case unless it was quoted."""
    return name.strip('"') if name.startswith('"') else name.lower()


def _parts(name: str) -> list[str]:
    return [_plain(part) for part in re.findall(r'"[^"]+"|[\w$]+', name)]


def _first(name: str) -> str:
    parts = _parts(name)
    return parts[0] if len(parts) > 1 else ""


def _last(name: str) -> str:
    return _parts(name)[-1]
