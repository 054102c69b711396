"""Help is made from the bindings that are active where it is asked for, so it can never be out of date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.screens.ask import AskDialog, InputDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.history import HistoryScreen
from strideiq_console.ui.screens.menu import RunbookMenu
from strideiq_console.ui.screens.pick import HelpDialog, PickDialog
from strideiq_console.ui.screens.planned import PlanDialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rollback import RollbackScreen
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.cycle import CycleField
from strideiq_console.ui.widgets.marks import MarkList
from strideiq_console.ui.widgets.table import TableView


@runtime_checkable
class Explains(Protocol):
    """Whoever can say why one of its actions cannot be taken now."""

    def why_not(self, action: str) -> str:
        """Return the reason, or ``""``."""
        ...


_CLASSES: tuple[type[DOMNode], ...] = (
    DashboardScreen,
    ZoomScreen,
    RunbookScreen,
    RollbackScreen,
    HistoryScreen,
    ConfirmDialog,
    AskDialog,
    InputDialog,
    FormDialog,
    ReadDialog,
    PlanDialog,
    PickDialog,
    RunbookMenu,
    HelpDialog,
    TableView,
    MarkList,
    CycleField,
)


def bound_classes(app: type[DOMNode]) -> tuple[type[DOMNode], ...]:
    """Return every class whose keys can be remapped."""
    return (app, *_CLASSES)


def _action(binding: Binding) -> str:
    return binding.action.partition("(")[0]


def rows(screen: Screen[Any], show_key: Callable[[Binding], str]) -> list[tuple[str, str, str]]:
    """Return key, what it does, and why it cannot be done now (``""``) for each action, those of the last line first."""
    found: dict[str, tuple[list[str], str, str]] = {}
    shown_first = sorted(screen.active_bindings.values(), key=lambda active: not active.binding.show)
    for active in shown_first:
        binding = active.binding
        does = binding.tooltip or binding.description
        if not binding.id or not does:
            continue  # Textual's own keys, such as copying selected text
        why = ""
        if not active.enabled:
            why = active.node.why_not(_action(binding)) if isinstance(active.node, Explains) else "not here"
        key = show_key(binding)
        keys = found.setdefault(binding.id, ([], does, why))[0]
        if key not in keys:
            keys.append(key)
    return [(" ".join(keys), does, why) for keys, does, why in found.values()]
