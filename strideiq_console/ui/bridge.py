"""Carries the news of the board to the panels: one kind of message, where a newer one replaces an older one still in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from strideiq_console.domain.runbook.execution import Execution

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


FEW, REST = 8, 0.2
"""News that are told at once in so many seconds. More are gathered until these are over: what they change is painted together."""


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
        self._left = FEW
        self._resting = False
        self._news: dict[str, None] = {}

    def open(self) -> None:
        """Begin to listen."""
        self._leave.append(self._console.subscribe(self._tell))

    def close(self) -> None:
        """Stop listening."""
        while self._leave:
            self._leave.pop()()
        self._news.clear()

    def attach(self, widget: Widget, feeds: tuple[str, ...]) -> None:
        """Send ``widget`` a message when one of ``feeds`` has news; ``health/`` stands for all that start so, none for all."""
        self._widgets[widget] = feeds

    def detach(self, widget: Widget) -> None:
        """Forget a widget that leaves the screen."""
        self._widgets.pop(widget, None)

    def _tell(self, feed: str) -> None:
        """Tell at once while there are few, else together with what else comes; the last news is never lost."""
        if self._left:
            self._left -= 1
            self._post((feed,))
        else:
            self._news[feed] = None
        if not self._resting:
            self._rest()

    def _rest(self) -> None:
        self._resting = True
        asyncio.get_running_loop().call_later(REST, self._rested)

    def _rested(self) -> None:
        news, self._news = tuple(self._news), {}
        self._resting, self._left = False, 0 if news else FEW
        if news:  # where there were many there will be more
            self._post(news)
            self._rest()

    def _post(self, news: Collection[str]) -> None:
        """Tell each widget once of all these feeds."""
        for widget, feeds in tuple(self._widgets.items()):
            if not feeds or any(feed == name or (name.endswith("/") and feed.startswith(name)) for feed in news for name in feeds):
                widget.post_message(ReadingArrived())
