"""Reads a GraphQL document: operations with fields, aliases, arguments, variables with defaults; no fragments, no directives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"""(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)|(?P<punctuation>\.\.\.|[!$():=@\[\]{|}&])|(?P<name>[_A-Za-z][_0-9A-Za-z]*)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<string>"(?:[^"\\\n]|\\.)*")""",
)
_MAX_DEPTH = 20
UNSET = object()


class GraphQLError(Exception):
    """What goes into ``errors``: a message, the path of the field, and what else Railway tells a program."""

    def __init__(self, message: str, path: Sequence[str] = (), extensions: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message, self.path, self.extensions = message, tuple(path), dict(extensions or {})


@dataclass(frozen=True, slots=True)
class Variable:
    """A use of ``$name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a selection."""

    name: str
    key: str
    arguments: Mapping[str, Any]
    selection: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A parsed document's operation. ``variables``: name to (must be given, default or unset)."""

    kind: str
    name: str
    variables: Mapping[str, tuple[bool, Any]]
    selection: tuple[Field, ...]


def parse(text: str) -> list[Operation]:
    """Return the operations of a document. Raises GraphQLError."""
    try:
        return _Reader(text).document()
    except (ValueError, RecursionError) as error:
        raise GraphQLError(f"Syntax Error: {error}") from error


class _Reader:
    """Reads a document by recursive descent."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise GraphQLError(f"Syntax Error: Unexpected character: {text[at]!r}.")
            at = match.end()
            if match.lastgroup is not None and match.lastgroup != "skip":
                self._tokens.append((match.lastgroup, match.group()))
        self._tokens.append(("end", "<EOF>"))
        self._at = 0

    def document(self) -> list[Operation]:
        operations = []
        while self._kind() != "end":
            operations.append(self._operation())
        if not operations:
            raise GraphQLError("Syntax Error: Unexpected <EOF>.")
        return operations

    def _operation(self) -> Operation:
        if self._text() == "{":
            return Operation("query", "", {}, self._selection(0))
        kind = self._name()
        if kind not in ("query", "mutation", "subscription"):
            raise GraphQLError(f"Syntax Error: Unexpected Name {kind!r}.")
        name = self._name() if self._kind() == "name" else ""
        variables: dict[str, tuple[bool, Any]] = {}
        if self._take("("):
            while not self._take(")"):
                self._expect("$")
                variable = self._name()
                self._expect(":")
                required = self._type()
                variables[variable] = (required, self._constant() if self._take("=") else UNSET)
        return Operation(kind, name, variables, self._selection(0))

    def _type(self) -> bool:
        """Read a type; return whether it is never null."""
        if self._take("["):
            self._type()
            self._expect("]")
        else:
            self._name()
        return self._take("!")

    def _selection(self, depth: int) -> tuple[Field, ...]:
        if depth > _MAX_DEPTH:
            raise GraphQLError("Query is nested too deeply.")
        self._expect("{")
        fields = []
        while not self._take("}"):
            key = name = self._name()
            if self._take(":"):
                name = self._name()
            arguments: dict[str, Any] = {}
            if self._take("("):
                while not self._take(")"):
                    argument = self._name()
                    self._expect(":")
                    arguments[argument] = self._constant()
            fields.append(Field(name, key, arguments, self._selection(depth + 1) if self._text() == "{" else ()))
        return tuple(fields)

    def _constant(self) -> Any:
        kind, text = self._next()
        if text == "$" and kind == "punctuation":
            return Variable(self._name())
        if kind == "number":
            return float(text) if re.search(r"[.eE]", text) else int(text)
        if kind == "string":
            return json.loads(text)
        if kind == "name":
            return {"true": True, "false": False, "null": None}.get(text, text)
        if text == "[":
            values = []
            while not self._take("]"):
                values.append(self._constant())
            return values
        if text == "{":
            members = {}
            while not self._take("}"):
                name = self._name()
                self._expect(":")
                members[name] = self._constant()
            return members
        raise GraphQLError(f"Syntax Error: Unexpected {text!r}.")

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _text(self) -> str:
        return self._tokens[self._at][1]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        if token[0] == "end":
            raise GraphQLError("Syntax Error: Unexpected <EOF>.")
        self._at += 1
        return token

    def _name(self) -> str:
        kind, text = self._next()
        if kind != "name":
            raise GraphQLError(f"Syntax Error: Expected Name, found {text!r}.")
        return text

    def _take(self, punctuation: str) -> bool:
        if self._tokens[self._at] != ("punctuation", punctuation):
            return False
        self._at += 1
        return True

    def _expect(self, punctuation: str) -> None:
        kind, text = self._next()
        if (kind, text) != ("punctuation", punctuation):
            raise GraphQLError(f"Syntax Error: Expected {punctuation!r}, found {text!r}.")
