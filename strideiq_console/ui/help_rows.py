"""Help is made from the bindings that are active where it is asked for, so it can never be out of date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

OURS = "strideiq_console.ui."
ROW, HERE, EVERYWHERE = "this row", "this panel", "everywhere"
_GROUPS = {"row": ROW, "move": ROW, "marks": ROW, "app": EVERYWHERE}
_ORDER = (ROW, HERE, EVERYWHERE)


@runtime_checkable
class Explains(Protocol):
    """Whoever can say why one of its actions cannot be taken now."""

    def why_not(self, action: str) -> str:
        """Return the reason, or ``""``."""
        ...


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line of help: the keys as they are mapped now, what they do, where, the id for config.toml, and why not now (``""``)."""

    keys: str
    does: str
    where: str
    id: str
    why_not: str = ""


def bound_classes(app: type[DOMNode]) -> tuple[type[DOMNode], ...]:
    """Return every class whose keys can be remapped: the application, and each screen and widget of ours that has bindings."""
    found: set[type[DOMNode]] = set()
    todo: list[type[DOMNode]] = [DOMNode]
    while todo:
        below = todo.pop().__subclasses__()
        todo += below
        found |= {cls for cls in below if cls.__module__.startswith(OURS) and "BINDINGS" in cls.__dict__}
    screens = (cls for cls in found if not issubclass(cls, App))
    return (app, *sorted(screens, key=lambda cls: (cls.__module__, cls.__qualname__)))


def group_of(binding_id: str) -> str:
    """Return where a binding works, in words: on this row, on this panel or screen, or everywhere."""
    return _GROUPS.get(binding_id.partition(".")[0], HERE)


def rows(screen: Screen[Any], show_key: Callable[[Binding], str]) -> list[HelpRow]:
    """Return one line for each action that the screen has, grouped, those of the last line first in each group."""
    found: dict[str, tuple[list[str], str, str]] = {}
    shown_first = sorted(screen.active_bindings.values(), key=lambda active: not active.binding.show)
    for active in shown_first:
        binding = active.binding
        does = binding.tooltip or binding.description
        if not binding.id or not does:
            continue  # Textual's own keys, such as copying selected text
        why = ""
        if not active.enabled:
            action = binding.action.partition("(")[0]
            why = (active.node.why_not(action) if isinstance(active.node, Explains) else "") or "not here"
        key = show_key(binding)
        keys = found.setdefault(binding.id, ([], does, why))[0]
        if key not in keys:
            keys.append(key)
    made = [HelpRow(" ".join(keys), does, group_of(name), name, why) for name, (keys, does, why) in found.items()]
    return sorted(made, key=lambda row: _ORDER.index(row.where))
