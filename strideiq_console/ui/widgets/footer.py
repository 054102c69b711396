"""The last line: the keys that work here, from the active bindings, as many as fit; help and quit always."""

from __future__ import annotations

from collections.abc import Iterable

from textual.screen import Screen

from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.ui.widgets.line import EdgeLine

ALWAYS = ("app.help", "app.quit")


class KeyLine(EdgeLine):
    """Draws ``key does`` for each shown binding of the active screen; it follows focus and remapped keys."""

    def __init__(self) -> None:
        super().__init__(id="keys")

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
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description:
                pairs.setdefault(binding.id or binding.action, (self.app.get_key_display(binding), binding.description))
        last = [pairs.pop(name) for name in ALWAYS if name in pairs]
        self.show(keys_line(pairs.values(), last, self.content_size.width))


def keys_line(first: Iterable[tuple[str, str]], last: Iterable[tuple[str, str]], room: int) -> Line:
    """Return pairs of key and word in ``room`` columns: those of ``last`` are kept, those of ``first`` as they fit."""
    tail = list(last)
    room -= sum(_wide(pair) for pair in tail)
    kept = []
    for pair in first:
        if _wide(pair) <= room:
            kept.append(pair)
            room -= _wide(pair)
    return tuple(cell for key, does in (*kept, *tail) for cell in (Cell(key, Tone.ACCENT), Cell(f" {does}  ", Tone.MUTED)))


def _wide(pair: tuple[str, str]) -> int:
    return width(pair[0]) + width(pair[1]) + 3
