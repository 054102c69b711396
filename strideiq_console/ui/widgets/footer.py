"""The last line: the keys that work here, from the active bindings, as many as fit; help and quit always."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer

from strideiq_console.domain.ports import Clock
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import ELLIPSIS, width
from strideiq_console.ui.widgets.line import EdgeLine

SOON = 0.5
"""Seconds from which on it is said what is waited for."""
TICK = 0.25
ALWAYS = ("app.help", "app.quit")


@dataclass(eq=False, slots=True)
class Wait:
    """Something that is waited for, since when."""

    what: str
    clock: Clock
    since: float

    @property
    def lasts(self) -> float:
        """Return for how many seconds it is waited for."""
        return self.clock.monotonic() - self.since

    def words(self) -> str:
        """Say what is waited for and how long."""
        return f"{self.what}{ELLIPSIS} {self.lasts:.0f} s"


class KeyLine(EdgeLine):
    """Draws ``key does`` for each shown binding of the active screen, and what is waited for; follows focus and remapped keys."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._first: list[tuple[str, str]] = []
        self._last: list[tuple[str, str]] = []
        self._known: dict[tuple[str, str], tuple[DOMNode, str]] = {}
        self._actions: list[tuple[DOMNode, str]] = []
        self._waits: list[Wait] = []
        self._ticking: Timer | None = None

    def begin(self, what: str, clock: Clock) -> Wait:
        """Show from half a second on that this is waited for, and for how long, until :meth:`end`."""
        wait = Wait(what, clock, clock.monotonic())
        self._waits.append(wait)
        if len(self._waits) == 1:
            self._ticking = self.set_interval(TICK, self._show_line)
        return wait

    def end(self, wait: Wait) -> None:
        """Wait no more."""
        if wait in self._waits:
            self._waits.remove(wait)
        if not self._waits and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            self._show_line()

    def on_click(self, event: events.Click) -> None:
        """Do what the clicked key does."""
        place = self.cell_at(event.x - 1)
        if place is not None and place // 2 < len(self._actions):
            node, action = self._actions[place // 2]
            self.call_later(self.app.run_action, action, node)

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._renew)
        self.call_after_refresh(self._renew, self.screen)

    def on_resize(self) -> None:
        """Show as many as fit."""
        self._renew(self.screen)

    def _renew(self, screen: Screen[object]) -> None:
        if not (self.is_attached and screen.is_attached) or screen is not self.screen:
            return
        pairs: dict[str, tuple[str, str]] = {}
        actions: dict[tuple[str, str], tuple[DOMNode, str]] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description:
                pair = pairs.setdefault(binding.id or binding.action, (self.app.get_key_display(binding), binding.description))
                actions.setdefault(pair, (active.node, binding.action))
        self._last = [pairs.pop(name) for name in ALWAYS if name in pairs]
        self._first = list(pairs.values())
        self._known = actions
        self._show_line()

    def _show_line(self) -> None:
        room = self.content_size.width
        words = [wait.words() for wait in self._waits if wait.lasts >= SOON]
        right = (Cell(words[-1], Tone.ACTIVE),) if words else ()
        kept = kept_keys(self._first, self._last, room - (width(words[-1]) + 1 if words else 0))
        self._actions = [self._known[pair] for pair in kept]
        self.show(drawn_keys(kept), right)


def keys_line(first: Iterable[tuple[str, str]], last: Iterable[tuple[str, str]], room: int) -> Line:
    """Return pairs of key and word in ``room`` columns: those of ``last`` are kept, those of ``first`` as they fit."""
    return drawn_keys(kept_keys(first, last, room))


def kept_keys(first: Iterable[tuple[str, str]], last: Iterable[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """Return the pairs that fit into ``room`` columns, those of ``last`` always."""
    tail = list(last)
    room -= sum(_wide(pair) for pair in tail)
    kept = []
    for pair in first:
        if _wide(pair) <= room:
            kept.append(pair)
            room -= _wide(pair)
    return [*kept, *tail]


def drawn_keys(pairs: Iterable[tuple[str, str]]) -> Line:
    """Return two cells a pair: the key, and what it does."""
    return tuple(cell for key, does in pairs for cell in (Cell(key, Tone.ACCENT), Cell(f" {does}  ", Tone.MUTED)))


def _wide(pair: tuple[str, str]) -> int:
    return width(pair[0]) + width(pair[1]) + 3
