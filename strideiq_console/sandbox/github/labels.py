"""Labels of the repository."""

from __future__ import annotations

import re
from typing import Any

from strideiq_console.sandbox.github.call import Call, Reply, invalid
from strideiq_console.sandbox.github.shapes import label
from strideiq_console.sandbox.state import take_number

_COLOUR = re.compile(r"[0-9a-fA-F]{6}\Z")


def list_labels(call: Call) -> Reply:
    """``GET /labels``."""
    return call.paged(call.state["labels"], lambda entry: label(call, entry["name"]))


def create_label(call: Call) -> Reply:
    """``POST /labels``: 422 when the name is taken, whatever its case."""
    name, colour = call.text("name"), call.text("color", "ededed")
    if any(entry["name"].lower() == name.lower() for entry in call.state["labels"]):
        raise invalid("Validation Failed", {"resource": "Label", "code": "already_exists", "field": "name"})
    if not name.strip() or not _COLOUR.match(colour):
        raise invalid("Validation Failed", {"resource": "Label", "code": "invalid", "field": "color"})
    _add(call, name, colour, call.body.get("description"))
    call.effect(f"created the label {name}")
    return Reply(201, label(call, name))


def _add(call: Call, name: str, colour: str, description: str | None) -> None:
    number = take_number(call.state, "label")
    call.state["labels"].append({"id": number, "name": name, "color": colour, "description": description})


def known_label(call: Call, entry: Any) -> str:
    """Return the label that a request means, which becomes one when it is none yet. Raises ApiError 422."""
    name = entry.get("name") if isinstance(entry, dict) else entry
    if not isinstance(name, str) or not name.strip():
        raise invalid("Validation Failed", {"resource": "Label", "code": "invalid", "field": "name"})
    for known in call.state["labels"]:
        if known["name"].lower() == name.lower():
            return str(known["name"])
    _add(call, name, "ededed", None)
    return name
