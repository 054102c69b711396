"""What a step wants filled in by a person before it can begin: the files of a commit and its message, a reason, a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a field is filled in. FILES and CHOICE pick among its options; picked values are joined by newlines."""

    LINE = "line"
    TEXT = "text"
    FILES = "files"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be picked. ``note`` says more about it; ``refused`` why it cannot be picked (``""``: it can)."""

    value: str
    label: str
    note: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. ``required`` false: it may stay empty."""

    name: str
    title: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    default: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """All that one step wants filled in. ``notes`` stand above the fields. ``go`` is the word on its button."""

    title: str
    fields: tuple[Field, ...]
    notes: tuple[str, ...] = ()
    go: str = "Go on"

    def fault(self, entry: Mapping[str, str]) -> str:
        """Say what of an entry does not fit the fields, or ``""``; what the values mean is the action's to judge."""
        known = {field.name: field for field in self.fields}
        strange = [name for name in entry if name not in known]
        if strange:
            return f"there is nothing named {strange[0]} to fill in: it is {', '.join(known)}"
        for field in self.fields:
            value = entry.get(field.name, "")
            if field.required and not value.strip():
                return f"{field.title} is missing"
            if field.kind in (FieldKind.FILES, FieldKind.CHOICE):
                wrong = _not_offered(field, value)
                if wrong:
                    return wrong
        return ""


def picked(value: str) -> tuple[str, ...]:
    """Return the values that were picked, in their order, none twice."""
    return tuple(dict.fromkeys(line for line in value.split("\n") if line))


def _not_offered(field: Field, value: str) -> str:
    offered = {option.value: option for option in field.options}
    for one in picked(value):
        if one not in offered:
            return f"{one} is not among {field.title.lower()}"
        if offered[one].refused:
            return f"{one}: {offered[one].refused}"
    return ""
