"""The first two lines of every screen: the mode and the budgets, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation import header
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.verdict import verdict
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.widgets.line import EdgeLine

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

NARROW = 100
SANDBOX = "SANDBOX"


def mark(facts: Facts, glyphs: Glyphs) -> Line:
    """Return the left half of the header, with an amber mark in the sandbox and a red one where real users are."""
    name, bar, mode = glyphs.plain(header.left(facts)).partition(glyphs.plain("▏"))
    tone = Tone.WARNING if SANDBOX in mode else Tone.MUTED if facts.pre_deployment else Tone.CRITICAL
    return (Cell(f"{name}", Tone.ACCENT), Cell(f"{bar}{mode}", tone))


class Header(Vertical):
    """Mode, budgets and time; with ``verdict`` the verdict below it."""

    DEFAULT_CSS = """
    Header { height: auto; dock: top; }
    """

    def __init__(self, services: Console, glyphs: Glyphs, *, with_verdict: bool = True, title: Line = ()) -> None:
        super().__init__(id="header")
        self._services = services
        self._glyphs = glyphs
        self._verdict = EdgeLine(id="verdict") if with_verdict else None
        self._top = EdgeLine(id="mode")
        self._title = title

    def compose(self) -> ComposeResult:
        """Hold one line or two."""
        yield self._top
        if self._verdict is not None:
            yield self._verdict

    def on_mount(self) -> None:
        """Draw at once, and once a second for the clock."""
        self.renew()
        self.set_interval(1.0, self.renew)

    def name_it(self, title: Line) -> None:
        """Show a title behind the mark."""
        self._title = title
        self.renew()

    def renew(self) -> None:
        """Draw the facts of this moment."""
        facts, now = self._services.facts(), self._services.clock.now()
        right = self._glyphs.plain(
            header.right(self._services.budgets(), now, self._verdict is None or self.app.size.width < NARROW)
        )
        gap = (Cell("  "),) if self._title else ()
        self._top.show((*mark(facts, self._glyphs), *gap, *self._title), (Cell(right, Tone.MUTED),))
        if self._verdict is None:
            return
        found = verdict(facts, now)
        tone = LEVEL_TONES[found.level]
        left = (Cell(f"{self._glyphs.level(found.level)} ", tone), Cell(self._glyphs.plain(found.sentence), tone))
        hints = [(Cell(key, Tone.ACCENT), Cell(f" {self._glyphs.plain(does)}", Tone.MUTED)) for key, does in found.hints]
        self._verdict.show(left, [cell for i, hint in enumerate(hints) for cell in (*((Cell("   "),) if i else ()), *hint)])

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """Something is news."""
        message.stop()
        self.renew()

    def on_resize(self) -> None:
        """Say less in a narrow terminal."""
        self.renew()
