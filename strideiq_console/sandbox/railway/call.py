"""One request to the world's Railway as its fields see it: the state, the time, and what the token reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.railway import memory
from strideiq_console.sandbox.railway.graphql import Arguments
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, PROJECT, SERVICES, identity
from strideiq_console.sandbox.state import record_effect

Record = dict[str, Any]
NOT_AUTHORIZED = "Not Authorized"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token reaches: everything, or with ``environment`` that one alone. Only an ``account`` is somebody."""

    environment: str | None = None
    account: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised request."""

    state: Record
    origin: Origin
    now: float
    scope: Scope

    @property
    def memory(self) -> Record:
        """Return what Railway remembers; see memory.py."""
        return memory.memory(self.state)

    def reach(self, environment: str) -> str:
        """Return an environment's name. Raises GraphQLError when the token does not reach it."""
        if self.scope.environment not in (None, environment):
            raise GraphQLError(NOT_AUTHORIZED)
        return environment

    def environment(self, arguments: Arguments, key: str = "environmentId") -> str:
        """Return the name of the environment that an argument names by id. Raises GraphQLError."""
        if arguments.get("projectId", PROJECT) not in (None, PROJECT):
            raise GraphQLError(NOT_AUTHORIZED)
        found = ENVIRONMENTS.get(text(arguments, key))
        if found is None:
            raise GraphQLError(NOT_AUTHORIZED)
        return self.reach(found)

    def service(self, arguments: Arguments) -> str:
        """Return the name of the service that an argument names by id. Raises GraphQLError."""
        found = SERVICES.get(text(arguments, "serviceId"))
        if found is None:
            raise GraphQLError("ServiceInstance not found")
        return found

    def deployment(self, identifier: str) -> Record:
        """Return the record of a deployment of the API by id. Raises GraphQLError."""
        entry = deploys.find(self.state, "railway", identifier)
        if entry is None:
            raise GraphQLError("Deployment not found")
        self.reach(entry["environment"])
        return entry

    def wide(self) -> None:
        """Refuse a token of one environment."""
        if self.scope.environment is not None:
            raise GraphQLError(NOT_AUTHORIZED)

    def effect(self, what: str, environment: str, action: str, thing: str, **payload: Any) -> None:
        """Record a change that was made, for the world and in the project's journal."""
        record_effect(self.state, at=self.now, provider="railway", method="POST", path="/graphql/v2", what=what, login="founder")
        memory.note(self.state, environment, action, thing, self.now, **payload)


Resolve = Callable[[Call, Arguments], Any]


def text(arguments: Arguments, key: str) -> str:
    """Return an argument that must be a text. Raises GraphQLError."""
    value = arguments.get(key)
    if not isinstance(value, str) or not value:
        raise GraphQLError(f'Argument "{key}" of required type "String!" was not provided.')
    return value


def given(arguments: Arguments, key: str = "input") -> Mapping[str, Any]:
    """Return an argument that is an input object. Raises GraphQLError."""
    value = arguments.get(key)
    if not isinstance(value, Mapping):
        raise GraphQLError(f'Argument "{key}" of required type was not provided.')
    return value


def environment_id(name: str) -> str:
    """Return the id of an environment."""
    return identity(ENVIRONMENTS, name)


def service_id(name: str) -> str:
    """Return the id of a service."""
    return identity(SERVICES, name)
