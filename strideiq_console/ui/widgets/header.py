"""The first two lines of every screen: the mode and the budgets, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation import header
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.verdict import verdict
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.making import Making
from strideiq_console.ui.widgets.pace import Pace

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

NARROW = 100


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
        self._making = Making(self, services, verdict, self._take)
        self._pace = Pace(self, self.renew)

    def compose(self) -> ComposeResult:
        """Hold one line or two."""
        yield self._top
        if self._verdict is not None:
            yield self._verdict

    def on_mount(self) -> None:
        """Draw at once, and once a second for the clock."""
        self._draw_mode()
        if self._verdict is not None:
            self._making.renew(unseen=True)
        self.set_interval(1.0, self.renew)

    def name_it(self, title: Line) -> None:
        """Show a title behind the mark."""
        self._title = title
        self.renew()

    def renew(self) -> None:
        """Draw the facts of this moment."""
        self._draw_mode()
        if self._verdict is not None:
            self._making.renew()

    def _draw_mode(self) -> None:
        facts, now = self._services.facts(), self._services.clock.now()
        right = header.right_line(self._services.budgets(), now, self._verdict is None or self.app.size.width < NARROW)
        gap = (Cell("  "),) if self._title else ()
        self._top.show((*self._plainly(header.left_line(facts, locked=self._locked)), *gap, *self._title), self._plainly(right))

    def _take(self, found: Verdict) -> None:
        tone = LEVEL_TONES[found.level]
        left = (Cell(f"{self._glyphs.level(found.level)} ", tone), Cell(self._glyphs.plain(found.sentence), tone))
        hints = [(Cell(key, Tone.ACCENT), Cell(f" {self._glyphs.plain(does)}", Tone.MUTED)) for key, does in found.hints]
        if self._verdict is not None:
            self._verdict.show(left, [cell for i, hint in enumerate(hints) for cell in (*((Cell("   "),) if i else ()), *hint)])

    @property
    def _locked(self) -> bool:
        return self._services.engine is not None and self._services.engine.lock.on

    def _plainly(self, line: Line) -> Line:
        return tuple(Cell(self._glyphs.plain(cell.text), cell.tone) for cell in line)

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """Something is news."""
        message.stop()
        self._pace.ask()

    def on_resize(self) -> None:
        """Say less in a narrow terminal."""
        self.renew()
