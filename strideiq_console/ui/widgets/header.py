"""The first two lines of every screen: the mode and the budgets, then the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation import header
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.verdict import verdict
from strideiq_console.ui.bridge import ReadingArrived
from strideiq_console.ui.widgets.line import EdgeLine, WholeLine, wide
from strideiq_console.ui.widgets.making import Making
from strideiq_console.ui.widgets.pace import Pace

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

NARROW = 100
PART = " · "


class Header(Vertical):
    """Mode, budgets and time; with ``verdict`` the verdict below it."""

    DEFAULT_CSS = """
    Header { height: auto; dock: top; }
    """

    def __init__(self, services: Console, glyphs: Glyphs, *, with_verdict: bool = True, title: Line = ()) -> None:
        super().__init__(id="header")
        self._services = services
        self._glyphs = glyphs
        self._verdict = WholeLine(id="verdict") if with_verdict else None
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
        gap = (Cell("  "),) if self._title else ()
        begin = (*self._plainly(header.left_line(facts, locked=self._locked)), *gap)
        right = self._plainly(self._right((*begin, *self._title), now))
        room = self.app.size.width - wide(begin) - wide(right) - 4
        self._top.show((*begin, *_parts_that_fit(self._title, room)), right)

    def _right(self, left: Line, now: datetime) -> Line:
        """Return the budgets and the time; beside a title that needs the room, what is low alone, else the time alone."""
        width = self.app.size.width
        narrow = self._verdict is None or width < NARROW
        budgets = tuple(self._services.budgets())
        shown = (header.right_line(kept, now, narrow) for kept in (budgets, tuple(filter(header.low, budgets)), ()))
        *more, last = shown
        return next((one for one in more if wide(left) + wide(one) + 4 <= width), last) if self._title else more[0]

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


def _parts_that_fit(title: Line, room: int) -> Line:
    """Return a title without those of its last parts that there is no room for; a part ends at a dot between blanks."""
    while title and wide(title) > room and PART in title[-1].text:
        title = (*title[:-1], replace(title[-1], text=title[-1].text.rpartition(PART)[0]))
    return title
