"""Carries out a GraphQL document over plain objects, as much of it as Railway's documents need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from strideiq_console.sandbox.graphql_document import UNSET, Field, GraphQLError, Variable, parse

Arguments = Mapping[str, Any]


class Node(dict[str, Any]):
    """An object of the schema. A field is a value, or a function of the field's arguments that returns it.

    A plain ``dict`` is a JSON scalar and comes whole.
    """

    def __init__(self, kind: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.kind = kind


def execute(
    text: str, variables: Mapping[str, Any] | None, operation_name: str | None, roots: Mapping[str, Callable[[], Node]]
) -> Mapping[str, Any]:
    """Carry out one operation of a document and return ``data``. Raises GraphQLError."""
    operations = parse(text)
    chosen = [o for o in operations if operation_name in (None, "", o.name)]
    if len(chosen) != 1:
        raise GraphQLError(f"Unknown operation named {operation_name!r}." if operation_name else "Must provide operation name.")
    operation = chosen[0]
    given = dict(variables or {})
    for name, (required, default) in operation.variables.items():
        if name not in given and default is not UNSET:
            given[name] = default
        if required and given.get(name) is None:
            raise GraphQLError(f'Variable "${name}" of required type was not provided.')
    if operation.kind not in roots:
        raise GraphQLError(f"Schema is not configured to execute {operation.kind} operation.")
    return _object(operation.selection, roots[operation.kind](), given, ())


def _object(selection: Sequence[Field], node: Node, variables: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for field in selection:
        at = (*path, field.key)
        if field.name == "__typename":
            answer[field.key] = node.kind
            continue
        if field.name not in node:
            raise GraphQLError(f'Cannot query field "{field.name}" on type "{node.kind}".', at)
        value = node[field.name]
        if callable(value):
            try:
                value = value(_filled(field.arguments, variables))
            except GraphQLError as error:
                raise GraphQLError(error.message, error.path or at) from error
        answer[field.key] = _value(field, value, variables, at)
    return answer


def _value(field: Field, value: Any, variables: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_value(field, entry, variables, path) for entry in value]
    if isinstance(value, Node):
        if not field.selection:
            raise GraphQLError(f'Field "{field.name}" of type "{value.kind}" must have a selection of subfields.', path)
        return _object(field.selection, value, variables, path)
    if field.selection and value is not None:
        raise GraphQLError(f'Field "{field.name}" must not have a selection since it has no subfields.', path)
    return value


def _filled(value: Any, variables: Mapping[str, Any]) -> Any:
    """Replace variables by their values; an argument whose variable is unset is left out."""
    if isinstance(value, Variable):
        return variables.get(value.name)
    if isinstance(value, list):
        return [_filled(entry, variables) for entry in value]
    if isinstance(value, Mapping):
        unset = {key for key, v in value.items() if isinstance(v, Variable) and v.name not in variables}
        return {key: _filled(entry, variables) for key, entry in value.items() if key not in unset}
    return value
