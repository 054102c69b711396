"""Reads from a workflow's file what can be given when it is started by hand, line by line: the world writes its files plainly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TRIGGER = "workflow_dispatch:"
MOST_INPUTS = 25


@dataclass(frozen=True, slots=True)
class Input:
    """One input. ``kind`` is string, choice, boolean or number; ``options`` are those of a choice."""

    name: str
    kind: str = "string"
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()


def inputs(text: str) -> tuple[Input, ...]:
    """Return the inputs of ``workflow_dispatch`` in their order; none where the trigger has none."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    block = _below(lines, TRIGGER)
    found = _below(block, "inputs:")
    names = [line.strip().removesuffix(":") for line in found if found and _depth(line) == _depth(found[0])]
    return tuple(_input(name, _below(found, f"{name}:")) for name in names)


def refusal(known: tuple[Input, ...], given: Mapping[str, Any]) -> str:
    """Return why GitHub does not start a workflow with what is given; ``""``: it does."""
    names = {one.name: one for one in known}
    unexpected = sorted(set(given) - set(names))
    if unexpected:
        return f"Unexpected inputs provided: {unexpected}"
    for one in known:
        value = given.get(one.name)
        if value is None:
            if one.required and not one.default:
                return f"Required input '{one.name}' not provided"
        elif one.kind == "choice" and value not in one.options:
            return f"Provided value '{value}' for input '{one.name}' not in the list of allowed values"
        elif one.kind == "boolean" and value not in (True, False, "true", "false"):
            return f"Provided value '{value}' for input '{one.name}' is not a boolean"
    return ""


def filled(known: tuple[Input, ...], given: Mapping[str, Any]) -> dict[str, str]:
    """Return every input as a workflow sees it: as text, with the default where nothing is given."""
    said = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    return {one.name: said.get(one.name, one.default) for one in known}


def _input(name: str, block: list[str]) -> Input:
    words = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block)}
    options = tuple(one.strip() for one in words.get("options", "").strip("[]").split(",") if one.strip())
    return Input(name, words.get("type", "string"), words.get("required") == "true", words.get("default", "").strip("\"'"), options)


def _below(lines: list[str], head: str) -> list[str]:
    """Return the lines that stand deeper than the first line that is ``head``, until one does not."""
    start = next((number for number, line in enumerate(lines) if line.strip() == head), None)
    if start is None:
        return []
    rest = lines[start + 1 :]
    end = next((number for number, line in enumerate(rest) if _depth(line) <= _depth(lines[start])), len(rest))
    return rest[:end]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
