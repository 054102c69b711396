"""Remapped keys: which action ids exist, and the words for a key that was mapped twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.dom import DOMNode

from strideiq_console.presentation.draw import ELLIPSIS

_WORDS = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "dollar_sign": "$",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


def key_words(key: str) -> str:
    """Return a key's name in plain letters."""
    return _WORDS.get(key, key)


def bindings_of(classes: Iterable[type[DOMNode]]) -> dict[str, Binding]:
    """Return every binding that has an id, by id, over these classes and what they inherit of ours."""
    found: dict[str, Binding] = {}
    for cls in classes:
        for base in cls.__mro__:
            if base.__module__.startswith("strideiq_console."):
                for entry in base.__dict__.get("BINDINGS", ()):
                    if isinstance(entry, Binding) and entry.id:
                        found.setdefault(entry.id, entry)
    return found


def keymap(wanted: Iterable[tuple[str, str]], known: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the map that Textual wants, and one sentence for each id that no action bears."""
    ids = set(known)
    good: dict[str, str] = {}
    faults: list[str] = []
    for name, keys in wanted:
        if name in ids:
            good[name] = keys
        else:
            faults.append(f"[ui.keys] {name}: no action has this id")
    if len(faults) > 3:
        faults = [*faults[:3], f"and {len(faults) - 3} more{ELLIPSIS}"]
    return good, tuple(faults)


def clashes(good: Mapping[str, str], app: type[DOMNode], classes: Iterable[type[DOMNode]]) -> tuple[str, ...]:
    """Return one sentence for each mapped key that another action has too, where both would be active.

    Textual tells of a clash between two mapped keys only, not of one with a key that stands as it was.
    """
    found: dict[str, None] = {}
    for cls in classes:
        taken: dict[str, set[str]] = {}
        for name, binding in {**bindings_of((app,)), **bindings_of((cls,))}.items():
            for key in good.get(name, binding.key).split(","):
                taken.setdefault(key.strip(), set()).add(name)
        for key, names in taken.items():
            if len(names) > 1 and names & set(good):
                found[f"[ui.keys] one key for two actions: {key} is {' and '.join(sorted(names))}"] = None
    return tuple(found)
