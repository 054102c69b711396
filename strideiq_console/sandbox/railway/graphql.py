"""Carries out a GraphQL document over plain objects, as much of it as Railway's documents need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.sandbox.graphql_document import UNSET, Field, GraphQLError, Variable, parse

Arguments = Mapping[str, Any]
Answer = Mapping[str, Any]
# Fields of the schema that may be null: an error in one leaves the rest of the answer standing, any other takes its parent along.
NULLABLE = frozenset(
    f"{kind}.{name}"
    for kind, names in {
        "Deployment": "creator diagnosis meta serviceId snapshotId staticUrl statusUpdatedAt url",
        "Environment": "deletedAt sourceEnvironment unmergedChangesCount",
        "EnvironmentPatch": "appliedAt lastAppliedError message",
        "Project": "primaryEnvironmentId workspace workspaceId",
        "ServiceInstance": "latestDeployment numReplicas preDeployCommand region sleepApplication source startCommand",
        "CustomDomainStatus": "certificateErrorMessage certificates",
        "VolumeInstance": "region serviceId state",
        "VolumeInstanceBackup": "creatorId expiresAt name referencedMB scheduleId usedMB volumeInstanceSizeMB",
        "Customer": "usageLimit",
        "PlatformStatus": "incident maintenance",
        "Event": "activityPayload environmentId payload projectId",
        "Log": "severity tags",
    }.items()
    for name in names.split()
)


class DocumentError(GraphQLError):
    """The document asks for what the schema does not have: nothing of it is answered."""


class Node(dict[str, Any]):
    """An object of the schema. A field is a value, or a function of the field's arguments that returns it.

    A plain ``dict`` is a JSON scalar and comes whole.
    """

    def __init__(self, kind: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.kind = kind


@dataclass
class Execution:
    """One request: what its variables are, which fields are made to fail, and what went wrong.

    ``fails(kind, field, operation)`` returns the message of a field that shall fail, None for every other.
    """

    fails: Callable[[str, str, str], str | None] = lambda _kind, _field, _operation: None
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str = ""
    errors: list[GraphQLError] = field(default_factory=list)

    def run(
        self, text: str, variables: Mapping[str, Any] | None, name: str | None, roots: Mapping[str, Callable[[], Node]]
    ) -> Answer | None:
        """Carry out one operation of a document and return ``data``, None where an error took it all.

        Raises GraphQLError for a document or variables that cannot be carried out.
        """
        operations = parse(text)
        chosen = [o for o in operations if name in (None, "", o.name)]
        if len(chosen) != 1:
            raise DocumentError(f"Unknown operation named {name!r}." if name else "Must provide operation name.")
        operation = chosen[0]
        given = dict(variables or {})
        for key, (required, default) in operation.variables.items():
            if key not in given and default is not UNSET:
                given[key] = default
            if required and given.get(key) is None:
                raise DocumentError(f'Variable "${key}" of required type was not provided.')
        if operation.kind not in roots:
            raise DocumentError(f"Schema is not configured to execute {operation.kind} operation.")
        self.variables, self.operation = given, operation.name
        try:
            return self._object(operation.selection, roots[operation.kind](), ())
        except DocumentError:
            raise
        except GraphQLError as error:
            self.errors.append(error)
            return None

    def _object(self, selection: Sequence[Field], node: Node, path: tuple[str, ...]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for wanted in selection:
            if wanted.name == "__typename":
                answer[wanted.key] = node.kind
                continue
            at = (*path, wanted.key)
            if wanted.name not in node:
                raise DocumentError(f'Cannot query field "{wanted.name}" on type "{node.kind}".', at)
            try:
                answer[wanted.key] = self._field(wanted, node, at)
            except DocumentError:
                raise
            except GraphQLError as error:
                if f"{node.kind}.{wanted.name}" not in NULLABLE:
                    raise
                self.errors.append(error)
                answer[wanted.key] = None
        return answer

    def _field(self, wanted: Field, node: Node, path: tuple[str, ...]) -> Any:
        message = self.fails(node.kind, wanted.name, self.operation)
        if message is not None:
            raise GraphQLError(message, path)
        value = node[wanted.name]
        if callable(value):
            try:
                value = value(_filled(wanted.arguments, self.variables))
            except GraphQLError as error:
                raise type(error)(error.message, error.path or path, error.extensions) from error
        return self._value(wanted, value, path)

    def _value(self, wanted: Field, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [self._value(wanted, entry, path) for entry in value]
        if isinstance(value, Node):
            if not wanted.selection:
                words = f'Field "{wanted.name}" of type "{value.kind}" must have a selection of subfields.'
                raise DocumentError(words, path)
            return self._object(wanted.selection, value, path)
        if wanted.selection and value is not None:
            raise DocumentError(f'Field "{wanted.name}" must not have a selection since it has no subfields.', path)
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
