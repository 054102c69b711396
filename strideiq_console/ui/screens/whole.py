"""A screen that fills the terminal."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget


class WholeScreen(Screen[None]):
    """What every such screen has in common: it is left once, and moving the focus paints only what the focus moves between."""

    focused = Reactive[Widget | None](None, repaint=False)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave once: a second key that comes before the screen is gone would close what stands below it."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
