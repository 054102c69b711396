"""Makes from the facts of the moment what a widget draws: paced, only where it is seen, and beside the loop where that is dear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import thread_time
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from textual.widget import Widget

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.kept_rows import GIVES_WAY
from strideiq_console.ui.widgets.pace import EVERY, Pace, Sweeps, in_sight

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

T = TypeVar("T")
DEAR = 0.01
"""Seconds from which on a thing is made on a thread, so that no key waits for it: facts are frozen, and making only reads them."""
SHARE = 5
"""What is dear is made so seldom that it takes one part in so many of the time."""


class Making(Generic[T]):
    """``make`` makes it of facts and time, ``take`` draws it on the loop's thread. The last wish is never lost."""

    def __init__(self, widget: Widget, services: Console, make: Callable[[Facts, datetime], T], take: Callable[[T], None]) -> None:
        self._widget = widget
        self._services = services
        self._make = make
        self._take = take
        self._pace = Pace(widget, self.renew)
        self._stale = False
        self._under_way = False
        self._cost = 0.0

    def ask(self) -> None:
        """Want it made, when the pause since the last time is over."""
        self._pace.ask()

    def catch_up(self) -> None:
        """Make it if it was wanted while the widget was out of sight."""
        if self._stale:
            self.renew()

    def renew(self, *, unseen: bool = False) -> None:
        """Make it now; where the widget is not seen (and not ``unseen``), as soon as it is."""
        self._stale = self._under_way or not (unseen or in_sight(self._widget))
        if self._stale:
            return
        facts, now = self._services.facts(), self._services.clock.now()
        if self._cost < DEAR:
            began = self._services.clock.monotonic()
            self._take(self._make(facts, now))
            self._cost = self._services.clock.monotonic() - began
        else:
            self._under_way = True
            self._widget.run_worker(self._aside(facts, now), group="making", exit_on_error=False)

    def _politely(self, facts: Facts, now: datetime, give_way: Callable[[], None]) -> tuple[T, float]:
        """Make it on this thread, which gives way to keys; say how many seconds it took, without these."""
        GIVES_WAY.set(give_way)
        began = thread_time()
        return self._make(facts, now), thread_time() - began

    async def _aside(self, facts: Facts, now: datetime) -> None:
        app = cast("Sweeps", self._widget.app)
        try:
            made, self._cost = await asyncio.to_thread(self._politely, facts, now, app.sweeper.give_way)
        finally:
            self._under_way = False
        self._pace.every = max(EVERY, self._cost * SHARE)
        if self._widget.is_attached:
            self._take(made)
            if self._stale:
                self._pace.ask()
