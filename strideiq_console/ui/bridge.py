"""Carries the news of the board to the panels: one kind of message, where a newer one replaces an older one still in the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from strideiq_console.domain.runbook.execution import Execution

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class ReadingArrived(Message, bubble=False):
    """A feed that this widget shows has news. It carries nothing: the widget asks for the facts of its moment."""

    def can_replace(self, message: Message) -> bool:
        """Say yes to any older message of the same kind: only the last one matters."""
        return isinstance(message, ReadingArrived)


@dataclass
class ExecutionStarted(Message):
    """A screen has entered a plan into the journal, to be carried out on a screen of its own.

    ``at_once``: its first confirmation opens by itself.
    """

    execution: Execution
    at_once: bool = False


@dataclass
class RunbookWanted(Message):
    """A row's act begins a runbook; ``given`` are the inputs that are known already and not asked for again."""

    name: str
    given: Mapping[str, str]


class Bridge:
    """Subscribes to the console once and tells each widget about its own feeds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._widgets: dict[Widget, tuple[str, ...]] = {}
        self._leave: list[Callable[[], None]] = []

    def open(self) -> None:
        """Begin to listen."""
        self._leave.append(self._console.subscribe(self._tell))

    def close(self) -> None:
        """Stop listening."""
        while self._leave:
            self._leave.pop()()

    def attach(self, widget: Widget, feeds: tuple[str, ...]) -> None:
        """Send ``widget`` a message when one of ``feeds`` has news; ``health/`` stands for all that start so, none for all."""
        self._widgets[widget] = feeds

    def detach(self, widget: Widget) -> None:
        """Forget a widget that leaves the screen."""
        self._widgets.pop(widget, None)

    def _tell(self, feed: str) -> None:
        for widget, feeds in tuple(self._widgets.items()):
            if not feeds or any(feed == name or (name.endswith("/") and feed.startswith(name)) for name in feeds):
                widget.post_message(ReadingArrived())
