"""Keeps what is drawn from being drawn again with each of many events: a few times a second are enough, none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from textual.screen import Screen
from textual.widget import Widget

from strideiq_console.ui.sweeping import Sweeper

EVERY = 0.125
"""Seconds between two drawings of one widget."""
SHORT, MOST = 0.03, 10
"""Seconds for which news are put off while a key waits, and how often in a row."""
BETWEEN = 0.04
"""Seconds between two drawings of news that were put off: a key that comes meanwhile waits for one of them at most."""


class Sweeps(Protocol):
    """The application, which knows whether a key waits for its answer."""

    sweeper: Sweeper


class Pace:
    """Does one thing for a widget or screen, at once when it was quiet, else ``every`` seconds after the last time.

    ``every`` may be made longer by whoever finds that the thing is dear. While a key waits for its answer,
    it is put off for a while.
    """

    def __init__(self, widget: Widget, do: Callable[[], None], *, every: float = EVERY) -> None:
        self._widget = widget
        self._do = do
        self._resting = False
        self._again = False
        self._put_off = 0
        self.every = every

    def ask(self) -> None:
        """Want it done: now, or once more at the end of the pause."""
        if self._resting:
            self._again = True
        elif self._widget.is_attached:
            self._resting = True
            if self._is_put_off():
                self._put_off += 1
                self._again = True
                self._widget.set_timer(SHORT, self._rested)
            else:
                self._put_off = 0
                self._again = False
                self._widget.set_timer(self.every, self._rested)
                self._do()

    def _is_put_off(self) -> bool:
        """Say whether it has to wait: for a key, and after that until its turn comes among all that waited for the same key."""
        sweeper, now = cast("Sweeps", self._widget.app).sweeper, asyncio.get_running_loop().time()
        late = self._put_off >= MOST
        waits = (sweeper.somebody_waits and not late) or (0 < self._put_off < 2 * MOST and now < sweeper.next_turn)
        if not waits:
            sweeper.next_turn = now + BETWEEN
        return waits

    def _rested(self) -> None:
        self._resting = False
        if self._again:
            self.ask()


def in_sight(widget: Widget) -> bool:
    """Say whether a widget can be seen: it has room, and nothing but dialogs stands above its screen."""
    if not widget.is_attached or not widget.display or any(not parent.display for parent in _parents(widget)):
        return False
    for screen in reversed(widget.app.screen_stack):
        if screen is widget.screen:
            return True
        if not screen.is_modal:
            return False
    return False


def _parents(widget: Widget) -> list[Widget]:
    return [node for node in widget.ancestors if isinstance(node, Widget) and not isinstance(node, Screen)]
