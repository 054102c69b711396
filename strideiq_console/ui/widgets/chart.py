"""A chart, painted line by line from presentation's cells in whatever room there is."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.chart_lines import Chart, chart_lines
from strideiq_console.presentation.folding import folded
from strideiq_console.presentation.glyphs import Glyphs


class ChartView(Widget):
    """One chart; where there is nothing to draw, the words that say why."""

    DEFAULT_CSS = """
    ChartView { height: 1fr; min-height: 5; background: $background; }
    ChartView > .tone--plain { color: $foreground; }
    ChartView > .tone--warning { color: $tone-warning; }
    ChartView > .tone--critical { color: $tone-critical; text-style: bold; }
    ChartView > .tone--unknown { color: $tone-unknown; }
    ChartView > .tone--active { color: $tone-active; }
    ChartView > .tone--muted { color: $tone-muted; }
    ChartView > .tone--accent { color: $tone-accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in Tone}

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._chart: Chart | None = None
        self._words = ""
        self._lines: tuple[Line, ...] = ()

    @property
    def chart(self) -> Chart | None:
        """Return what is drawn, None while nothing is."""
        return self._chart

    def show(self, chart: Chart | None, words: str = "") -> None:
        """Draw a chart; ``words`` stand in its place where it is None or where the room is too small for one."""
        self._chart, self._words = chart, words
        self.set_class(chart is None, "-words")
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new room."""
        self._draw()

    def _draw(self) -> None:
        lines: tuple[Line, ...] = ()
        if self._chart is not None and self.size:
            lines = chart_lines(self._chart, self.size.width, self.size.height, self._glyphs)
        self._lines = lines or folded((Cell(self._words, Tone.MUTED),), self.size.width)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the words take, where there is nothing to draw."""
        return len(folded((Cell(self._words),), width))

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        cells = self._lines[y] if y < len(self._lines) else ()
        pieces = [Segment(clean_line(cell.text), self._style(cell.tone)) for cell in cells]
        return Strip(pieces).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, tone: Tone) -> Style:
        return self.get_component_rich_style(f"tone--{tone}")
